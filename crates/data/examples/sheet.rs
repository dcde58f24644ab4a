//! Writes a sheet of 8 × 8 pictures: `cargo run -p terrarium-data --example sheet -- faces faces.png`.

use std::fs::File;

use terrarium_data::images::{faces, shapes};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const COLUMNS: usize = 8;
    let [_, set, path] = &std::env::args().collect::<Vec<_>>()[..] else {
        return Err("usage: sheet faces|shapes FILE.png".into());
    };
    let start = std::time::Instant::now();
    let images = match set.as_str() {
        "faces" => faces::sample(COLUMNS * COLUMNS, 1),
        "shapes" => shapes::sample(COLUMNS * COLUMNS, 1),
        other => return Err(format!("There is no set “{other}”; there are faces and shapes.").into()),
    };
    println!("drawn in {:?}", start.elapsed());
    let row = images.size().width * images.size().channels;
    let mut sheet = Vec::with_capacity(images.pixels().len());
    for band in 0..COLUMNS {
        for y in 0..images.size().height {
            for column in 0..COLUMNS {
                sheet.extend(&images.picture(band * COLUMNS + column)[y * row..][..row]);
            }
        }
    }
    let (width, height) = (COLUMNS * images.size().width, COLUMNS * images.size().height);
    let mut encoder = png::Encoder::new(File::create(path)?, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(())
}
