//! How long a token is believed to live: never for ever, whatever a server says.

use jiff::{SignedDuration, Timestamp};
use keyfob_core::words::claims::{Claims, time};

/// Taken when the server tells no usable lifetime: short, so that the truth shows soon.
const UNKNOWN: i64 = 5 * 60;
/// No token here lives longer (threat T13).
const LONGEST: i64 = 30 * 24 * 60 * 60;

/// `expires_in` of a token answer in seconds (RFC 6749 §5.1), made believable: 5 minutes when missing, zero
/// or negative, 30 days at most.
pub(crate) fn believable(expires_in: i32) -> i64 {
    match i64::from(expires_in) {
        ..=0 => UNKNOWN,
        seconds => seconds.min(LONGEST),
    }
}

/// A moment some seconds after another.
pub(crate) fn after(moment: Timestamp, seconds: i64) -> Timestamp {
    moment.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// The end of something that began now, pulled back to what is believable.
pub(crate) fn at_most(end: Timestamp, now: Timestamp) -> Timestamp {
    end.min(after(now, LONGEST))
}

/// When a token ends that came together with an ID token of these claims. The ID token can only shorten what the answer
/// says (threat T13). Its own length, `exp` - `iat`, is right even when this computer's clock is not; `exp` itself counts
/// only while it lies ahead.
pub(crate) fn end(claims: &Claims, issued: Timestamp, lifetime: i64) -> Timestamp {
    let own = match (time(claims, "iat"), time(claims, "exp")) {
        (Some(from), Some(to)) => to.checked_sub(from).filter(|seconds| *seconds > 0),
        _ => None,
    };
    let end = after(issued, own.map_or(lifetime, |own| own.min(lifetime)));
    match time(claims, "exp").and_then(|exp| Timestamp::from_second(exp).ok()) {
        Some(exp) if exp > issued => end.min(exp),
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn no_lifetime_is_for_ever_or_over_at_once() {
        // F22
        assert_eq!(believable(0), 300);
        assert_eq!(believable(-1), 300);
        assert_eq!(believable(i32::MIN), 300);
        assert_eq!(believable(3600), 3600);
        assert_eq!(believable(i32::MAX), 2_592_000);
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
            ("{}", 3600),
        ] {
            let end = end(&serde_json::from_str(payload).unwrap(), issued, 3600);
            assert_eq!(end.as_second() - 1_000_000, seconds, "{payload}");
        }
    }
}
