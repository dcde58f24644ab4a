//! The runs that the browser keeps for the visitor, one of each lab, in IndexedDB.

use idb::{Database, DatabaseEvent, Error, Factory, ObjectStoreParams, TransactionMode};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

const DATABASE: &str = "terrarium";
const STORE: &str = "runs";

/// A run as the browser keeps it.
#[derive(Clone)]
pub struct Saved {
    /// Steps made.
    pub step: u32,
    pub checkpoint: Vec<u8>,
}

async fn database() -> Result<Database, Error> {
    let mut request = Factory::new()?.open(DATABASE, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            // If it fails, so does every transaction on the store, which says so.
            let _ = database.create_object_store(STORE, ObjectStoreParams::new());
        }
    });
    request.await
}

/// Keeps a run of a lab in place of the one that was kept before.
pub async fn store(lab: &str, saved: &Saved) -> Result<(), Error> {
    let database = database().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
    let record = Array::of2(&saved.step.into(), &Uint8Array::from(saved.checkpoint.as_slice()).into());
    transaction.object_store(STORE)?.put(&record, Some(&JsValue::from(lab)))?.await?;
    transaction.commit()?.await?;
    database.close();
    Ok(())
}

/// The run of a lab that was kept last, if there is one.
pub async fn load(lab: &str) -> Result<Option<Saved>, Error> {
    let database = database().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly)?;
    let record = transaction.object_store(STORE)?.get(JsValue::from(lab))?.await?;
    database.close();
    Ok(record.and_then(read))
}

fn read(record: JsValue) -> Option<Saved> {
    let record: Array = record.dyn_into().ok()?;
    let checkpoint: Uint8Array = record.get(1).dyn_into().ok()?;
    Some(Saved { step: record.get(0).as_f64()? as u32, checkpoint: checkpoint.to_vec() })
}
