use terrarium_data::images::{Images, Values, faces};

use crate::error::Result;
use crate::library::Files;
use crate::pictures::{self, Data};

/// What a judge knows about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Digits,
    Fashion,
    Faces,
}

/// How many faces a judge is taught and tried by.
const FACES: usize = 6_000;
/// What they are drawn by: a seed of their own, as a judge must not know the very faces of a run.
const FACES_SEED: u64 = u64::from_be_bytes(*b"thejudge");

impl Subject {
    pub const ALL: [Subject; 3] = [Subject::Digits, Subject::Fashion, Subject::Faces];

    /// Its name in flags and files.
    pub fn slug(self) -> &'static str {
        match self {
            Subject::Digits => "digits",
            Subject::Fashion => "fashion",
            Subject::Faces => "faces",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Subject::ALL.into_iter().find(|subject| subject.slug() == slug)
    }

    /// The name of the file that holds its judge.
    pub fn judge(self) -> &'static str {
        match self {
            Subject::Digits => "judge-digits.safetensors",
            Subject::Fashion => "judge-fashion.safetensors",
            Subject::Faces => "judge-faces.safetensors",
        }
    }

    /// Names of the files that hold its pictures; none where they are drawn here.
    pub fn sheets(self) -> &'static [&'static str] {
        match self {
            Subject::Digits => Data::Digits.files(),
            Subject::Fashion => Data::Fashion.files(),
            Subject::Faces => Data::Faces.files(),
        }
    }

    /// All pictures that its judge learns from and is tried by.
    ///
    /// # Errors
    /// Where the files are missing, or are not what they should be.
    pub fn images(self, files: &Files) -> Result<Images> {
        Ok(match self {
            Subject::Digits => pictures::digits(files)?,
            Subject::Fashion => pictures::fashion(files)?,
            Subject::Faces => faces::sample(FACES, FACES_SEED),
        })
    }
}

/// A question about pictures, and the right answer for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub name: String,
    pub answers: Vec<String>,
    /// Indices into `answers`.
    pub right: Vec<u8>,
}

/// All that can be asked about pictures: first their class or, of faces, the mouth, then whatever else is known. Numbers are asked
/// for as one of three equal parts of their range.
pub fn asked(images: &Images) -> Vec<Asked> {
    let mut asked = Vec::new();
    if let Some(labels) = images.labels() {
        asked.push(Asked { name: "class".to_string(), answers: labels.names().to_vec(), right: labels.values().to_vec() });
    }
    asked.extend(images.factors().iter().map(|factor| Asked {
        name: factor.name.to_string(),
        answers: match &factor.values {
            Values::Discrete(labels) => labels.names().to_vec(),
            Values::Continuous { .. } => thirds(factor.name).map(str::to_string).to_vec(),
        },
        right: factor.values.levels(3),
    }));
    asked.sort_by_key(|asked| asked.name != MOUTH);
    asked
}

const MOUTH: &str = "mouth";

/// What the lower, the middle and the upper third of a factor's range are called.
fn thirds(factor: &str) -> [&'static str; 3] {
    match factor {
        MOUTH => ["frown", "straight", "smile"],
        "brows" => ["worried", "calm", "stern"],
        "openness" => ["closed", "half open", "open"],
        "tilt" => ["to the left", "upright", "to the right"],
        _ => ["low", "middle", "high"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_asked_for_their_mouths_first() {
        let images = faces::sample(50, 3);
        let asked = asked(&images);
        assert_eq!((asked.len(), asked[0].name.as_str()), (images.factors().len(), MOUTH));
        let mouths = (0..50).map(|i| faces::Face::nth(3, i).mouth);
        for (mouth, right) in mouths.zip(&asked[0].right) {
            let expected = if mouth < -1.0 / 3.0 {
                "frown"
            } else if mouth < 1.0 / 3.0 {
                "straight"
            } else {
                "smile"
            };
            assert_eq!(asked[0].answers[usize::from(*right)], expected, "{mouth}");
        }
        let told = |asked: &Asked| asked.right.iter().all(|right| usize::from(*right) < asked.answers.len());
        assert!(asked.iter().all(told));
    }

    #[test]
    fn subjects_are_found_by_their_names() {
        assert!(Subject::ALL.into_iter().all(|subject| Subject::from_slug(subject.slug()) == Some(subject)));
        assert_eq!(Subject::from_slug("weather"), None);
    }
}
