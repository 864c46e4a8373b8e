//! AWS Sign-In (API version 2023-01-01): the page where a console session is lent to a program, and its tokens.

mod dpop;
mod page;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    http::{Answer, Request},
    random,
    world::{ConsoleCode, ConsoleRefresh, World, stable_id},
};

pub(crate) use page::page;

const CLIENTS: [&str; 2] = ["arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"];

/// An exception with its name in a header, and for `AccessDeniedException` which of its kinds it is.
pub(crate) fn error(kind: &str, message: &str, status: u16) -> Answer {
    Answer::json(status, &json!({ "error": "INVALID_REQUEST", "message": message })).with("x-amzn-ErrorType", kind)
}

fn denied(code: &str, message: &str) -> Answer {
    Answer::json(400, &json!({ "error": code, "message": message })).with("x-amzn-ErrorType", "AccessDeniedException")
}

/// `CreateOAuth2Token`, for a code or for a refresh token.
pub(crate) fn token(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let invalid = |message: &str| error("ValidationException", message, 400);
    let body = request.json().ok_or_else(|| invalid("the body is no JSON object"))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let client = text("clientId").filter(|id| CLIENTS.contains(id)).ok_or_else(|| invalid("unknown clientId"))?;
    let url = format!("{}/v1/token", world.url);
    let key = dpop::key_of(request, &url, world.seconds()).map_err(invalid)?;
    let (arn, ends, id_token) = match text("grantType") {
        Some("authorization_code") => {
            let code = text("code").and_then(|code| world.console_codes.remove(code));
            let code =
                code.ok_or_else(|| denied("AUTHCODE_EXPIRED", "The authorization code is unknown or was used"))?;
            if world.seconds() >= code.ends {
                return Err(denied("AUTHCODE_EXPIRED", "The authorization code has expired"));
            }
            let verifier = text("codeVerifier").unwrap_or_default();
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
            if code.client_id != client
                || text("redirectUri") != Some(&code.redirect_uri)
                || code.challenge != challenge
            {
                return Err(invalid("clientId, redirectUri or codeVerifier is not that of the authorization"));
            }
            let id_token = Some(id_token(&code.arn, client, world.seconds()));
            (code.arn, world.seconds() + world.setup.lifetimes.console, id_token)
        }
        Some("refresh_token") => {
            let token = text("refreshToken").unwrap_or_default();
            let over = || denied("TOKEN_EXPIRED", "The refresh token is unknown, replaced or expired");
            let found =
                world.console_refresh.get(token).filter(|found| world.seconds() < found.ends).ok_or_else(over)?;
            if found.key != key || found.client_id != client {
                return Err(invalid("the refresh token belongs to another key or client"));
            }
            let refresh = world.console_refresh.remove(token).ok_or_else(over)?;
            (refresh.arn, refresh.ends, None)
        }
        _ => return Err(invalid("grantType is authorization_code or refresh_token")),
    };
    if world.setup.console_denied {
        return Err(denied("INSUFFICIENT_PERMISSIONS", "signin:CreateOAuth2Token is not allowed"));
    }
    let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
    let seconds = world.setup.lifetimes.console_credentials;
    let who = arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
    let keys = world.mint_as(&account, arn.clone(), stable_id("AIDA", &arn), &who, seconds);
    let refresh_token = random::token(400);
    let refresh = ConsoleRefresh { client_id: client.to_owned(), arn, key, ends };
    world.console_refresh.insert(refresh_token.clone(), refresh);
    let mut answer = json!({
        "accessToken": {
            "accessKeyId": keys.key_id, "secretAccessKey": keys.secret, "sessionToken": keys.session_token,
        },
        "tokenType": "aws_sigv4",
        "expiresIn": seconds,
        "refreshToken": refresh_token,
    });
    if let Some(id_token) = id_token {
        answer["idToken"] = id_token.into();
    }
    Ok(Answer::json(200, &answer).with("Cache-Control", "no-store"))
}

/// Whoever lends their session: a code for the program, which goes to its address with the state.
fn code_for(world: &mut World, asked: &page::Asked, arn: &str) -> String {
    let code = random::token(64);
    let ends = world.seconds() + 600;
    let of = ConsoleCode {
        client_id: asked.client_id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        arn: arn.to_owned(),
        ends,
    };
    world.console_codes.insert(code.clone(), of);
    code
}

/// Nobody checks its signature: it comes from the service itself.
fn id_token(arn: &str, client: &str, now: u64) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "sub": arn, "aud": client, "iss": "signin.amazonaws.com", "iat": now, "exp": now + 900 });
    format!("{}.{}.{}", part(json!({ "alg": "ES384", "typ": "JWT" })), part(claims), random::token(86))
}
