//! Pictures on the page, drawn pixel by pixel.

use leptos::html::Canvas;
use leptos::prelude::*;
use terrarium_labs::protocol::Gallery;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Pixels as a canvas takes them: rows of red, green, blue and how opaque they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raster {
    pub width: usize,
    pub height: usize,
    pub rgba: Vec<u8>,
}

/// How many pictures there are.
pub fn count(gallery: &Gallery) -> usize {
    gallery.pixels.len().checked_div((gallery.height * gallery.width * gallery.channels) as usize).unwrap_or(0)
}

/// A gallery of one of its pictures.
pub fn picture(gallery: &Gallery, i: usize) -> Option<Gallery> {
    let one = (gallery.height * gallery.width * gallery.channels) as usize;
    let pixels = gallery.pixels.get(i * one..(i + 1) * one)?.to_vec();
    let captions = gallery.captions.get(i).cloned().into_iter().collect();
    Some(Gallery { columns: 1, pixels, captions, ..*gallery })
}

/// Lays those pictures of a gallery side by side that are wanted, a pixel between them, in rows as the gallery has them.
pub fn raster(gallery: &Gallery, which: impl Fn(usize) -> bool) -> Raster {
    let [height, width, channels] = [gallery.height, gallery.width, gallery.channels].map(|v| v as usize);
    let wanted: Vec<usize> = (0..count(gallery)).filter(|i| which(*i)).collect();
    let columns = (gallery.columns as usize).clamp(1, wanted.len().max(1));
    let across = columns * (width + 1) - 1;
    let down = wanted.len().div_ceil(columns) * (height + 1);
    let down = down.saturating_sub(1);
    let mut rgba = vec![0; across * down * 4];
    for (place, i) in wanted.into_iter().enumerate() {
        let (left, top) = (place % columns * (width + 1), place / columns * (height + 1));
        for (at, pixel) in gallery.pixels[i * height * width * channels..].chunks_exact(channels).take(height * width).enumerate() {
            let [red, green, blue] = if channels == 1 { [pixel[0]; 3] } else { [pixel[0], pixel[1], pixel[2]] };
            let start = 4 * ((top + at / width) * across + left + at % width);
            rgba[start..start + 4].copy_from_slice(&[red, green, blue, u8::MAX]);
        }
    }
    Raster { width: across, height: down, rgba }
}

/// A canvas with what `shown` has. Its label is what screen readers say; without one it is decoration.
#[component]
pub fn Picture(#[prop(into)] shown: Signal<Option<Raster>>, #[prop(into, optional)] label: MaybeProp<String>) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        shown.with(|shown| {
            if let Some(shown) = shown {
                paint(&canvas, shown);
            }
        });
    });
    view! {
        <canvas
            node_ref=canvas
            class="picture"
            width="0"
            height="0"
            role=move || label.get().map(|_| "img")
            aria-label=move || label.get()
            aria-hidden=move || label.get().is_none().then_some("true")
        ></canvas>
    }
}

/// Pictures in a row with what they are called below them.
#[component]
pub fn Captioned(#[prop(into)] gallery: Signal<Option<Gallery>>, label: &'static str) -> impl IntoView {
    let captions = Memo::new(move |_| gallery.with(|gallery| gallery.as_ref().map(|g| g.captions.clone()).unwrap_or_default()));
    let shown = Signal::derive(move || gallery.with(|gallery| gallery.as_ref().map(|gallery| raster(gallery, |_| true))));
    let described = Signal::derive(move || format!("{label}: {}", captions.get().join(", ")));
    view! {
        <div class="captioned">
            <Picture shown label=described />
            <div class="captions" aria-hidden="true">
                {move || captions.get().into_iter().map(|caption| view! { <span>{caption}</span> }).collect_view()}
            </div>
        </div>
    }
}

/// The context that draws on a canvas.
pub fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

fn paint(canvas: &HtmlCanvasElement, raster: &Raster) {
    let [width, height] = [raster.width, raster.height].map(|side| side as u32);
    let pixels = || ImageData::new_with_u8_clamped_array_and_sh(Clamped(&raster.rgba), width, height).ok();
    let (Some(context), Some(pixels)) = (context(canvas), pixels()) else { return };
    if [canvas.width(), canvas.height()] != [width, height] {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    // It fails for a picture without pixels only, which is none.
    let _ = context.put_image_data(&pixels, 0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(channels: u32) -> Gallery {
        let pixels = (0..3 * 2 * channels as u8).collect();
        let captions = ["a", "b", "c"].map(str::to_string).to_vec();
        Gallery { height: 1, width: 2, channels, columns: 2, pixels, captions }
    }

    #[test]
    fn pictures_hang_in_rows_with_a_gap_that_is_seen_through() {
        let gray = |v| [v, v, v, 255];
        let gap = [0; 4];
        let rows = [[gray(0), gray(1), gap, gray(2), gray(3)], [gap; 5], [gray(4), gray(5), gap, gap, gap]];
        let all = raster(&three(1), |_| true);
        assert_eq!((all.width, all.height, all.rgba), (5, 3, rows.as_flattened().as_flattened().to_vec()));
        let last = raster(&three(3), |i| i == 2);
        assert_eq!((last.width, last.height, last.rgba), (2, 1, vec![12, 13, 14, 255, 15, 16, 17, 255]));
        assert!(raster(&Gallery::default(), |_| true).rgba.is_empty());
    }

    #[test]
    fn one_picture_keeps_its_caption() {
        let second = picture(&three(3), 1).unwrap();
        assert_eq!((second.pixels, second.captions, second.columns), (vec![6, 7, 8, 9, 10, 11], vec!["b".to_string()], 1));
        assert_eq!(picture(&three(3), 3), None);
    }
}
