//! The link that reproduces a set-up: what differs from the defaults and the seed in the query, the visitor's own points in
//! the fragment, which no server ever sees.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use terrarium_labs::lab::{LABS, Lab};
use terrarium_labs::settings::Settings;

/// The seed where a link names none.
pub const SEED: u64 = 1;

const LAB_KEY: &str = "lab";
const SEED_KEY: &str = "seed";
const POINTS_KEY: &str = "#points=";

/// Own points lie on a grid of this many lines each way over [−[`REACH`], [`REACH`]]², so that a link holds them exactly.
const LINES: u32 = 1 << 12;
const REACH: f32 = 1.25;

/// What a link says.
pub struct Linked {
    pub lab: &'static Lab,
    pub settings: Settings,
    pub seed: u64,
    pub points: Vec<[f32; 2]>,
    /// What could not be used, a sentence each. The rest is.
    pub problems: Vec<String>,
}

/// The query, with its `?`, of a set-up.
pub fn query(lab: &Lab, settings: &Settings, seed: u64) -> String {
    let mut query = form_urlencoded::Serializer::new("?".to_string());
    // Where a link names no lab, it is the first.
    if lab.slug != LABS[0].slug {
        query.append_pair(LAB_KEY, lab.slug);
    }
    query.append_pair(SEED_KEY, &seed.to_string());
    let changes = settings.changes();
    if !lab.are_alike(settings, &lab.first_settings()) {
        // A link that sets nothing leads to what the lab opens with.
        if changes.is_empty() {
            query.extend_pairs(settings.iter().take(1).map(|(setting, value)| (setting.key, setting.format(value))));
        }
        query.extend_pairs(changes);
    }
    query.finish().replace("?&", "?")
}

/// The fragment, with its `#`, of the visitor's own points; nothing where there are none.
pub fn fragment(points: &[[f32; 2]]) -> String {
    if points.is_empty() {
        return String::new();
    }
    let bytes: Vec<u8> = points
        .iter()
        .flat_map(|point| {
            let [x, y] = point.map(line);
            [(x >> 4) as u8, ((x & 15) << 4 | y >> 8) as u8, y as u8]
        })
        .collect();
    format!("{POINTS_KEY}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads what [`query`] and [`fragment`] wrote, and says what a visitor wrote wrongly.
pub fn read(query: &str, fragment: &str) -> Linked {
    let pairs = || form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    let mut problems = Vec::new();
    let named = pairs().find(|(key, _)| key == LAB_KEY).map(|(_, slug)| Lab::find(&slug));
    let lab = named.unwrap_or(Ok(LABS[0])).unwrap_or_else(|problem| {
        problems.push(problem.to_string());
        LABS[0]
    });
    let sets_nothing = pairs().all(|(key, _)| [LAB_KEY, SEED_KEY].contains(&&*key));
    let settings = if sets_nothing { lab.first_settings() } else { Settings::new(lab.table) };
    let mut linked = Linked { lab, settings, seed: SEED, points: Vec::new(), problems };
    for (key, value) in pairs().filter(|(key, _)| key != LAB_KEY) {
        if key != SEED_KEY {
            if let Err(misfit) = linked.settings.set(&key, &value) {
                linked.problems.push(misfit.to_string());
            }
        } else if let Ok(seed) = value.parse() {
            linked.seed = seed;
        } else {
            linked.problems.push(format!("“{value}” is no seed: it is a whole number from 0 to {}.", u64::MAX));
        }
    }
    if let Some(text) = fragment.strip_prefix(POINTS_KEY) {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) if bytes.len() % 3 == 0 => linked.points = bytes.chunks_exact(3).map(point).collect(),
            _ => linked.problems.push("The points in the link cannot be read; it may have been cut off.".to_string()),
        }
    }
    linked
}

/// A point as a link holds it.
pub fn snap(point: [f32; 2]) -> [f32; 2] {
    point.map(|v| coordinate(line(v)))
}

fn line(v: f32) -> u32 {
    let share = (v / REACH + 1.0) / 2.0;
    // Casting saturates, and makes NaN 0.
    ((share * (LINES - 1) as f32).round() as u32).min(LINES - 1)
}

fn coordinate(line: u32) -> f32 {
    (line as f32 / (LINES - 1) as f32 * 2.0 - 1.0) * REACH
}

fn point(bytes: &[u8]) -> [f32; 2] {
    let [a, b, c] = [0, 1, 2].map(|i| u32::from(bytes[i]));
    [a << 4 | b >> 4, (b & 15) << 8 | c].map(coordinate)
}

#[cfg(test)]
mod tests {
    use terrarium_labs::gan2d::{LAB, TABLE};
    use terrarium_labs::vae;

    use super::*;

    fn set(changes: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::new(&TABLE);
        for (key, value) in changes {
            settings.set(key, value).unwrap();
        }
        settings
    }

    #[test]
    fn links_hold_what_differs_from_the_defaults() {
        assert_eq!(query(&LAB, &set(&[]), 7), "?seed=7");
        assert_eq!(query(&vae::LAB, &Settings::new(&vae::TABLE), 7), "?lab=vae&seed=7");
        assert_eq!(
            query(&LAB, &set(&[("g_width", "128"), ("data", "word"), ("word", "a&b ü")]), 7),
            "?seed=7&data=word&g_width=128&word=a%26b+%C3%BC"
        );
    }

    #[test]
    fn links_lead_back_to_what_they_were_made_of() {
        let settings = set(&[("g_width", "128"), ("g_lr", "0.0003"), ("data", "word"), ("word", "a&b ü")]);
        let points = [[0.5, -0.25], [-1.0, 1.0], [1.25, -1.25]].map(snap);
        let linked = read(&query(&LAB, &settings, u64::MAX), &fragment(&points));
        assert_eq!((linked.settings, linked.seed, linked.points), (settings, u64::MAX, points.to_vec()));
        assert_eq!(linked.problems, [""; 0]);
    }

    #[test]
    fn what_a_link_has_wrong_is_named_and_the_rest_applies() {
        let linked = read("?seed=x&g_width=9999&g_depth=3&depth=2&data=", "#points=!");
        assert_eq!((linked.settings, linked.seed, linked.points.len()), (set(&[("g_depth", "3")]), SEED, 0));
        assert_eq!(linked.problems.len(), 5, "{:?}", linked.problems);
        for (problem, names) in linked.problems.iter().zip(["“x”", "“9999”", "“depth”", "“”", "points"]) {
            assert!(problem.contains(names), "{problem}");
        }
    }

    #[test]
    fn a_link_leads_into_its_lab() {
        let linked = read("?lab=vae&beta=4", "");
        assert_eq!((linked.lab.slug, linked.settings.number("beta"), linked.problems.len()), ("vae", 4.0, 0));
        let nowhere = read("?seed=3&lab=nowhere", "");
        assert_eq!((nowhere.lab.slug, nowhere.seed), (LAB.slug, 3));
        assert_eq!(nowhere.problems, ["There is no lab “nowhere” here."]);
    }

    #[test]
    fn a_link_that_sets_nothing_leads_to_what_a_lab_opens_with() {
        let language = Lab::find("language").unwrap();
        let (first, names) = (language.first_settings(), Settings::new(language.table));
        assert_eq!(read("?lab=language&seed=3", "").settings, first);
        assert_eq!(query(language, &first, 3), "?lab=language&seed=3");
        assert_eq!(query(language, &names, 3), "?lab=language&seed=3&data=names");
        assert_eq!(read("?lab=language&data=names", "").settings, names);
        // What the model brings along need not be told.
        let mut adopted = first;
        adopted.set("layers", "7").unwrap();
        assert_eq!(query(language, &adopted, 3), "?lab=language&seed=3");
    }

    #[test]
    fn points_survive_the_link_exactly() {
        for v in [-1.3_f32, -1.25, -0.9, 0.0, 1e-3, 0.77777, 1.25, 9.0] {
            let point = snap([v, -v]);
            assert_eq!(snap(point), point);
            assert!((point[0] - v.clamp(-REACH, REACH)).abs() < 4e-4);
        }
    }
}
