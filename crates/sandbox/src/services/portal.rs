//! The access portal of Identity Center: accounts, roles, role credentials, log out (API version 2019-06-10).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    http::{Answer, Request},
    world::{World, stable_id},
};

/// Page length when the caller names none.
const PAGE: usize = 20;

/// `{"message", "__type"}` with the exception's name in a header.
pub(crate) fn error(kind: &str, message: &str, status: u16) -> Answer {
    let body = json!({ "message": message, "__type": format!("com.amazonaws.switchboard.portal#{kind}") });
    Answer::json(status, &body).with("x-amzn-ErrorType", kind)
}

/// The refusal of a request that the portals do not bear.
pub(crate) fn too_many(world: &mut World) -> Option<Answer> {
    let limit = world.setup.portal_limit.as_ref()?;
    if world.portal_bucket.take(limit, world.now) {
        return None;
    }
    let refusal = match limit.bare {
        true => Answer::empty(429),
        false => error("TooManyRequestsException", "HTTP 429 Unknown Code", 429),
    };
    Some(match limit.retry_after {
        Some(seconds) => refusal.with("Retry-After", seconds.to_string()),
        None => refusal,
    })
}

/// `GET /assignment/accounts`
pub(crate) fn accounts(world: &World, request: &Request) -> Result<Answer, Answer> {
    let caller = caller(world, request)?;
    let portal = world.portal(&caller.start_url).ok_or_else(gone)?;
    let all: Vec<Value> = portal
        .accounts
        .iter()
        .filter(|a| portal.roles(&caller.user, &a.id).is_some_and(|roles| !roles.is_empty()))
        .map(|a| json!({ "accountId": a.id, "accountName": a.name, "emailAddress": a.email }))
        .collect();
    page(request, "accountList", all)
}

/// `GET /assignment/roles?account_id=`
pub(crate) fn roles(world: &World, request: &Request) -> Result<Answer, Answer> {
    let caller = caller(world, request)?;
    let account = needed(request, "account_id")?;
    let portal = world.portal(&caller.start_url).ok_or_else(gone)?;
    let known = portal.accounts.iter().find(|a| a.id == account).ok_or_else(gone)?;
    if known.closed {
        return Err(forbidden());
    }
    let roles = portal.roles(&caller.user, account).ok_or_else(forbidden)?;
    let all = roles.iter().map(|role| json!({ "roleName": role, "accountId": account })).collect();
    page(request, "roleList", all)
}

/// `GET /federation/credentials?role_name=&account_id=`; `expiration` is in epoch **milliseconds**.
pub(crate) fn credentials(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let caller = caller(world, request)?;
    let (account, role) = (needed(request, "account_id")?, needed(request, "role_name")?);
    let portal = world.portal(&caller.start_url).ok_or_else(gone)?;
    if !portal.accounts.iter().any(|a| a.id == account) {
        return Err(gone());
    }
    if !portal.roles(&caller.user, account).is_some_and(|roles| roles.iter().any(|r| r == role)) {
        return Err(forbidden());
    }
    let suffix: String =
        Sha256::digest(format!("{account}/{role}")).iter().take(8).map(|b| format!("{b:02x}")).collect();
    let reserved = format!("AWSReservedSSO_{role}_{suffix}");
    let arn = format!("arn:aws:sts::{account}:assumed-role/{reserved}/{}", caller.user);
    let role_id = stable_id("AROA", &arn);
    let lives = world.setup.lifetimes.role_credentials;
    let keys = world.mint(account, arn, &role_id, &caller.user, &caller.user, lives);
    Ok(Answer::json(
        200,
        &json!({ "roleCredentials": {
            "accessKeyId": keys.key_id,
            "secretAccessKey": keys.secret,
            "sessionToken": keys.session_token,
            "expiration": keys.ends * 1_000,
        }}),
    ))
}

/// `POST /logout`: ends the session behind the token; keys that were minted live on, as at AWS.
pub(crate) fn logout(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let caller = caller(world, request)?;
    world.end_session(&caller.session);
    Ok(Answer::empty(200))
}

struct Caller {
    session: String,
    start_url: String,
    user: String,
}

fn caller(world: &World, request: &Request) -> Result<Caller, Answer> {
    let Some(bearer) = request.header("x-amz-sso_bearer_token").filter(|t| !t.is_empty()) else {
        return Err(error("InvalidRequestException", "x-amz-sso_bearer_token is missing", 400));
    };
    let now = world.seconds();
    let token = world.access_tokens.get(bearer).filter(|token| now < token.ends);
    token
        .and_then(|token| {
            let session = world.sessions.get(&token.session).filter(|s| now < s.ends)?;
            let (start_url, user) = (session.start_url.clone(), session.user.clone());
            Some(Caller { session: token.session.clone(), start_url, user })
        })
        .ok_or_else(|| error("UnauthorizedException", "Session token not found or invalid", 401))
}

fn needed<'r>(request: &'r Request, name: &str) -> Result<&'r str, Answer> {
    request
        .query(name)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| error("InvalidRequestException", &format!("{name} is missing"), 400))
}

fn gone() -> Answer {
    error("ResourceNotFoundException", "Account not found", 404)
}

/// Not in the API model, but what the portal really answers for a role that was taken away.
fn forbidden() -> Answer {
    error("ForbiddenException", "No access", 403)
}

/// Cuts one page out of `all`; the token is opaque to callers.
fn page(request: &Request, member: &str, all: Vec<Value>) -> Result<Answer, Answer> {
    let bad = |what: &str| error("InvalidRequestException", what, 400);
    let size = match request.query("max_result") {
        None => PAGE,
        Some(text) => match text.parse() {
            Ok(size @ 1..=100) => size,
            _ => return Err(bad("max_result is 1 to 100")),
        },
    };
    let from = match request.query("next_token") {
        None => 0,
        Some(text) => {
            let number = text.strip_prefix("page-").and_then(|rest| rest.parse::<usize>().ok());
            number.filter(|from| *from < all.len()).ok_or_else(|| bad("next_token is not one of ours"))?
        }
    };
    let end = all.len().min(from + size);
    let mut body = json!({ member: &all[from..end] });
    if end < all.len() {
        body["nextToken"] = format!("page-{end}").into();
    }
    Ok(Answer::json(200, &body))
}
