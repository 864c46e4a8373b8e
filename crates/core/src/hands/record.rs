//! How a team's secrets are written in the keychain: one JSON text for each entry.
//!
//! These are the only types in which a token can be serialised, and they stay inside this file.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::words::profile::Profile;
use crate::words::secret::Secret;
use crate::words::session::{Credential, Kept, Session};

const VERSION: u32 = 1;

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
                access: s.access.expose().into(),
                id_token: s.id_token.as_ref().map(|t| t.expose().into()),
                refresh: s.refresh.as_ref().map(|t| t.expose().into()),
                issued: s.issued,
                expires: s.expires,
                limit: s.limit,
                notes: plain(&s.notes),
            }),
            username: self.kept.username.clone(),
            password: self.kept.password.as_ref().map(|t| t.expose().into()),
            password_refused: self.kept.password_refused,
            client_secret: self.kept.client_secret.as_ref().map(|t| t.expose().into()),
            notes: plain(&self.kept.notes),
        })
    }

    pub fn decode(text: &Secret) -> Result<Record, Unreadable> {
        let mut r: RecordText = read(text)?;
        Ok(Record {
            generation: r.generation,
            session: r.session.take().map(|mut s| Session {
                who: std::mem::take(&mut s.who),
                access: Secret::new(std::mem::take(&mut s.access)),
                id_token: s.id_token.take().map(Secret::new),
                refresh: s.refresh.take().map(Secret::new),
                issued: s.issued,
                expires: s.expires,
                limit: s.limit,
                notes: secret(std::mem::take(&mut s.notes)),
            }),
            kept: Kept {
                username: r.username.take(),
                password: r.password.take().map(Secret::new),
                password_refused: r.password_refused,
                client_secret: r.client_secret.take().map(Secret::new),
                notes: secret(std::mem::take(&mut r.notes)),
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
        secret_key: credential.secret_key.expose().into(),
        token: credential.token.expose().into(),
        issued,
        expires: credential.expires,
    })
}

/// Reads a kept credential and when it was minted; `None` when it was minted for something else.
pub fn decode_credential(text: &Secret, profile: &Profile) -> Result<Option<(Credential, Timestamp)>, Unreadable> {
    let mut c: CredentialText = read(text)?;
    let target = |key: &str| profile.field(key).unwrap_or_default();
    if c.account != target("account") || c.role != target("role") || c.minted_for != minted_for(profile) {
        return Ok(None);
    }
    let credential = Credential {
        key_id: std::mem::take(&mut c.key_id),
        secret_key: Secret::new(std::mem::take(&mut c.secret_key)),
        token: Secret::new(std::mem::take(&mut c.token)),
        expires: c.expires,
    };
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
    password: Option<String>,
    #[serde(default)]
    password_refused: bool,
    client_secret: Option<String>,
    #[serde(default)]
    notes: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct SessionText {
    who: String,
    access: String,
    id_token: Option<String>,
    refresh: Option<String>,
    issued: Timestamp,
    expires: Timestamp,
    limit: Option<Timestamp>,
    #[serde(default)]
    notes: BTreeMap<String, String>,
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
    secret_key: String,
    token: String,
    issued: Timestamp,
    expires: Timestamp,
}

impl Drop for RecordText {
    fn drop(&mut self) {
        self.password.zeroize();
        self.client_secret.zeroize();
        self.notes.values_mut().for_each(Zeroize::zeroize);
    }
}

impl Drop for SessionText {
    fn drop(&mut self) {
        self.access.zeroize();
        self.id_token.zeroize();
        self.refresh.zeroize();
        self.notes.values_mut().for_each(Zeroize::zeroize);
    }
}

impl Drop for CredentialText {
    fn drop(&mut self) {
        self.secret_key.zeroize();
        self.token.zeroize();
    }
}

fn plain(notes: &BTreeMap<String, Secret>) -> BTreeMap<String, String> {
    notes.iter().map(|(k, v)| (k.clone(), v.expose().to_owned())).collect()
}

fn secret(notes: BTreeMap<String, String>) -> BTreeMap<String, Secret> {
    notes.into_iter().map(|(k, v)| (k, Secret::new(v))).collect()
}

fn write(text: &impl Serialize) -> Secret {
    // A map with text keys and no custom serialiser cannot fail to be written.
    Secret::new(serde_json::to_string(text).unwrap_or_default())
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

    #[test]
    fn a_credential_of_another_role_is_not_used() {
        let mut profile = crate::testkit::profile("p", "123456789012", "Admin");
        let credential = Credential {
            key_id: "ASIA".into(),
            secret_key: Secret::new("s"),
            token: Secret::new("t"),
            expires: Timestamp::MAX,
        };
        let text = encode_credential(&credential, &profile, Timestamp::UNIX_EPOCH);
        assert_eq!(decode_credential(&text, &profile).unwrap(), Some((credential, Timestamp::UNIX_EPOCH)));
        let chained = Profile { chain: vec![Default::default()], ..profile.clone() };
        assert_eq!(decode_credential(&text, &chained).unwrap(), None);
        profile.target.insert("role".into(), "ReadOnly".into());
        assert_eq!(decode_credential(&text, &profile).unwrap(), None);
    }
}
