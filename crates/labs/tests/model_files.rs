//! Models as files: what is written says what the model said, to us and to others; what is read does the same as where it came from;
//! what cannot be read is named.

mod reference;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use half::f16;
use proptest::prelude::*;
use reference::{Files, Llama2c};
use safetensors::SafeTensors;
use serde_json::{Value, json};
use terrarium_cpu::Cpu;
use terrarium_data::text::tokenizer::{BpeTrainer, Tokenizer, Unknown, WordCounts};
use terrarium_graph::{Builder, Engine, VarKind};
use terrarium_labs::language::TABLE;
use terrarium_labs::language::model_file::{ModelFile, Numbers, Tensors, hugging_face, llama2c};
use terrarium_models::transformer::{Dropout, Transformer};

/// Names and bytes.
type Named = Vec<(String, Vec<u8>)>;

const TEXT: &str = "the cat sat on the mat and the rat sat on the cat";

const LIKE_GPT2: [(&str, &str); 6] =
    [("layers", "2"), ("width", "12"), ("heads", "3"), ("hidden", "20"), ("context", "9"), ("norm_epsilon", "0.00002")];
const LIKE_LLAMA: [(&str, &str); 13] = [
    ("layers", "2"),
    ("width", "16"),
    ("heads", "4"),
    ("sharing", "2"),
    ("hidden", "20"),
    ("context", "9"),
    ("positions", "rotary"),
    ("rotary_base", "5000"),
    ("norm", "rms"),
    ("norm_epsilon", "0.000001"),
    ("feed_forward", "swiglu"),
    ("biases", "no"),
    ("tied", "no"),
];

fn characters() -> Tokenizer {
    Tokenizer::characters(TEXT, Unknown::Token).with_end_of_text()
}

fn byte_pairs() -> Tokenizer {
    let mut counts = WordCounts::default();
    counts.add(TEXT);
    let mut trainer = BpeTrainer::new(counts, 262);
    while trainer.step().is_some() {}
    trainer.tokenizer().with_end_of_text()
}

/// Numbers from −1 to 1 that look random.
fn draws(seed: u32) -> impl FnMut() -> f32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// A model that has learnt nothing: settings that differ from the lab's, and numbers large enough that all of them matter.
fn random(changes: &[(&str, &str)], tokenizer: Tokenizer) -> ModelFile {
    let about_network = TABLE.iter().filter(|setting| setting.group == "Model");
    let mut settings: BTreeMap<String, String> =
        about_network.map(|setting| (setting.key.to_string(), setting.format(&setting.default()))).collect();
    settings.extend(changes.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    let mut file =
        ModelFile { settings, tokenizer, tensors: Tensors::new(), text: Some(TEXT.to_string()), other_settings: BTreeMap::new() };
    let b = Builder::new();
    drop(Transformer::new(&b, "transformer", file.model().unwrap()));
    let mut draw = draws(7);
    for var in b.finish().unwrap().vars.into_iter().filter(|var| var.kind == VarKind::Parameter) {
        let middle = if var.name.ends_with(".gain") { 1.0 } else { 0.0 };
        let values = (0..var.shape.elements()).map(|_| middle + 0.5 * draw()).collect();
        file.tensors.insert(var.name, (var.shape.to_vec(), values));
    }
    file
}

/// What a model says after each token, by our own engine.
fn logits(file: &ModelFile, tokens: &[u32]) -> Vec<Vec<f32>> {
    let b = Builder::new();
    let settings = file.model().unwrap();
    let vocabulary = settings.vocabulary;
    let model = Transformer::new(&b, "transformer", settings);
    let text = b.index_input("text", [tokens.len()]);
    let program = b.program("logits", &[("logits", model.logits(text, tokens.len(), &Dropout(None)))]);
    drop(model);
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = Cpu::new(graph.clone()).unwrap();
    engine.initialise(1).unwrap();
    for (name, (shape, values)) in &file.tensors {
        let var = graph.find_var(name).unwrap();
        assert_eq!(*graph.var(var).shape, shape[..], "{name}");
        engine.write_var(var, values).unwrap();
    }
    engine.write_indices(graph.find_input("text").unwrap(), tokens).unwrap();
    engine.run(program, 1).unwrap();
    engine.output(program, 0).unwrap().chunks(vocabulary).map(<[f32]>::to_vec).collect()
}

const TOKENS: [u32; 9] = [3, 1, 4, 1, 5, 9, 2, 6, 0];

#[track_caller]
fn same(ours: &[Vec<f32>], theirs: &[Vec<f32>]) {
    assert_eq!(ours.len(), theirs.len());
    let spread = ours.concat().iter().fold(0.0_f32, |most, logit| most.max(logit.abs()));
    assert!(spread > 0.5, "nothing is said: {ours:?}");
    for (position, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert!((ours - theirs).abs() < 1e-4, "at {position}: {ours} by ours, {theirs} by theirs");
        }
    }
}

fn borrowed(files: &[(String, Vec<u8>)]) -> Vec<(&str, &[u8])> {
    files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect()
}

fn config(files: &[(String, Vec<u8>)]) -> Value {
    Files::new(files).config().clone()
}

/// Files whose `config.json` is changed.
fn with_config(files: &[(String, Vec<u8>)], change: impl FnOnce(&mut Value)) -> Named {
    let mut config = config(files);
    change(&mut config);
    replaced(files, "config.json", config.to_string().into_bytes())
}

fn replaced(files: &[(String, Vec<u8>)], name: &str, bytes: Vec<u8>) -> Named {
    let mut files = files.to_vec();
    files.iter_mut().find(|(known, _)| known == name).expect("the file is there").1 = bytes;
    files
}

/// Files whose tensors are changed: names, types, shapes and bytes.
fn with_tensors(
    files: &[(String, Vec<u8>)],
    change: impl FnOnce(&mut BTreeMap<String, (safetensors::Dtype, Vec<usize>, Vec<u8>)>),
) -> Named {
    let read = SafeTensors::deserialize(&files[0].1).unwrap();
    let mut tensors = read.iter().map(|(name, t)| (name.to_string(), (t.dtype(), t.shape().to_vec(), t.data().to_vec()))).collect();
    change(&mut tensors);
    let views = tensors.iter().map(|(name, (dtype, shape, data))| {
        (name.as_str(), safetensors::tensor::TensorView::new(*dtype, shape.clone(), data).unwrap())
    });
    replaced(files, "model.safetensors", safetensors::serialize(views, None).unwrap())
}

/// What is imported of an export: only text and the run's settings stay behind.
fn of_network(file: ModelFile) -> ModelFile {
    ModelFile { text: None, other_settings: BTreeMap::new(), ..file }
}

#[test]
fn a_model_comes_back_from_its_file() {
    for (changes, tokenizer) in [(&LIKE_GPT2[..], characters()), (&LIKE_LLAMA, byte_pairs())] {
        let mut file = random(changes, tokenizer);
        file.other_settings = [("data".to_string(), "own".to_string())].into();
        assert_eq!(ModelFile::read(&file.write(Numbers::F32).unwrap()).unwrap(), file);
    }
}

#[test]
fn in_16_bits_numbers_are_rounded_once() {
    let mut file = random(&LIKE_LLAMA, characters());
    let once = ModelFile::read(&file.write(Numbers::F16).unwrap()).unwrap();
    for (_, values) in file.tensors.values_mut() {
        values.iter_mut().for_each(|x| *x = f16::from_f32(*x).to_f32());
    }
    assert_eq!(once, file);
    assert_eq!(ModelFile::read(&once.write(Numbers::F16).unwrap()).unwrap(), file);
    let exported = hugging_face::export(&once, true).unwrap();
    assert_eq!(config(&exported)["torch_dtype"], "float16");
    assert_eq!(hugging_face::import(&borrowed(&exported)).unwrap(), of_network(file));

    let (_, values) = once.tensors.values().next().unwrap();
    let mut large = once.clone();
    large.tensors.insert("transformer.tokens".to_string(), (once.tensors["transformer.tokens"].0.clone(), vec![1e6; values.len()]));
    let refusal = large.write(Numbers::F16).unwrap_err().to_string();
    assert_eq!(refusal, "The tensor “transformer.tokens” has numbers too large for 16 bits.");
}

#[test]
fn in_8_bits_each_row_has_its_scale() {
    let mut file = random(&LIKE_LLAMA, characters());
    let (shape, tokens) = file.tensors.get_mut("transformer.tokens").unwrap();
    let width = shape[1];
    tokens[..width].fill(0.0);
    tokens[width..2 * width].iter_mut().for_each(|x| *x *= 1e6);
    let bytes = file.write(Numbers::I8).unwrap();
    let read = ModelFile::read(&bytes).unwrap();
    for (name, (shape, values)) in &file.tensors {
        let (read_shape, read) = &read.tensors[name];
        assert_eq!(read_shape, shape);
        if shape.len() == 1 {
            assert_eq!(read, values, "{name}");
        }
        for (row, read) in values.chunks(*shape.last().unwrap()).zip(read.chunks(*shape.last().unwrap())) {
            let step = row.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / 127.0;
            assert!(row.iter().zip(read).all(|(x, read)| (x - read).abs() <= 0.5001 * step), "{name}: {row:?} {read:?}");
        }
    }
    assert_eq!(ModelFile { tensors: file.tensors.clone(), ..read }, file);

    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.tensor("transformer.tokens").unwrap().dtype(), safetensors::Dtype::I8);
    let views = tensors.iter().filter(|(name, _)| *name != "transformer.tokens.scale");
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let without = safetensors::serialize(views, header.metadata().clone()).unwrap();
    let refusal = ModelFile::read(&without).unwrap_err().to_string();
    assert_eq!(refusal, "The file is damaged: the tensor “transformer.tokens.scale” is missing.");
}

#[test]
fn gpt2_layout_says_the_same_to_others() {
    for changes in [&[][..], &[("feed_forward", "relu"), ("tied", "no")], &[("biases", "no")]] {
        let file = random(&[&LIKE_GPT2[..], changes].concat(), characters());
        let files = hugging_face::export(&file, false).unwrap();
        let theirs = Files::new(&files);
        assert_eq!(theirs.config()["model_type"], "gpt2");
        let ours = logits(&file, &TOKENS);
        same(&ours, &theirs.gpt2(&TOKENS));
        let back = hugging_face::import(&borrowed(&files)).unwrap();
        same(&ours, &logits(&back, &TOKENS));
        // There biases are always, and these are 0.
        if changes != [("biases", "no")] {
            assert_eq!(back, of_network(file));
        }
    }
}

#[test]
fn llama_layout_says_the_same_to_others() {
    for changes in [&[][..], &[("biases", "yes"), ("tied", "yes"), ("sharing", "1")], &[("sharing", "4")]] {
        let file = random(&[&LIKE_LLAMA[..], changes].concat(), byte_pairs());
        let files = hugging_face::export(&file, false).unwrap();
        let theirs = Files::new(&files);
        assert_eq!(theirs.config()["model_type"], "llama");
        same(&logits(&file, &TOKENS), &theirs.llama(&TOKENS));
        assert_eq!(hugging_face::import(&borrowed(&files)).unwrap(), of_network(file));
    }
}

#[test]
fn adapters_are_merged() {
    let file = random(&LIKE_GPT2, characters());
    let settings: BTreeMap<_, _> = file
        .settings
        .clone()
        .into_iter()
        .chain([("learns", "lora"), ("rank", "2"), ("data", "own")].map(|(key, value)| (key.to_string(), value.to_string())))
        .collect();
    let (outer, inner) = (12, 20);
    let down: Vec<f32> = (0..outer * 2).map(|i| i as f32 / 10.0).collect();
    let up: Vec<f32> = (0..2 * inner).map(|i| 1.0 - i as f32 / 10.0).collect();
    // A checkpoint of a run with adapters: all but these is 0.
    let mut tensors: Vec<(String, Vec<usize>, Vec<f32>)> =
        file.tensors.iter().map(|(name, (shape, values))| (name.clone(), shape.clone(), values.clone())).collect();
    for layer in 0..2 {
        for (part, [from, to]) in
            [("attention", [outer, 36]), ("readout", [outer; 2]), ("expand", [outer, inner]), ("contract", [inner, outer])]
        {
            let is_one = (layer, part) == (1, "expand");
            let name = |which: &str| format!("adapters.{layer}.{part}.{which}");
            tensors.push((name("down"), vec![from, 2], if is_one { down.clone() } else { vec![1.0; from * 2] }));
            tensors.push((name("up"), vec![2, to], if is_one { up.clone() } else { vec![0.0; 2 * to] }));
        }
    }
    let bytes: Vec<_> =
        tensors.iter().map(|(_, _, values)| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).collect();
    let views = tensors.iter().zip(&bytes).map(|((name, shape, _), data)| {
        (name.as_str(), safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), data).unwrap())
    });
    let metadata = [
        ("format", "terrarium".to_string()),
        ("version", "2".to_string()),
        ("lab", "language".to_string()),
        ("settings", serde_json::to_string(&settings).unwrap()),
        ("tokenizer", serde_json::to_string(&file.tokenizer).unwrap()),
    ];
    let metadata = metadata.into_iter().map(|(key, value)| (key.to_string(), value)).collect();
    let read = ModelFile::read(&safetensors::serialize(views, Some(metadata)).unwrap()).unwrap();

    let mut merged = ModelFile { text: None, ..file };
    merged.other_settings = [("data".to_string(), "own".to_string())].into();
    let weight = &mut merged.tensors.get_mut("transformer.1.expand.weight").unwrap().1;
    for row in 0..outer {
        for column in 0..inner {
            for k in 0..2 {
                weight[row * inner + column] += 2.0 * down[row * 2 + k] * up[k * inner + column];
            }
        }
    }
    assert_eq!(read, merged);
}

#[test]
fn what_no_other_has_is_not_exported() {
    let refusal = |changes: &[(&str, &str)]| {
        hugging_face::export(&random(&[&LIKE_GPT2[..], changes].concat(), characters()), false).unwrap_err().to_string()
    };
    assert_eq!(
        refusal(&[("positions", "sinusoidal")]),
        "Transformers has no model like this one. GPT-2 is nearest, but does not have “Positions: Sinusoidal”."
    );
    assert_eq!(
        refusal(&[("order", "post"), ("positions", "rotary"), ("norm", "rms"), ("feed_forward", "swiglu")]),
        "Transformers has no model like this one. Llama is nearest, but does not have “Norms: After each part”."
    );
    assert_eq!(
        refusal(&[("sharing", "3"), ("norm", "rms")]),
        "Transformers has no model like this one. GPT-2 is nearest, but does not have “Kind of norm: RMSNorm”, “Heads to share keys: 3”."
    );
}

#[test]
fn files_from_elsewhere_are_read_with_what_they_bring_along() {
    // As GPT-2's own: names without the first part, masks, two files for the tokenizer, numbers of 16 bits, other files beside them.
    let file = random(&LIKE_GPT2, byte_pairs());
    let exported = hugging_face::export(&file, false).unwrap();
    let mut files = with_tensors(&exported, |tensors| {
        *tensors = std::mem::take(tensors)
            .into_iter()
            .map(|(name, tensor)| (name.strip_prefix("transformer.").unwrap().to_string(), tensor))
            .collect();
        tensors.insert("h.0.attn.bias".to_string(), (safetensors::Dtype::U8, vec![1, 1, 9, 9], vec![1; 81]));
        tensors.insert("h.1.attn.masked_bias".to_string(), (safetensors::Dtype::F32, vec![], vec![0; 4]));
    });
    files.retain(|(name, _)| !name.starts_with("tokenizer"));
    let (vocabulary, merges) = file.tokenizer.to_gpt2().unwrap();
    files.push(("vocab.json".to_string(), vocabulary.into_bytes()));
    files.push(("merges.txt".to_string(), merges.into_bytes()));
    files.push(("README.md".to_string(), b"# A model".to_vec()));
    let in_folder: Vec<_> = files.iter().map(|(name, bytes)| (format!("gpt/{name}"), bytes.clone())).collect();
    assert_eq!(ModelFile::import(&borrowed(&in_folder)).unwrap(), of_network(file.clone()));

    // Brain floats keep the upper half of an f32.
    let short = with_tensors(&exported, |tensors| {
        for (dtype, _, data) in tensors.values_mut() {
            *dtype = safetensors::Dtype::BF16;
            *data = data.chunks(4).flat_map(|bytes| [bytes[2], bytes[3]]).collect();
        }
    });
    let read = hugging_face::import(&borrowed(&short)).unwrap();
    for (name, (_, values)) in &read.tensors {
        for (short, long) in values.iter().zip(&file.tensors[name].1) {
            assert_eq!(short.to_bits(), long.to_bits() & 0xffff_0000);
        }
    }

    // Rows that fill a vocabulary up are left out, and a Llama's long context is cut.
    let llama = random(&LIKE_LLAMA, characters());
    let exported = hugging_face::export(&llama, false).unwrap();
    let rows = llama.tokenizer.len();
    let padded = with_tensors(&exported, |tensors| {
        for name in ["model.embed_tokens.weight", "lm_head.weight"] {
            let (_, shape, data) = tensors.get_mut(name).unwrap();
            shape[0] += 5;
            data.extend(vec![1; 5 * 16 * 4]);
        }
    });
    let padded = with_config(&padded, |config| {
        config["vocab_size"] = json!(rows + 5);
        config["max_position_embeddings"] = json!(2048);
        config["head_dim"] = json!(4);
        config["rope_scaling"] = json!(null);
        config["rope_theta"] = json!(null);
        config["rope_parameters"] = json!({ "rope_type": "default", "rope_theta": 5000.0 });
    });
    let mut wanted = of_network(llama);
    wanted.settings.insert("context".to_string(), "1024".to_string());
    assert_eq!(hugging_face::import(&borrowed(&padded)).unwrap(), wanted);
}

#[test]
fn what_cannot_be_read_is_named() {
    let gpt2 = hugging_face::export(&random(&LIKE_GPT2, characters()), false).unwrap();
    let llama = hugging_face::export(&random(&LIKE_LLAMA, characters()), false).unwrap();
    let refusal = |files: &[(String, Vec<u8>)]| hugging_face::import(&borrowed(files)).unwrap_err().to_string();
    let option = |files: &[(String, Vec<u8>)], key: &str, value: Value| refusal(&with_config(files, |config| config[key] = value));
    let same = "A model here does not do that, so it would not be the same model.";

    assert_eq!(
        option(&gpt2, "activation_function", json!("gelu")),
        format!("config.json sets “activation_function” to \"gelu\". {same}")
    );
    assert_eq!(
        option(&gpt2, "scale_attn_by_inverse_layer_idx", json!(true)),
        format!("config.json sets “scale_attn_by_inverse_layer_idx” to true. {same}")
    );
    assert_eq!(option(&llama, "sliding_window", json!(64)), format!("config.json sets “sliding_window” to 64. {same}"));
    assert_eq!(option(&llama, "head_dim", json!(8)), format!("config.json sets “head_dim” to 8. {same}"));
    assert_eq!(
        option(&llama, "rope_scaling", json!({ "rope_type": "linear" })),
        format!("config.json sets “rope_scaling” to {{\"rope_type\":\"linear\"}}. {same}")
    );
    assert_eq!(
        option(&llama, "attention_bias", json!(true)),
        "config.json sets one of “attention_bias” and “mlp_bias” alone; here products all have biases or none."
    );
    assert_eq!(
        option(&llama, "num_key_value_heads", json!(3)),
        "4 heads cannot be shared out evenly among 3 heads of keys and values."
    );
    assert_eq!(
        option(&llama, "num_key_value_heads", json!(0)),
        "4 heads cannot be shared out evenly among 0 heads of keys and values."
    );
    assert_eq!(
        option(&gpt2, "model_type", json!("gpt_neo")),
        "config.json describes a model of the type “gpt_neo”; those of gpt2 and llama can be read."
    );
    assert_eq!(option(&gpt2, "n_layer", json!(null)), "config.json does not say “n_layer”.");
    assert_eq!(
        option(&gpt2, "n_layer", json!(48)),
        "The model cannot be built here. “48” is no value for layers: it is a whole number from 1 to 24."
    );
    assert_eq!(option(&gpt2, "n_head", json!(5)), "A width of 12 cannot be shared out evenly among 5 heads.");
    assert_eq!(option(&gpt2, "n_layer", json!(1)).split('“').next(), Some("There is a tensor "));
    assert_eq!(option(&gpt2, "n_layer", json!(3)), "The tensor “transformer.h.2.attn.c_attn.weight” is missing.");
    assert_eq!(
        option(&gpt2, "n_inner", json!(24)),
        "The tensor “transformer.h.0.mlp.c_fc.weight” has the shape [12, 20]; for a model of these sizes it must be [12, 24]."
    );
    let tokens = characters().len();
    for wrong in [tokens - 1, tokens + 128, usize::MAX] {
        assert_eq!(
            option(&gpt2, "vocab_size", json!(wrong)),
            format!("The tokenizer has {tokens} tokens and the model {wrong}: they do not belong together.")
        );
    }

    let own_output = with_tensors(&gpt2, |tensors| {
        let (dtype, shape, data) = tensors["transformer.wte.weight"].clone();
        tensors.insert("lm_head.weight".to_string(), (dtype, shape, vec![0; data.len()]));
    });
    assert_eq!(
        refusal(&own_output),
        "config.json says that input and output share their vectors, but “lm_head.weight” has its own."
    );
    let whole_numbers =
        with_tensors(&gpt2, |tensors| tensors.get_mut("transformer.ln_f.bias").unwrap().0 = safetensors::Dtype::I32);
    assert_eq!(
        refusal(&whole_numbers),
        "The tensor “transformer.ln_f.bias” has numbers of the type I32; F32, F16 and BF16 can be read."
    );
    let infinite = with_tensors(&gpt2, |tensors| {
        tensors.get_mut("transformer.ln_f.bias").unwrap().2[..4].copy_from_slice(&f32::INFINITY.to_le_bytes());
    });
    assert_eq!(refusal(&infinite), "The tensor “transformer.ln_f.bias” holds numbers that are infinite or none at all.");

    for missing in ["model.safetensors", "config.json", "tokenizer.json"] {
        let left: Vec<_> = gpt2.iter().filter(|(name, _)| name != missing).cloned().collect();
        assert_eq!(refusal(&left), format!("The file {missing} is missing."));
    }
    assert!(refusal(&replaced(&gpt2, "config.json", b"{".to_vec())).starts_with("config.json cannot be read: "));
    assert_eq!(refusal(&replaced(&gpt2, "config.json", b"[]".to_vec())), "config.json is no configuration of a model.");
    assert_eq!(refusal(&replaced(&gpt2, "config.json", vec![0xff])), "The file config.json is no text.");
    let refused = refusal(&replaced(&gpt2, "model.safetensors", gpt2[0].1[..200].to_vec()));
    assert!(refused.starts_with("model.safetensors is no safetensors file, or a damaged one: "), "{refused}");
}

#[test]
fn files_of_other_kinds_are_refused_in_words() {
    let refusal = |files: &[(&str, &[u8])]| ModelFile::import(files).unwrap_err().to_string();
    assert!(refusal(&[("notes.txt", b"hello")]).starts_with("There is no model among these files."));
    let file = random(&LIKE_GPT2, characters());
    let exported = hugging_face::export(&file, false).unwrap();
    assert!(refusal(&[("model.safetensors", &exported[0].1)]).starts_with("The file holds tensors, but no model of Terrarium."));
    assert!(refusal(&[("model.safetensors", &[0xff; 100])]).starts_with("The file is no safetensors file, or a damaged one: "));
    assert!(refusal(&[("model.safetensors", b"")]).starts_with("The file is no safetensors file, or a damaged one: "));

    let whole = file.write(Numbers::F32).unwrap();
    let changed = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let mut bytes = whole.clone();
        let place = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("it is in the header");
        bytes[place..place + from.len()].copy_from_slice(to.as_bytes());
        ModelFile::read(&bytes).unwrap_err().to_string()
    };
    assert_eq!(changed(r#""lab":"language""#, r#""lab":"langrage""#), "The file holds a run of another lab.");
    assert_eq!(changed(r#""version":"2""#, r#""version":"9""#), "The file was written by another version of Terrarium.");
    assert_eq!(changed(r#""tokenizer":"#, r#""tokenixer":"#), "The file is damaged: its tokenizer cannot be read.");
    assert_eq!(changed(r#""settings":"{"#, r#""settings":"["#), "The file is damaged: its settings cannot be read.");
    assert_eq!(
        changed("transformer.last_norm.gain", "transformer.last_norm.pain"),
        "The file is damaged: the tensor “transformer.last_norm.gain” is missing."
    );
    assert_eq!(
        changed(r#"\"layers\":\"2\""#, r#"\"layers\":\"0\""#),
        "The model cannot be built here. “0” is no value for layers: it is a whole number from 1 to 24."
    );
}

/// A tokenizer of llama2.c: three marks, the bytes, and some pieces.
fn tokenizer_bin() -> Vec<u8> {
    let pieces = [" ", "a", "t", "e", "h", "at", "the", " the", "he"];
    let bytes = (0..=255).map(|byte| format!("<0x{byte:02X}>"));
    let tokens = ["<unk>", "<s>", "</s>"].map(str::to_string).into_iter().chain(bytes).chain(pieces.map(str::to_string));
    let mut file = 8_u32.to_le_bytes().to_vec();
    for (i, token) in tokens.enumerate() {
        file.extend((-(i as f32)).to_le_bytes());
        file.extend((token.len() as u32).to_le_bytes());
        file.extend(token.bytes());
    }
    file
}

const LLAMA2C: [usize; 7] = [16, 24, 2, 4, 2, 268, 12];

#[test]
fn models_of_llama2c_say_what_they_said() {
    for is_tied in [true, false] {
        let theirs = Llama2c::new(LLAMA2C, is_tied, {
            let mut draw = draws(3);
            move || 0.6 * draw()
        });
        let file = ModelFile::import(&[("stories.bin", &theirs.bytes()), ("tok268.bin", &tokenizer_bin())]).unwrap();
        assert_eq!(file.settings["tied"], if is_tied { "yes" } else { "no" });
        assert_eq!(file.settings["sharing"], "2");
        assert_eq!(file.tokenizer.encode("the"), [266]);
        let ours = logits(&file, &TOKENS);
        same(&ours, &theirs.logits(&TOKENS));
        // From there into Transformers' layout, where other numbers of a head are turned together.
        let exported = hugging_face::export(&file, false).unwrap();
        same(&ours, &Files::new(&exported).llama(&TOKENS));
        assert_eq!(hugging_face::import(&borrowed(&exported)).unwrap().tensors, file.tensors);
    }
}

#[test]
fn what_is_no_model_of_llama2c_is_named() {
    let whole = Llama2c::new(LLAMA2C, true, || 0.5).bytes();
    let tokenizer = tokenizer_bin();
    let refusal = |bytes: &[u8]| llama2c::import(bytes, Some(&tokenizer)).unwrap_err().to_string();
    let with = |place: usize, number: i32| {
        let mut bytes = whole.clone();
        bytes[4 * place..4 * place + 4].copy_from_slice(&number.to_le_bytes());
        refusal(&bytes)
    };
    assert_eq!(
        llama2c::import(&whole, None).unwrap_err().to_string(),
        "A model of llama2.c comes with a tokenizer.bin: choose both files together."
    );
    assert_eq!(refusal(&whole[..20]), "The model's file is shorter than its header says.");
    assert_eq!(refusal(&whole[..whole.len() - 1]), "The model's file is shorter than its header says.");
    assert_eq!(refusal(&[&whole[..], &[0]].concat()), "The model's file is longer than its header says.");
    assert_eq!(with(0, -16), "The file is no model of llama2.c: it does not begin with its sizes.");
    assert!(with(0, 0x616b_3432).starts_with("The file is of a later format of llama2.c."));
    assert_eq!(
        with(0, i32::MAX),
        "The model cannot be built here. “2147483647” is no value for width: it is a whole number from 8 to 1024."
    );
    assert_eq!(with(4, 3), "4 heads cannot be shared out evenly among 3 heads of keys and values.");
    assert_eq!(with(5, i32::MIN), "The tokenizer has 268 tokens and the model 2147483648: they do not belong together.");
    assert_eq!(with(6, i32::MAX), "The model's file is shorter than its header says.");
    let mut nothing = whole.clone();
    nothing[28..32].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(refusal(&nothing), "The model holds numbers that are infinite or none at all.");
}

/// Small files of all kinds.
static KINDS: LazyLock<Vec<Named>> = LazyLock::new(|| {
    let own = |numbers| vec![("model.safetensors".to_string(), random(&LIKE_LLAMA, characters()).write(numbers).unwrap())];
    let bin = Llama2c::new(LLAMA2C, true, || 0.5).bytes();
    vec![
        own(Numbers::F16),
        own(Numbers::I8),
        hugging_face::export(&random(&LIKE_GPT2, characters()), true).unwrap(),
        hugging_face::export(&random(&LIKE_LLAMA, characters()), false).unwrap(),
        vec![("stories.bin".to_string(), bin), ("tokenizer.bin".to_string(), tokenizer_bin())],
    ]
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Changed and cut files are refused, or give a model whose tensors fit it.
    #[test]
    fn damaged_files_break_nothing(
        kind in 0..5_usize,
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((0.0..1.0_f64, any::<u8>(), any::<bool>()), 0..4),
        cut in prop::option::of(0.0..1.0_f64),
    ) {
        let mut files = KINDS[kind].clone();
        let bytes = &mut files[file.index(KINDS[kind].len())].1;
        for (place, byte, in_header) in changes {
            let range = if in_header { bytes.len().min(256) } else { bytes.len() };
            bytes[(place * range as f64) as usize] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        match ModelFile::import(&borrowed(&files)) {
            Ok(read) => prop_assert_eq!(logits(&read, &[1, 2]).len(), 2),
            Err(refusal) => prop_assert!(refusal.to_string().ends_with('.')),
        }
    }
}
