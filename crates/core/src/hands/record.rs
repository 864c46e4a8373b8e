//! How a team's secrets are written in the keychain: one JSON text for each entry.
//!
//! [`Written`] is the only type in which a token can be serialised, and it stays inside this file.

use std::collections::BTreeMap;
use std::{fmt, io};

use jiff::Timestamp;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::words::profile::Profile;
use crate::words::secret::Secret;
use crate::words::session::{Credential, Kept, Session};

const VERSION: u32 = 1;

/// The secret setting that has a place of its own in the text: versions before 0.2 know no other.
const CLIENT_SECRET: &str = "client-secret";

/// The keychain entry of one team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Grows by one with every write, so that two writers can tell who was last.
    pub generation: u64,
    pub session: Option<Session>,
    pub kept: Kept,
}

/// Why an entry cannot be read, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Record {
    pub fn encode(&self) -> Secret {
        let s = self.session.as_ref();
        write(&RecordText {
            version: VERSION,
            generation: self.generation,
            session: s.map(|s| SessionText {
                who: s.who.clone(),
                access: Written(s.access.clone()),
                id_token: s.id_token.clone().map(Written),
                refresh: s.refresh.clone().map(Written),
                issued: s.issued,
                expires: s.expires,
                limit: s.limit,
                notes: written(&s.notes),
            }),
            username: self.kept.username.clone(),
            password: self.kept.password.clone().map(Written),
            password_refused: self.kept.password_refused,
            client_secret: self.kept.secrets.get(CLIENT_SECRET).cloned().map(Written),
            secrets: written(self.kept.secrets.iter().filter(|(key, _)| *key != CLIENT_SECRET)),
            notes: written(&self.kept.notes),
        })
    }

    pub fn decode(text: &Secret) -> Result<Record, Unreadable> {
        let r: RecordText = read(text)?;
        Ok(Record {
            generation: r.generation,
            session: r.session.map(|s| Session {
                who: s.who,
                access: s.access.0,
                id_token: s.id_token.map(|t| t.0),
                refresh: s.refresh.map(|t| t.0),
                issued: s.issued,
                expires: s.expires,
                limit: s.limit,
                notes: unwritten(s.notes),
            }),
            kept: Kept {
                username: r.username,
                password: r.password.map(|t| t.0),
                password_refused: r.password_refused,
                secrets: unwritten(r.secrets.into_iter().chain(r.client_secret.map(|t| (CLIENT_SECRET.to_owned(), t)))),
                notes: unwritten(r.notes),
            },
        })
    }
}

/// A credential as kept: bound to what it was minted for, so that an edited profile never gets the credential of
/// what it was before. `issued` is when it was minted.
pub fn encode_credential(credential: &Credential, profile: &Profile, issued: Timestamp) -> Secret {
    let target = |key: &str| profile.field(key).unwrap_or_default().to_owned();
    write(&CredentialText {
        version: VERSION,
        account: target("account"),
        role: target("role"),
        minted_for: minted_for(profile),
        key_id: credential.key_id.clone(),
        secret_key: Written(credential.secret_key.clone()),
        token: Written(credential.token.clone()),
        issued,
        expires: credential.expires,
    })
}

/// Reads a kept credential and when it was minted; `None` when it was minted for something else.
pub fn decode_credential(text: &Secret, profile: &Profile) -> Result<Option<(Credential, Timestamp)>, Unreadable> {
    let c: CredentialText = read(text)?;
    let target = |key: &str| profile.field(key).unwrap_or_default();
    if c.account != target("account") || c.role != target("role") || c.minted_for != minted_for(profile) {
        return Ok(None);
    }
    let credential = Credential { key_id: c.key_id, secret_key: c.secret_key.0, token: c.token.0, expires: c.expires };
    Ok(Some((credential, c.issued)))
}

/// What a profile stands for beyond an account and a role; empty when that is all.
fn minted_for(profile: &Profile) -> String {
    let more = profile.target.keys().any(|key| key != "account" && key != "role");
    if !more && !profile.is_chained() {
        return String::new();
    }
    serde_json::to_string(&(&profile.target, &profile.source, &profile.chain)).unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct RecordText {
    version: u32,
    generation: u64,
    session: Option<SessionText>,
    username: Option<String>,
    password: Option<Written>,
    #[serde(default)]
    password_refused: bool,
    client_secret: Option<Written>,
    /// The other secret settings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "each_once")]
    secrets: BTreeMap<String, Written>,
    #[serde(default, deserialize_with = "each_once")]
    notes: BTreeMap<String, Written>,
}

#[derive(Serialize, Deserialize)]
struct SessionText {
    who: String,
    access: Written,
    id_token: Option<Written>,
    refresh: Option<Written>,
    issued: Timestamp,
    expires: Timestamp,
    limit: Option<Timestamp>,
    #[serde(default, deserialize_with = "each_once")]
    notes: BTreeMap<String, Written>,
}

#[derive(Serialize, Deserialize)]
struct CredentialText {
    version: u32,
    /// Where what it was minted for has them: versions before 0.2 know nothing else.
    account: String,
    role: String,
    /// All else that it was minted for; empty where account and role say it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    minted_for: String,
    key_id: String,
    secret_key: Written,
    token: Written,
    issued: Timestamp,
    expires: Timestamp,
}

/// A secret on its way into a text or out of one, wiped like any other, also when the rest of the text is damaged.
struct Written(Secret);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Written(Secret::new(text)))
    }
}

/// A key that stands twice is damage, here as in the fields around: nobody knows which of the two was meant.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Written>, D::Error> {
    struct Notes;
    impl<'de> Visitor<'de> for Notes {
        type Value = BTreeMap<String, Written>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("notes")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut notes = BTreeMap::new();
            while let Some((key, note)) = map.next_entry()? {
                if notes.insert(key, note).is_some() {
                    return Err(A::Error::custom("a note stands twice"));
                }
            }
            Ok(notes)
        }
    }
    deserializer.deserialize_map(Notes)
}

fn written<'s>(secrets: impl IntoIterator<Item = (&'s String, &'s Secret)>) -> BTreeMap<String, Written> {
    secrets.into_iter().map(|(k, v)| (k.clone(), Written(v.clone()))).collect()
}

fn unwritten(secrets: impl IntoIterator<Item = (String, Written)>) -> BTreeMap<String, Secret> {
    secrets.into_iter().map(|(k, v)| (k, v.0)).collect()
}

/// The text is measured before it is written: one that grows leaves copies of itself behind.
fn write(text: &impl Serialize) -> Secret {
    let mut out = Vec::with_capacity(length(text));
    // A map with text keys and a serialiser that hands on a text cannot fail to be written.
    let _ = serde_json::to_writer(&mut out, text);
    Secret::new(String::from_utf8(out).unwrap_or_default())
}

fn length(text: &impl Serialize) -> usize {
    let mut length = Length(0);
    let _ = serde_json::to_writer(&mut length, text);
    length.0
}

struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Serde's own message may quote the text, so only the place is told.
fn read<T: for<'a> Deserialize<'a>>(text: &Secret) -> Result<T, Unreadable> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let place = |e: serde_json::Error| Unreadable(format!("it is damaged at character {}", e.column()));
    let Version { version } = serde_json::from_str(text.expose()).map_err(place)?;
    if version != VERSION {
        return Err(Unreadable(format!(
            "it was written by another version of Keyfob (format {version}, not {VERSION})"
        )));
    }
    serde_json::from_str(text.expose()).map_err(place)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn a_credential() -> Credential {
        Credential {
            key_id: "ASIA".into(),
            secret_key: Secret::new("s"),
            token: Secret::new("t"),
            expires: Timestamp::MAX,
        }
    }

    #[test]
    fn a_record_is_read_back_whole() {
        let record = Record {
            generation: 7,
            session: Some(Session {
                who: "anna".into(),
                access: Secret::new("a"),
                id_token: Some(Secret::new("i")),
                refresh: None,
                issued: Timestamp::UNIX_EPOCH,
                expires: Timestamp::MAX,
                limit: None,
                notes: BTreeMap::from([("client".into(), Secret::new("c"))]),
            }),
            kept: Kept { username: Some("anna".into()), password: Some(Secret::new("p")), ..Kept::default() },
        };
        assert_eq!(Record::decode(&record.encode()).unwrap(), record);
    }

    #[test]
    fn a_record_that_cannot_be_read_is_told_without_its_words() {
        for text in ["", "{", "null", "{\"version\":9}", "{\"version\":1,\"password\":\"hunter2\"}"] {
            let why = Record::decode(&Secret::new(text)).unwrap_err().to_string();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }

    // F246
    #[test]
    fn a_record_in_which_a_key_stands_twice_is_damaged_and_nothing_of_it_is_dropped() {
        let whole = r#"{"version":1,"generation":7,"notes":{"device":"d"},"session":{"who":"anna","access":"a",
            "issued":"2026-11-20T12:00:00Z","expires":"2026-11-20T13:00:00Z","notes":{"client":"c"}}}"#;
        assert!(Record::decode(&Secret::new(whole)).is_ok());
        for key in [r#""version":1"#, r#""generation":7"#, r#""device":"d""#, r#""access":"a""#, r#""client":"c""#] {
            let twice = whole.replacen(key, &format!("{key},{key}"), 1);
            let why = Record::decode(&Secret::new(twice)).unwrap_err().to_string();
            assert!(why.starts_with("it is damaged at character"), "{key}: {why}");
        }
    }

    #[test]
    fn a_credential_of_another_role_is_not_used() {
        let mut profile = crate::testkit::profile("p", "123456789012", "Admin");
        let credential = a_credential();
        let text = encode_credential(&credential, &profile, Timestamp::UNIX_EPOCH);
        assert_eq!(decode_credential(&text, &profile).unwrap(), Some((credential, Timestamp::UNIX_EPOCH)));
        let chained = Profile { chain: vec![Default::default()], ..profile.clone() };
        assert_eq!(decode_credential(&text, &chained).unwrap(), None);
        profile.target.insert("role".into(), "ReadOnly".into());
        assert_eq!(decode_credential(&text, &profile).unwrap(), None);
    }

    #[test]
    fn what_a_profile_stands_for_beyond_account_and_role_is_bound_to_its_credential_and_only_that() {
        let profile = crate::testkit::profile("p", "123456789012", "Admin");
        let credential = a_credential();
        let encoded = |profile: &Profile| encode_credential(&credential, profile, Timestamp::UNIX_EPOCH);
        // Versions before 0.2 read and write the entry of such a profile as well.
        assert!(!encoded(&profile).expose().contains("minted_for"));
        let mut others = ["room", "zone"].map(|key| {
            let mut other = profile.clone();
            other.target.insert(key.into(), "1".into());
            other
        });
        let chained = Profile { chain: vec![Default::default()], ..profile.clone() };
        others[1].target.remove("role");
        for one in others.iter().chain([&profile, &chained]) {
            for other in others.iter().chain([&profile, &chained]) {
                let usable = decode_credential(&encoded(one), other).unwrap().is_some();
                assert_eq!(usable, one == other, "{one:?} {other:?}");
            }
        }
    }

    // F150
    #[test]
    fn a_text_is_as_long_as_it_was_measured() {
        for text in ["", "a token", "\"\\\n\u{1}ü"] {
            assert_eq!(length(&[text, text]), write(&[text, text]).expose().len(), "{text:?}");
        }
    }

    // F150
    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_of_what_is_written_for_the_keychain_or_read_from_it_stays_in_memory() {
        use crate::testkit::Sought;

        let mut sought = Sought::default();
        let mut secret = |name: &str| sought.planted(&format!("record: {name}"));
        let profile = crate::testkit::profile("p", "123456789012", "Admin");
        let credential = Credential {
            key_id: "ASIA".into(),
            secret_key: secret("secret key"),
            token: secret("session token"),
            expires: Timestamp::MAX,
        };
        let record = Record {
            generation: 7,
            session: Some(Session {
                who: "anna".into(),
                access: secret("access token"),
                id_token: Some(secret("id token")),
                refresh: Some(secret("refresh token")),
                issued: Timestamp::UNIX_EPOCH,
                expires: Timestamp::MAX,
                limit: None,
                notes: BTreeMap::from([("client".into(), secret("note of a session"))]),
            }),
            kept: Kept {
                password: Some(secret("password")),
                secrets: ["client-secret", "secret-access-key"].map(|key| (key.into(), secret(key))).into(),
                notes: BTreeMap::from([("device".into(), secret("note that is kept"))]),
                ..Kept::default()
            },
        };
        // Room that is taken up all around: a text that grows has to move, and leaves itself behind.
        let (room, _taken): (Vec<_>, Vec<_>) = (0..100).map(|n| (vec![0_u8; 4096 << (n % 4)], vec![0_u8; 64])).unzip();
        drop(room);
        let text = record.encode();
        let kept = encode_credential(&credential, &profile, Timestamp::UNIX_EPOCH);
        assert_eq!(Record::decode(&text).unwrap(), record);
        assert!(decode_credential(&kept, &profile).unwrap().is_some());
        let damaged = Secret::new(&text.expose()[..text.expose().len() - 1]);
        assert!(Record::decode(&damaged).is_err());
        let found = sought.found("self").unwrap();
        assert!(sought.names().all(|name| found.iter().any(|place| place.starts_with(name))), "{found:?}");

        drop((credential, record, text, kept, damaged));
        assert_eq!(sought.found("self").unwrap(), [""; 0]);
    }
}
