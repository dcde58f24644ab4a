//! Files that leave the page and files that come in.

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use terrarium_data::text::corpus::{Encoding, read_text};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, File, FileList, HtmlAnchorElement, Url};

use crate::lab::Lab;
use crate::own_pictures::is_picture;

/// What a name ends in for a checkpoint.
pub const CHECKPOINT: &str = ".safetensors";

/// Larger files are not points that anyone could want here.
const MOST_BYTES: f64 = 64e6;

/// Offers bytes as a file to be saved.
pub fn download(name: &str, media_type: &str, bytes: &[u8]) {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let offered = || -> Result<(), JsValue> {
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // The click has read the address already.
        Url::revoke_object_url(&url)
    };
    if offered().is_err() {
        leptos::logging::error!("the browser did not take {name}");
    }
}

/// Puts text on the clipboard, and says that it did or how to do without.
pub fn copy(lab: Lab, text: String, done: &'static str, refused: &'static str) {
    spawn_local(async move {
        match JsFuture::from(window().navigator().clipboard().write_text(&text)).await {
            Ok(_) => lab.notices.tell(done),
            Err(_) => lab.notices.warn(refused),
        };
    });
}

/// Takes in files that were picked or dropped: checkpoints by their name, pictures by their kind where the lab learns such, anything
/// else as text or, in labs of the plane, as points.
pub fn take(lab: Lab, files: &FileList) {
    let files = (0..files.length()).filter_map(|i| files.get(i));
    let (pictures, others): (Vec<File>, Vec<File>) = files.partition(is_picture);
    if !pictures.is_empty() {
        lab.add_pictures(pictures);
    }
    for file in others {
        spawn_local(async move {
            let name = file.name();
            if file.size() > MOST_BYTES {
                lab.notices.warn(format!("{name} is too large."));
            } else if let Ok(bytes) = read(&file).await {
                if name.ends_with(CHECKPOINT) {
                    lab.restore(bytes);
                } else if lab.learns_text() {
                    take_text(lab, &name, &bytes);
                } else {
                    lab.use_csv(&String::from_utf8_lossy(&bytes));
                }
            } else {
                lab.notices.warn(format!("{name} could not be read."));
            }
        });
    }
}

/// Takes the visitor's own text from a file. What is wrong with it is said.
pub fn take_text(lab: Lab, name: &str, bytes: &[u8]) {
    match read_text(bytes) {
        Ok((text, encoding)) => {
            if encoding != Encoding::Utf8 {
                lab.notices.tell(format!("{name} was read as {encoding}."));
            }
            lab.use_text(text.into());
        }
        Err(error) => {
            lab.notices.warn(format!("{name}: {error}"));
        }
    }
}

pub async fn read(file: &File) -> Result<Vec<u8>, JsValue> {
    Ok(Uint8Array::new(&JsFuture::from(file.array_buffer()).await?).to_vec())
}
