use std::fmt;

/// Why something cannot be done, in a sentence for the visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(pub String);

pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<crate::settings::Misfit> for Error {
    fn from(misfit: crate::settings::Misfit) -> Self {
        Error(misfit.0)
    }
}

impl From<terrarium_data::points::PointsError> for Error {
    fn from(error: terrarium_data::points::PointsError) -> Self {
        Error(error.to_string())
    }
}

impl From<terrarium_data::images::ImagesError> for Error {
    fn from(error: terrarium_data::images::ImagesError) -> Self {
        Error(error.to_string())
    }
}

impl From<terrarium_data::text::corpus::CorpusError> for Error {
    fn from(error: terrarium_data::text::corpus::CorpusError) -> Self {
        Error(error.to_string())
    }
}

impl From<terrarium_graph::Error> for Error {
    fn from(error: terrarium_graph::Error) -> Self {
        Error(format!("The engine could not go on: {error}."))
    }
}
