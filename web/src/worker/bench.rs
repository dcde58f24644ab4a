//! The benchmark, for the page's table and for `?bench`.

use terrarium_labs::protocol::EngineKind;
use terrarium_labs::{Engines, bench};
use terrarium_web::wire::Measured;

use crate::shell::now;

/// Times a workload on an engine.
///
/// # Errors
/// If there is no such engine or workload, in words.
pub async fn measure(engines: &Engines, kind: EngineKind, workload: &str) -> Result<Measured, String> {
    let measured = async {
        let row = bench::measure(engines, kind, workload, "browser", &now).await?;
        let json = row.json()?;
        Ok(Measured { row, json })
    };
    measured.await.map_err(|error: terrarium_labs::Error| error.to_string())
}
