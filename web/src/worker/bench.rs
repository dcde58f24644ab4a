//! The benchmark, for `?bench`.

use terrarium_labs::bench;
use terrarium_labs::protocol::EngineKind;

use crate::shell::now;

/// Times a workload on an engine and tells the row as JSON.
///
/// # Errors
/// If there is no such engine or workload, in words.
pub fn row(engine: &str, workload: &str) -> Result<String, String> {
    let kind = EngineKind::from_slug(engine).ok_or_else(|| format!("There is no engine “{engine}”."))?;
    let row = bench::measure(kind, workload, "browser", &now).and_then(|row| row.json());
    row.map_err(|error| error.to_string())
}
