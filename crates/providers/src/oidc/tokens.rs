//! What was granted becomes a session: whose it is, and until when.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::claims::{self, Claims, text};
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;

use super::discovery::Provider;
use super::grants::Granted;
use super::id_token::Proved;
use super::place::Place;
use crate::lifetime::{believable, end};
use crate::settings::host_of;
use crate::wire::unexpected;

/// Session notes: the key that the ID token is signed with.
pub(super) const KEY: &str = "signing-key";

/// The session of what came at `host`. `before` is the one that was renewed.
pub(super) fn session(
    place: &Place,
    provider: &Provider,
    granted: Granted,
    proved: Option<Proved>,
    before: Option<&Session>,
    host: &str,
    cx: &Cx,
) -> Result<Session, ProviderError> {
    if granted.access.is_empty() {
        return Err(unexpected(host, "the token answer has no token"));
    }
    let issued = cx.clock.now();
    let nothing = Claims::new();
    let claims = proved.as_ref().map_or(&nothing, |proved| &proved.claims);
    let mut session = Session {
        who: who(claims)
            .or_else(|| before.map(|old| old.who.clone()))
            .unwrap_or_else(|| clean(&host_of(&place.issuer_url))),
        access: granted.access,
        // One that is not proved is none: the old one goes on.
        id_token: granted.id_token.filter(|_| proved.is_some()).or_else(|| before.and_then(|old| old.id_token.clone())),
        // Without a new one the old one goes on (RFC 6749 §6; F21).
        refresh: granted.refresh.or_else(|| before.and_then(|old| old.refresh.clone())),
        issued,
        expires: end(claims, issued, believable(granted.expires_in)),
        limit: None,
        notes: before.map(|old| old.notes.clone()).unwrap_or_default(),
    };
    provider.note(&mut session);
    if let Some(proved) = proved {
        session.notes.insert(KEY.into(), proved.key);
    }
    Ok(session)
}

/// The name that people know, as far as the provider tells one.
fn who(claims: &Claims) -> Option<String> {
    let names = ["email", "preferred_username", "name", "sub"].into_iter();
    names.filter_map(|key| text(claims, key)).map(|name| clean(name.trim())).find(|name| !name.is_empty())
}

/// Whether a session may go on as that of whoever these claims name.
pub(super) fn is_same_person(session: &Session, claims: &Claims) -> bool {
    let before = claims::of(session.id_token.as_ref().map(Secret::expose));
    text(&before, "sub").is_none_or(|subject| text(claims, "sub") == Some(subject))
}

/// The key of last time.
pub(super) fn known_key(session: &Session) -> Option<&Secret> {
    session.notes.get(KEY)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_name_that_people_know_comes_first_and_is_plain() {
        for (claims, name) in [
            (
                r#"{"sub":"7d8c","name":"Ada","preferred_username":"ada","email":"ada@acme.test"}"#,
                Some("ada@acme.test"),
            ),
            (r#"{"sub":"7d8c","name":"Ada","preferred_username":"ada","email":""}"#, Some("ada")),
            (r#"{"sub":"7d8c","name":"\u202eAda\u001b[31m","email":7}"#, Some("Ada[31m")),
            (r#"{"sub":"7d8c","name":"\u200b"}"#, Some("7d8c")),
            ("{}", None),
        ] {
            assert_eq!(who(&serde_json::from_str(claims).unwrap()).as_deref(), name, "{claims}");
        }
    }
}
