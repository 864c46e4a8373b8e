//! One-time codes: TOTP by RFC 6238 and the checks around it.

use hmac::{Hmac, Mac};
use sha1::Sha1;

/// Seconds that one TOTP code is shown.
const STEP: u64 = 30;

/// The TOTP step at `epoch` seconds.
pub(crate) fn step(epoch: u64) -> u64 {
    epoch / STEP
}

/// The six digits of `step` (RFC 4226 section 5.3).
pub(crate) fn totp(secret: &[u8], step: u64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0x0f);
    let word = digest[offset..offset + 4].iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// The step that `code` belongs to: this one, the one before or the one after.
pub(crate) fn step_of(secret: &[u8], code: &str, epoch: u64) -> Option<u64> {
    let now = step(epoch);
    (now.saturating_sub(1)..=now + 1).find(|step| totp(secret, *step) == code)
}

/// Base32 without padding (RFC 4648 section 6), spaces and case ignored.
pub(crate) fn base32(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut word, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter.to_ascii_uppercase() {
            upper @ b'A'..=b'Z' => upper - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => continue,
        };
        word = (word << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits & 0xff) as u8);
        }
    }
    out
}

/// Base32 without padding, as a seed is handed out.
pub(crate) fn to_base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut out, mut word, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        word = (word << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(LETTERS[(word >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(LETTERS[(word << (5 - bits) & 31) as usize]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238_appendix_b() {
        let secret = b"12345678901234567890";
        for (epoch, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(totp(secret, step(epoch)), code);
        }
    }

    #[test]
    fn a_code_is_good_one_step_around_its_own_and_no_further() {
        let (secret, code) = (b"12345678901234567890", "005924");
        assert!(step_of(secret, code, 1_234_567_890 + 30).is_some());
        assert!(step_of(secret, code, 1_234_567_890 - 30).is_some());
        assert!(step_of(secret, code, 1_234_567_890 + 60).is_none());
    }

    #[test]
    fn base32_reads_the_vectors_of_rfc_4648() {
        assert_eq!(base32("MZXW6YTBOI======"), b"foobar");
        assert_eq!(base32("gezd gnbv gy3t qojq"), b"1234567890");
        assert_eq!(to_base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(to_base32(b"1234567890"), "GEZDGNBVGY3TQOJQ");
    }
}
