//! What a request that failed means: the one place where SDK errors and HTTP statuses become ours.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use jiff::Timestamp;
use keyfob_core::doors::ports::{HttpError, NoAnswer};
use keyfob_core::doors::provider::ProviderError;
use serde_json::Value;

use super::{Endpoint, busy};

/// The error of an SDK call; `E` is the operation's own.
pub(crate) type SdkFailure<E> = SdkError<E, HttpResponse>;

/// Why a request did not lead to what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The service itself refused, in its own words; `code` is the name of its exception.
    Said { status: u16, code: String, message: String },
    /// No answer, or none of the service itself.
    Failed(ProviderError),
}

impl From<NoAnswer> for Failure {
    fn from(no: NoAnswer) -> Self {
        Failure::Failed(no.into())
    }
}

impl Failure {
    /// Reads the error of an SDK call to that place; `now` is for dates in `Retry-After`.
    pub fn of<E>(error: &SdkFailure<E>, endpoint: &Endpoint, now: Timestamp) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let host = endpoint.host.as_str();
        if let SdkError::DispatchFailure(failure) = error {
            return Failure::Failed(
                failure
                    .as_connector_error()
                    .and_then(|error| error.source())
                    .and_then(|source| source.downcast_ref::<ProviderError>())
                    .cloned()
                    .unwrap_or_else(|| unexpected(host, "the connection failed without a reason")),
            );
        }
        let Some(raw) = error.raw_response() else {
            return Failure::Failed(match error {
                SdkError::TimeoutError(_) => ProviderError::Http(HttpError::TimedOut { host: host.into() }),
                other => ProviderError::Http(HttpError::Malformed { why: other.to_string() }),
            });
        };
        let status = raw.status().as_u16();
        let body = raw.body().bytes().unwrap_or_default();
        let code = error.code().unwrap_or_default();
        let message = words_of(body, error.message());
        endpoint.noticed.refusal(&message);
        let after = raw.headers().get("retry-after");
        if busy::is(status, code, after.is_some()) {
            let retry_after = after.and_then(|text| busy::seconds_of(text, now));
            return Failure::Failed(ProviderError::Throttled { host: host.into(), retry_after });
        }
        if status >= 500 {
            return Failure::Failed(ProviderError::ServerTrouble { host: host.into(), status });
        }
        if !(400..500).contains(&status) || (code.is_empty() && !is_object(body)) {
            return Failure::Failed(unexpected(host, &format!("status {status}, {}", glimpse(body))));
        }
        Failure::Said {
            status,
            code: if code.is_empty() { format!("HTTP {status}") } else { code.to_owned() },
            message,
        }
    }

    /// The error where nothing better is known about the refusal.
    pub fn or_refused(self, host: &str) -> ProviderError {
        match self {
            Failure::Failed(error) => error,
            Failure::Said { code, message, .. } => ProviderError::Refused { host: host.into(), code, message },
        }
    }

    /// The name of the exception, if the service itself refused.
    pub fn code(&self) -> &str {
        match self {
            Failure::Said { code, .. } => code,
            Failure::Failed(_) => "",
        }
    }
}

pub(crate) fn unexpected(host: &str, what: &str) -> ProviderError {
    ProviderError::Unexpected { host: host.into(), what: what.into() }
}

/// What a service says when it refuses. The SDKs read `message` alone, and the OIDC service says it elsewhere (RFC 6749
/// §5.2; aws-cli#7129).
pub(crate) fn words_of(body: &[u8], message: Option<&str>) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |key: &str| json.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let message = message.or_else(|| ["message", "Message", "errorMessage"].into_iter().find_map(text));
    match (message.filter(|text| !text.is_empty()), text("error_description"), text("error")) {
        (Some(message), ..) => message.to_owned(),
        (None, Some(description), Some(error)) => format!("{description} ({error})"),
        (None, Some(one), None) | (None, None, Some(one)) => one.to_owned(),
        (None, None, None) => String::new(),
    }
}

fn is_object(body: &[u8]) -> bool {
    matches!(serde_json::from_slice(body), Ok(Value::Object(_)))
}

/// The beginning of an answer that is no data. Broken data is never quoted: a token could be in it (F32).
pub(crate) fn glimpse(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..400).unwrap_or(body));
    let text = text.trim();
    if text.is_empty() {
        return "an empty answer".into();
    }
    if !text.starts_with('<') {
        return "an answer that cannot be read".into();
    }
    let shown: String = text.chars().filter(|c| *c == ' ' || c.is_ascii_graphic()).take(80).collect();
    format!("a page that begins with {shown}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    // F190
    #[test]
    fn the_words_of_a_refusal_are_found_wherever_a_service_puts_them() {
        for (body, told, words) in [
            (
                r#"{"error":"invalid_request","error_description":"Invalid start url provided"}"#,
                None,
                "Invalid start url provided (invalid_request)",
            ),
            (r#"{"error":"invalid_request"}"#, None, "invalid_request"),
            (r#"{"error_description":"no"}"#, None, "no"),
            (r#"{"message":"a","error":"b"}"#, Some("a"), "a"),
            (r#"{"Message":"WAF"}"#, None, "WAF"),
            (r#"{"message":"","error_description":"c"}"#, Some(""), "c"),
            (r#"{"error":{"code":7},"error_description":["x"]}"#, None, ""),
            ("<html>", None, ""),
        ] {
            assert_eq!(words_of(body.as_bytes(), told), words, "{body}");
        }
    }

    #[test]
    fn broken_data_is_not_quoted_but_a_page_is() {
        // F32
        assert_eq!(glimpse(b"{\"accessToken\":\"secr"), "an answer that cannot be read");
        assert_eq!(glimpse(b" \n"), "an empty answer");
        assert_eq!(glimpse("<h1>\u{1b}Sorry\u{202e}</h1>".as_bytes()), "a page that begins with <h1>Sorry</h1>");
        assert!(glimpse("<".repeat(5000).as_bytes()).len() < 110);
    }
}
