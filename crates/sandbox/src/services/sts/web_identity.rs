//! `Action=AssumeRoleWithWebIdentity`: a role for the ID token of an issuer that its trust policy names. Nobody signs the
//! request, and the token's own signature is left to those who test with a real issuer.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{
    assumed, error,
    trust::{self, Asked, need},
};
use crate::{
    http::{Answer, Request},
    world::World,
};

pub(crate) fn assume_role_with_web_identity(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let asked = Asked::of(request)?;
    let token = need(&asked.form, "WebIdentityToken")?;
    let invalid = |why: &str| error("InvalidIdentityToken", why, 400);
    let claims = claims(&token).ok_or_else(|| invalid("The ID Token provided is not a valid JWT."))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if claims.get("exp").and_then(Value::as_u64).is_none_or(|end| end <= world.seconds()) {
        return Err(error("ExpiredTokenException", "Token expired: the current time is after its end", 400));
    }
    let denied = || error("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403);
    let (account, role, trust) = trust::of(world, &asked.arn).ok_or_else(denied)?;
    match trust.issuer.as_deref() {
        None => return Err(denied()),
        Some(issuer) if issuer != text("iss") => {
            return Err(invalid("No OpenIDConnect provider found in your account"));
        }
        Some(_) => {}
    }
    let seconds = asked.seconds(&trust, false)?;
    Ok(assumed(world, "AssumeRoleWithWebIdentity", &asked, (&account, &role), &text("sub"), seconds))
}

fn claims(token: &str) -> Option<Value> {
    let [_, body, _] = token.split('.').collect::<Vec<_>>()[..] else { return None };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}
