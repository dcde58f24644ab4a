//! What is known about pictures, and how a network is told it.

use serde::{Deserialize, Serialize};
use terrarium_data::images::{Images, Values};

use crate::error::{Error, Result};

/// The name of what kind a picture is, where pictures have kinds.
const CLASS: &str = "class";

/// The things known about every picture of a set: its class, if there are classes, then its factors.
///
/// What is known about one picture is a number for each of them: which of the options, or the number itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known(pub Vec<Thing>);

/// Something known about every picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thing {
    pub name: String,
    pub range: Range,
}

/// The values that a thing has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Range {
    /// One of these, counted from 0.
    Options(Vec<String>),
    /// A number.
    Between {
        low: f32,
        high: f32,
        /// What it is called at the one end and at the other.
        ends: [String; 2],
    },
}

/// What numbers are called at their ends, by the thing they are of; any other are low and high.
const ENDS: [(&str, [&str; 2]); 8] = [
    ("openness", ["closed", "open"]),
    ("brows", ["worried", "stern"]),
    ("mouth", ["frown", "smile"]),
    ("tilt", ["left", "right"]),
    ("scale", ["small", "large"]),
    ("rotation", ["left", "right"]),
    ("x", ["left", "right"]),
    ("y", ["top", "bottom"]),
];
/// The share of a number's range that each end has.
const END: f32 = 0.25;

impl Known {
    pub fn of(images: &Images) -> Known {
        let class = images.labels().map(|labels| (CLASS, Range::Options(labels.names().to_vec())));
        let factors = images.factors().iter().map(|factor| match &factor.values {
            Values::Discrete(labels) => (factor.name, Range::Options(labels.names().to_vec())),
            Values::Continuous { low, high, .. } => {
                let ends = ENDS.iter().find(|(name, _)| *name == factor.name).map_or(["low", "high"], |(_, ends)| *ends);
                (factor.name, Range::Between { low: *low, high: *high, ends: ends.map(str::to_string) })
            }
        });
        Known(class.into_iter().chain(factors).map(|(name, range)| Thing { name: name.to_string(), range }).collect())
    }

    /// How many numbers a network is told: one for each option, or one.
    pub fn width(&self) -> usize {
        self.0.iter().map(|thing| thing.range.width()).sum()
    }

    /// What is known about picture `i` of `images`, which must be of the same set.
    ///
    /// # Panics
    /// Where there is no picture `i`.
    pub fn about(&self, images: &Images, i: usize) -> Vec<f32> {
        let class = images.labels().map(|labels| f32::from(labels.values()[i]));
        let factors = images.factors().iter().map(|factor| match &factor.values {
            Values::Discrete(labels) => f32::from(labels.values()[i]),
            Values::Continuous { values, .. } => values[i],
        });
        class.into_iter().chain(factors).collect()
    }

    /// What is known about a picture as a network is told it, [`Known::width`] numbers: an option as 1 at its place among zeros,
    /// a number as its place between −1 and 1.
    ///
    /// # Errors
    /// Where that is no option, or not within its range; where there are more or fewer values than things.
    pub fn row(&self, about: &[f32]) -> Result<Vec<f32>> {
        if about.len() != self.0.len() {
            return Err(Error(format!("{} values are told of {} things.", about.len(), self.0.len())));
        }
        let mut row = Vec::with_capacity(self.width());
        for (thing, value) in self.0.iter().zip(about) {
            thing.check(*value)?;
            match &thing.range {
                Range::Options(names) => row.extend((0..names.len()).map(|i| if i == *value as usize { 1.0 } else { 0.0 })),
                Range::Between { low, high, .. } => row.push(2.0 * (value - low) / (high - low) - 1.0),
            }
        }
        Ok(row)
    }

    /// The rows of all pictures of `images`, `[n, width]`.
    ///
    /// # Errors
    /// None for pictures of this set.
    pub fn rows(&self, images: &Images) -> Result<Vec<f32>> {
        let rows: Result<Vec<Vec<f32>>> = (0..images.len()).map(|i| self.row(&self.about(images, i))).collect();
        Ok(rows?.concat())
    }

    /// A caption: the class, or else the first thing that has a name.
    pub fn caption(&self, about: &[f32]) -> String {
        let named = self.0.iter().zip(about).find_map(|(thing, value)| match &thing.range {
            Range::Options(names) => names.get(*value as usize),
            Range::Between { .. } => None,
        });
        named.cloned().unwrap_or_default()
    }
}

impl Thing {
    /// What can be said of it: its options, or its two ends.
    pub fn names(&self) -> &[String] {
        match &self.range {
            Range::Options(names) => names,
            Range::Between { ends, .. } => ends,
        }
    }

    /// Whether that can be said of a value, by its place among [`Thing::names`].
    pub fn is(&self, value: f32, place: usize) -> bool {
        match &self.range {
            Range::Options(_) => value as usize == place,
            Range::Between { low, high, .. } => {
                let along = (value - low) / (high - low);
                if place == 0 { along < END } else { along > 1.0 - END }
            }
        }
    }

    /// The value of which that is said most clearly.
    pub fn value(&self, place: usize) -> f32 {
        match &self.range {
            Range::Options(_) => place as f32,
            Range::Between { low, .. } if place == 0 => *low,
            Range::Between { high, .. } => *high,
        }
    }

    /// # Errors
    /// Where the value is none of this thing's.
    pub fn check(&self, value: f32) -> Result<()> {
        let fits = match &self.range {
            Range::Options(names) => value >= 0.0 && value.fract() == 0.0 && (value as usize) < names.len(),
            Range::Between { low, high, .. } => (*low..=*high).contains(&value),
        };
        if fits { Ok(()) } else { Err(Error(format!("“{}” cannot be {value}.", self.name))) }
    }
}

impl Range {
    fn width(&self) -> usize {
        match self {
            Range::Options(names) => names.len(),
            Range::Between { .. } => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use terrarium_data::images::{Factor, Labels, Size};

    use super::*;

    fn two() -> Images {
        let labels = |names: [&str; 3], values| Labels::new(names, values).unwrap();
        Images::new(Size { height: 1, width: 1, channels: 1 }, vec![0, 1])
            .unwrap()
            .with_labels(labels(["cat", "dog", "hen"], vec![2, 0]))
            .unwrap()
            .with_factors(vec![
                Factor::continuous("size", 10.0, 20.0, vec![10.0, 15.0]),
                Factor::discrete("coat", labels(["short", "long", "none"], vec![2, 1])),
            ])
            .unwrap()
    }

    #[test]
    fn a_network_is_told_what_the_data_would_tell() {
        let images = two();
        let known = Known::of(&images);
        assert_eq!(known.0.iter().map(|thing| thing.name.as_str()).collect::<Vec<_>>(), ["class", "size", "coat"]);
        assert_eq!((known.width(), known.about(&images, 1)), (7, vec![0.0, 15.0, 1.0]));
        assert_eq!(known.rows(&images).unwrap(), [0., 0., 1., -1., 0., 0., 1., 1., 0., 0., 0., 0., 1., 0.]);
        for i in 0..2 {
            let told: Vec<f32> = images.factors().iter().flat_map(|factor| factor.values.encode(i)).collect();
            assert_eq!(known.row(&known.about(&images, i)).unwrap()[3..], told);
        }
        assert_eq!(known.caption(&known.about(&images, 0)), "hen");
    }

    #[test]
    fn both_ends_of_a_number_have_names() {
        let known = Known::of(&two());
        let [_, size, coat] = &known.0[..] else { panic!() };
        assert_eq!((size.names(), coat.names().len()), (&["low".to_string(), "high".to_string()][..], 3));
        assert_eq!(
            [10.0, 13.0, 17.0, 20.0].map(|v| [size.is(v, 0), size.is(v, 1)].map(u8::from)),
            [[1, 0], [0, 0], [0, 0], [0, 1]]
        );
        assert!(coat.is(2.0, 2) && !coat.is(2.0, 1));
        assert_eq!([size.value(0), size.value(1), coat.value(1)], [10.0, 20.0, 1.0]);
    }

    #[test]
    fn nothing_else_is_told() {
        let known = Known::of(&two());
        for about in [&[3.0, 15.0, 0.0], &[0.5, 15.0, 0.0], &[-1.0, 15.0, 0.0], &[0.0, 9.0, 0.0], &[0.0, f32::NAN, 0.0]] {
            assert!(known.row(about).is_err(), "{about:?}");
        }
        assert!(known.row(&[0.0, 15.0]).is_err());
        assert_eq!(known.row(&[0.0, 21.0, 0.0]).unwrap_err().to_string(), "“size” cannot be 21.");
        let nothing = Images::new(Size { height: 1, width: 1, channels: 1 }, vec![0, 1]).unwrap();
        assert_eq!((Known::of(&nothing), Known::default().row(&[])), (Known::default(), Ok(Vec::new())));
    }
}
