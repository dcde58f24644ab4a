//! Documents to train on, and the visitor's own text.

use std::fmt;

use terrarium_graph::philox::{Domain, Stream};

use super::tokenizer::{END_OF_TEXT, Tokenizer};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 20_000_000;

/// Shorter texts are learnt by heart at once.
pub const MIN_CHARACTERS: usize = 1_000;

/// One document, such as a book, or many, such as names.
#[derive(Clone, Debug, PartialEq)]
pub struct Corpus {
    documents: Vec<String>,
}

/// What is trained on, and what is not, so that one can tell learning from knowing by heart.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    pub training: Corpus,
    pub held_out: Corpus,
}

/// How the bytes of a file were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    Windows1252,
}

/// Why there is nothing to train on, in words for the visitor.
#[derive(Clone, Debug, PartialEq)]
pub enum CorpusError {
    /// No text, or nothing but white space.
    Empty,
    /// Fewer characters than [`MIN_CHARACTERS`].
    TooShort { characters: usize },
    /// More bytes than [`MAX_BYTES`].
    TooLarge { bytes: usize },
    /// Bytes that no text has.
    Binary,
    /// UTF-8 but for a few places, the first in this line.
    BrokenUtf8 { line: usize },
    /// UTF-16 with a half of a character.
    BrokenUtf16,
    /// None of the encodings that can be told with certainty.
    UnknownEncoding,
    /// Nothing is left for one of the two parts.
    CannotSplit { documents: usize },
}

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            CorpusError::Empty => write!(f, "There is no text in it."),
            CorpusError::TooShort { characters } => {
                let characters = if *characters == 1 { "1 character" } else { &format!("{characters} characters") };
                write!(f, "The text has {characters}; at least {MIN_CHARACTERS} are needed to learn from.")
            }
            CorpusError::TooLarge { bytes } => {
                write!(f, "The text has {:.1} MB; at most {} MB can be read.", *bytes as f64 / 1e6, MAX_BYTES / 1_000_000)
            }
            CorpusError::Binary => {
                write!(
                    f,
                    "This is not plain text but a picture, a program or a document such as PDF. Save it as plain text (.txt) first."
                )
            }
            CorpusError::BrokenUtf8 { line } => {
                write!(f, "The file is damaged: it is UTF-8, but line {line} has bytes that make no character.")
            }
            CorpusError::BrokenUtf16 => write!(f, "The file is damaged: it is UTF-16, but half of a character is missing."),
            CorpusError::UnknownEncoding => {
                write!(f, "It cannot be told how the characters of this file are encoded. Save it as UTF-8 first.")
            }
            CorpusError::CannotSplit { documents } => {
                let documents = if *documents == 1 { "1 document" } else { &format!("{documents} documents") };
                write!(f, "{documents} cannot be shared out between training and what is held out of it.")
            }
        }
    }
}

impl std::error::Error for CorpusError {}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16 => "UTF-16",
            Encoding::Windows1252 => "Windows-1252 (Latin-1)",
        })
    }
}

/// The text of a file, and how it was encoded. A byte order mark is left out, and every line break is one `\n`.
///
/// UTF-16 is known by its byte order mark. Windows-1252, which holds Latin-1, is taken for what is not UTF-8 and has nothing in it but
/// what Western European languages write, mostly in plain letters: other encodings would give other signs.
///
/// # Errors
/// All but [`CorpusError::CannotSplit`] and [`CorpusError::TooShort`].
pub fn read_text(file: &[u8]) -> Result<(String, Encoding), CorpusError> {
    if file.len() > MAX_BYTES {
        return Err(CorpusError::TooLarge { bytes: file.len() });
    }
    let (text, encoding) = match file {
        [0xFF, 0xFE, rest @ ..] => (utf16(rest, u16::from_le_bytes)?, Encoding::Utf16),
        [0xFE, 0xFF, rest @ ..] => (utf16(rest, u16::from_be_bytes)?, Encoding::Utf16),
        _ => match str::from_utf8(file) {
            Ok(text) => (text.trim_start_matches('\u{feff}').to_owned(), Encoding::Utf8),
            Err(error) => (not_utf8(file, error.valid_up_to())?, Encoding::Windows1252),
        },
    };
    if looks_binary(text.chars().map(u32::from)) {
        return Err(CorpusError::Binary);
    }
    if text.trim().is_empty() {
        return Err(CorpusError::Empty);
    }
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
    Ok((text, encoding))
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, CorpusError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let characters = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let text = characters.collect::<Result<String, _>>().map_err(|_| CorpusError::BrokenUtf16)?;
    if rest.is_empty() { Ok(text) } else { Err(CorpusError::BrokenUtf16) }
}

/// Reads what is no UTF-8 from `place` on as Windows-1252, or says what it is.
fn not_utf8(file: &[u8], place: usize) -> Result<String, CorpusError> {
    if looks_binary(file.iter().map(|byte| u32::from(*byte))) {
        return Err(CorpusError::Binary);
    }
    let (mut broken, mut whole) = (0, 0);
    for chunk in file.utf8_chunks() {
        broken += usize::from(!chunk.invalid().is_empty());
        whole += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
    }
    // In other encodings bytes hardly ever make characters of UTF-8 by chance.
    if whole > broken {
        return Err(CorpusError::BrokenUtf8 { line: file[..place].iter().filter(|byte| **byte == b'\n').count() + 1 });
    }
    windows_1252(file).ok_or(CorpusError::UnknownEncoding)
}

/// Texts have no zero bytes, and hardly any other control characters but tabs, line breaks, form feeds and escapes.
fn looks_binary(codes: impl Iterator<Item = u32>) -> bool {
    let (mut all, mut control) = (0_usize, 0_usize);
    for code in codes {
        if code == 0 {
            return true;
        }
        all += 1;
        control += usize::from(code < 0x20 && !matches!(code, 0x09 | 0x0A | 0x0C | 0x0D | 0x1B));
    }
    control * 100 > all
}

/// What the bytes 0x80 to 0x9F stand for; the space marks the five that stand for nothing.
const WINDOWS_1252: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/// Windows-1252, if it is certain enough.
fn windows_1252(file: &[u8]) -> Option<String> {
    let high: Vec<char> = WINDOWS_1252.chars().collect();
    let character = |byte: u8| match byte {
        0x80..=0x9F => high[usize::from(byte - 0x80)],
        latin => char::from(latin),
    };
    let text: String = file.iter().map(|byte| character(*byte)).collect();
    let is_western = |c: char| matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Œ' | 'œ' | 'Ÿ');
    let is_mark = |c: char| "€‚„…‘’“”•–—™‹›«»¡¿§©®°·£\u{a0}".contains(c);
    let has_strange = file.iter().any(|byte| !byte.is_ascii() && !is_western(character(*byte)) && !is_mark(character(*byte)));
    let (mut plain, mut accented) = (0, 0);
    for c in text.chars() {
        plain += usize::from(c.is_ascii_alphabetic());
        accented += usize::from(is_western(c));
    }
    // No Western European language has as many as one in five.
    (!has_strange && accented * 5 <= plain).then_some(text)
}

impl Corpus {
    /// A visitor's text: one document, or as many as it is cut into by `<|endoftext|>`, as files for training often are.
    ///
    /// # Errors
    /// [`CorpusError::Empty`], [`CorpusError::TooShort`] and [`CorpusError::TooLarge`], as text may be pasted, too.
    pub fn text(text: &str) -> Result<Self, CorpusError> {
        if text.len() > MAX_BYTES {
            return Err(CorpusError::TooLarge { bytes: text.len() });
        }
        if text.trim().is_empty() {
            return Err(CorpusError::Empty);
        }
        let mut documents: Vec<String> = vec![text.to_owned()];
        if text.contains(END_OF_TEXT) {
            let parts = text.split(END_OF_TEXT).map(|part| part.trim_matches('\n')).filter(|part| !part.trim().is_empty());
            documents = parts.map(str::to_owned).collect();
        }
        let corpus = Corpus { documents };
        match corpus.characters() {
            enough if enough >= MIN_CHARACTERS => Ok(corpus),
            characters => Err(CorpusError::TooShort { characters }),
        }
    }

    /// A list: each line that is not empty is a document, without the space around it.
    ///
    /// # Errors
    /// [`CorpusError::Empty`].
    pub fn lines(text: &str) -> Result<Self, CorpusError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let documents: Vec<String> = lines.map(str::to_owned).collect();
        if documents.is_empty() { Err(CorpusError::Empty) } else { Ok(Corpus { documents }) }
    }

    pub fn documents(&self) -> &[String] {
        &self.documents
    }

    /// How many characters all documents have.
    pub fn characters(&self) -> usize {
        self.documents.iter().map(|document| document.chars().count()).sum()
    }

    /// How many bytes of UTF-8 all documents have, for bits per byte.
    pub fn bytes(&self) -> usize {
        self.documents.iter().map(String::len).sum()
    }

    /// All documents with nothing between them, for the vocabulary of their characters.
    pub fn joined(&self) -> String {
        self.documents.concat()
    }

    /// Holds out a share of the text, 0 to 1: of many documents some that chance picks, of a single one the end. Many documents come in
    /// an order of chance: a list is often sorted, and a model that sees several at once would learn that.
    ///
    /// # Errors
    /// [`CorpusError::CannotSplit`] where one of the parts would be empty.
    pub fn split(self, share: f64, seed: u64) -> Result<Split, CorpusError> {
        /// Of the numbers drawn on the host, those for this.
        const STREAM: u32 = 0x7E47;
        let count = self.documents.len();
        let (training, held_out) = if let [text] = &self.documents[..] {
            let kept = (text.len() as f64 * (1.0 - share)) as usize;
            let cut = (0..=kept).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0);
            let (training, held_out) = text.split_at(cut);
            (vec![training.to_owned()], vec![held_out.to_owned()])
        } else {
            let chance = Stream::new(seed, Domain::Host, STREAM, 0);
            let mut drawn: Vec<([u32; 4], String)> = (0..).map(|place| chance.bits(place)).zip(self.documents).collect();
            drawn.sort_unstable();
            let mut held_out: Vec<String> = drawn.into_iter().map(|(_, document)| document).collect();
            // One at least, however small the share.
            let share = (count as f64 * share).round() as usize;
            let training = held_out.split_off(share.clamp(1.min(count), count));
            (training, held_out)
        };
        let is_empty = |part: &[String]| part.iter().all(String::is_empty);
        if is_empty(&training) || is_empty(&held_out) {
            return Err(CorpusError::CannotSplit { documents: count });
        }
        Ok(Split { training: Corpus { documents: training }, held_out: Corpus { documents: held_out } })
    }

    /// The tokens of a single document; of many, one after the other, with the token for the end of a text before, between and behind
    /// them, or with line breaks where there is no such token.
    pub fn tokens(&self, tokenizer: &Tokenizer) -> Vec<u32> {
        let documents = match &self.documents[..] {
            [text] => return tokenizer.encode(text),
            documents => documents,
        };
        let separator = tokenizer.end_of_text().map_or_else(|| tokenizer.encode("\n"), |end| vec![end]);
        let mut tokens = separator.clone();
        for document in documents {
            tokens.extend(tokenizer.encode(document));
            tokens.extend_from_slice(&separator);
        }
        tokens
    }
}

impl FromIterator<String> for Corpus {
    fn from_iter<T: IntoIterator<Item = String>>(documents: T) -> Self {
        Corpus { documents: documents.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tokenizer::Unknown;
    use super::*;

    fn long(line: &str) -> String {
        line.repeat(MIN_CHARACTERS.div_ceil(line.chars().count()))
    }

    fn says(file: &[u8]) -> String {
        read_text(file).unwrap_err().to_string()
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "Größe, déjà vu: “5 €” – naïve\ncafé\n";
        let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let little = [&[0xFF, 0xFE][..], &wide(u16::to_le_bytes)].concat();
        let big = [&[0xFE, 0xFF][..], &wide(u16::to_be_bytes)].concat();
        let marked = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(read_text(text.as_bytes()), Ok((text.to_owned(), Encoding::Utf8)));
        assert_eq!(read_text(marked.as_bytes()), Ok((text.to_owned(), Encoding::Utf8)));
        assert_eq!(read_text(&little), Ok((text.to_owned(), Encoding::Utf16)));
        assert_eq!(read_text(&big), Ok((text.to_owned(), Encoding::Utf16)));
        assert_eq!(read_text(b"old\rMac\r"), Ok(("old\nMac\n".to_owned(), Encoding::Utf8)));

        let western = b"Gr\xF6\xDFe, d\xE9j\xE0 vu: \x935 \x80\x94 \x96 na\xEFve\r\ncaf\xE9 plain words as well\n";
        let expected = format!("{} plain words as well\n", text.trim_end());
        assert_eq!(read_text(western), Ok((expected, Encoding::Windows1252)));
        assert_eq!(Encoding::Windows1252.to_string(), "Windows-1252 (Latin-1)");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!([says(b""), says(b" \r\n\t"), says(b"\xEF\xBB\xBF")], ["There is no text in it."; 3].map(str::to_owned));
        let binary =
            "This is not plain text but a picture, a program or a document such as PDF. Save it as plain text (.txt) first.";
        assert_eq!(says(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), binary);
        assert_eq!(says("text\0text".as_bytes()), binary);
        assert_eq!(says(b"\x01\x02\x03 abc"), binary);
        assert_eq!(says(&vec![b'a'; MAX_BYTES + 1_500_000]), "The text has 21.5 MB; at most 20 MB can be read.");
    }

    #[test]
    fn what_is_uncertain_is_not_guessed() {
        let unknown = "It cannot be told how the characters of this file are encoded. Save it as UTF-8 first.";
        // Привет, мир in Windows-1251 and KOI8-R; “zażółć gęślą jaźń” in Windows-1250; Shift JIS.
        assert_eq!(says(b"\xCF\xF0\xE8\xE2\xE5\xF2, \xEC\xE8\xF0"), unknown);
        assert_eq!(says(b"\xF0\xD2\xC9\xD7\xC5\xD4, \xCD\xC9\xD2"), unknown);
        assert_eq!(says(b"za\xBF\xF3\xB3\xE6 g\xEA\x9Cl\xB9 ja\x9F\xF1 and more plain words"), unknown);
        assert_eq!(says(b"\x93\xFA\x96\x7B\x8C\xEA plain words here"), unknown);
        let damaged = "caf\u{e9} na\u{ef}ve\nd\u{e9}j\u{e0} \u{1f600}\n";
        let broken = [damaged.as_bytes(), b"cut \xF0\x9F"].concat();
        assert_eq!(says(&broken), "The file is damaged: it is UTF-8, but line 3 has bytes that make no character.");
        assert_eq!(says(b"\xFF\xFEa\0b"), "The file is damaged: it is UTF-16, but half of a character is missing.");
        assert_eq!(says(b"\xFF\xFEa\0\x00\xD8"), "The file is damaged: it is UTF-16, but half of a character is missing.");
    }

    #[test]
    fn texts_are_long_enough_or_say_what_is_missing() {
        let says = |text: &str| Corpus::text(text).unwrap_err().to_string();
        assert_eq!(says(" \n"), "There is no text in it.");
        assert_eq!(says("é"), "The text has 1 character; at least 1000 are needed to learn from.");
        assert_eq!(says(&"é".repeat(999)), "The text has 999 characters; at least 1000 are needed to learn from.");
        assert_eq!(Corpus::text(&"é".repeat(1000)).unwrap().bytes(), 2000);
        assert_eq!(Corpus::lines("\n \n"), Err(CorpusError::Empty));
    }

    #[test]
    fn documents_are_found_in_files_that_mark_them() {
        let story = long("A story. ");
        let corpus = Corpus::text(&format!("{story}\n<|endoftext|>\n{story}<|endoftext|>\n")).unwrap();
        assert_eq!(corpus.documents(), [story.clone(), story]);
        assert_eq!(Corpus::lines(" ann\r\n\nbob").unwrap().documents(), ["ann", "bob"]);
    }

    #[test]
    fn of_one_text_the_end_is_held_out() {
        let text = long("Zwölf Boxkämpfer. ");
        let split = Corpus::text(&text).unwrap().split(0.1, 7).unwrap();
        assert_eq!(format!("{}{}", split.training.joined(), split.held_out.joined()), text);
        let share = split.held_out.bytes() as f64 / text.len() as f64;
        assert!((share - 0.1).abs() < 0.01, "{share}");
    }

    #[test]
    fn of_many_documents_some_are_held_out_by_chance() {
        let all: Corpus = (0..1000).map(|i| format!("{i:03}")).collect();
        let split = all.clone().split(0.1, 7).unwrap();
        assert_eq!((split.training.documents().len(), split.held_out.documents().len()), (900, 100));
        let mut both = [split.training.documents(), split.held_out.documents()].concat();
        assert!(!both.is_sorted() && !split.held_out.documents().is_sorted());
        both.sort_unstable();
        assert_eq!(both, all.documents());
        assert_eq!(all.clone().split(0.1, 7), Ok(split.clone()));
        assert_ne!(all.split(0.1, 8), Ok(split));
        let two = Corpus::lines("a\nb").unwrap();
        assert_eq!(two.clone().split(0.0, 1).unwrap().held_out.documents().len(), 1);
        let error = two.split(1.0, 1).unwrap_err().to_string();
        assert_eq!(error, "2 documents cannot be shared out between training and what is held out of it.");
    }

    #[test]
    fn documents_are_kept_apart() {
        let tokenizer = Tokenizer::characters("\nab", Unknown::Token);
        let corpus = Corpus::lines("ab\nb").unwrap();
        assert_eq!(corpus.tokens(&tokenizer), [0, 1, 2, 0, 2, 0]);
        let end = tokenizer.len() as u32;
        let with_end = tokenizer.with_end_of_text();
        assert_eq!(corpus.tokens(&with_end), [end, 1, 2, end, 2, end]);
        assert_eq!(Corpus::lines("ab").unwrap().tokens(&with_end), [1, 2]);
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(file in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_text(&file);
        }
    }
}
