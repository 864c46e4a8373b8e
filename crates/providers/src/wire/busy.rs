//! Answers by which a server asks to be asked less often, in the words of every service.

use std::time::Duration;

use http::HeaderMap;
use jiff::{Timestamp, fmt::rfc2822};
use keyfob_core::doors::provider::ProviderError;
use serde_json::Value;

/// The exceptions that stand for it ("Retry behavior", AWS SDKs and Tools reference guide).
const EXCEPTIONS: &[&str] = &[
    "TooManyRequestsException",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "SlowDown",
];

/// Whether an answer with this status and exception is one, where the name of the exception is known.
pub(super) fn is(status: u16, exception: &str, has_retry_after: bool) -> bool {
    status == 429 || (status == 503 && has_retry_after) || EXCEPTIONS.contains(&exception)
}

/// What a server asks for by its answer, if it does: to slow down, and perhaps to be left alone for a while.
pub(super) fn of(status: u16, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Option<Option<Duration>> {
    if status < 400 {
        return None;
    }
    let header = |name: &str| headers.get(name).and_then(|text| text.to_str().ok());
    let after = header("retry-after");
    let is = is(status, header("x-amzn-errortype").map(plain).unwrap_or_default(), after.is_some())
        || serde_json::from_slice::<Value>(body).is_ok_and(|body| {
            let kind = body.get("__type").or_else(|| body.get("code")).and_then(Value::as_str);
            EXCEPTIONS.contains(&kind.map(plain).unwrap_or_default())
        });
    is.then(|| after.and_then(|text| seconds_of(text, now)).map(|seconds| Duration::from_secs(seconds.into())))
}

/// The error of an answer that asks to be asked less, by a service that names no exceptions.
pub(crate) fn error(status: u16, headers: &HeaderMap, host: &str, now: Timestamp) -> Option<ProviderError> {
    let after = headers.get("retry-after");
    let retry_after = after.and_then(|text| text.to_str().ok()).and_then(|text| seconds_of(text, now));
    is(status, "", after.is_some()).then(|| ProviderError::Throttled { host: host.to_owned(), retry_after })
}

/// `namespace#Name:http://…` is the name of an exception too (AWS JSON protocol).
fn plain(kind: &str) -> &str {
    let kind = kind.rsplit_once('#').map_or(kind, |(_, name)| name);
    kind.split(':').next().unwrap_or(kind)
}

/// `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), held between 1 s and 10 min (F13).
pub(super) fn seconds_of(text: &str, now: Timestamp) -> Option<u32> {
    let text = text.trim();
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?.duration_since(now).as_secs(),
    };
    u32::try_from(seconds.clamp(1, 600)).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_or_date_and_held_in_bounds() {
        // F13
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        for (text, seconds) in [
            ("0", Some(1)),
            ("7", Some(7)),
            ("3600", Some(600)),
            ("-5", Some(1)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sun, 06 Nov 1994 07:49:37 GMT", Some(1)),
            ("soon", None),
            ("", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(seconds_of(text, now), seconds, "{text:?}");
        }
    }

    #[test]
    fn every_way_of_asking_to_slow_down_is_heard_and_nothing_else_is_taken_for_one() {
        // F240
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        let heard = |status, headers: &[(&'static str, &str)], body: &str| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            of(status, &headers.collect::<HeaderMap>(), body.as_bytes(), now)
        };
        let (asked, rest) = (Some(None), |seconds| Some(Some(Duration::from_secs(seconds))));
        assert_eq!(heard(429, &[], ""), asked);
        assert_eq!(heard(429, &[("retry-after", "7")], "<html>"), rest(7));
        assert_eq!(heard(429, &[("retry-after", "soon")], ""), asked);
        assert_eq!(heard(503, &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], ""), rest(37));
        assert_eq!(heard(400, &[], r#"{"__type":"TooManyRequestsException"}"#), asked);
        assert_eq!(heard(400, &[], r#"{"__type":"com.amazonaws.switchboard#ThrottlingException"}"#), asked);
        assert_eq!(heard(400, &[("x-amzn-errortype", "ThrottlingException:http://aws/")], "{}"), asked);
        for (status, body) in [
            (503, ""),
            (500, "{}"),
            (400, r#"{"__type":"LimitExceededException"}"#),
            (400, r#"{"error":"slow_down"}"#),
            (400, r#"{"__type":7}"#),
            (200, r#"{"__type":"TooManyRequestsException"}"#),
        ] {
            assert_eq!(heard(status, &[], body), None, "{status} {body}");
        }
    }
}
