//! What a token says of itself: the payload of a JWT (RFC 7519), read for display. Who trusts it has proved it before.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

pub type Claims = Map<String, Value>;

/// The payload of a JWT, unverified; empty when there is none to read.
pub fn of(token: Option<&str>) -> Claims {
    token.and_then(|token| part(token, 1)).unwrap_or_default()
}

/// The header of a JWT: how, and by which key, it says that it is signed.
pub fn header(token: &str) -> Option<Claims> {
    part(token, 0)
}

/// A claim that is text, and not empty.
pub fn text<'a>(claims: &'a Claims, key: &str) -> Option<&'a str> {
    claims.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A claim that is a time, in seconds since 1970; servers may send parts of a second (RFC 7519 §2, NumericDate).
pub fn time(claims: &Claims, key: &str) -> Option<i64> {
    let value = claims.get(key)?;
    value.as_i64().or_else(|| {
        let seconds = value.as_f64()?;
        // Beyond this a float is no whole second any more.
        (seconds.abs() < 9e15).then_some(seconds as i64)
    })
}

fn part(token: &str, place: usize) -> Option<Claims> {
    let parts: Vec<&str> = token.split('.').collect();
    let [_, _, _] = parts.as_slice() else { return None };
    let bytes = URL_SAFE_NO_PAD.decode(parts.get(place)?.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_jwt_has_no_claims() {
        for odd in ["", "opaque", "a.b", "a.b.c.d", "..", "e30.!!.x", "e30.e30"] {
            assert!(of(Some(odd)).is_empty(), "{odd}");
        }
    }

    #[test]
    fn a_time_may_have_parts_of_a_second() {
        let claims =
            of(Some(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"a":12,"b":12.7,"c":1e308,"d":"12"}"#))));
        assert_eq!(["a", "b", "c", "d"].map(|key| time(&claims, key)), [Some(12), Some(12), None, None]);
    }
}
