//! How long a token is believed to live: never for ever, whatever a server says.

use jiff::{SignedDuration, Timestamp};

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

#[cfg(test)]
mod tests {
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
}
