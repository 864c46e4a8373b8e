//! Tokens of the OpenID provider: for a code, for an approval, for a refresh token, and their end.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::asked::{client, error, issuer};
use crate::{
    http::{Answer, Request, find},
    random,
    setup::Rotation,
    world::{Given, Waiting, World, stable_id},
};

/// `POST /idp/token`
pub(crate) fn token(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let form = request.form();
    let client = client(world, request, &form)?.id;
    let text = |name: &str| find(&form, name).unwrap_or_default();
    match text("grant_type") {
        "authorization_code" => by_code(world, &client, &form),
        "urn:ietf:params:oauth:grant-type:device_code" => by_approval(world, &client, text("device_code")),
        "refresh_token" => renewed(world, &client, text("refresh_token")),
        _ => Err(error("unsupported_grant_type", "Grant type is not supported", 400)),
    }
}

fn invalid() -> Answer {
    error("invalid_grant", "The grant is invalid, expired, revoked or used", 400)
}

/// A code is good once (RFC 6749 section 10.5), for whoever can open its challenge (RFC 7636 section 4.6).
fn by_code(world: &mut World, client: &str, form: &[(String, String)]) -> Result<Answer, Answer> {
    let text = |name: &str| find(form, name).unwrap_or_default();
    let code = text("code");
    let waiting = world.idp.codes.get(code).cloned().ok_or_else(invalid)?;
    world.idp.codes.remove(code);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(text("code_verifier")));
    let fits = waiting.client_id == client
        && waiting.redirect_uri == text("redirect_uri")
        && waiting.challenge == challenge
        && world.seconds() < waiting.ends;
    if fits { Ok(signed_in(world, &waiting)) } else { Err(invalid()) }
}

fn by_approval(world: &mut World, client: &str, device_code: &str) -> Result<Answer, Answer> {
    let waiting = world.idp.devices.get(device_code).filter(|waiting| waiting.client_id == client).cloned();
    let waiting = waiting.ok_or_else(invalid)?;
    if world.seconds() >= waiting.ends {
        return Err(error("expired_token", "The device code has expired", 400));
    }
    if !waiting.approved {
        return Err(error("authorization_pending", "The authorization is pending", 400));
    }
    world.idp.devices.remove(device_code);
    Ok(signed_in(world, &waiting))
}

fn signed_in(world: &mut World, waiting: &Waiting) -> Answer {
    let given = Given {
        client_id: waiting.client_id.clone(),
        scopes: waiting.scopes.clone(),
        user: waiting.user.clone(),
        family: random::uuid(),
        ends: world.seconds() + world.setup.lifetimes.session,
        replaced: None,
    };
    let renews = given.scopes.iter().any(|scope| scope == "offline_access");
    let refresh = renews.then(|| kept(world, given.clone()));
    granted(world, &given, waiting.nonce.as_deref(), refresh)
}

/// Whoever shows a token again that was replaced ends the whole family, unless it is forgiven (RFC 9700 section 4.14.2).
fn renewed(world: &mut World, client: &str, token: &str) -> Result<Answer, Answer> {
    let (now, rotation) = (world.seconds(), world.setup.idp.rotation);
    let given = world.idp.refresh.get(token).filter(|given| given.client_id == client && now < given.ends).cloned();
    let given = given.ok_or_else(invalid)?;
    if let Some(at) = given.replaced
        && !matches!(rotation, Rotation::Grace(seconds) if now < at + seconds)
    {
        end_family(world, &given.family);
        return Err(invalid());
    }
    if rotation == Rotation::Off {
        return Ok(granted(world, &given, None, None));
    }
    if let Some(old) = world.idp.refresh.get_mut(token) {
        old.replaced.get_or_insert(now);
    }
    let next = kept(world, Given { replaced: None, ..given.clone() });
    Ok(granted(world, &given, None, Some(next)))
}

/// `POST /idp/revoke`: unknown tokens are fine (RFC 7009 section 2.2).
pub(crate) fn revoke(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let form = request.form();
    let client = client(world, request, &form)?.id;
    let given = world.idp.refresh.get(find(&form, "token").unwrap_or_default());
    if let Some(family) = given.filter(|given| given.client_id == client).map(|given| given.family.clone()) {
        end_family(world, &family);
    }
    Ok(Answer::empty(200))
}

fn kept(world: &mut World, given: Given) -> String {
    let token = random::token(64);
    world.idp.refresh.insert(token.clone(), given);
    token
}

fn end_family(world: &mut World, family: &str) {
    let now = world.seconds();
    world.idp.refresh.values_mut().filter(|given| given.family == family).for_each(|given| given.ends = now);
}

fn granted(world: &World, given: &Given, nonce: Option<&str>, refresh: Option<String>) -> Answer {
    let now = world.seconds();
    let lives = world.setup.lifetimes.access_token.min(given.ends.saturating_sub(now));
    let mut answer = json!({
        "access_token": random::token(43), "token_type": "Bearer", "expires_in": lives, "scope": given.scopes.join(" "),
    });
    if let Some(refresh) = refresh {
        answer["refresh_token"] = refresh.into();
    }
    if given.scopes.iter().any(|scope| scope == "openid") {
        let mut claims = json!({
            "iss": issuer(world), "sub": stable_id("", &given.user), "aud": given.client_id,
            "iat": now, "exp": now + lives, "preferred_username": given.user,
        });
        let user = world.setup.idp.users.iter().find(|user| user.name == given.user);
        if let Some(user) = user.filter(|_| given.scopes.iter().any(|scope| scope == "email")) {
            claims["email"] = user.email.clone().into();
        }
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        answer["id_token"] = world.idp.signer.as_ref().map_or(Value::Null, |signer| signer.sign(&claims).into());
    }
    Answer::json(200, &answer).with("Cache-Control", "no-store")
}
