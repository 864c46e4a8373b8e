//! What a person configured: teams, and the profiles a team's session can be traded for.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name a team or profile may have, in characters.
pub const MAX_NAME: usize = 64;

/// An opaque random id. Keychain entries, lock files and menu items are named by it, never by a team's
/// name, so that renaming loses nothing and no name can collide or inject (security D9).
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

/// Why a name cannot be used, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(pub String);

/// Checks the name of a team or a profile: 1 to 64 letters, digits and `. _ - @ + =`, with single
/// spaces inside, and no leading `-` or `.`. Everything a shell, a file or a menu could misread is left out.
pub fn check_name(name: &str) -> Result<(), BadName> {
    let bad = |why: &str| Err(BadName(why.to_owned()));
    if name.is_empty() {
        return bad("a name cannot be empty");
    }
    if name.chars().count() > MAX_NAME {
        return bad("a name has at most 64 characters");
    }
    if name.starts_with(['-', '.', ' ']) || name.ends_with(' ') || name.contains("  ") {
        return bad("a name cannot begin with “-” or “.”, nor begin, end or be doubled with a space");
    }
    if let Some(c) = name.chars().find(|c| !(c.is_alphanumeric() || "._-@+= ".contains(*c))) {
        return Err(BadName(format!("a name holds letters, digits and . _ - @ + = only, not {:?}", c.to_string())));
    }
    Ok(())
}

/// The fields of a provider's form, as written in the config file, such as `region` or `start-url`.
pub type Settings = BTreeMap<String, String>;

/// One team: a way of logging in, and what the session is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    pub id: Id,
    pub name: String,
    /// The id of its provider, such as `aws-sso`.
    pub provider: String,
    pub settings: Settings,
    pub pinned: bool,
    pub profiles: Vec<Profile>,
}

impl Team {
    /// A setting, if it was given and is not empty.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// The profile of that name or id.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        let by_name = self.profiles.iter().find(|p| p.name == name);
        by_name.or_else(|| self.profiles.iter().find(|p| p.id.as_str() == name))
    }

    /// The value of `IOT_TEAM`: the team's name, unless the `iot` CLI knows it by another one.
    pub fn iot_team(&self) -> &str {
        self.setting("iot-team").unwrap_or(&self.name)
    }
}

/// What a team's session can be traded for: an account and a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    pub id: Id,
    pub name: String,
    /// Twelve digits.
    pub account: String,
    pub role: String,
    /// Where its tools work; `None` means the team's own region.
    pub region: Option<String>,
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

    #[test]
    fn names_that_could_be_misread_are_refused() {
        for name in ["", "-rf", "..", " a", "a ", "a\nb", "a;b", "$(x)", "a'b", "a\u{202e}b", "../x", "a/b", "a\"b"] {
            assert!(check_name(name).is_err(), "{name:?} was accepted");
        }
        for name in ["acme-prod", "Müller 2", "a.b@c+d=e", "日本"] {
            assert_eq!(check_name(name), Ok(()), "{name:?}");
        }
    }
}
