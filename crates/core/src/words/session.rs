//! A login that worked, what may be said of it, and the credentials it is traded for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::secret::Secret;

/// In the notes of a session whose `who` is only the place that took the login: [`ASK`] while a credential of it may tell
/// the name, else empty.
pub const NAMELESS: &str = "nameless";
pub const ASK: &str = "ask";

/// A live login. It holds secrets, so it stays inside `sessions` and the providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The name to show: a user name or, where the provider tells none, what it does tell.
    pub who: String,
    /// The short-lived token that the provider's own interfaces take.
    pub access: Secret,
    /// The OpenID Connect ID token, where there is one.
    pub id_token: Option<Secret>,
    /// Renews the session without a person.
    pub refresh: Option<Secret>,
    /// When `access` was handed out.
    pub issued: Timestamp,
    /// When `access` ends.
    pub expires: Timestamp,
    /// When renewing stops working, if the provider says so.
    pub limit: Option<Timestamp>,
    /// What the provider needs to go on, such as the client the refresh token belongs to.
    pub notes: BTreeMap<String, Secret>,
}

impl Session {
    pub fn facts(&self) -> SessionFacts {
        SessionFacts {
            who: self.who.clone(),
            nameless: self.notes.contains_key(NAMELESS),
            issued: self.issued,
            expires: self.expires,
            limit: self.limit,
            renews: self.refresh.is_some(),
        }
    }
}

/// What may be shown, logged and written to a file about a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFacts {
    pub who: String,
    /// `who` is the place that took the login: nothing has told a name yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nameless: bool,
    pub issued: Timestamp,
    /// When the access token ends: ours to renew while `renews` is true.
    pub expires: Timestamp,
    pub limit: Option<Timestamp>,
    pub renews: bool,
}

impl SessionFacts {
    /// When a person must act, as far as the provider lets us know.
    pub fn ends(&self) -> Timestamp {
        match self.limit {
            Some(limit) if self.renews => limit,
            _ => self.expires,
        }
    }
}

/// What the keychain holds for a team beside its session; it outlives a log out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The user name a person last logged in with.
    pub username: Option<String>,
    /// Only when the person asked for it, and only after it worked.
    pub password: Option<Secret>,
    /// The server refused the kept password: never try it again unasked.
    pub password_refused: bool,
    /// The settings that are secret, by the keys of their fields, such as `client-secret`.
    pub secrets: BTreeMap<String, Secret>,
    /// What the provider wants to find again, such as its client registration.
    pub notes: BTreeMap<String, Secret>,
}

impl Kept {
    /// What stays when all else is forgotten: settings of the team, and nothing of the person.
    #[must_use]
    pub fn only_secrets(self) -> Self {
        Kept { secrets: self.secrets, ..Kept::default() }
    }

    /// A secret setting, if it was given and is not empty.
    pub fn secret(&self, key: &str) -> Option<&Secret> {
        self.secrets.get(key).filter(|secret| !secret.is_empty())
    }
}

/// Temporary AWS credentials, minted for one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub key_id: String,
    pub secret_key: Secret,
    pub token: Secret,
    pub expires: Timestamp,
}
