//! What every lab promises.

mod support;

use pollster::block_on;
use support::{assets, measure, open, set_up, state};
use terrarium_labs::lab::{LABS, Lab};
use terrarium_labs::protocol::EngineKind;
use terrarium_labs::settings::{Kind, Value};
use terrarium_labs::{Engines, Finding, checkpoint};

#[test]
fn settings_read_what_they_write_and_explain_themselves() {
    for setting in LABS.iter().flat_map(|lab| lab.table) {
        assert!(setting.help.ends_with('.') && !setting.label.is_empty() && !setting.group.is_empty(), "{}", setting.key);
        let values: Vec<Value> = match &setting.kind {
            Kind::Choice(options) => {
                for (i, option) in options.iter().enumerate() {
                    assert!(option.help.ends_with('.'), "{}", option.slug);
                    assert!(options[..i].iter().all(|other| other.slug != option.slug), "{} is there twice", option.slug);
                }
                (0..options.len()).map(Value::Choice).collect()
            }
            Kind::Whole { min, max, default, .. } => [min, max, default].map(|v| Value::Whole(*v)).into(),
            Kind::Number { min, max, default, .. } => [min, max, default].map(|v| Value::Number(*v)).into(),
            Kind::Text { .. } => vec![Value::Text("Rust".to_string())],
        };
        for value in values.into_iter().chain([setting.default()]) {
            assert_eq!(setting.parse(&setting.format(&value)), Ok(value), "{}", setting.key);
        }
        if !matches!(setting.kind, Kind::Text { .. }) {
            assert!(setting.parse("far too much").is_err(), "{}", setting.key);
        }
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let names: Vec<_> = names.collect();
    names.iter().enumerate().all(|(i, name)| !names[..i].contains(name))
}

#[test]
fn names_are_unique() {
    assert!(unique(LABS.iter().map(|lab| lab.slug)));
    for lab in LABS {
        assert!(std::ptr::eq(Lab::find(lab.slug).unwrap(), lab));
        assert!(unique(lab.table.iter().map(|setting| setting.key)), "settings of {}", lab.slug);
        assert!(unique(lab.presets.iter().map(|preset| preset.slug)), "presets of {}", lab.slug);
    }
}

#[test]
fn presets_train_and_are_taken_up_where_they_were_saved() {
    for (lab, preset) in LABS.iter().flat_map(|lab| lab.presets.iter().map(move |preset| (lab, preset))) {
        let name = format!("{} of {}", preset.slug, lab.slug);
        assert!(preset.watch.ends_with('.'), "{name}");
        let mut run = open(&set_up(lab.slug, preset.changes, 1)).unwrap();
        run.step().unwrap();
        run.step().unwrap();
        let Some(Finding::Measures(row)) = measure(&mut run) else { panic!("{name}: not a number") };
        let lines: Vec<_> = run.opened().charts.into_iter().flat_map(|chart| chart.lines).collect();
        assert!(unique(lines.iter().map(|line| line.key.as_str())), "{name}");
        let mut columns: Vec<usize> = lines.iter().map(|line| line.column as usize).collect();
        columns.sort_unstable();
        assert_eq!(columns, (0..row.values.len()).collect::<Vec<_>>(), "{name}: every value is charted");

        let saved = block_on(checkpoint::save(&mut run)).unwrap();
        let mut restored = block_on(checkpoint::open(&saved, &assets(), &Engines::without_gpu(), EngineKind::Cpu)).unwrap();
        assert_eq!(restored.opened(), run.opened(), "{name}");
        for run in [&mut run, &mut restored] {
            run.advance_steps(2).unwrap();
        }
        assert_eq!(state(&mut restored), state(&mut run), "{name}");
    }
}
