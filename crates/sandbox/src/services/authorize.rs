//! The authorization code with PKCE (RFC 6749 §4.1, RFC 7636): the page where a person lets a program in, the way back to
//! that program, and the code that it trades (CreateToken, API version 2019-06-10).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{
    oidc::{asked, error, granted, required},
    page::{escape, leading_to, not_from_here, page, people},
};
use crate::{
    http::{Answer, Request, find},
    random,
    world::{AuthCode, Registration, SignIn, World},
};

/// How long a code can be traded.
const CODE_LIVES: u64 = 300;
/// An S256 challenge: 32 bytes in base64url (RFC 7636 §4.2).
const CHALLENGE: usize = 43;

/// `GET /authorize?…`, `POST /authorize/approve`, `POST /authorize/refuse`.
pub(super) fn answer(world: &mut World, request: &Request) -> Answer {
    if let Some(refusal) = not_from_here(world, request) {
        return refusal;
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET" | "HEAD", "/authorize") => match sign_in(world, request) {
            Ok(sign_in) => ask(world, sign_in),
            // A program that is not known is sent nothing (RFC 6749 §4.1.2.1).
            Err(why) => page(400, "That did not work", &format!("<p role=\"alert\">{why}</p>")),
        },
        ("POST", "/authorize/approve") => decide(world, request, true),
        ("POST", "/authorize/refuse") => decide(world, request, false),
        _ => page(404, "Nothing here", ""),
    }
}

/// What a program asks for, if it may.
fn sign_in(world: &World, request: &Request) -> Result<SignIn, &'static str> {
    let asked = |name: &str| request.query(name).filter(|text| !text.is_empty());
    let client_id = asked("client_id").ok_or("client_id is missing.")?;
    let now = world.seconds();
    let client = world.registrations.get(client_id).filter(|client| now < client.ends);
    let client = client.ok_or("The program is not known here.")?;
    let redirect_uri = asked("redirect_uri").filter(|uri| may_return_to(client, uri));
    let redirect_uri = redirect_uri.ok_or("The program may not be returned to there.")?.to_owned();
    let start_url = client.issuer.as_deref().and_then(|issuer| world.portal(issuer));
    let start_url = world.start_url(start_url.ok_or("There is no such directory.")?);
    if asked("response_type") != Some("code") || asked("code_challenge_method") != Some("S256") {
        return Err("Only a code with an S256 challenge is given.");
    }
    let challenge = asked("code_challenge").filter(|text| text.len() == CHALLENGE);
    let challenge = challenge.ok_or("The challenge is not one of S256.")?.to_owned();
    let (client_id, client_name) = (client_id.to_owned(), client.name.clone());
    Ok(SignIn { client_id, client_name, start_url, redirect_uri, state: asked("state").map(Into::into), challenge })
}

/// As registered; on this computer the port may be another one (RFC 8252 §7.3).
fn may_return_to(client: &Registration, uri: &str) -> bool {
    let without_port = |uri: &str| -> String {
        let Some((host, path)) = uri.strip_prefix("http://").and_then(|rest| rest.split_once('/')) else {
            return uri.to_owned();
        };
        let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
        let is_port = port.bytes().all(|b| b.is_ascii_digit());
        if ["127.0.0.1", "[::1]"].contains(&name) && is_port { format!("http://{name}/{path}") } else { uri.to_owned() }
    };
    client.redirects.iter().any(|known| without_port(known) == without_port(uri))
}

fn ask(world: &mut World, sign_in: SignIn) -> Answer {
    let first = world.portal(&sign_in.start_url).and_then(|portal| portal.users.first()).map(|user| user.name.clone());
    if let (Some(user), 1..) = (first, world.approvals_in_advance) {
        world.approvals_in_advance -= 1;
        return let_in(world, sign_in, user);
    }
    let id = random::token(22);
    let body = format!(
        "<p><strong>{}</strong> on this computer asks to sign in to <strong>{}</strong>.</p>\
         <form method=\"post\"><input type=\"hidden\" name=\"id\" value=\"{id}\">{}<div class=\"buttons\">\
         <button formaction=\"/authorize/approve\" class=\"yes\">Approve</button>\
         <button formaction=\"/authorize/refuse\">Refuse</button></div></form>",
        escape(&sign_in.client_name),
        escape(&sign_in.start_url),
        people(world, &sign_in.start_url),
    );
    let way_back = sign_in.redirect_uri.split('/').take(3).collect::<Vec<_>>().join("/");
    world.sign_ins.insert(id, sign_in);
    // The browser follows the answer to the form back to the program, and asks whether the page allows that.
    leading_to(&way_back, page(200, "Approve this sign-in?", &body))
}

fn decide(world: &mut World, request: &Request, yes: bool) -> Answer {
    let form = request.form();
    let Some(sign_in) = find(&form, "id").and_then(|id| world.sign_ins.remove(id)) else {
        return page(410, "That did not work", "<p role=\"alert\">This sign-in was decided already.</p>");
    };
    if !yes {
        return back(&sign_in, &[("error", "access_denied"), ("error_description", "The person refused the request")]);
    }
    let users = world.portal(&sign_in.start_url).map(|portal| portal.users.as_slice()).unwrap_or_default();
    let wanted = find(&form, "user").filter(|user| !user.is_empty());
    match users.iter().find(|known| wanted.is_none_or(|wanted| wanted == known.name)).map(|user| user.name.clone()) {
        Some(user) => let_in(world, sign_in, user),
        None => page(410, "That did not work", "<p role=\"alert\">There is nobody with this name.</p>"),
    }
}

fn let_in(world: &mut World, sign_in: SignIn, user: String) -> Answer {
    let code = random::token(400);
    let answer = back(&sign_in, &[("code", &code)]);
    let SignIn { client_id, start_url, redirect_uri, challenge, .. } = sign_in;
    let ends = world.seconds() + CODE_LIVES;
    world.codes.insert(code, AuthCode { client_id, start_url, redirect_uri, challenge, user, ends });
    answer
}

fn back(sign_in: &SignIn, parameters: &[(&str, &str)]) -> Answer {
    let state = sign_in.state.as_deref().map(|state| ("state", state));
    let query: Vec<String> =
        parameters.iter().copied().chain(state).map(|(key, value)| format!("{key}={}", encoded(value))).collect();
    let mark = if sign_in.redirect_uri.contains('?') { '&' } else { '?' };
    Answer::empty(303).with("Location", format!("{}{mark}{}", sign_in.redirect_uri, query.join("&")))
}

/// `POST /token` with an authorization code, which is good for one try, whatever comes of it.
pub(super) fn trade(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let invalid = |what: &str| error("InvalidGrantException", what, 400);
    let body = asked(world, request)?;
    let client_id = required(&body, "clientId")?;
    let (verifier, redirect_uri) = (required(&body, "codeVerifier")?, required(&body, "redirectUri")?);
    let code = world.codes.remove(required(&body, "code")?).filter(|code| code.client_id == client_id);
    let now = world.seconds();
    let code = code.filter(|code| now < code.ends).ok_or_else(|| invalid("Invalid authorization code provided"))?;
    if code.redirect_uri != redirect_uri {
        return Err(invalid("The redirect URI is not the one of the authorization"));
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != code.challenge {
        return Err(invalid("The code verifier does not fit the challenge"));
    }
    Ok(granted(world, client_id, code.start_url, code.user))
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(redirect: &str) -> Registration {
        let (redirects, issuer) = (vec![redirect.to_owned()], None);
        let (secret, name, grants) = (String::new(), String::new(), Vec::new());
        Registration { secret, name, renewable: true, ends: 0, redirects, issuer, grants }
    }

    #[test]
    fn only_the_port_may_differ_from_what_was_registered_and_only_on_this_computer() {
        let known = client("http://127.0.0.1/oauth/callback");
        assert!(may_return_to(&known, "http://127.0.0.1:8765/oauth/callback"));
        for bad in [
            "http://127.0.0.1:8765/other",
            "http://localhost:8765/oauth/callback",
            "http://127.0.0.1.evil.test/oauth/callback",
            "http://127.0.0.1:80@evil.test/oauth/callback",
            "https://127.0.0.1:8765/oauth/callback",
        ] {
            assert!(!may_return_to(&known, bad), "{bad}");
        }
        let elsewhere = client("https://app.test/cb");
        assert!(
            may_return_to(&elsewhere, "https://app.test/cb") && !may_return_to(&elsewhere, "https://app.test:8/cb")
        );
    }
}
