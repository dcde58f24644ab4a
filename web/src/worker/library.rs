//! The labs' files, from the server that the page came from.

use std::future::Future;
use std::pin::Pin;

use js_sys::Uint8Array;
use terrarium_data::images::Size;
use terrarium_labs::library::{File, Library};
use terrarium_labs::{Error, Result};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ColorSpaceConversion, DedicatedWorkerGlobalScope, ImageBitmap, ImageBitmapOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d, PremultiplyAlpha, Response,
};

/// The folder `assets` beside the page.
pub struct Assets;

impl Library for Assets {
    fn file(&self, name: &'static str) -> Pin<Box<dyn Future<Output = Result<File>> + '_>> {
        Box::pin(async move {
            let unread = |why: JsValue| {
                let why = why.dyn_ref::<js_sys::Error>().map_or_else(|| "the connection failed".into(), js_sys::Error::message);
                Error(format!("{name} could not be loaded: {why}."))
            };
            let blob = blob(name).await.map_err(unread)?;
            if name.ends_with(".png") {
                let (size, pixels) = decode(&blob).await.map_err(unread)?;
                return Ok(File::Picture { size, pixels });
            }
            let buffer = JsFuture::from(blob.array_buffer()).await.map_err(unread)?;
            Ok(File::Bytes(Uint8Array::new(&buffer).to_vec()))
        })
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

async fn blob(name: &str) -> std::result::Result<Blob, JsValue> {
    let response = JsFuture::from(scope().fetch_with_str(&format!("./assets/{name}"))).await?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(js_sys::Error::new(&format!("the server answered {}", response.status())).into());
    }
    Ok(JsFuture::from(response.blob()?).await?.unchecked_into())
}

/// The size and the pixels of a picture, untouched by colour management: one channel where all is gray, and else three.
async fn decode(file: &Blob) -> std::result::Result<(Size, Vec<u8>), JsValue> {
    let untouched = ImageBitmapOptions::new();
    untouched.set_color_space_conversion(ColorSpaceConversion::None);
    untouched.set_premultiply_alpha(PremultiplyAlpha::None);
    let bitmap = JsFuture::from(scope().create_image_bitmap_with_blob_and_image_bitmap_options(file, &untouched)?).await?;
    let bitmap: ImageBitmap = bitmap.unchecked_into();
    let (width, height) = (bitmap.width(), bitmap.height());
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas.get_context("2d")?.ok_or_else(|| js_sys::Error::new("there is no canvas to decode it on"))?;
    let context: OffscreenCanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_image_bitmap(&bitmap, 0.0, 0.0)?;
    bitmap.close();
    let rgba = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?.data().0;
    let gray = rgba.chunks_exact(4).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    let channels = if gray { 1 } else { 3 };
    let pixels = rgba.chunks_exact(4).flat_map(|pixel| &pixel[..channels]).copied().collect();
    Ok((Size { height: height as usize, width: width as usize, channels }, pixels))
}
