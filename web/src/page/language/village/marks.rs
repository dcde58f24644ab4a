//! What was said, cut where something in it is wrong.

/// A stretch of what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// The number of the reason for which it is wrong, from 1.
    pub wrong: Option<usize>,
}

/// Cuts a text where it is wrong: from and to which byte, in their order. The reasons are numbered as they come; of stretches that
/// overlap, the first has what both do.
pub fn pieces(said: &str, wrong: &[(u32, u32, String)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut push = |from: usize, to: usize, wrong| {
        // What is no place in the text is none to cut at.
        if let Some(text) = said.get(from..to).filter(|text| !text.is_empty()) {
            pieces.push(Piece { text: text.to_string(), wrong });
        }
    };
    for (number, (from, to, _)) in wrong.iter().enumerate() {
        let [from, to] = [*from, *to].map(|place| (place as usize).clamp(at, said.len()));
        push(at, from, None);
        push(from, to, Some(number + 1));
        at = to;
    }
    push(at, said.len(), None);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(said: &str, wrong: &[(u32, u32)]) -> Vec<(String, Option<usize>)> {
        let wrong: Vec<_> = wrong.iter().map(|(from, to)| (*from, *to, String::new())).collect();
        pieces(said, &wrong).into_iter().map(|piece| (piece.text, piece.wrong)).collect()
    }

    fn of(pieces: &[(&str, Option<usize>)]) -> Vec<(String, Option<usize>)> {
        pieces.iter().map(|(text, wrong)| (text.to_string(), *wrong)).collect()
    }

    #[test]
    fn a_text_is_cut_where_it_is_wrong() {
        assert_eq!(cut("Été. Il dort.", &[]), of(&[("Été. Il dort.", None)]));
        assert_eq!(cut("a. b. c.", &[(3, 5), (6, 8)]), of(&[("a. ", None), ("b.", Some(1)), (" ", None), ("c.", Some(2))]));
        assert_eq!(cut("all", &[(0, 3)]), of(&[("all", Some(1))]));
    }

    #[test]
    fn places_outside_the_text_do_no_harm() {
        assert_eq!(cut("", &[(0, 0)]), of(&[]));
        assert_eq!(cut("ab", &[(1, 9), (0, 2)]), of(&[("a", None), ("b", Some(1))]));
    }
}
