use rand::Rng;

use super::ImagesError;

/// A class for each picture, out of a few that have names.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    names: Vec<String>,
    values: Vec<u8>,
}

impl Labels {
    /// One of `names` for each picture, counted from 0.
    ///
    /// # Errors
    /// [`ImagesError::NoSuchClass`] for a value that has no name.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>, values: Vec<u8>) -> Result<Self, ImagesError> {
        let names: Vec<String> = names.into_iter().map(S::into).collect();
        match values.iter().position(|value| usize::from(*value) >= names.len()) {
            Some(picture) => Err(ImagesError::NoSuchClass { picture, value: values[picture], classes: names.len() }),
            None => Ok(Labels { names, values }),
        }
    }

    /// What the classes are called.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The class of each picture, an index into [`names`](Self::names).
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The name of picture `i`'s class.
    ///
    /// # Panics
    /// Where there is no picture `i`.
    pub fn name_of(&self, i: usize) -> &str {
        &self.names[usize::from(self.values[i])]
    }

    /// How many pictures each class has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.names.len()];
        for value in &self.values {
            counts[usize::from(*value)] += 1;
        }
        counts
    }

    pub(super) fn subset(&self, which: &[usize]) -> Labels {
        Labels { names: self.names.clone(), values: which.iter().map(|i| self.values[*i]).collect() }
    }
}

/// One thing known about every picture, such as the hue of what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    pub name: &'static str,
    pub values: Values,
}

/// A factor's value in each picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// One of a few that have names.
    Discrete(Labels),
    /// A number from `low` to `high`.
    Continuous { low: f32, high: f32, values: Vec<f32> },
}

impl Factor {
    pub fn discrete(name: &'static str, labels: Labels) -> Self {
        Factor { name, values: Values::Discrete(labels) }
    }

    pub fn continuous(name: &'static str, low: f32, high: f32, values: Vec<f32>) -> Self {
        Factor { name, values: Values::continuous(low, high, values) }
    }

    pub(super) fn subset(&self, which: &[usize]) -> Factor {
        let values = match &self.values {
            Values::Discrete(labels) => Values::Discrete(labels.subset(which)),
            Values::Continuous { low, high, values } => Values::continuous(*low, *high, which.iter().map(|i| values[*i]).collect()),
        };
        Factor { name: self.name, values }
    }
}

impl Values {
    pub fn continuous(low: f32, high: f32, values: Vec<f32>) -> Self {
        Values::Continuous { low, high, values }
    }

    /// For how many pictures there are values.
    pub fn len(&self) -> usize {
        match self {
            Values::Discrete(labels) => labels.values().len(),
            Values::Continuous { values, .. } => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many numbers [`encode`](Self::encode) makes of a value: one for each name, or one.
    pub fn width(&self) -> usize {
        match self {
            Values::Discrete(labels) => labels.names().len(),
            Values::Continuous { .. } => 1,
        }
    }

    /// Picture `i`'s value as a network is told it: a discrete one as 1 at its place among zeros, a continuous one as
    /// a number from −1 at `low` to 1 at `high`.
    ///
    /// # Panics
    /// Where there is no picture `i`.
    pub fn encode(&self, i: usize) -> Vec<f32> {
        match self {
            Values::Discrete(labels) => {
                let mut one_hot = vec![0.0; self.width()];
                one_hot[usize::from(labels.values()[i])] = 1.0;
                one_hot
            }
            Values::Continuous { low, high, values } => vec![2.0 * (values[i] - low) / (high - low) - 1.0],
        }
    }

    /// Each picture's value as one of a few, as measures of mutual information want it: continuous ones in `bins` equal
    /// parts of their range, discrete ones as they are.
    pub fn levels(&self, bins: u8) -> Vec<u8> {
        match self {
            Values::Discrete(labels) => labels.values().to_vec(),
            Values::Continuous { low, high, values } => {
                let bin = |v: &f32| ((v - low) / (high - low) * f32::from(bins)) as u8;
                values.iter().map(|v| bin(v).min(bins.saturating_sub(1))).collect()
            }
        }
    }
}

/// A type of a few values that have names, in the order of a menu.
pub trait Named: Copy + PartialEq + 'static {
    const ALL: &'static [Self];

    /// How the visitor reads the value.
    fn name(self) -> &'static str;

    /// The value's place in [`ALL`](Self::ALL).
    fn index(self) -> usize;
}

/// An enum whose variants have names, and what else hangs on it: `enum Hat { None = "none", Beanie = "beanie" }`.
macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($variant),* }

        impl $crate::images::Named for $type {
            const ALL: &'static [Self] = &[$($type::$variant),*];

            fn name(self) -> &'static str {
                match self { $($type::$variant => $name),* }
            }

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}
pub(super) use named;

/// The column of a discrete factor that `value` reads from each of `things`.
pub(super) fn discrete<T, N: Named>(name: &'static str, things: &[T], value: impl Fn(&T) -> N) -> Factor {
    let names = N::ALL.iter().map(|value| value.name().to_owned()).collect();
    let values = things.iter().map(|thing| value(thing).index() as u8).collect();
    // Every value has its name by construction.
    Factor::discrete(name, Labels { names, values })
}

/// The column of a continuous factor that `value` reads from each of `things`.
pub(super) fn continuous<T>(name: &'static str, [low, high]: [f32; 2], things: &[T], value: impl Fn(&T) -> f32) -> Factor {
    Factor::continuous(name, low, high, things.iter().map(value).collect())
}

/// One of all values, each as likely as the others.
pub(super) fn one_of<N: Named>(rng: &mut impl Rng) -> N {
    // Not a usize, which draws other numbers where it is shorter.
    N::ALL[rng.gen_range(0..N::ALL.len() as u32) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_without_a_name_are_refused() {
        let error = Labels::new(["cat", "dog"], vec![0, 1, 2]).unwrap_err();
        assert_eq!(error.to_string(), "Picture 2 has the label 2, but there are only 2 classes, counted from 0.");
    }

    #[test]
    fn values_are_encoded_for_a_network() {
        let animal = Values::Discrete(Labels::new(["cat", "dog", "hen"], vec![2, 0]).unwrap());
        assert_eq!((animal.width(), animal.encode(0)), (3, vec![0.0, 0.0, 1.0]));
        let hue = Values::continuous(10.0, 20.0, vec![10.0, 15.0, 20.0]);
        assert_eq!((hue.width(), hue.encode(0), hue.encode(1), hue.encode(2)), (1, vec![-1.0], vec![0.0], vec![1.0]));
    }

    #[test]
    fn levels_part_the_range_equally() {
        let hue = Values::continuous(-1.0, 1.0, vec![-1.0, -0.51, -0.49, 0.0, 0.49, 0.51, 1.0]);
        assert_eq!(hue.levels(4), [0, 0, 1, 2, 2, 3, 3]);
        assert_eq!(Values::Discrete(Labels::new(["cat", "dog"], vec![1, 0]).unwrap()).levels(4), [1, 0]);
    }
}
