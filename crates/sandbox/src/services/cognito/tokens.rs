//! Cognito's tokens: minting them, renewing them by both operations, revoking them.
//!
//! Identity and access tokens are JWTs with `alg` HS256, signed with the public key [`SIGNING_KEY`]: anybody can make
//! them, and no relying party should accept them. Refresh tokens are opaque and as long as the real ones.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    answers::{answer, error, invalid, refused},
    asked::{Asked, client, object, secret_hash},
};
use crate::{
    http::{Answer, Request},
    mac::hmac_sha256,
    random,
    setup::{Pool, PoolClient, Rotation},
    world::{PoolRefresh, World},
};

/// The HS256 key of every token the sandbox signs.
pub(crate) const SIGNING_KEY: &[u8] = b"keyfob-sandbox-signs-with-a-public-key";

/// First set of tokens after a login.
pub(super) fn signed_in(world: &mut World, pool: &Pool, client: &PoolClient, user: &str) -> Answer {
    let now = world.seconds();
    let refresh = PoolRefresh {
        client_id: client.id.clone(),
        user: user.to_owned(),
        family: random::uuid(),
        ends: now + world.setup.lifetimes.pool_refresh,
        signed_in: now,
        replaced: None,
        revoked: false,
    };
    let token = refresh_token();
    let mut body = result(world, pool, client, &refresh, Some(&token));
    body["ChallengeParameters"] = json!({});
    world.pool_refresh.insert(token, refresh);
    answer(200, &body)
}

/// `InitiateAuth` with `REFRESH_TOKEN_AUTH`: new tokens without a refresh token. Refused when rotation is on, because
/// AWS lets a client have only one of the two.
pub(super) fn refresh_auth(
    world: &mut World,
    pool: &Pool,
    client: &PoolClient,
    asked: &Asked,
) -> Result<Answer, Answer> {
    if client.rotation != Rotation::Off {
        return Err(invalid("REFRESH_TOKEN_AUTH is not enabled for the client."));
    }
    let refresh = live(world, client, asked.need("REFRESH_TOKEN")?)?;
    secret_hash(client, asked, &[&refresh.user, &sub(&pool.id, &refresh.user)])?;
    let mut body = result(world, pool, client, &refresh, None);
    body["ChallengeParameters"] = json!({});
    Ok(answer(200, &body))
}

/// `GetTokensFromRefreshToken`
pub(crate) fn get_tokens(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    same_secret(&client, &body).then_some(()).ok_or_else(|| refused("Unable to verify secret hash for client"))?;
    let Some(token) = body.get("RefreshToken").and_then(Value::as_str) else {
        return Err(invalid("Missing required parameter RefreshToken"));
    };
    let refresh = live(world, &client, token)?;
    let now = world.seconds();
    if let Some(at) = refresh.replaced {
        let forgiven = matches!(client.rotation, Rotation::Grace(seconds) if now < at + seconds);
        if !forgiven {
            revoke_family(world, &refresh.family);
            return Err(error("RefreshTokenReuseException", "Refresh token reuse detected", 400));
        }
    }
    if client.rotation == Rotation::Off {
        return Ok(answer(200, &result(world, &pool, &client, &refresh, None)));
    }
    if let Some(old) = world.pool_refresh.get_mut(token) {
        old.replaced.get_or_insert(now);
    }
    let next = refresh_token();
    let body = result(world, &pool, &client, &refresh, Some(&next));
    world.pool_refresh.insert(next, PoolRefresh { replaced: None, ..refresh });
    Ok(answer(200, &body))
}

/// `RevokeToken`: ends the token and all that go back to the same login. Unknown tokens are fine (RFC 7009 section 2.2).
pub(crate) fn revoke(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (_, client) = client(world, &body)?;
    let unauthorized = |message: &str| error("UnauthorizedException", message, 400);
    if !same_secret(&client, &body) {
        return Err(unauthorized("Invalid client secret"));
    }
    let Some(token) = body.get("Token").and_then(Value::as_str) else {
        return Err(invalid("Missing required parameter Token"));
    };
    if token.split('.').count() == 3 {
        return Err(error("UnsupportedTokenTypeException", "Only refresh tokens can be revoked", 400));
    }
    let family = match world.pool_refresh.get(token) {
        Some(refresh) if refresh.client_id != client.id => return Err(unauthorized("Token of another client")),
        Some(refresh) => refresh.family.clone(),
        None => return Ok(answer(200, &json!({}))),
    };
    revoke_family(world, &family);
    Ok(answer(200, &json!({})))
}

/// Whose access token it is: the pool and the user's name. Or what AWS says of one that is not good.
pub(super) fn bearer(world: &World, token: &str) -> Result<(Pool, String), Answer> {
    let wrong = || refused("Invalid Access Token");
    let (signed, signature) = token.rsplit_once('.').ok_or_else(wrong)?;
    if signature != URL_SAFE_NO_PAD.encode(hmac_sha256(SIGNING_KEY, &[signed.as_bytes()])) {
        return Err(wrong());
    }
    let payload = signed.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&payload).map_err(|_| wrong())?;
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    if text("token_use") != "access" {
        return Err(wrong());
    }
    if claims["exp"].as_u64().is_none_or(|ends| world.seconds() >= ends) {
        return Err(refused("Access Token has expired"));
    }
    let family = text("origin_jti");
    if world.pool_refresh.iter().any(|(_, login)| login.family == family && login.revoked) {
        return Err(refused("Access Token has been revoked"));
    }
    let pool = world.setup.pools.iter().find(|pool| text("iss").ends_with(&pool.id)).ok_or_else(wrong)?;
    Ok((pool.clone(), text("username").to_owned()))
}

fn revoke_family(world: &mut World, family: &str) {
    world.pool_refresh.values_mut().filter(|r| r.family == family).for_each(|r| r.revoked = true);
}

/// The refresh token if it still stands; whether it was replaced is for the caller to judge.
fn live(world: &World, client: &PoolClient, token: &str) -> Result<PoolRefresh, Answer> {
    let known = world.pool_refresh.get(token).filter(|refresh| refresh.client_id == client.id);
    match known {
        None => Err(refused("Invalid Refresh Token")),
        Some(refresh) if refresh.revoked => Err(refused("Refresh Token has been revoked")),
        Some(refresh) if world.seconds() >= refresh.ends => Err(refused("Refresh Token has expired")),
        Some(refresh) => Ok(refresh.clone()),
    }
}

fn same_secret(client: &PoolClient, body: &Value) -> bool {
    client.secret.is_none() || client.secret.as_deref() == body.get("ClientSecret").and_then(Value::as_str)
}

fn result(world: &World, pool: &Pool, client: &PoolClient, login: &PoolRefresh, refresh: Option<&str>) -> Value {
    let now = world.seconds();
    let lives = world.setup.lifetimes.pool_tokens;
    let common = json!({
        "sub": sub(&pool.id, &login.user),
        "iss": format!("https://cognito-idp.{}.amazonaws.com/{}", pool.region(), pool.id),
        "origin_jti": login.family,
        "event_id": random::uuid(),
        "auth_time": login.signed_in,
        "iat": now,
        "exp": now + lives,
    });
    let email = pool.user(&login.user).map(|u| u.email.clone()).unwrap_or_default();
    let id = with(
        &common,
        json!({
            "token_use": "id", "aud": client.id, "cognito:username": login.user, "email": email,
            "email_verified": true, "jti": random::uuid(),
        }),
    );
    let access = with(
        &common,
        json!({
            "token_use": "access", "client_id": client.id, "username": login.user,
            "scope": "aws.cognito.signin.user.admin", "jti": random::uuid(),
        }),
    );
    let mut tokens = json!({
        "AccessToken": jwt(&access), "IdToken": jwt(&id), "ExpiresIn": lives, "TokenType": "Bearer",
    });
    if let Some(refresh) = refresh {
        tokens["RefreshToken"] = refresh.into();
    }
    json!({ "AuthenticationResult": tokens })
}

fn with(common: &Value, own: Value) -> Value {
    let mut claims = common.clone();
    if let (Some(claims), Value::Object(own)) = (claims.as_object_mut(), own) {
        claims.extend(own);
    }
    claims
}

/// The stable UUID of a user.
fn sub(pool_id: &str, user: &str) -> String {
    random::uuid_from(&Sha256::digest(format!("{pool_id}/{user}")))
}

fn jwt(claims: &Value) -> String {
    let header = json!({ "kid": "keyfob-sandbox", "alg": "HS256" });
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(hmac_sha256(SIGNING_KEY, &[signed.as_bytes()]));
    format!("{signed}.{signature}")
}

/// Five parts like a JWE, and as long: stores with small items must be able to keep it.
fn refresh_token() -> String {
    let parts = [342, 16, 1_330, 22].map(random::token);
    format!("eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ.{}", parts.join("."))
}
