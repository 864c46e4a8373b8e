//! The HTTP door: carries an SDK's requests over the port, and stops answers that no AWS service gave.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{Request, Response};
use keyfob_core::doors::pace::{Paces, Rest};
use keyfob_core::doors::ports::{Clock, Http, HttpError};
use keyfob_core::doors::provider::{Cx, ProviderError};
use serde_json::Value;

use super::noticed::Noticed;
use super::{Endpoint, busy};

/// A client's way out over the HTTP port, and as such the SDKs' HTTP client. It keeps to the pace of the server, with
/// each try of each client, and follows no redirect: what is sent holds secrets (threat T09).
#[derive(Debug, Clone)]
pub(crate) struct Door {
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    /// What errors call the host.
    host: String,
    noticed: Noticed,
    paces: Paces,
}

impl Door {
    pub fn new(cx: &Cx, endpoint: &Endpoint) -> Self {
        let (http, clock) = (Arc::clone(&cx.http), Arc::clone(&cx.clock));
        let (host, noticed, paces) = (endpoint.host.clone(), endpoint.noticed.clone(), cx.paces.clone());
        Door { http, clock, host, noticed, paces }
    }

    /// Sends it when the server bears another request, and learns from the answer when that will be.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ProviderError> {
        let at = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let turn = self.paces.turn(&at, &*self.clock).await.map_err(|Rest(left)| {
            let retry_after = u32::try_from(left.as_secs()).ok();
            ProviderError::Throttled { host: self.host.clone(), retry_after }
        })?;
        let asked = self.clock.now();
        let answer = self.http.send(request).await.map_err(|error| named(error, &self.host))?;
        let now = self.clock.now();
        self.noticed.answer(answer.headers(), asked, now);
        match busy::of(answer.status().as_u16(), answer.headers(), answer.body(), now) {
            Some(rest) => turn.refused(rest, now),
            None if answer.status().is_server_error() => {}
            None => turn.answered(),
        }
        Ok(answer)
    }
}

impl HttpClient for Door {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Door {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let door = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = door.send(plain(request).map_err(refuse)?).await.map_err(|error| match error {
                // The SDK may ask again at once after a break. It must not when nothing can be reached, or a
                // person would wait three times as long to be told.
                error @ ProviderError::Http(HttpError::Cut { .. }) => ConnectorError::io(Box::new(error)),
                error => refuse(error),
            })?;
            let host = door.host;
            if is_somebody_elses(&answer) {
                return Err(refuse(ProviderError::CaptivePortal { host }));
            }
            HttpResponse::try_from(readable(answer).map(SdkBody::from))
                .map_err(|error| refuse(ProviderError::Unexpected { host, what: error.to_string() }))
        })
    }
}

/// The error with the host as a person knows it: with the variable that led there.
fn named(error: HttpError, host: &str) -> HttpError {
    use HttpError as E;
    let host = host.to_owned();
    match error {
        E::Dns { .. } => E::Dns { host },
        E::Connect { why, .. } => E::Connect { host, why },
        E::TimedOut { .. } => E::TimedOut { host },
        E::Tls { why, .. } => E::Tls { host, why },
        E::Cut { .. } => E::Cut { host },
        E::TooLarge { .. } => E::TooLarge { host },
        E::Proxy { .. } | E::Unusable { .. } | E::Malformed { .. } => error,
    }
}

/// Wraps an error so that the SDK hands it through untouched and does not try again.
fn refuse(error: ProviderError) -> ConnectorError {
    ConnectorError::other(Box::new(error), None)
}

fn plain(request: HttpRequest) -> Result<Request<Bytes>, ProviderError> {
    let malformed = |why: String| ProviderError::Http(HttpError::Malformed { why });
    let request = request.try_into_http1x().map_err(|error| malformed(error.to_string()))?;
    let (parts, body) = request.into_parts();
    let body = body.bytes().map(Bytes::copy_from_slice).ok_or_else(|| malformed("its body is a stream".into()))?;
    Ok(Request::from_parts(parts, body))
}

/// A redirect, a "network authentication required" (RFC 6585 §6) or a web page in place of data comes from
/// the network in between. Every answer of AWS bears a request id, so a page with one is its own.
fn is_somebody_elses(answer: &Response<Bytes>) -> bool {
    let status = answer.status();
    let page = status.is_success()
        && answer.body().trim_ascii_start().starts_with(b"<")
        && !answer.headers().contains_key("x-amzn-requestid");
    status.is_redirection() || status.as_u16() == 511 || page
}

/// The SDKs drop a whole answer when a lifetime in it is not a 32-bit number, or any other field is not of its type, and
/// a rotated refresh token would be lost with it. Such a field is left out instead, as if it had not been told (F161).
fn readable(answer: Response<Bytes>) -> Response<Bytes> {
    if !answer.status().is_success() {
        return answer;
    }
    let Ok(mut json) = serde_json::from_slice::<Value>(answer.body()) else { return answer };
    let mut changed = false;
    for place in ["", "/AuthenticationResult"] {
        let Some(fields) = json.pointer_mut(place).and_then(Value::as_object_mut) else { continue };
        let before = fields.len();
        fields.retain(|key, value| value.is_null() || is_of_its_type(key, value));
        changed |= fields.len() < before;
    }
    if changed { answer.map(|_| Bytes::from(json.to_string())) } else { answer }
}

/// Whether a field that can stand in the answer with a token, or beside it, is what the service's reference says.
fn is_of_its_type(key: &str, value: &Value) -> bool {
    let is_text = |value: &Value| value.is_string() || value.is_null();
    let texts = |value: &Value| value.as_object().is_some_and(|fields| fields.values().all(is_text));
    match key {
        "expiresIn" | "ExpiresIn" | "interval" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        // The sign-in service gives keys in the place of a token.
        "accessToken" => value.is_string() || (value.get("accessKeyId").is_some() && texts(value)),
        "refreshToken" | "idToken" | "tokenType" => value.is_string(),
        "AccessToken" | "RefreshToken" | "IdToken" | "TokenType" | "ChallengeName" | "Session" => value.is_string(),
        "AvailableChallenges" => value.as_array().is_some_and(|names| names.iter().all(is_text)),
        "ChallengeParameters" | "NewDeviceMetadata" => texts(value),
        "AuthenticationResult" => value.is_object(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
    }

    #[test]
    fn a_lifetime_that_is_no_number_does_not_cost_the_token_beside_it() {
        // F22
        for odd in ["\"3600\"", "1e30", "9223372036854775808", "3600.5", "true", "[]"] {
            let kept = readable(answer(200, &format!(r#"{{"refreshToken":"r","expiresIn":{odd}}}"#)));
            assert_eq!(kept.body(), r#"{"refreshToken":"r"}"#, "{odd}");
            let kept = readable(answer(200, &format!(r#"{{"AuthenticationResult":{{"ExpiresIn":{odd}}}}}"#)));
            assert_eq!(kept.body(), r#"{"AuthenticationResult":{}}"#, "{odd}");
        }
        let good = r#"{"expiresIn":3600, "interval": -1}"#;
        assert_eq!(readable(answer(200, good)).body(), good);
    }

    #[test]
    fn no_field_that_is_not_of_its_type_costs_the_token_beside_it() {
        // F161
        for odd in ["7", "[]", "{\"DeviceKey\":7}", "true"] {
            for key in ["RefreshToken", "IdToken", "TokenType", "NewDeviceMetadata"] {
                let body = format!(r#"{{"AuthenticationResult":{{"AccessToken":"a","{key}":{odd}}}}}"#);
                let kept = readable(answer(200, &body));
                assert_eq!(kept.body(), r#"{"AuthenticationResult":{"AccessToken":"a"}}"#, "{key} {odd}");
            }
            for key in ["refreshToken", "idToken", "tokenType", "ChallengeName", "Session", "ChallengeParameters"] {
                let kept = readable(answer(200, &format!(r#"{{"accessToken":"a","{key}":{odd}}}"#)));
                assert_eq!(kept.body(), r#"{"accessToken":"a"}"#, "{key} {odd}");
            }
        }
        let kept = readable(answer(200, r#"{"accessToken":{"accessKeyId":7},"refreshToken":"r"}"#));
        assert_eq!(kept.body(), r#"{"refreshToken":"r"}"#);
        let keys = r#"{"accessToken":{"accessKeyId":"ASIA","secretAccessKey":"s"}, "tokenType":"aws_sigv4"}"#;
        assert_eq!(readable(answer(200, keys)).body(), keys);
        let good = r#"{"AuthenticationResult":{"NewDeviceMetadata":{"DeviceKey":"d"}}, "Session":null}"#;
        assert_eq!(readable(answer(200, good)).body(), good);
    }

    #[test]
    fn a_page_of_the_network_is_told_from_an_answer() {
        // F05
        for (status, body) in [(200, " <html>"), (302, ""), (307, "{}"), (511, "{}")] {
            assert!(is_somebody_elses(&answer(status, body)), "{status} {body}");
        }
        for (status, body) in [(200, "{}"), (200, ""), (400, "<html>"), (503, "<html>")] {
            assert!(!is_somebody_elses(&answer(status, body)), "{status} {body}");
        }
    }
}
