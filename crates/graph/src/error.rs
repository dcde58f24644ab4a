use std::fmt;

/// What went wrong, in words that name the operation or the thing and both sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// An operation was given operands that do not fit it.
    Op { op: &'static str, message: String },
    /// A variable, an input, an output or a program of this name does not exist.
    Unknown { what: &'static str, name: String },
    /// Values of the wrong number were written to something.
    Size { what: String, expected: usize, got: usize },
    /// The engine cannot do what it was asked to.
    Engine { engine: &'static str, message: String },
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn op(op: &'static str, message: impl Into<String>) -> Self {
        Error::Op { op, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Op { op, message } => write!(f, "{op}: {message}"),
            Error::Unknown { what, name } => write!(f, "there is no {what} named “{name}”"),
            Error::Size { what, expected, got } => write!(f, "{what} takes {expected} values, not {got}"),
            Error::Engine { engine, message } => write!(f, "{engine} engine: {message}"),
        }
    }
}

impl std::error::Error for Error {}
