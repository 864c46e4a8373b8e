//! What a provider says of itself (OpenID Connect Discovery 1.0): one document, believed only where it fits the issuer.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;
use serde_json::Value;
use url::Url;

use super::ISSUER;
use super::desk::{Desk, Object};
use super::place::Place;
use crate::settings::{is_here, web_address};
use crate::wire::unexpected;

const PATH: &str = "/.well-known/openid-configuration";
/// Longer lists of anything say nothing that is needed here.
const MOST: usize = 200;

/// The addresses and habits of one provider.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    pub authorization: Option<Url>,
    pub token: Url,
    pub keys: Option<Url>,
    pub device: Option<Url>,
    pub revocation: Option<Url>,
    pub end_session: Option<Url>,
    /// It says who it is when the browser comes back (RFC 9207 §3).
    pub names_itself: bool,
    pub scopes: Vec<String>,
    /// It takes the client's secret in the body alone.
    pub secret_in_body: bool,
}

/// Session notes: where a refresh token may be sent, and what goes with it. It never follows a document that changed.
const TOKEN: &str = "token-endpoint";
const KEYS: &str = "keys";
const REVOCATION: &str = "revocation-endpoint";
const END_SESSION: &str = "end-session-endpoint";
const IN_BODY: &str = "secret-in-body";

/// Reads it from the provider: one round trip.
pub(super) async fn read(place: &Place, cx: &Cx) -> Result<Provider, ProviderError> {
    let address = format!("{}{PATH}", place.issuer.trim_end_matches('/'));
    let url = web_address(&address).map_err(|why| ProviderError::Setting(crate::settings::malformed(&ISSUER, why)))?;
    let desk = Desk::at(&url, place, cx)?;
    let document = desk.get("what an OpenID provider says of itself").await?;
    understood(&document, place, desk.host()).map_err(|error| desk.explain(error))
}

fn understood(document: &Object, place: &Place, host: &str) -> Result<Provider, ProviderError> {
    let text = |key: &str| document.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let issuer = text("issuer").ok_or_else(|| unexpected(host, "it does not say which issuer it is"))?;
    if !place.is_issuer(issuer) {
        return Err(other_issuer(issuer).into());
    }
    let address = |key: &str| match text(key).map(|text| endpoint(text, place)) {
        None => Ok(None),
        Some(Some(url)) => Ok(Some(url)),
        Some(None) => Err(unexpected(host, &format!("its {key} is no address that anything may be sent to"))),
    };
    let list = |key: &str| -> Vec<String> {
        let values = document.get(key).and_then(Value::as_array).into_iter().flatten().take(MOST);
        values.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    let of_pool =
        |path: &str| place.managed_login(text("authorization_endpoint")).and_then(|domain| domain.join(path).ok());
    let or_of_pool = |found: Option<Url>, path: &str| found.or_else(|| of_pool(path));
    let methods = list("token_endpoint_auth_methods_supported");
    let has = |method: &str| methods.iter().any(|known| known == method);
    let token = or_of_pool(address("token_endpoint")?, "/oauth2/token");
    Ok(Provider {
        authorization: or_of_pool(address("authorization_endpoint")?, "/oauth2/authorize"),
        token: token.ok_or_else(|| unexpected(host, "it names no token_endpoint"))?,
        keys: address("jwks_uri")?,
        device: address("device_authorization_endpoint")?,
        revocation: or_of_pool(address("revocation_endpoint")?, "/oauth2/revoke"),
        end_session: or_of_pool(address("end_session_endpoint")?, "/logout"),
        names_itself: document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
        scopes: list("scopes_supported"),
        secret_in_body: has("client_secret_post") && !has("client_secret_basic"),
    })
}

/// https, or this machine where the issuer is on it too: nothing else gets a token (threat T09).
fn endpoint(text: &str, place: &Place) -> Option<Url> {
    let url = web_address(text).ok()?;
    let fits = url.scheme() == "https" || is_here(&place.issuer_url);
    (fits && url.fragment().is_none()).then_some(url)
}

/// The document is of another issuer than the one that was set. They are compared as the texts they are (OpenID Connect
/// Discovery 1.0 §4.3), so that a slash at the end makes two.
fn other_issuer(theirs: &str) -> BadSetting {
    BadSetting::Malformed {
        key: ISSUER.key.into(),
        why: format!("is not what its server calls itself: that is {:?}", clean(theirs)),
        example: clean(theirs),
    }
}

impl Provider {
    /// As the session remembers it.
    pub fn note(&self, session: &mut Session) {
        let addresses = [
            (TOKEN, Some(&self.token)),
            (KEYS, self.keys.as_ref()),
            (REVOCATION, self.revocation.as_ref()),
            (END_SESSION, self.end_session.as_ref()),
        ];
        for (key, url) in addresses {
            if let Some(url) = url {
                session.notes.insert(key.into(), Secret::new(url.as_str()));
            }
        }
        if self.secret_in_body {
            session.notes.insert(IN_BODY.into(), Secret::new("yes"));
        }
    }

    /// The provider that a session came from.
    pub fn of(session: &Session) -> Option<Self> {
        let url = |key: &str| session.notes.get(key).and_then(|note| Url::parse(note.expose()).ok());
        Some(Provider {
            authorization: None,
            token: url(TOKEN)?,
            keys: url(KEYS),
            device: None,
            revocation: url(REVOCATION),
            end_session: url(END_SESSION),
            names_itself: false,
            scopes: Vec::new(),
            secret_in_body: session.notes.contains_key(IN_BODY),
        })
    }
}
