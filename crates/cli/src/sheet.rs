//! What a run shows, as a picture in a file.

use anyhow::{Result, bail};
use terrarium_labs::scene::{Scene, Values, Wall};

/// Pixels between two pictures, and between two walls.
const GAP: usize = 2;
const ROOM: usize = 12;
const WHITE: u8 = 255;

/// The walls of a scene side by side, as a PNG.
///
/// # Errors
/// Where the scene has no walls, or they are on a device.
pub fn png(scene: &Scene) -> Result<Vec<u8>> {
    let Scene::Gallery(gallery) = scene else { bail!("this lab shows no pictures") };
    let extent = |wall: &Wall| [wall.columns * (wall.size[1] + GAP) - GAP, wall.rows * (wall.size[0] + GAP) - GAP];
    let width = gallery.walls.iter().map(|wall| extent(wall)[0] + ROOM).sum::<usize>().saturating_sub(ROOM);
    let height = gallery.walls.iter().map(|wall| extent(wall)[1]).max().unwrap_or(0);
    let channels = gallery.walls.iter().map(|wall| wall.size[2]).max().unwrap_or(1);
    let mut pixels = vec![WHITE; width * height * channels];
    let mut left = 0;
    for wall in &gallery.walls {
        let Values::Host(values) = &wall.pixels else { bail!("the pictures are on a device") };
        let [rows, columns, own] = wall.size;
        for (i, picture) in values.chunks(rows * columns * own).enumerate() {
            let (x, y) = (left + i % wall.columns * (columns + GAP), i / wall.columns * (rows + GAP));
            for (place, value) in picture.chunks(own).enumerate() {
                let to = ((y + place / columns) * width + x + place % columns) * channels;
                for (channel, byte) in pixels[to..to + channels].iter_mut().enumerate() {
                    // Casting saturates.
                    *byte = (value[channel.min(own - 1)] * 255.0).round() as u8;
                }
            }
        }
        left += extent(wall)[0] + ROOM;
    }
    encode(width, height, channels, &pixels)
}

fn encode(width: usize, height: usize, channels: usize, pixels: &[u8]) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, u32::try_from(width)?, u32::try_from(height)?);
    encoder.set_color(if channels == 3 { png::ColorType::Rgb } else { png::ColorType::Grayscale });
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(file)
}
