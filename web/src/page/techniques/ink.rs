//! Drawings and files as the data have their pictures.

use leptos::prelude::*;
use terrarium_data::images::Size;
use terrarium_data::images::own::fit;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlCanvasElement, ImageBitmap};

use super::pictures::context;

/// A digit's box, and the whole picture, in pixels, in MNIST.
const BOX: f32 = 20.0;
const WHOLE: f32 = 28.0;
/// What is darker than this is no ink.
const FAINTEST: f32 = 24.0;
/// The longest side of a file's picture that is looked at.
const MOST_SIDE: f64 = 512.0;

/// The square of RGBA pixels `rgba`, with `side` to a side, as a picture of the data; digits are centred.
pub fn taken(rgba: &[u8], side: usize, size: Size, is_digit: bool) -> Option<Vec<u8>> {
    if is_digit {
        let ink: Vec<u8> = rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
        return Some(centred(&ink, side, size.width));
    }
    fit(rgba, side, side, size.width, size.channels).ok()
}

/// A drawn digit as those of MNIST are: fitted into a box of 20 of the picture's 28 pixels, with its centre of mass in the middle.
/// (LeCun, Cortes, Burges, <http://yann.lecun.com/exdb/mnist/>.) Ink on paper is turned into light on dark.
fn centred(ink: &[u8], side: usize, size: usize) -> Vec<u8> {
    let edge = (0..side).flat_map(|i| [ink[i], ink[(side - 1) * side + i]]);
    let is_paper = edge.map(f32::from).sum::<f32>() > 2.0 * side as f32 * 127.0;
    let light = |x: usize, y: usize| {
        let light = f32::from(ink[y * side + x]);
        let light = if is_paper { 255.0 - light } else { light };
        if light < FAINTEST { 0.0 } else { light }
    };
    let (mut mass, mut moments, mut low, mut high) = (0.0, [0.0; 2], [side; 2], [0; 2]);
    for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))) {
        let light = light(x, y);
        if light > 0.0 {
            mass += light;
            for (axis, at) in [x, y].into_iter().enumerate() {
                moments[axis] += light * (at as f32 + 0.5);
                low[axis] = low[axis].min(at);
                high[axis] = high[axis].max(at + 1);
            }
        }
    }
    if mass == 0.0 {
        return vec![0; size * size];
    }
    let longest = [0, 1].map(|axis| high[axis] - low[axis]).into_iter().max().unwrap_or(side) as f32;
    // Pixels of the drawing to one of the picture.
    let scale = longest / (BOX / WHOLE * size as f32);
    // What a pixel of the picture covers of the drawing.
    let span = |axis: usize, at: usize| {
        let start = moments[axis] / mass + (at as f32 - size as f32 / 2.0) * scale;
        let end = (start + scale).ceil().clamp(0.0, side as f32) as usize;
        start.floor().clamp(0.0, side as f32) as usize..end
    };
    let mut picture = Vec::with_capacity(size * size);
    for (column, row) in (0..size).flat_map(|y| (0..size).map(move |x| (x, y))) {
        let (across, down) = (span(0, column), span(1, row));
        let area = (across.len() * down.len()).max(1) as f32;
        let sum: f32 = down.flat_map(|y| across.clone().map(move |x| (x, y))).map(|(x, y)| light(x, y)).sum();
        picture.push((sum / area) as u8);
    }
    picture
}

/// The picture in a file, as large as the data have theirs: the square in its middle.
pub async fn opened(file: &File, size: Size) -> Result<Vec<u8>, String> {
    let unreadable = |_: JsValue| format!("“{}” is broken or no picture that this browser can open.", file.name());
    let bitmap = bitmap(file).await.map_err(unreadable)?;
    let shrunk = (MOST_SIDE / f64::from(bitmap.width().max(bitmap.height()))).min(1.0);
    let [width, height] = [bitmap.width(), bitmap.height()].map(|side| (f64::from(side) * shrunk).round().max(1.0));
    let pixels = || -> Result<Vec<u8>, JsValue> {
        let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        let context = context(&canvas).ok_or(JsValue::NULL)?;
        context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)?;
        Ok(context.get_image_data(0.0, 0.0, width, height)?.data().0)
    };
    let pixels = pixels().map_err(unreadable)?;
    fit(&pixels, width as usize, height as usize, size.width, size.channels).map_err(|why| format!("“{}”: {why}.", file.name()))
}

/// A file's picture as the browser decodes it.
pub async fn bitmap(file: &File) -> Result<ImageBitmap, JsValue> {
    Ok(JsFuture::from(window().create_image_bitmap_with_blob(file)?).await?.unchecked_into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bar of 10 × 40 in a square of 100, from this corner on.
    fn bar(left: usize, top: usize) -> Vec<u8> {
        let is_ink = |x, y| (left..left + 10).contains(&x) && (top..top + 40).contains(&y);
        (0..100 * 100).map(|i| if is_ink(i % 100, i / 100) { 255 } else { 0 }).collect()
    }

    #[test]
    fn a_drawn_digit_stands_in_the_middle_wherever_it_was_drawn() {
        let picture = centred(&bar(3, 50), 100, 28);
        let mass: f32 = picture.iter().map(|v| f32::from(*v)).sum();
        let mean =
            |at: fn(usize) -> usize| picture.iter().enumerate().map(|(i, v)| at(i) as f32 * f32::from(*v)).sum::<f32>() / mass;
        assert!((mean(|i| i % 28) - 13.5).abs() < 0.6 && (mean(|i| i / 28) - 13.5).abs() < 0.6);
        let rows = (0..28).filter(|y| picture[y * 28..][..28].iter().any(|v| *v > 100)).count();
        assert!((19..=21).contains(&rows), "{rows} rows");
        assert_eq!(centred(&bar(70, 5), 100, 28), picture);
    }

    #[test]
    fn ink_on_paper_is_turned_over_and_nothing_stays_nothing() {
        let paper: Vec<u8> = bar(30, 30).into_iter().map(|v| 255 - v).collect();
        assert_eq!(centred(&paper, 100, 28), centred(&bar(30, 30), 100, 28));
        assert_eq!(centred(&[0; 100 * 100], 100, 28), [0; 28 * 28]);
    }
}
