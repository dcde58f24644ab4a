//! The visitor's own pictures: read from files one after another, cropped and resized, and kept in this browser until they are
//! removed, so that they are there after a reload.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_channel::oneshot;
use idb::{Database, DatabaseEvent, Factory, ObjectStoreParams, TransactionMode};
use js_sys::{Array, Uint8Array};
use terrarium_data::images::own::{Collector, WhySkipped};
use terrarium_data::images::{Images, Size};
use terrarium_web::wire::OwnPictures;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, ImageBitmap, ImageBitmapOptions};

use crate::library::{pixels, scope};
use crate::shell::now;

/// Pictures are kept as large as a lab may want them.
const SIZE: Size = Size { height: 64, width: 64, channels: 3 };

/// A larger file is made so wide while it is decoded, so that it takes little memory.
const LARGE_BYTES: f64 = 1e6;
const LARGE_WIDTH: u32 = 512;
/// The shorter side that a picture is brought to before it is averaged.
const SHORTER_SIDE: f64 = 256.0;

/// Between two reports of how many files are read, in milliseconds.
const REPORT_EVERY: f64 = 100.0;

const DATABASE: &str = "terrarium-pictures";
const STORE: &str = "pictures";
const KEY: &str = "own";

/// The pictures there are.
#[derive(Clone, Default)]
pub struct Album {
    images: Rc<RefCell<Option<Rc<Images>>>>,
    /// Done when those that the browser has kept are there.
    opening: Rc<RefCell<Option<oneshot::Receiver<()>>>>,
}

impl Album {
    pub fn images(&self) -> Option<Rc<Images>> {
        self.images.borrow().clone()
    }

    /// Waits for what the browser has kept.
    pub async fn opened(&self) {
        let opening = self.opening.take();
        if let Some(opening) = opening {
            // It ends in either way.
            let _ = opening.await;
        }
    }

    fn count(&self) -> u32 {
        self.images().map_or(0, |images| images.len() as u32)
    }
}

/// What is done to an album.
pub enum Change {
    /// The pictures of these files are added.
    Add(Array),
    /// It is emptied.
    Remove,
}

/// Opens an album with what the browser has kept, then carries out changes one after another. `tell` hears of all.
pub fn keep(album: Album, tell: impl Fn(OwnPictures) + 'static) -> UnboundedSender<Change> {
    let (sender, mut changes) = unbounded();
    let (opened, opening) = oneshot::channel();
    album.opening.replace(Some(opening));
    spawn_local(async move {
        // A browser that keeps nothing, as in private windows, is no reason to disturb anyone, here and below.
        if let Ok(Some(images)) = load().await {
            album.images.replace(Some(Rc::new(images)));
            tell(OwnPictures { count: album.count(), ..OwnPictures::default() });
        }
        // Nobody may wait yet.
        let _ = opened.send(());
        while let Ok(change) = changes.recv().await {
            let notes = match change {
                Change::Add(files) => add(&album, &files, &tell).await,
                Change::Remove => {
                    album.images.replace(None);
                    Vec::new()
                }
            };
            tell(OwnPictures { count: album.count(), reading: None, notes });
            let _ = store(album.images().as_deref()).await;
        }
    });
    sender
}

/// Adds the pictures of files, and returns what the visitor should know about them.
async fn add(album: &Album, files: &Array, tell: &impl Fn(OwnPictures)) -> Vec<String> {
    let before = album.images().map_or_else(Vec::new, |images| images.pixels().to_vec());
    let before = Images::new(SIZE, before).expect("an album has whole pictures of this size");
    let mut pictures = Collector::adding_to(before);
    let mut next_report = 0.0;
    for (read, file) in files.iter().enumerate() {
        if now() >= next_report {
            next_report = now() + REPORT_EVERY;
            tell(OwnPictures { count: album.count(), reading: Some((read as u32, files.length())), notes: Vec::new() });
        }
        let Ok(file) = file.dyn_into::<File>() else { continue };
        match decode(&file).await {
            Ok((width, height, rgba)) => pictures.add(&file.name(), width as usize, height as usize, &rgba),
            Err(_) => pictures.skip(&file.name(), WhySkipped::Unreadable),
        }
    }
    let notes = pictures.notes();
    if !pictures.is_empty() {
        album.images.replace(Some(Rc::new(pictures.into_images())));
    }
    notes
}

/// A file's picture as width, height and RGBA, in colours as they are seen, upright, and made small where it is large.
async fn decode(file: &File) -> Result<(u32, u32, Vec<u8>), JsValue> {
    let options = ImageBitmapOptions::new();
    if file.size() > LARGE_BYTES {
        options.set_resize_width(LARGE_WIDTH);
        js_sys::Reflect::set(&options, &"resizeQuality".into(), &"high".into())?;
    }
    let bitmap = JsFuture::from(scope().create_image_bitmap_with_blob_and_image_bitmap_options(file, &options)?).await?;
    let bitmap: ImageBitmap = bitmap.unchecked_into();
    let (width, height) = (bitmap.width(), bitmap.height());
    let scale = (SHORTER_SIDE / f64::from(width.min(height))).min(1.0);
    let [width, height] = [width, height].map(|side| (f64::from(side) * scale).round() as u32);
    Ok((width, height, pixels(&bitmap, width, height)?))
}

async fn database() -> Result<Database, idb::Error> {
    let mut request = Factory::new()?.open(DATABASE, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            // If it fails, so does every transaction on the store, which says so.
            let _ = database.create_object_store(STORE, ObjectStoreParams::new());
        }
    });
    request.await
}

/// Keeps pictures in place of those kept before.
async fn store(images: Option<&Images>) -> Result<(), idb::Error> {
    let database = database().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
    let pixels = images.map_or(&[][..], Images::pixels);
    transaction.object_store(STORE)?.put(&Uint8Array::from(pixels), Some(&JsValue::from(KEY)))?.await?;
    transaction.commit()?.await?;
    database.close();
    Ok(())
}

/// The pictures kept last, if there are any.
async fn load() -> Result<Option<Images>, idb::Error> {
    let database = database().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly)?;
    let record = transaction.object_store(STORE)?.get(JsValue::from(KEY))?.await?;
    database.close();
    let pixels = record.and_then(|record| record.dyn_into::<Uint8Array>().ok()).map(|pixels| pixels.to_vec());
    Ok(pixels.filter(|pixels| !pixels.is_empty()).and_then(|pixels| Images::new(SIZE, pixels).ok()))
}
