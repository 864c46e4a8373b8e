//! Bytes of other programs' files as lines of text, whatever they are encoded in.

use std::borrow::Cow;

/// What stands for bytes that are no text.
pub const UNREADABLE: char = '\u{fffd}';

/// The whole text; bytes that are no UTF-8 become [`UNREADABLE`], so that they cost their own line at most. The flag says
/// that it was UTF-16, which Windows PowerShell writes by itself and no AWS tool reads.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let units = |from: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes[2..].chunks_exact(2).map(|two| from([two[0], two[1]])).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => (String::from_utf16_lossy(&units(u16::from_le_bytes)).into(), true),
        [0xfe, 0xff, ..] => (String::from_utf16_lossy(&units(u16::from_be_bytes)).into(), true),
        _ => (String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)), false),
    }
}

/// The lines with their numbers, from 1. A line ends with LF, CR LF or CR, as in Python.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let split = text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    (1..).zip(split)
}

/// Blank for Python's `strip`: what Unicode calls white, and the four separators of ASCII.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    // F170
    #[test]
    fn lines_end_as_python_ends_them_and_bytes_that_are_no_text_stay_in_theirs() {
        let (text, wide) = decode(b"\xef\xbb\xbfa\r\nb\rc\nd\xe9\n");
        assert_eq!(lines(&text).collect::<Vec<_>>(), [(1, "a"), (2, "b"), (3, "c"), (4, "d\u{fffd}"), (5, "")]);
        assert!(!wide);
        assert_eq!(decode(b"\xff\xfea\0b\0"), ("ab".into(), true));
        assert_eq!(decode(b"\xfe\xff\0a\0b\0"), ("ab".into(), true));
    }
}
