//! What things are called among programs: by an id that says nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::words::name::BadName;

/// An opaque id: random, or found from the names of what was written by hand. Keychain entries, lock files and menu
/// items are named by it, never by a team's name, so that renaming loses nothing and no name can collide or inject
/// (security D9).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Id(String);

impl Id {
    /// Ten random bytes as 16 letters and digits of RFC 4648 base32, in lower case.
    pub fn from_random(bytes: [u8; 10]) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut bits = 0u32;
        let mut held = 0;
        let mut text = String::with_capacity(16);
        for byte in bytes {
            bits = (bits << 8) | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                text.push(char::from(ALPHABET[((bits >> held) & 31) as usize]));
            }
        }
        Id(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Id {
    type Error = BadName;

    /// Takes 8 to 32 lower-case letters and digits: safe as a file name, a keychain attribute and a
    /// shell word.
    fn try_from(text: String) -> Result<Self, BadName> {
        let fits = (8..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if fits { Ok(Id(text)) } else { Err(BadName("an id is 8 to 32 lower-case letters and digits".into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_sixteen_harmless_characters() {
        let id = Id::from_random([0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(id.as_str().len(), 16);
        assert_eq!(Id::try_from(id.as_str().to_owned()), Ok(id));
    }
}
