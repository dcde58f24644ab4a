//! The labs' files, from the server that the page came from.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Uint8Array;
use terrarium_data::images::{Images, Size};
use terrarium_labs::library::{File, Library};
use terrarium_labs::protocol::Event;
use terrarium_labs::{Error, Result};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ColorSpaceConversion, DedicatedWorkerGlobalScope, ImageBitmap, ImageBitmapOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d, PremultiplyAlpha, ReadableStreamDefaultReader, Response,
};

use crate::pictures::Album;

/// The folder `assets` beside the page, and what the visitor has brought.
pub struct Assets {
    tell: Box<dyn Fn(Event)>,
    album: Album,
}

impl Assets {
    /// `tell` hears how far a file is that is under way.
    pub fn new(album: Album, tell: impl Fn(Event) + 'static) -> Assets {
        Assets { tell: Box::new(tell), album }
    }

    /// A file's bytes.
    async fn bytes(&self, name: &str) -> std::result::Result<Vec<u8>, JsValue> {
        let response = JsFuture::from(scope().fetch_with_str(&format!("./assets/{name}"))).await?;
        let response: Response = response.unchecked_into();
        if !response.ok() {
            return Err(js_sys::Error::new(&format!("the server answered {}", response.status())).into());
        }
        // Where the server packs files, this is the packed size, and what arrives may be more.
        let of = response.headers().get("content-length")?.and_then(|length| length.parse().ok());
        let tell = |bytes: usize| (self.tell)(Event::Fetching { file: name.to_string(), bytes: bytes as u32, of });
        tell(0);
        let Some(body) = response.body() else { return Ok(Vec::new()) };
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        let mut bytes = Vec::new();
        loop {
            let chunk = JsFuture::from(reader.read()).await?;
            let value = js_sys::Reflect::get(&chunk, &"value".into())?;
            let Ok(value) = value.dyn_into::<Uint8Array>() else { return Ok(bytes) };
            bytes.extend(value.to_vec());
            tell(bytes.len());
        }
    }
}

impl Library for Assets {
    fn file(&self, name: &'static str) -> Pin<Box<dyn Future<Output = Result<File>> + '_>> {
        Box::pin(async move {
            let unread = |why: JsValue| {
                let why = why.dyn_ref::<js_sys::Error>().map_or_else(|| "the connection failed".into(), js_sys::Error::message);
                Error(format!("{name} could not be loaded: {why}."))
            };
            let bytes = self.bytes(name).await.map_err(unread)?;
            if name.ends_with(".png") {
                let (size, pixels) = decode(&bytes).await.map_err(unread)?;
                return Ok(File::Picture { size, pixels });
            }
            Ok(File::Bytes(bytes))
        })
    }

    fn own(&self) -> Option<Rc<Images>> {
        self.album.images()
    }
}

pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// The size and the pixels of a picture, untouched by colour management: one channel where all is gray, and else three.
async fn decode(file: &[u8]) -> std::result::Result<(Size, Vec<u8>), JsValue> {
    let blob = Blob::new_with_u8_array_sequence(&js_sys::Array::of1(&Uint8Array::from(file)))?;
    let untouched = ImageBitmapOptions::new();
    untouched.set_color_space_conversion(ColorSpaceConversion::None);
    untouched.set_premultiply_alpha(PremultiplyAlpha::None);
    let bitmap = JsFuture::from(scope().create_image_bitmap_with_blob_and_image_bitmap_options(&blob, &untouched)?).await?;
    let bitmap: ImageBitmap = bitmap.unchecked_into();
    let (width, height) = (bitmap.width(), bitmap.height());
    let rgba = pixels(&bitmap, width, height)?;
    let gray = rgba.chunks_exact(4).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    let channels = if gray { 1 } else { 3 };
    let pixels = rgba.chunks_exact(4).flat_map(|pixel| &pixel[..channels]).copied().collect();
    Ok((Size { height: height as usize, width: width as usize, channels }, pixels))
}

/// A picture as `[height, width, 4]` in RGBA, of whatever size is wanted. It is closed.
pub fn pixels(bitmap: &ImageBitmap, width: u32, height: u32) -> std::result::Result<Vec<u8>, JsValue> {
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas.get_context("2d")?.ok_or_else(|| js_sys::Error::new("there is no canvas to decode it on"))?;
    let context: OffscreenCanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, f64::from(width), f64::from(height))?;
    bitmap.close();
    Ok(context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?.data().0)
}
