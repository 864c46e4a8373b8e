//! An OpenID provider under `/idp`: discovery, code with PKCE, device flow, rotation, revocation (OpenID Connect Core 1.0,
//! RFC 6749, 7009, 7636, 8628, 9207). It approves whoever comes, as the first of its people.

mod asked;
mod device;
mod tokens;

use serde_json::{Value, json};

use asked::{SCOPES, issuer, scopes};

use crate::{
    http::{Answer, Request},
    random,
    world::{Waiting, World},
};

use super::page::page as plain_page;

pub(super) use asked::error;
pub(super) use device::device;
pub(super) use tokens::{revoke, token};

/// Seconds that an authorization code lives (RFC 6749 section 4.1.2 allows ten minutes).
const CODE: u64 = 60;

/// `GET /idp/.well-known/openid-configuration`
pub(super) fn discovery(world: &World) -> Answer {
    let issuer = issuer(world);
    let at = |path: &str| format!("{issuer}/{path}");
    Answer::json(
        200,
        &json!({
            "issuer": issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "jwks_uri": at("keys"),
            "device_authorization_endpoint": at("device"),
            "revocation_endpoint": at("revoke"),
            "end_session_endpoint": at("logout"),
            "authorization_response_iss_parameter_supported": true,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "scopes_supported": SCOPES,
        }),
    )
}

/// `GET /idp/keys`
pub(super) fn keys(world: &World) -> Answer {
    let keys: Vec<Value> = world.idp.signer.iter().map(crate::world::Signer::public).collect();
    Answer::json(200, &json!({ "keys": keys }))
}

/// `GET /idp/authorize`: on to where the browser came from, with a code or an error. What is wrong about client or
/// address is told here, because it must not be followed (RFC 6749 section 4.1.2.1).
pub(super) fn authorize(world: &mut World, request: &Request) -> Answer {
    let asked = |name: &str| request.query(name).unwrap_or_default().to_owned();
    let back = asked("redirect_uri");
    let known = world.setup.idp.client(&asked("client_id")).is_some();
    if !known || !is_on_this_computer(&back) {
        return plain_page(400, "Not known here", "<p>This client, or where it wants the answer, is not known.</p>");
    }
    let go = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        let mark = if back.contains('?') { '&' } else { '?' };
        Answer::empty(303).with("Location", format!("{back}{mark}{}", query.join("&")))
    };
    let (state, issuer) = (asked("state"), issuer(world));
    let refused = |kind: &str| go(&[("error", kind), ("state", &state), ("iss", &issuer)]);
    if asked("response_type") != "code" {
        return refused("unsupported_response_type");
    }
    if asked("code_challenge_method") != "S256" || asked("code_challenge").is_empty() {
        return refused("invalid_request");
    }
    let Some(scopes) = scopes(&asked("scope")) else { return refused("invalid_scope") };
    let Some(user) = world.setup.idp.users.first().map(|user| user.name.clone()) else {
        return refused("access_denied");
    };
    let code = random::token(43);
    let waiting = Waiting {
        client_id: asked("client_id"),
        scopes,
        user,
        nonce: Some(asked("nonce")).filter(|nonce| !nonce.is_empty()),
        redirect_uri: back.clone(),
        challenge: asked("code_challenge"),
        approved: true,
        ends: world.seconds() + CODE,
        ..Waiting::default()
    };
    world.idp.codes.insert(code.clone(), waiting);
    go(&[("code", &code), ("state", &state), ("iss", &issuer)])
}

/// `GET /idp/activate`, where a code is approved by whoever opens it, and `GET /idp/logout`.
pub(super) fn page(world: &mut World, request: &Request) -> Answer {
    if !request.is_for(&world.url) {
        return plain_page(403, "Not from here", "<p>This page only answers to its own address.</p>");
    }
    if request.path == "/idp/logout" {
        return plain_page(200, "Logged out", "<p>You are logged out here. You can close this tab.</p>");
    }
    let code = request.query("user_code").unwrap_or_default();
    match world.idp.devices.values_mut().find(|waiting| waiting.user_code == code) {
        Some(waiting) => {
            waiting.approved = true;
            plain_page(200, "Approved", "<p>You are signed in. You can close this tab.</p>")
        }
        None => plain_page(404, "That did not work", "<p role=\"alert\">This code is not known here.</p>"),
    }
}

/// Any port of this computer will do (RFC 8252 section 7.3).
fn is_on_this_computer(url: &str) -> bool {
    ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].iter().any(|start| url.starts_with(start))
}

fn encoded(text: &str) -> String {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if fits(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
