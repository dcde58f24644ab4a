//! Makes the small pictures by which the page's image labs offer their data: `cargo run -p terrarium-data --example thumbs`.

use std::fs::{self, File};
use std::path::Path;

use terrarium_data::images::{Images, Size, decode_png, faces, own, shapes, sheet};

/// Pictures in a thumbnail, across and down.
const TILES: usize = 2;
/// Side of a tile.
const SIDE: usize = 32;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/assets");
    let picture =
        |name: &str| -> Result<(Size, Vec<u8>), Box<dyn std::error::Error>> { Ok(decode_png(&fs::read(assets.join(name))?)?) };
    let (size, pixels) = picture("digits.png")?;
    let digits = sheet::digits(size, &pixels, &fs::read(assets.join("digits.labels.u8"))?)?;
    let (size, pixels) = picture("fashion.png")?;
    let fashion = sheet::fashion(size, &pixels, &fs::read(assets.join("fashion.labels.u8"))?)?;
    // Chosen by eye, as different as four can be.
    for (name, images, chosen) in [
        ("digits", digits, [2, 9, 104, 201]),
        ("fashion", fashion, [2, 5, 113, 203]),
        ("shapes", shapes::sample(64, 1), [1, 4, 5, 17]),
        ("faces", faces::sample(64, 1), [0, 9, 10, 29]),
    ] {
        let file = assets.join("thumbs").join(name).with_extension("png");
        write(&file, &images, chosen)?;
        println!("{}: {} bytes", file.display(), fs::metadata(&file)?.len());
    }
    Ok(())
}

/// Writes four pictures of a set as one.
fn write(file: &Path, images: &Images, chosen: [usize; TILES * TILES]) -> Result<(), Box<dyn std::error::Error>> {
    let Size { height, width, channels } = images.size();
    let row = SIDE * channels;
    let mut pixels = vec![0; TILES * TILES * SIDE * row];
    for (tile, i) in chosen.into_iter().enumerate() {
        let rgba: Vec<u8> = images
            .picture(i)
            .chunks(channels)
            .flat_map(|pixel| [pixel[0], pixel[1 % channels], pixel[2 % channels], 255])
            .collect();
        let small = own::fit(&rgba, width, height, SIDE, channels).map_err(|why| why.to_string())?;
        for (y, line) in small.chunks(row).enumerate() {
            let at = ((tile / TILES * SIDE + y) * TILES + tile % TILES) * row;
            for (pixel, value) in pixels[at..at + row].iter_mut().zip(line) {
                // 32 shades are enough for so small a picture, and pack better.
                *pixel = value & 0xf8 | value >> 5;
            }
        }
    }
    let side = (TILES * SIDE) as u32;
    let mut encoder = png::Encoder::new(File::create(file)?, side, side);
    encoder.set_color(if channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb });
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::Adaptive);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(())
}
