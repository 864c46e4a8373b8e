//! Where an OpenID provider is spoken to: one address, through the one way out, with what may stand in its answers.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Request, Response};
use keyfob_core::doors::ports::{Clock, HttpError};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::cause::Source;
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::ISSUER;
use super::place::Place;
use crate::settings::host_of;
use crate::wire::{Door, Endpoint, Failure, busy, glimpse, unexpected, words_of};

pub(super) type Object = Map<String, Value>;

/// One of a provider's addresses.
pub(super) struct Desk {
    pub url: Url,
    pub endpoint: Endpoint,
    door: Door,
    clock: Arc<dyn Clock>,
}

impl Desk {
    pub fn at(url: &Url, place: &Place, cx: &Cx) -> Result<Self, ProviderError> {
        // Some tell their tenants apart there (RFC 6749 §3.2; Entra's policies of B2C).
        let mut bare = url.clone();
        bare.set_query(None);
        let given = Endpoint::given(bare.as_str()).map_err(|why| unexpected(&host_of(url), why))?;
        let endpoint = given.from(ISSUER.key, &place.issuer, Source::Settings);
        Ok(Desk { url: url.clone(), door: Door::new(cx, &endpoint), endpoint, clock: cx.clock.clone() })
    }

    pub fn host(&self) -> &str {
        &self.endpoint.host
    }

    /// A document that anybody may read; `what` it is, for errors.
    pub async fn get(&self, what: &str) -> Result<Object, ProviderError> {
        let request = Request::get(self.url.as_str()).header(ACCEPT, "application/json").body(Bytes::new());
        let answer = self.send(request).await.map_err(|error| self.explain(error))?;
        match (answer.status().is_success(), serde_json::from_slice(answer.body())) {
            (true, Ok(Value::Object(object))) => Ok(object),
            (true, _) => Err(unexpected(self.host(), &format!("{} in place of {what}", glimpse(answer.body())))),
            (false, _) => {
                Err(unexpected(self.host(), &format!("status {} in place of {what}", answer.status().as_u16())))
            }
        }
        .map_err(|error| self.explain(error))
    }

    /// A form, as a client that may have a secret sends it (RFC 6749 §2.3.1).
    pub async fn post(&self, form: &[(&str, &str)], place: &Place, secret_in_body: bool) -> Result<Object, Failure> {
        let answer = self.answer(self.form(form, place, secret_in_body)).await.map_err(Failure::Failed)?;
        let object = object(answer.body()).unwrap_or_default();
        match text(&object, "error") {
            Some(code) => Err(self.said(code, text(&object, "error_description").unwrap_or_default())),
            None => Ok(object),
        }
    }

    fn form(&self, form: &[(&str, &str)], place: &Place, secret_in_body: bool) -> http::Result<Request<Bytes>> {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        fields.extend_pairs(form);
        let mut request = Request::post(self.url.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match &place.client_secret {
            Some(secret) if !secret_in_body => request = request.header(AUTHORIZATION, basic(&place.client_id, secret)),
            Some(secret) => {
                fields.append_pair("client_id", &place.client_id).append_pair("client_secret", secret.expose());
            }
            None => {
                fields.append_pair("client_id", &place.client_id);
            }
        }
        request.body(Bytes::from(fields.finish()))
    }

    /// What the provider said when it refused.
    pub fn said(&self, code: &str, words: &str) -> Failure {
        self.endpoint.noticed.refusal(words);
        Failure::Said { status: 400, code: clean(code), message: clean(words) }
    }

    /// Sends a request that may hold secrets, and hands on an answer of the provider itself: a JSON object with what was
    /// asked for, status 200, or one with its `error`, status 400. All else is an error.
    pub async fn answer(&self, request: http::Result<Request<Bytes>>) -> Result<Response<Bytes>, ProviderError> {
        let answer = self.send(request).await?;
        let (status, body) = (answer.status(), answer.body());
        let json = object(body);
        let error = json.as_ref().and_then(|json| text(json, "error")).map(ToOwned::to_owned);
        let host = self.host().to_owned();
        // Some say by their own status what others say by the word alone (Auth0: 429 `slow_down`; Google: 428).
        let pace = ["slow_down", "authorization_pending"];
        if !error.as_deref().is_some_and(|error| pace.contains(&error)) {
            if let Some(busy) = busy::error(status.as_u16(), answer.headers(), &host, self.clock.now()) {
                return Err(busy);
            }
            if status.is_server_error() {
                self.endpoint.noticed.refusal(&words_of(body, None));
                return Err(ProviderError::ServerTrouble { host, status: status.as_u16() });
            }
        }
        match (json, error.is_some(), status.is_success()) {
            // GitHub and its like refuse with status 200.
            (Some(json), true, _) if !json.contains_key("access_token") => Ok(whole(400, &json)),
            (Some(mut json), _, true) => {
                mend(&mut json);
                Ok(whole(200, &json))
            }
            (None, _, true) if body.trim_ascii().is_empty() => Ok(whole(200, &Object::new())),
            (Some(json), false, false) => {
                let message = clean(&words_of(Value::Object(json).to_string().as_bytes(), None));
                Err(ProviderError::Refused { host, code: format!("HTTP {}", status.as_u16()), message })
            }
            _ => Err(unexpected(&host, &format!("status {}, {}", status.as_u16(), glimpse(body)))),
        }
    }

    /// Sends it and stops what no provider said: a page of the network in between, and a way to somewhere else.
    async fn send(&self, request: http::Result<Request<Bytes>>) -> Result<Response<Bytes>, ProviderError> {
        let request = request.map_err(|error| ProviderError::Http(HttpError::Malformed { why: error.to_string() }))?;
        let answer = self.door.send(request).await?;
        let (host, status) = (self.host().to_owned(), answer.status());
        if status.is_redirection() {
            let to = elsewhere(answer.headers(), &self.url);
            return Err(unexpected(&host, &format!("it sends the request on{to}, and nothing is sent on")));
        }
        let page = status.is_success() && answer.body().trim_ascii_start().starts_with(b"<");
        if page || status.as_u16() == 511 {
            return Err(ProviderError::CaptivePortal { host });
        }
        Ok(answer)
    }

    /// An error of this address, with what may be why.
    pub fn explain(&self, error: ProviderError) -> ProviderError {
        self.endpoint.explain(error, |_| Vec::new())
    }
}

fn object(body: &[u8]) -> Option<Object> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn whole(status: u16, json: &Object) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(Value::Object(json.clone()).to_string()));
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    answer
}

/// A host, if the answer names one.
fn elsewhere(headers: &HeaderMap, from: &Url) -> String {
    let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| from.join(to).ok());
    to.map(|to| format!(" to {}", clean(&host_of(&to)))).unwrap_or_default()
}

/// A number that came as text is taken as one, and what is not of its type is left out, as if it had not been told: no
/// lifetime may cost the token beside it (faults F22 and F161).
fn mend(json: &mut Object) {
    json.retain(|_, value| !value.is_null());
    for key in ["expires_in", "interval"] {
        let number = match json.get(key) {
            Some(Value::Number(n)) => n.as_u64().or_else(|| n.as_f64().map(|n| n.max(0.0) as u64)),
            Some(Value::String(text)) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => json.insert(key.into(), number.into()),
            None => json.remove(key),
        };
    }
    if let Some(Value::Array(list)) = json.get("scope") {
        let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        let scope = words.join(" ");
        json.insert("scope".into(), scope.into());
    }
    let texts = ["access_token", "refresh_token", "id_token", "scope", "token_type", "verification_uri_complete"];
    json.retain(|key, value| value.is_string() || !texts.contains(&key.as_str()));
    if json.contains_key("access_token") && !json.contains_key("token_type") {
        json.insert("token_type".into(), "bearer".into());
    }
    if json.contains_key("device_code") && !json.contains_key("expires_in") {
        json.insert("expires_in".into(), 0.into());
    }
    // The name that drafts had; with both of them the answer would be refused as told twice.
    if json.contains_key("verification_uri") {
        json.remove("verification_url");
    }
}

fn basic(id: &str, secret: &Secret) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret.expose()))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    // F161
    #[test]
    fn no_field_that_is_not_of_its_type_costs_the_token_beside_it() {
        for (told, left) in [
            (r#"{"access_token":"a","token_type":"Bearer","expires_in":"3600"}"#, r#""expires_in":3600"#),
            (r#"{"access_token":"a","expires_in":3599.5}"#, r#""expires_in":3599"#),
            (r#"{"access_token":"a","expires_in":-1}"#, r#""expires_in":0"#),
            (r#"{"access_token":"a","scope":["openid","email"]}"#, r#""scope":"openid email""#),
        ] {
            let mut json = object(told.as_bytes()).unwrap();
            mend(&mut json);
            let mended = Value::Object(json).to_string();
            assert!(mended.contains(left) && mended.contains("token_type"), "{told} became {mended}");
        }
        for odd in ["{}", "[7]", "true", "null"] {
            let mut json = object(
                format!(r#"{{"access_token":"a","token_type":{odd},"expires_in":{odd},"id_token":{odd}}}"#).as_bytes(),
            )
            .unwrap();
            mend(&mut json);
            assert_eq!(Value::Object(json).to_string(), r#"{"access_token":"a","token_type":"bearer"}"#, "{odd}");
        }
    }
}
