//! GPT-2's way of writing bytes as visible characters: those of Latin-1 that can be seen stand for themselves, and the other 68
//! for the characters from U+0100 on, in order, so that a space is written Ġ and a line break Ċ (`bytes_to_unicode` in its
//! `encoder.py`).

/// The bytes in the order in which GPT-2 numbers them: the visible ones first.
pub fn bytes() -> impl Iterator<Item = u8> {
    (0..=u8::MAX).filter(|byte| is_visible(*byte)).chain(hidden())
}

/// Bytes as GPT-2 writes them.
pub fn write(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| character(*byte)).collect()
}

/// The bytes that were written so; none where a character stands for no byte.
pub fn read(text: &str) -> Option<Vec<u8>> {
    text.chars().map(byte).collect()
}

fn is_visible(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

fn hidden() -> impl Iterator<Item = u8> {
    (0..=u8::MAX).filter(|byte| !is_visible(*byte))
}

fn character(byte: u8) -> char {
    match byte {
        0..=b' ' => char::from_u32(0x100 + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7F..=0xA0 => char::from_u32(0x121 + u32::from(byte - 0x7F)).unwrap_or(char::REPLACEMENT_CHARACTER),
        0xAD => '\u{143}',
        visible => char::from(visible),
    }
}

fn byte(character: char) -> Option<u8> {
    match u32::from(character) {
        code @ 0x100..=0x143 => hidden().nth(code as usize - 0x100),
        code => u8::try_from(code).ok().filter(|byte| is_visible(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_gpt2_writes_them() {
        assert_eq!(write(" the\nçedilla\u{ad}\x7f\0".as_bytes()), "ĠtheĊÃ§edillaÂŃġĀ");
        let order: Vec<u8> = bytes().collect();
        assert_eq!((order[0], order[93], order[94], order[187], order[188], order[255]), (b'!', b'~', 0xA1, 0xFF, 0, 0xAD));
    }

    #[test]
    fn every_byte_is_read_back_and_nothing_else() {
        let all: Vec<u8> = bytes().collect();
        let written = write(&all);
        assert!(written.chars().is_sorted() && read(&written) == Some(all));
        assert_eq!([read(" "), read("\u{144}"), read("▁"), read("\u{ad}")], [None, None, None, None]);
    }
}
