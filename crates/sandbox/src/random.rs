//! Unpredictable bytes and the strings made of them; nothing here protects anything real.

use std::hash::{BuildHasher, RandomState};

/// `n` bytes from the standard library's randomly keyed hasher: no dependency, and it cannot fail.
pub(crate) fn bytes(n: usize) -> Vec<u8> {
    let keyed = RandomState::new();
    (0..n.div_ceil(8)).flat_map(|i| keyed.hash_one(i).to_le_bytes()).take(n).collect()
}

/// `n` characters drawn from `alphabet`.
pub(crate) fn text(n: usize, alphabet: &str) -> String {
    let letters = alphabet.as_bytes();
    bytes(n).into_iter().map(|b| char::from(letters[usize::from(b) % letters.len()])).collect()
}

/// `n` characters that fit into a URL, a header and a JSON string unescaped.
pub(crate) fn token(n: usize) -> String {
    text(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
}

/// `n` capitals and digits, as in access key ids.
pub(crate) fn capitals(n: usize) -> String {
    text(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
}

/// `n` decimal digits.
pub(crate) fn digits(n: usize) -> String {
    text(n, "0123456789")
}

/// A random UUID (RFC 9562, version 4).
pub(crate) fn uuid() -> String {
    let mut b = bytes(16);
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    uuid_from(&b)
}

/// The UUID spelling of the first 16 bytes; shorter input gives a shorter text.
pub(crate) fn uuid_from(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (i, b) in bytes.iter().take(16).enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{b:02x}"));
    }
    text
}
