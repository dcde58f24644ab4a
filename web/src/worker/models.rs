//! Models that the visitor brings, in whatever files they come.

use terrarium_labs::Result;
use terrarium_labs::language::model_file::{ModelFile, Numbers};

/// Reads a model from files by their names, and gives what a run can go on from. A file of a run tells what was learnt, too, so that
/// forgetting can be measured.
///
/// # Errors
/// Where there is no model in them, or one of another kind; in words.
pub fn import(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let named: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    ModelFile::import(&named)?.write(Numbers::F32)
}
