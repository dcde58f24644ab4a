//! The settings of a lab, described once: from the table come the controls, the link that shares a set-up, the flags of the
//! command line, the header of a checkpoint and the tests.

use std::collections::BTreeMap;

/// One setting of a lab.
#[derive(Debug)]
pub struct Setting {
    /// Its name in links, flags and checkpoints.
    pub key: &'static str,
    /// The heading it stands under.
    pub group: &'static str,
    pub label: &'static str,
    /// One sentence: what it does, and what to expect of it.
    pub help: &'static str,
    pub kind: Kind,
    /// Whether it can change while a run goes on; otherwise a change starts the run anew.
    pub live: bool,
}

/// What values a setting takes.
#[derive(Debug)]
pub enum Kind {
    /// One of some named things; the default is the first.
    Choice(&'static [Choice]),
    Whole {
        min: i64,
        max: i64,
        default: i64,
        unit: &'static str,
    },
    Number {
        min: f64,
        max: f64,
        default: f64,
        scale: Scale,
        unit: &'static str,
    },
    Text {
        max_chars: usize,
        default: &'static str,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct Choice {
    pub slug: &'static str,
    pub label: &'static str,
    pub help: &'static str,
}

/// An option of a menu, and what it stands for.
pub(crate) const fn option<T>(value: T, slug: &'static str, label: &'static str, help: &'static str) -> (T, Choice) {
    (value, Choice { slug, label, help })
}

/// What a menu shows of options.
pub(crate) const fn choices<T: Copy, const N: usize>(options: &[(T, Choice); N]) -> [Choice; N] {
    let mut choices = [options[0].1; N];
    let mut i = 1;
    while i < N {
        choices[i] = options[i].1;
        i += 1;
    }
    choices
}

/// How a slider moves over its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Evenly over the orders of magnitude; 0, where the range starts there, has the slider's first place.
    Log,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The place of the option.
    Choice(usize),
    Whole(i64),
    Number(f64),
    Text(String),
}

/// A lab's settings with their values, in the table's order.
#[derive(Clone, Debug)]
pub struct Settings {
    table: &'static [Setting],
    values: Vec<Value>,
}

impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.table, other.table) && self.values == other.values
    }
}

/// A value that does not fit its setting, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit(pub String);

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}

impl Setting {
    pub fn default(&self) -> Value {
        match &self.kind {
            Kind::Choice(_) => Value::Choice(0),
            Kind::Whole { default, .. } => Value::Whole(*default),
            Kind::Number { default, .. } => Value::Number(*default),
            Kind::Text { default, .. } => Value::Text(default.to_string()),
        }
    }

    /// Reads a value as it stands in a link or a flag.
    pub fn parse(&self, text: &str) -> Result<Value, Misfit> {
        let misfit = |wanted: String| Misfit(format!("“{text}” is no value for {}: {wanted}.", self.label.to_lowercase()));
        let value = match &self.kind {
            Kind::Choice(options) => options.iter().position(|o| o.slug == text).map(Value::Choice),
            Kind::Whole { min, max, .. } => text.parse().ok().filter(|v| (min..=max).contains(&v)).map(Value::Whole),
            Kind::Number { min, max, .. } => text.parse().ok().filter(|v| (min..=max).contains(&v)).map(Value::Number),
            Kind::Text { max_chars, .. } => (text.chars().count() <= *max_chars).then(|| Value::Text(text.to_string())),
        };
        value.ok_or_else(|| {
            misfit(match &self.kind {
                Kind::Choice(options) => format!("it is one of {}", options.iter().map(|o| o.slug).collect::<Vec<_>>().join(", ")),
                Kind::Whole { min, max, .. } => format!("it is a whole number from {min} to {max}"),
                Kind::Number { min, max, .. } => format!("it is a number from {min} to {max}"),
                Kind::Text { max_chars, .. } => format!("it has at most {max_chars} characters"),
            })
        })
    }

    /// Writes a value as [`Setting::parse`] reads it.
    pub fn format(&self, value: &Value) -> String {
        match (value, &self.kind) {
            (Value::Choice(i), Kind::Choice(options)) => options.get(*i).map_or(String::new(), |o| o.slug.to_string()),
            (Value::Choice(i), _) => i.to_string(),
            (Value::Whole(v), _) => v.to_string(),
            (Value::Number(v), _) => v.to_string(),
            (Value::Text(v), _) => v.clone(),
        }
    }
}

impl Settings {
    /// All defaults.
    pub fn new(table: &'static [Setting]) -> Self {
        Settings { table, values: table.iter().map(Setting::default).collect() }
    }

    pub fn table(&self) -> &'static [Setting] {
        self.table
    }

    /// Settings with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Setting, &Value)> {
        self.table.iter().zip(&self.values)
    }

    fn place(&self, key: &str) -> Result<usize, Misfit> {
        self.table.iter().position(|s| s.key == key).ok_or_else(|| Misfit(format!("There is no setting “{key}”.")))
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.place(key).ok().map(|i| &self.values[i])
    }

    /// The place of the option chosen.
    ///
    /// # Panics
    /// Where the table has no choice of this key, which is a mistake in the program; so with the next three.
    pub fn choice(&self, key: &str) -> usize {
        let Some(Value::Choice(place)) = self.get(key) else { panic!("the table has no choice “{key}”") };
        *place
    }

    pub fn whole(&self, key: &str) -> i64 {
        let Some(Value::Whole(value)) = self.get(key) else { panic!("the table has no whole number “{key}”") };
        *value
    }

    pub fn number(&self, key: &str) -> f64 {
        let Some(Value::Number(value)) = self.get(key) else { panic!("the table has no number “{key}”") };
        *value
    }

    pub fn text(&self, key: &str) -> &str {
        let Some(Value::Text(value)) = self.get(key) else { panic!("the table has no text “{key}”") };
        value
    }

    /// Whether a choice is made, by the names of the setting and of the option.
    pub fn is(&self, key: &str, slug: &str) -> bool {
        self.iter().any(|(setting, value)| setting.key == key && setting.format(value) == slug)
    }

    /// Sets a value given as text, as in a link or a flag.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), Misfit> {
        let i = self.place(key)?;
        self.values[i] = self.table[i].parse(text)?;
        Ok(())
    }

    /// What differs from the defaults, by key, as text.
    pub fn changes(&self) -> BTreeMap<&'static str, String> {
        self.iter().filter(|(s, v)| s.default() != **v).map(|(s, v)| (s.key, s.format(v))).collect()
    }

    /// The settings that differ between two sets of one lab.
    pub fn differing<'a>(&'a self, other: &'a Settings) -> impl Iterator<Item = &'static Setting> + 'a {
        self.iter().zip(&other.values).filter(|((_, a), b)| a != b).map(|((s, _), _)| s)
    }
}
