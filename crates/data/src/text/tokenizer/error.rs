use std::fmt;

/// Why there is no tokenizer, in words for the visitor.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenizerError {
    /// The file is not JSON, or JSON of another kind.
    NotJson { file: &'static str, reason: String },
    /// Something that this program does not know how to do, and must do to give the tokens that the file's model was trained with.
    Unsupported { what: String },
    /// A token that characters of GPT-2's alphabet do not make.
    NotBytes { token: String },
    /// There are no tokens.
    Empty,
    /// Ids must run from 0 to the number of tokens.
    Gap { id: u32, tokens: usize },
    /// Two tokens with one id.
    SameId { id: u32 },
    /// A merge of, or into, something that is no token.
    BadMerge { merge: usize, what: String },
    /// A special token that is not among the tokens, or not special.
    NotSpecial { id: u32 },
    /// A line of `merges.txt` that is not two tokens.
    BadMergeLine { line: usize },
    /// A `tokenizer.bin` that ends too early, or with numbers that make no sense.
    BadBinary { reason: &'static str },
    /// A file format that cannot say what this tokenizer does.
    CannotWrite { format: &'static str },
}

impl fmt::Display for TokenizerError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            TokenizerError::NotJson { file, reason } => write!(f, "{file} cannot be read: {reason}."),
            TokenizerError::Unsupported { what } => {
                write!(f, "The tokenizer uses {what}, which is not known here. Byte-level BPE as GPT-2's and BPE as Llama's are.")
            }
            TokenizerError::NotBytes { token } => {
                write!(f, "The token “{token}” is not written in GPT-2's alphabet of bytes.")
            }
            TokenizerError::Empty => write!(f, "The vocabulary is empty."),
            TokenizerError::Gap { id, tokens } => {
                write!(
                    f,
                    "There are {tokens} tokens, so ids must run from 0 to {}, but none has the id {id}.",
                    tokens.saturating_sub(1)
                )
            }
            TokenizerError::SameId { id } => write!(f, "Two tokens have the id {id}."),
            TokenizerError::BadMerge { merge, what } => {
                write!(f, "Merge {} of the vocabulary is wrong: {what} is not among its tokens.", merge + 1)
            }
            TokenizerError::NotSpecial { id } => write!(f, "Token {id} should be a special one, and is not."),
            TokenizerError::BadMergeLine { line } => {
                write!(f, "Line {line} of merges.txt is not two tokens with a space between.")
            }
            TokenizerError::BadBinary { reason } => write!(f, "The tokenizer.bin cannot be read: {reason}."),
            TokenizerError::CannotWrite { format } => {
                write!(f, "{format} can only describe byte-level BPE as GPT-2's, and this tokenizer is of another kind.")
            }
        }
    }
}

impl std::error::Error for TokenizerError {}
