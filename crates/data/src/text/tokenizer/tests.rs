use proptest::prelude::*;
use serde_json::{Value, json};

use super::merging::{Merger, Rule};
use super::*;

/// The example of Sennrich, Haddow and Birch 2016: low 5 times, lower 2, newest 6, widest 3.
const LOW: &str = "low low low low low lower lower newest newest newest newest newest newest widest widest widest";

fn trained(text: &str, size: usize) -> Tokenizer {
    let mut counts = WordCounts::default();
    counts.add(text);
    let mut trainer = BpeTrainer::new(counts, size);
    while trainer.step().is_some() {}
    trainer.tokenizer()
}

fn shown(tokenizer: &Tokenizer, text: &str) -> Vec<String> {
    tokenizer.encode(text).into_iter().map(|token| tokenizer.show(token)).collect()
}

fn asset(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../web/assets/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What Hugging Face's `tokenizers` 0.23 learns and encodes; the paper's own merges (e s, es t, l o, lo w) come first.
#[test]
fn the_papers_example_is_learnt_as_published() {
    let mut counts = WordCounts::default();
    counts.add(LOW);
    let mut trainer = BpeTrainer::new(counts, 256 + 20);
    assert_eq!((trainer.len(), trainer.progress()), (256, 0.0));
    let mut learnt = Vec::new();
    while let Some(merge) = trainer.step() {
        let show = |token| show(trainer.token_bytes(token));
        learnt.push((format!("{} {}", show(merge.left), show(merge.right)), merge.count));
        assert_eq!(trainer.token_bytes(merge.token), [trainer.token_bytes(merge.left), trainer.token_bytes(merge.right)].concat());
    }
    let expected = [
        ("e s", 9),
        ("es t", 9),
        ("l o", 7),
        ("lo w", 7),
        ("e w", 6),
        ("n ew", 6),
        ("␣ low", 6),
        ("␣ new", 6),
        ("␣new est", 6),
        ("d est", 3),
        ("i dest", 3),
        ("w idest", 3),
        ("␣ widest", 3),
        ("e r", 2),
        ("␣low er", 2),
    ];
    assert_eq!(learnt, expected.map(|(pair, count)| (pair.to_owned(), count)));
    assert_eq!(trainer.progress(), 0.75);
    let tokenizer = trainer.tokenizer();
    assert_eq!(tokenizer.encode("lowest newer widest é"), [259, 257, 263, 269, 268, 220, 127, 102]);
    assert_eq!(shown(&tokenizer, "lowest newer widest é"), ["low", "est", "␣new", "er", "␣widest", "␣", "<0xC3>", "<0xA9>"]);
}

/// The same 256 merges as `tokenizers` 0.23 learns from the list of names.
#[test]
fn names_are_merged_as_by_hugging_face() {
    let tokenizer = trained(&asset("names.txt"), 512);
    let merges: Vec<String> =
        tokenizer.merges().iter().map(|(left, right)| format!("{}+{}", tokenizer.show(*left), tokenizer.show(*right))).collect();
    assert_eq!(merges[..12].join(" "), "a+n a+r e+l i+n e+r l+e i+e o+r e+n o+n a+l r+i");
    assert_eq!((merges.len(), merges[252..].join(" ")), (256, "j+an j+ul k+en n+er".to_owned()));
    assert_eq!(shown(&tokenizer, "christopher\n"), ["christ", "o", "ph", "er", "↵"]);
}

#[test]
fn training_stops_where_nothing_occurs_twice() {
    assert_eq!(trained("", 300).len(), 256);
    assert_eq!(trained("abc", 300).len(), 256);
    assert_eq!(trained("abab abab", 10).len(), 256);
    assert_eq!(trained("aaaa", 257).merges().len(), 1);
}

#[test]
fn counting_forgets_the_rarest_before_memory_runs_out() {
    let mut counts = WordCounts::default();
    counts.add(&"often ".repeat(10));
    for number in 0..=WordCounts::MOST {
        counts.add(&format!(" {number}"));
    }
    assert!(counts.len() < 10, "{}", counts.len());
    assert!(BpeTrainer::new(counts, 257).step().unwrap().count >= 9);
}

#[test]
fn characters_are_numbered_in_order() {
    let tokenizer = Tokenizer::characters("hello\nwörld", Unknown::Token);
    assert_eq!((tokenizer.len(), tokenizer.is_exact()), (10, false));
    assert_eq!(tokenizer.encode("hö\n"), [3, 8, 0]);
    assert_eq!(tokenizer.decode(&[3, 8, 0]), "hö\n");
    assert_eq!(tokenizer.encode("he, ée"), [3, 2, 9, 9, 9, 2]);
    assert_eq!(tokenizer.decode(&[3, 9, 99]), "h��");
    assert_eq!(tokenizer.unknown_in("he, ée,"), [',', ' ', 'é']);
    assert_eq!((tokenizer.show(0), tokenizer.show(9), tokenizer.show(77)), ("↵".into(), "<unk>".into(), "<77?>".into()));

    let exact = Tokenizer::characters("hello\nwörld", Unknown::Bytes);
    assert_eq!((exact.len(), exact.is_exact()), (9 + 256, true));
    assert_eq!(shown(&exact, "hé"), ["h", "<0xC3>", "<0xA9>"]);
    assert!(exact.unknown_in("anything 東").is_empty());
}

#[test]
fn the_end_of_text_is_one_more_token_that_text_never_gives() {
    for tokenizer in [Tokenizer::bytes(), Tokenizer::characters("ab", Unknown::Bytes), trained(LOW, 260)] {
        let with = tokenizer.clone().with_end_of_text();
        let end = with.end_of_text().unwrap();
        assert_eq!((end as usize, with.len()), (tokenizer.len(), tokenizer.len() + 1));
        assert!(with.is_special(end) && !with.is_special(0) && tokenizer.end_of_text().is_none());
        assert_eq!(with.encode(END_OF_TEXT), tokenizer.encode(END_OF_TEXT));
        assert_eq!(with.decode(&[end]), END_OF_TEXT);
        assert_eq!(with.clone().with_end_of_text(), with);
    }
}

#[test]
fn tokens_that_are_parts_of_characters_are_shown_as_bytes() {
    assert_eq!(show("a b\t\n\u{7}é".as_bytes()), "a␣b⇥↵<0x07>é");
    assert_eq!(show(&[b' ', 0xE2, 0x80]), "␣<0xE2><0x80>");
    let tokenizer = Tokenizer::bytes();
    assert_eq!(tokenizer.token_bytes(0xC3), [0xC3]);
    assert_eq!(tokenizer.decode(&[0xC3]), "�");
}

#[test]
fn tokens_end_within_a_character_until_all_its_bytes_are_there() {
    let tokenizer = Tokenizer::bytes();
    let bytes: Vec<u32> = "né🦀".bytes().map(u32::from).collect();
    let within: Vec<bool> = (0..=bytes.len()).map(|end| tokenizer.ends_within_character(&bytes[..end])).collect();
    assert_eq!(within, [false, false, true, false, true, true, true, false]);
    // What can become no character any more is not waited for.
    for lost in [&[0xFF][..], &[0xA9], &[0xF0, 0x9F, 0x61], &[0xC3, 0xC0]] {
        assert!(!tokenizer.ends_within_character(lost), "{lost:?}");
    }
    assert!(tokenizer.ends_within_character(&[0xFF, 0xC3]));
}

#[test]
fn a_file_of_hugging_faces_is_the_tokenizer_it_describes() {
    let ours = trained(LOW, 276).with_end_of_text();
    let vocab: serde_json::Map<String, Value> =
        ours.tokens().iter().zip(0_u32..).map(|(token, id)| (written(token), json!(id))).collect();
    let merges: Vec<String> = ours
        .merges()
        .iter()
        .map(|(l, r)| format!("{} {}", written(&ours.tokens()[*l as usize]), written(&ours.tokens()[*r as usize])))
        .collect();
    let file = json!({
        "version": "1.0",
        "added_tokens": [{ "id": 271, "content": "<|endoftext|>", "special": true }],
        "normalizer": null,
        "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true },
        "post_processor": { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false },
        "decoder": { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true },
        "model": { "dropout": null, "unk_token": null, "vocab": vocab, "merges": merges }
    });
    assert_eq!(Tokenizer::from_hugging_face(&file.to_string()).as_ref(), Ok(&ours));
}

/// As GPT-2's files write a token.
fn written(token: &Token) -> String {
    match token {
        Token::Special(name) => name.clone(),
        token => alphabet::write(token.bytes()),
    }
}

/// A vocabulary in the manner of Llama's; what `tokenizers` 0.23 makes of it is in the tests.
fn llama() -> Value {
    let mut names: Vec<String> = ["<unk>", "<s>", "</s>"].map(str::to_owned).into();
    names.extend((0..256).map(|byte| format!("<0x{byte:02X}>")));
    names.extend("▁abcdelnorst".chars().map(String::from));
    names.extend(["▁a", "an", "▁an", "nd", "▁and", "▁▁", "re", "er", "▁t", "ab", "▁ab"].map(str::to_owned));
    let vocab: serde_json::Map<String, Value> = names.into_iter().zip(0..).map(|(name, id)| (name, json!(id))).collect();
    let special = |id: u32, content: &str| json!({ "id": id, "content": content, "special": true });
    json!({
        "added_tokens": [special(0, "<unk>"), special(1, "<s>"), special(2, "</s>")],
        "normalizer": { "type": "Sequence", "normalizers": [
            { "type": "Prepend", "prepend": "▁" },
            { "type": "Replace", "pattern": { "String": " " }, "content": "▁" }
        ] },
        "pre_tokenizer": null,
        "model": {
            "type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "vocab": vocab,
            "merges": ["▁ a", "a n", "▁a n", "n d", "▁an d", "▁ ▁", "r e", "e r", "▁ t", "a b", "▁a b"]
        }
    })
}

#[test]
fn llamas_way_is_that_of_hugging_face() {
    let tokenizer = Tokenizer::from_hugging_face(&llama().to_string()).unwrap();
    assert_eq!(shown(&tokenizer, "and an  abracadabra"), ["␣and", "␣an", "␣", "␣ab", "r", "a", "c", "a", "d", "ab", "r", "a"]);
    // The space in front is of a whole text alone.
    let tokens = tokenizer.encode("and an");
    assert_eq!((tokenizer.decode(&tokens).as_str(), tokenizer.decode_on(&tokens[1..]).as_str()), ("and an", " an"));
    assert_eq!(shown(&tokenizer, " é\n   treed"), ["␣␣", "<0xC3>", "<0xA9>", "↵", "␣␣", "␣t", "re", "e", "d"]);
    assert_eq!((tokenizer.encode("a"), tokenizer.encode("")), (vec![271], vec![]));
    assert_eq!(tokenizer.decode(&[1, 271, 271, 2]), "a a</s>");
    assert_eq!((tokenizer.begin_of_text(), tokenizer.end_of_text(), tokenizer.unknown()), (Some(1), Some(2), Some(0)));
    assert!(tokenizer.is_exact());

    // Words, as newer files have it, part the two spaces.
    let mut metaspace = llama();
    metaspace["normalizer"] = Value::Null;
    metaspace["pre_tokenizer"] = json!({ "type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true });
    let words = Tokenizer::from_hugging_face(&metaspace.to_string()).unwrap();
    assert_eq!(shown(&words, "  a"), ["␣", "␣", "␣a"]);
    metaspace["pre_tokenizer"]["split"] = json!(false);
    assert_eq!(Tokenizer::from_hugging_face(&metaspace.to_string()), Ok(tokenizer));
}

#[test]
fn files_written_are_read_back() {
    let llama = Tokenizer::from_hugging_face(&llama().to_string()).unwrap();
    let all = [
        Tokenizer::bytes().with_end_of_text(),
        Tokenizer::characters("some text", Unknown::Token).with_end_of_text(),
        Tokenizer::characters(" é", Unknown::Bytes),
        trained(LOW, 270).with_end_of_text(),
        llama.clone(),
    ];
    for tokenizer in &all {
        let compact = serde_json::to_string(tokenizer).unwrap();
        assert_eq!(&serde_json::from_str::<Tokenizer>(&compact).unwrap(), tokenizer);
        let read = Tokenizer::from_hugging_face(&tokenizer.to_hugging_face()).unwrap();
        assert_eq!(&read, tokenizer);
    }
    let (vocab, merges) = all[3].to_gpt2().unwrap();
    assert!(merges.starts_with("#version: 0.2\ne s\nes t\n"), "{merges}");
    assert_eq!(Tokenizer::from_gpt2(&vocab, &merges).as_ref(), Ok(&all[3]));
    let error = llama.to_gpt2().unwrap_err().to_string();
    assert!(error.starts_with("vocab.json with merges.txt can only describe byte-level BPE"), "{error}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let says = |file: Value| Tokenizer::from_hugging_face(&file.to_string()).unwrap_err().to_string();
    let change = |place: &str, value: Value| {
        let mut file = llama();
        *file.pointer_mut(place).unwrap() = value;
        says(file)
    };
    let unknown = |what: &str| {
        format!("The tokenizer uses {what}, which is not known here. Byte-level BPE as GPT-2's and BPE as Llama's are.")
    };
    assert_eq!(change("/model/type", json!("WordPiece")), unknown("a model of the type WordPiece"));
    assert_eq!(change("/normalizer", json!({ "type": "NFC" })), unknown("the normalizer NFC"));
    assert_eq!(change("/pre_tokenizer", json!({ "type": "Whitespace" })), unknown("the pre-tokenizer Whitespace"));
    assert_eq!(
        change("/pre_tokenizer", json!({ "type": "ByteLevel", "add_prefix_space": false })),
        unknown("the normalizer Prepend")
    );
    assert_eq!(change("/model/merges/0", json!("▁ z")), "Merge 1 of the vocabulary is wrong: “z” is not among its tokens.");
    assert_eq!(change("/model/merges/3", json!("c r")), "Merge 4 of the vocabulary is wrong: “cr” is not among its tokens.");
    assert_eq!(
        change("/model/vocab/▁t", json!(300)),
        "There are 282 tokens, so ids must run from 0 to 281, but none has the id 279."
    );
    assert_eq!(change("/model/vocab/▁t", json!(280)), "Two tokens have the id 280.");
    assert_eq!(change("/model/vocab", json!({})), "Merge 1 of the vocabulary is wrong: “▁” is not among its tokens.");
    let broken = Tokenizer::from_hugging_face("{").unwrap_err().to_string();
    assert!(broken.starts_with("tokenizer.json cannot be read: EOF"), "{broken}");
    let gpt2 = |vocab, merges| Tokenizer::from_gpt2(vocab, merges).unwrap_err().to_string();
    assert_eq!(gpt2(r#"{"a":0}"#, "#version: 0.2\na"), "Line 2 of merges.txt is not two tokens with a space between.");
    assert_eq!(gpt2("{}", ""), "The vocabulary is empty.");
}

/// A `tokenizer.bin` of these texts and scores behind the 259 tokens that every one has.
fn llama2c(texts: &[(&str, f32)]) -> Vec<u8> {
    let mut file = 27_u32.to_le_bytes().to_vec();
    let mut add = |text: &str, score: f32| {
        file.extend(score.to_le_bytes());
        file.extend((text.len() as u32).to_le_bytes());
        file.extend(text.as_bytes());
    };
    ["<unk>", "\n<s>\n", "\n</s>\n"].iter().for_each(|name| add(name, 0.0));
    (0..256).for_each(|byte| add(&format!("<0x{byte:02X}>"), 0.0));
    texts.iter().for_each(|(text, score)| add(text, *score));
    file
}

#[test]
fn llama2c_merges_by_scores() {
    let texts = [
        (" t", -1.0),
        ("er", -2.0),
        ("the", -3.0),
        (" the", -4.0),
        ("th", -5.0),
        (" ", -9.0),
        ("t", -10.0),
        ("h", -11.0),
        ("e", -12.0),
        ("r", -13.0),
    ];
    let file = llama2c(&texts);
    let tokenizer = Tokenizer::from_llama2c(&file).unwrap();
    // “ t” has the highest score, so “th” never comes about after a space; “e” and “r” come before “th” and “e”.
    assert_eq!(shown(&tokenizer, "there the"), ["␣t", "h", "er", "e", "␣t", "h", "e"]);
    assert_eq!(shown(&tokenizer, "xthe"), ["␣", "x", "the"]);
    assert_eq!(tokenizer.decode(&tokenizer.encode("there is")), "there is");
    assert_eq!(tokenizer.len(), 269);
    assert_eq!(Tokenizer::from_hugging_face(&tokenizer.to_hugging_face()), Ok(tokenizer));

    let says = |file: &[u8]| Tokenizer::from_llama2c(file).unwrap_err().to_string();
    assert_eq!(says(&[]), "The tokenizer.bin cannot be read: it is empty.");
    assert_eq!(says(&file[..file.len() - 1]), "The tokenizer.bin cannot be read: it ends within a token.");
    assert_eq!(says(&llama2c(&[])), "The tokenizer.bin cannot be read: it has no tokens beyond the bytes.");
    assert_eq!(says(&llama2c(&[("a", f32::NAN)])), "The tokenizer.bin cannot be read: a score is not a number.");
}

/// What [`Merger`] does, by looking at everything again after each merge.
fn merge_slowly(tokens: &mut Vec<u32>, rule: impl Fn(u32, u32) -> Option<Rule>) {
    loop {
        let rules = (0..tokens.len().saturating_sub(1)).filter_map(|place| Some((rule(tokens[place], tokens[place + 1])?, place)));
        let Some((first, place)) = rules.min_by_key(|(rule, place)| (rule.rank, *place)) else { return };
        tokens.splice(place..place + 2, [first.token]);
    }
}

proptest! {
    #[test]
    fn any_text_comes_back(text in "(?s).{0,80}", words in "[a-c ]{0,80}") {
        let llama = Tokenizer::from_hugging_face(&llama().to_string()).unwrap();
        let bpe = trained(&format!("{LOW}{words}"), 290);
        for tokenizer in [Tokenizer::bytes(), Tokenizer::characters(&words, Unknown::Bytes), bpe, llama] {
            for text in [&text, &words, &format!("{words}{text} {words}")] {
                prop_assert_eq!(&tokenizer.decode(&tokenizer.encode(text)), text);
            }
        }
    }

    #[test]
    fn a_text_comes_back_from_its_own_characters(text in "(?s).{0,80}") {
        let tokenizer = Tokenizer::characters(&text, Unknown::Token);
        prop_assert_eq!(tokenizer.decode(&tokenizer.encode(&text)), text.clone());
        prop_assert!(tokenizer.unknown_in(&text).is_empty());
    }

    #[test]
    fn merging_is_in_order_of_rank(mut tokens in prop::collection::vec(0_u32..6, 0..60), modulus in 3_u32..9) {
        let rule = |left: u32, right: u32| {
            let rank = (left * 7 + right * 3) % 11;
            (rank < modulus && left < 9 && right < 9).then_some(Rule { rank, token: left + right })
        };
        let mut slowly = tokens.clone();
        merge_slowly(&mut slowly, rule);
        Merger::default().merge(&mut tokens, rule);
        prop_assert_eq!(tokens, slowly);
    }

    #[test]
    fn any_file_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), merges in "[ab \n]{0,20}") {
        let _ = Tokenizer::from_llama2c(&bytes);
        let _ = Tokenizer::from_gpt2(r#"{"a":0,"b":1,"ab":2}"#, &merges);
    }
}
