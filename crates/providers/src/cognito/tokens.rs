//! What a user pool's tokens become: a session. Their claims are read for display and to shorten, never to trust.

use aws_sdk_cognitoidentityprovider::types::AuthenticationResultType;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;
use serde_json::{Map, Value};

use super::pool::Pool;
use crate::lifetime::{after, believable};
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
    let claims = claims(id_token.as_ref());
    let access_claims = self::claims(Some(&access));
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
fn display_name<'a>(claims: &'a Map<String, Value>, username: &'a str) -> &'a str {
    match text(claims, "email") {
        Some(email) if text(claims, "sub") == Some(username) => email,
        _ => username,
    }
}

/// The ID token can only shorten what the answer says (threat T13). Its own length, `exp` - `iat`, is right
/// even when this computer's clock is not; `exp` itself counts only while it lies ahead.
fn end(claims: &Map<String, Value>, issued: Timestamp, lifetime: i64) -> Timestamp {
    let time = |key: &str| claims.get(key).and_then(Value::as_i64);
    let own = match (time("iat"), time("exp")) {
        (Some(from), Some(to)) => to.checked_sub(from).filter(|seconds| *seconds > 0),
        _ => None,
    };
    let end = after(issued, own.map_or(lifetime, |own| own.min(lifetime)));
    match time("exp").and_then(|exp| Timestamp::from_second(exp).ok()) {
        Some(exp) if exp > issued => end.min(exp),
        _ => end,
    }
}

/// The payload of a JWT, unverified; empty when there is none to read.
fn claims(token: Option<&Secret>) -> Map<String, Value> {
    let read = |token: &Secret| {
        let mut parts = token.expose().split('.');
        let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    token.and_then(read).unwrap_or_default()
}

fn text<'a>(claims: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    claims.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn jwt(payload: &str) -> Secret {
        Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn an_id_token_shortens_a_session_and_never_lengthens_it() {
        let issued = Timestamp::from_second(1_000_000).unwrap();
        for (payload, seconds) in [
            (r#"{"iat":1000000,"exp":1000600}"#, 600),
            (r#"{"iat":1000000,"exp":1009999}"#, 3600),
            // This computer's clock is two hours ahead of the server's: the token's own length counts.
            (r#"{"iat":992800,"exp":993400}"#, 600),
            // A token that was made a while ago.
            (r#"{"iat":999000,"exp":1000100}"#, 100),
            (r#"{"exp":"soon"}"#, 3600),
            (r#"{"exp":1e308,"iat":-1}"#, 3600),
            (r#"{"iat":2000000,"exp":1000}"#, 3600),
            (r#"{"iat":-9223372036854775808,"exp":9223372036854775807}"#, 3600),
            ("[]", 3600),
        ] {
            let end = end(&claims(Some(&jwt(payload))), issued, 3600);
            assert_eq!(end.as_second() - 1_000_000, seconds, "{payload}");
        }
    }

    #[test]
    fn what_is_no_jwt_has_no_claims() {
        for odd in ["", "opaque", "a.b", "a.b.c.d", "..", "e30.!!.x", "e30.e30"] {
            assert!(claims(Some(&Secret::new(odd))).is_empty(), "{odd}");
        }
    }

    #[test]
    fn a_made_up_name_gives_way_to_the_address_people_know() {
        let both = claims(Some(&jwt(r#"{"sub":"7d8c","email":"ada@acme.test"}"#)));
        assert_eq!(display_name(&both, "7d8c"), "ada@acme.test");
        assert_eq!(display_name(&both, "ada"), "ada");
    }
}
