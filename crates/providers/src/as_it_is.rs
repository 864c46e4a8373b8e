//! Sessions that are temporary AWS credentials as they are: the token is the session's own, the rest its notes.

use std::collections::BTreeMap;

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Credential, Session};

const KEY_ID: &str = "key-id";
const SECRET_KEY: &str = "secret-key";

/// Notes what belongs to the token.
pub(crate) fn note(notes: &mut BTreeMap<String, Secret>, key_id: String, secret_key: Secret) {
    notes.insert(KEY_ID.into(), Secret::new(key_id));
    notes.insert(SECRET_KEY.into(), secret_key);
}

pub(crate) fn credential(session: &Session) -> Result<Credential, ProviderError> {
    let note = |key: &str| {
        let lost = || ProviderError::SessionEnded { code: "no keys".into(), said: String::new() };
        session.notes.get(key).ok_or_else(lost)
    };
    Ok(Credential {
        key_id: note(KEY_ID)?.expose().to_owned(),
        secret_key: note(SECRET_KEY)?.clone(),
        token: session.access.clone(),
        expires: session.expires,
    })
}
