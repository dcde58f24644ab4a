//! What text is cut into to be compared word by word.

/// Words and signs as the `13a` tokenizer of mteval and sacreBLEU cuts them (Post 2018, *A Call for Clarity in Reporting BLEU Scores*),
/// for plain text, without its undoing of HTML: all signs of ASCII are tokens by themselves but apostrophes, hyphens that do not follow
/// a digit, and points and commas between digits. Letters keep their case.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let is_digit = |place: Option<usize>| place.and_then(|place| characters.get(place)).is_some_and(char::is_ascii_digit);
    let mut tokens = Vec::new();
    let mut word = String::new();
    for (place, &character) in characters.iter().enumerate() {
        let before = place.checked_sub(1);
        let is_sign = match character {
            '.' | ',' => !is_digit(before) || !is_digit(Some(place + 1)),
            '-' => is_digit(before),
            '\'' => false,
            _ => character.is_ascii_punctuation(),
        };
        if (is_sign || character.is_whitespace()) && !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if is_sign {
            tokens.push(character.to_string());
        } else if !character.is_whitespace() {
            word.push(character);
        }
    }
    tokens.extend((!word.is_empty()).then_some(word));
    tokens
}

/// Runs of letters and digits, in small letters; for ASCII as Google's `rouge-score` has them without stemming.
pub(crate) fn bare_words(text: &str) -> Vec<String> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As sacrebleu 2.6 gives them.
    #[test]
    fn signs_are_cut_off_as_sacrebleu_does() {
        let cases = [
            ("Hello, world!", "Hello , world !"),
            ("It's 3.5 km (or 1,000 m) - no, 3-4.", "It's 3.5 km ( or 1,000 m ) - no , 3 - 4 ."),
            ("\"Why?\" she asked: a/b; x_y...", "\" Why ? \" she asked : a / b ; x _ y . . ."),
            ("well-known cat's 5. [ok] {no} a+b=c <d>", "well-known cat's 5 . [ ok ] { no } a + b = c < d >"),
            ("l'été, où? 12.", "l'été , où ? 12 ."),
            ("Le chat n'est pas\n dans le jardin.", "Le chat n'est pas dans le jardin ."),
            ("Il y avait 12,5 kg de pain.", "Il y avait 12,5 kg de pain ."),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(text).join(" "), expected);
        }
        assert!(tokens(" \n").is_empty());
    }

    #[test]
    fn bare_words_have_no_signs_and_no_capitals() {
        assert_eq!(bare_words("The Fox, an owl's friend, stole 2 eggs.").join(" "), "the fox an owl s friend stole 2 eggs");
        assert_eq!(bare_words("L'Été !").join(" "), "l été");
        assert!(bare_words(" -. ").is_empty());
    }
}
