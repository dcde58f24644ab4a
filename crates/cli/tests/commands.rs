//! The commands as they are typed.

use std::process::{Command, Output};

fn terrarium(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_terrarium")).args(arguments).output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = terrarium(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn training_is_saved_and_taken_up() {
    let file = std::env::temp_dir().join(format!("terrarium-{}.safetensors", std::process::id()));
    let file = file.to_str().unwrap();
    let small = ["--set", "batch=16", "--set", "g_width=8", "--steps", "4", "--every", "2"];
    let first = printed(&[&["train", "--preset", "unstable", "--save", file], &small[..]].concat());
    assert_eq!(first.lines().count(), 4, "a header, two rows and the speed:\n{first}");
    let second = printed(&["train", "--load", file, "--steps", "2"]);
    std::fs::remove_file(file).unwrap();
    assert!(second.lines().nth(1).unwrap().trim_start().starts_with("6 "), "it went on to step 6:\n{second}");
}

#[test]
fn a_lab_learns_from_the_pictures_of_a_folder() {
    let small = ["train", "--lab", "vae", "--set", "width=16", "--steps", "2", "--every", "1"];
    let rows = printed(&[&small[..], &["--assets", "../../web/assets"]].concat());
    assert!(rows.lines().next().unwrap().contains("held_out_elbo") && rows.lines().count() == 4, "{rows}");
    let output = terrarium(&[&small[..], &["--assets", "nowhere"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("nowhere/digits.png cannot be read"), "{said}");
}

#[test]
fn a_language_model_learns_a_file_and_is_handed_on() {
    let folder = std::env::temp_dir().join(format!("terrarium-gpt-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let (text, model) = (path("text.txt"), path("model.safetensors"));
    std::fs::write(&text, "The cat sat on the mat, and the dog lay by the door. ".repeat(200)).unwrap();
    let small = ["--set", "layers=1", "--set", "width=16", "--set", "hidden=32", "--steps", "4", "--every", "2"];
    let said = printed(&[&["train", "gpt", "--text", &text, "--save", &model], &small[..]].concat());
    assert!(said.contains("held_out_loss") && said.contains("counting bigrams would cost"), "{said}");
    printed(&["model", "export", &model, "--folder", &path("exported")]);
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        assert!(folder.join("exported").join(name).exists(), "{name}");
    }
    let imported = path("imported.safetensors");
    let exported = ["config.json", "model.safetensors", "tokenizer.json"].map(|name| path(&format!("exported/{name}")));
    printed(&["model", "import", &exported[0], &exported[1], &exported[2], "--save", &imported]);
    assert!(std::fs::metadata(&imported).unwrap().len() > 1_000);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn mistakes_are_told_in_words() {
    for (arguments, expected) in [
        (["train", "--set", "batch=1"], "it is a whole number from 16 to 1024"),
        (["train", "--set", "batch"], "“batch” is not KEY=VALUE"),
        (["train", "--preset", "nonsense"], "there is no preset “nonsense”"),
        (["bench", "--workload", "nonsense"], "there is no such run"),
    ] {
        let output = terrarium(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(expected), "{said}");
    }
}

#[test]
fn settings_are_listed() {
    let list = printed(&["settings"]);
    assert!(list.contains("g_lr") && list.contains("wgan-gp"), "{list}");
}
