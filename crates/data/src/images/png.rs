use std::io::Cursor;

use ::png::{ColorType, Decoder, DecodingError, Transformations};

use super::{ImagesError, Size};

/// The size and the pixels, `[height, width, channels]`, of a PNG without transparency. Palettes are looked up, and
/// samples of other depths become bytes. What the file says about colour spaces is not applied: a byte in it is a byte
/// here. Not in wasm, where the browser decodes.
///
/// # Errors
/// [`ImagesError::NotPng`] for a file that is broken or no PNG, [`ImagesError::Transparent`] for one with transparency.
pub fn decode_png(file: &[u8]) -> Result<(Size, Vec<u8>), ImagesError> {
    let broken = |error: DecodingError| ImagesError::NotPng(error.to_string().trim_end_matches('.').to_owned());
    let mut decoder = Decoder::new(Cursor::new(file));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(broken)?;
    let channels = match reader.output_color_type().0 {
        ColorType::Grayscale => 1,
        ColorType::Rgb => 3,
        ColorType::GrayscaleAlpha | ColorType::Rgba | ColorType::Indexed => return Err(ImagesError::Transparent),
    };
    let too_large = || ImagesError::NotPng("it is too large for this machine".to_owned());
    let mut pixels = vec![0; reader.output_buffer_size().ok_or_else(too_large)?];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    Ok((Size { height: frame.height as usize, width: frame.width as usize, channels }, pixels))
}

#[cfg(test)]
mod tests {
    use ::png::{BitDepth, Encoder};

    use super::*;

    /// A PNG of 3 × 2 pixels.
    fn encode(colour: ColorType, depth: BitDepth, pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 3, 2);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        file
    }

    #[test]
    fn pixels_come_back_as_they_were() {
        let gray = [0, 1, 2, 253, 254, 255];
        let size = Size { height: 2, width: 3, channels: 1 };
        assert_eq!(decode_png(&encode(ColorType::Grayscale, BitDepth::Eight, &gray)), Ok((size, gray.to_vec())));
        let rgb: Vec<u8> = (0..18).collect();
        let size = Size { channels: 3, ..size };
        assert_eq!(decode_png(&encode(ColorType::Rgb, BitDepth::Eight, &rgb)), Ok((size, rgb)));
    }

    #[test]
    fn other_depths_become_bytes() {
        let bits = encode(ColorType::Grayscale, BitDepth::One, &[0b1010_0000, 0b0110_0000]);
        assert_eq!(decode_png(&bits).unwrap().1, [255, 0, 255, 0, 255, 255]);
    }

    #[test]
    fn broken_and_transparent_files_are_refused() {
        let say = |file: &[u8]| decode_png(file).unwrap_err().to_string();
        assert_eq!(say(b"GIF89a"), "The file cannot be read as a PNG: Invalid PNG signature.");
        let whole = encode(ColorType::Grayscale, BitDepth::Eight, &[0; 6]);
        assert!(say(&whole[..whole.len() - 20]).starts_with("The file cannot be read as a PNG: "));
        let clear = encode(ColorType::Rgba, BitDepth::Eight, &[0; 24]);
        assert_eq!(say(&clear), "The PNG has transparency, which cannot be read here.");
    }
}
