//! The settings that `train` takes.

use terrarium_labs::gan2d::{PRESETS, TABLE};
use terrarium_labs::settings::{Kind, Setting};

pub fn run() {
    for setting in &TABLE {
        println!("{:<13} {} – {}", setting.key, setting.label, setting.help);
        println!("{:<13} {}; default {}", "", values(setting), setting.format(&setting.default()));
    }
    println!("\nPresets:");
    for preset in &PRESETS {
        println!("{:<13} {} – {}", preset.slug, preset.label, preset.watch);
    }
}

fn values(setting: &Setting) -> String {
    match &setting.kind {
        Kind::Choice(options) => options.iter().map(|option| option.slug).collect::<Vec<_>>().join(", "),
        Kind::Whole { min, max, .. } => format!("{min} to {max}"),
        Kind::Number { min, max, .. } => format!("{min} to {max}"),
        Kind::Text { max_chars, .. } => format!("at most {max_chars} characters"),
    }
}
