//! The settings that `train` takes.

use std::io::Write;

use anyhow::Result;
use terrarium_labs::lab::LABS;
use terrarium_labs::settings::{Kind, Setting};

pub fn run(out: &mut impl Write) -> Result<()> {
    for lab in &LABS {
        writeln!(out, "--lab {}:", lab.slug)?;
        for setting in lab.table {
            writeln!(out, "{:<13} {} – {}", setting.key, setting.label, setting.help)?;
            writeln!(out, "{:<13} {}; default {}", "", values(setting), setting.format(&setting.default()))?;
        }
        writeln!(out, "\nIts presets:")?;
        for preset in lab.presets {
            writeln!(out, "{:<13} {} – {}", preset.slug, preset.label, preset.watch)?;
        }
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
