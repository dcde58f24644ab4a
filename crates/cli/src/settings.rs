//! The settings that `train` takes.

use std::io::Write;

use anyhow::Result;
use terrarium_labs::gan2d::{PRESETS, TABLE};
use terrarium_labs::settings::{Kind, Setting};

pub fn run(out: &mut impl Write) -> Result<()> {
    for setting in &TABLE {
        writeln!(out, "{:<13} {} – {}", setting.key, setting.label, setting.help)?;
        writeln!(out, "{:<13} {}; default {}", "", values(setting), setting.format(&setting.default()))?;
    }
    writeln!(out, "\nPresets:")?;
    for preset in &PRESETS {
        writeln!(out, "{:<13} {} – {}", preset.slug, preset.label, preset.watch)?;
    }
    Ok(())
}

fn values(setting: &Setting) -> String {
    match &setting.kind {
        Kind::Choice(options) => options.iter().map(|option| option.slug).collect::<Vec<_>>().join(", "),
        Kind::Whole { min, max, .. } => format!("{min} to {max}"),
        Kind::Number { min, max, .. } => format!("{min} to {max}"),
        Kind::Text { max_chars, .. } => format!("at most {max_chars} characters"),
    }
}
