//! What a user pool's tokens become: a session. Their claims are read for display and to shorten, never to trust.

use aws_sdk_cognitoidentityprovider::types::AuthenticationResultType;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::claims::{self, Claims, text};
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;

use super::pool::Pool;
use crate::lifetime::{believable, end};
use crate::wire::unexpected;

/// Session notes: the pool's own name of the user, which the secret hash of a renewal needs (security I20).
pub(super) const USERNAME: &str = "username";
/// Session notes: the device that the refresh token was bound to, in pools that remember devices.
pub(super) const DEVICE_KEY: &str = "device-key";

/// The session that a login or a renewal gave. `user` is the name that it was asked for under; `before` is
/// the session that was renewed.
pub(super) fn session(
    pool: &Pool,
    result: AuthenticationResultType,
    user: &str,
    before: Option<&Session>,
    cx: &Cx,
) -> Result<Session, ProviderError> {
    let given = |token: Option<String>| token.filter(|text| !text.is_empty()).map(Secret::new);
    let lifetime = believable(result.expires_in);
    let access =
        given(result.access_token).ok_or_else(|| unexpected(&pool.endpoint.host, "the answer has no access token"))?;
    let id_token = given(result.id_token).or_else(|| before.and_then(|old| old.id_token.clone()));
    let access_claims = claims::of(Some(access.expose()));
    let claims = claims::of(id_token.as_ref().map(Secret::expose));
    let username = text(&access_claims, "username").or_else(|| text(&claims, "cognito:username")).unwrap_or(user);
    let issued = cx.clock.now();
    let mut notes = before.map(|old| old.notes.clone()).unwrap_or_default();
    notes.insert(USERNAME.into(), Secret::new(username));
    if let Some(key) = result.new_device_metadata.and_then(|device| device.device_key) {
        notes.insert(DEVICE_KEY.into(), Secret::new(key));
    }
    Ok(Session {
        who: clean(display_name(&claims, username)),
        access,
        id_token,
        // Without a new one the old one goes on (RFC 6749 §6; F21).
        refresh: given(result.refresh_token).or_else(|| before.and_then(|old| old.refresh.clone())),
        issued,
        expires: end(&claims, issued, lifetime),
        limit: None,
        notes,
    })
}

/// Pools that take an e-mail address as the name make up an id as the real one; people know the address.
fn display_name<'a>(claims: &'a Claims, username: &'a str) -> &'a str {
    match text(claims, "email") {
        Some(email) if text(claims, "sub") == Some(username) => email,
        _ => username,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use serde_json::Value;

    use super::*;

    #[test]
    fn a_made_up_name_gives_way_to_the_address_people_know() {
        let Value::Object(both) = serde_json::json!({ "sub": "7d8c", "email": "ada@acme.test" }) else { panic!() };
        assert_eq!(display_name(&both, "7d8c"), "ada@acme.test");
        assert_eq!(display_name(&both, "ada"), "ada");
    }
}
