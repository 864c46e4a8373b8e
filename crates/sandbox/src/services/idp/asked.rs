//! What the requests to the OpenID provider have in common: who asks, for what, and how a refusal is worded.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    http::{Answer, Request, find},
    setup::IdpClient,
    world::World,
};

pub(super) const SCOPES: [&str; 4] = ["openid", "email", "profile", "offline_access"];

/// RFC 6749 section 5.2
pub(crate) fn error(kind: &str, description: &str, status: u16) -> Answer {
    Answer::json(status, &json!({ "error": kind, "error_description": description }))
}

pub(super) fn issuer(world: &World) -> String {
    format!("{}/idp", world.url)
}

/// The known scopes of a list with blanks between; `None` when one is not known.
pub(super) fn scopes(text: &str) -> Option<Vec<String>> {
    let all: Vec<String> = text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    all.iter().all(|scope| SCOPES.contains(&scope.as_str())).then_some(all)
}

/// The client that sends a form, by its secret where it has one (RFC 6749 section 2.3.1).
pub(super) fn client(world: &World, request: &Request, form: &[(String, String)]) -> Result<IdpClient, Answer> {
    let basic = request.header("authorization").and_then(|value| value.strip_prefix("Basic "));
    let basic = basic.and_then(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok());
    let basic = basic.as_deref().and_then(|text| text.split_once(':'));
    let (id, secret) = match basic {
        Some((id, secret)) => (id, Some(secret)),
        None => (find(form, "client_id").unwrap_or_default(), find(form, "client_secret")),
    };
    let known = world.setup.idp.client(id).filter(|client| client.secret.as_deref() == secret);
    known.cloned().ok_or_else(|| error("invalid_client", "Client authentication failed", 401))
}
