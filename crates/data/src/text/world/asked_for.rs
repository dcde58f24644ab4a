//! What of a document is asked for, and what is given: by the words that mark its parts.

use std::ops::Range;

/// What a line is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Given,
    Asked,
    /// The words that describe a program, which is asked for.
    Described,
    /// Words with what is made of each; the first cannot be known.
    Pairs {
        is_first: bool,
    },
}

/// Where in a document of Pocket World stands what a model is to say: answers, summaries, talks, translations, programs that were described,
/// what programs do and print, and what is made of words after the first. In bytes, in order, each to the end of its line. The rest is given: a
/// story, a question, a sentence to translate.
pub fn asked_for(document: &str) -> Vec<Range<usize>> {
    let (mut ranges, mut part, mut start): (Vec<Range<usize>>, Part, usize) = (Vec::new(), Part::Given, 0);
    for line in document.split_inclusive('\n') {
        let end = start + line.len();
        let tag = line.find(':').map_or("", |colon| &line[..=colon]);
        let mut asked = |from: usize| match ranges.last_mut() {
            Some(last) if last.end == from => last.end = end,
            _ => ranges.push(from..end),
        };
        match tag {
            // The end of what is worked out.
            "Prints:" if part == Part::Asked => {
                asked(start);
                part = Part::Given;
            }
            "Answer:" | "Summary:" | "Prints:" => {
                asked(start + tag.len());
                part = Part::Given;
            }
            // The first of two languages is given.
            "English:" | "French:" if start > 0 => asked(start + tag.len()),
            "Steps:" => {
                asked(start + tag.len());
                part = Part::Asked;
            }
            "Code:" if part == Part::Described => {
                asked(start + tag.len());
                part = Part::Asked;
            }
            "Story:" | "Question:" | "English:" | "French:" | "Code:" => part = Part::Given,
            "Words:" => part = Part::Described,
            "Talk:" => part = Part::Asked,
            "Pairs:" => part = Part::Pairs { is_first: true },
            _ => match (part, line.find(" ->")) {
                (Part::Asked, _) => asked(start),
                (Part::Pairs { is_first: true }, _) => part = Part::Pairs { is_first: false },
                (Part::Pairs { .. }, Some(arrow)) => asked(start + arrow + " ->".len()),
                _ => {}
            },
        }
        start = end;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::super::{Task, document, item};
    use super::*;

    #[test]
    fn what_is_asked_of_items_is_their_answers() {
        for task in Task::ALL.into_iter().filter(|task| *task != Task::Story) {
            for index in 0..300 {
                let item = item(task, 5, index);
                let whole = item.prompt.clone() + &item.answer;
                let asked = asked_for(&whole);
                // The first pair of words can be known from nothing.
                let wanted = if item.shots == Some(0) { None } else { Some(&item.prompt.len()..&whole.len()) };
                assert_eq!(asked.last().map(|range| &range.start..&range.end), wanted, "{whole}");
            }
        }
    }

    #[test]
    fn every_document_is_given_and_asked() {
        for index in 0..2000 {
            let document = document(3, index);
            let asked = asked_for(&document);
            assert!(asked.windows(2).all(|pair| pair[0].end < pair[1].start), "{document}");
            let share = asked.iter().map(|range| range.len()).sum::<usize>() as f64 / document.len() as f64;
            assert!(share < 0.95 && (share > 0.0 || document.starts_with("Story:")), "{share} of {document}");
        }
    }
}
