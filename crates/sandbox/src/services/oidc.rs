//! IAM Identity Center OIDC: RegisterClient, StartDeviceAuthorization, CreateToken (API version 2019-06-10, RFC 8628).

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    http::{Answer, Request},
    random,
    setup::Rotation,
    world::{
        AccessToken, CODE, DEVICE_CODE, DeviceFlow, PortalRefresh, PortalSession, REFRESH, Registration, Verdict, World,
    },
};

/// A poll may be this much early: timers and networks are not exact.
const TOLERANCE: Duration = Duration::from_millis(50);

/// Names are kept, so a caller must not decide how much memory they take.
const LONGEST_NAME: usize = 256;

/// `{"error", "error_description"}` with the exception's name in a header, as the service's own clients expect it.
pub(crate) fn error(kind: &str, description: &str, status: u16) -> Answer {
    let body = json!({ "error": oauth_code(kind), "error_description": description });
    Answer::json(status, &body).with("x-amzn-ErrorType", kind)
}

/// The error fields of RFC 6749 that Identity Center sends beside its own exception name.
fn oauth_code(kind: &str) -> String {
    let stem = kind.strip_suffix("Exception").unwrap_or(kind);
    let mut code = String::with_capacity(stem.len() + 4);
    for (i, letter) in stem.char_indices() {
        if letter.is_ascii_uppercase() && i > 0 {
            code.push('_');
        }
        code.push(letter.to_ascii_lowercase());
    }
    code
}

/// `POST /client/register`
pub(crate) fn register(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let name = required(&body, "clientName")?;
    if required(&body, "clientType")? != "public" {
        return Err(error("InvalidClientMetadataException", "Invalid client type", 400));
    }
    if name.len() > LONGEST_NAME {
        return Err(error("InvalidClientMetadataException", "Client name is too long", 400));
    }
    let list = |member: &str| match body.get(member) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(list) => serde_json::from_value::<Vec<String>>(list.clone())
            .map_err(|_| error("InvalidRequestException", &format!("{member} is a list of strings"), 400)),
    };
    let (scopes, redirects, grants) = (list("scopes")?, list("redirectUris")?, list("grantTypes")?);
    if grants.iter().any(|grant| ![CODE, DEVICE_CODE, REFRESH].contains(&grant.as_str())) {
        return Err(error("UnsupportedGrantTypeException", "Grant type is not supported", 400));
    }
    let issuer = body.get("issuerUrl").and_then(Value::as_str).map(str::to_owned);
    if grants.iter().any(|grant| grant == CODE) {
        if redirects.is_empty() || !redirects.iter().all(|uri| uri.starts_with("http")) {
            return Err(error("InvalidRedirectUriException", "Redirect URI is missing or not valid", 400));
        }
        if issuer.is_none() {
            return Err(error("InvalidRequestException", "issuerUrl is missing", 400));
        }
    }
    let now = world.seconds();
    let ends = now + world.setup.lifetimes.registration;
    let id = random::token(22);
    // A real secret is a long signed token: clients that guess a short one break on it.
    let secret = format!("eyJraWQiOiJzYW5kYm94IiwiYWxnIjoiSFMzODQifQ.{}.{}", random::token(1_400), random::token(64));
    let answer = json!({
        "clientId": id, "clientSecret": secret, "clientIdIssuedAt": now, "clientSecretExpiresAt": ends,
    });
    let (name, renewable) = (name.to_owned(), !scopes.is_empty());
    world.registrations.insert(id, Registration { secret, name, renewable, ends, redirects, issuer, grants });
    Ok(Answer::json(200, &answer))
}

/// `POST /device_authorization`
pub(crate) fn start(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let client_id = required(&body, "clientId")?;
    let client = client(world, client_id, required(&body, "clientSecret")?)?;
    if !client.may_use(DEVICE_CODE) {
        return Err(error("UnauthorizedClientException", "The client did not register this grant", 400));
    }
    let client_name = client.name.clone();
    let start_url = required(&body, "startUrl")?;
    let Some(portal) = world.portal(start_url) else {
        return Err(error("InvalidRequestException", "Invalid start URL", 400));
    };
    let start_url = world.start_url(portal);
    let verdict = match portal.users.first() {
        Some(user) if world.approvals_in_advance > 0 => Verdict::Approved { user: user.name.clone() },
        _ => Verdict::Pending,
    };
    if verdict != Verdict::Pending {
        world.approvals_in_advance -= 1;
    }
    let device_code = random::token(86);
    let letters = random::text(8, "BCDFGHJKLMNPQRSTVWXZ");
    let user_code = format!("{}-{}", &letters[..4], &letters[4..]);
    let page = format!("{}/device", world.url);
    let lifetimes = &world.setup.lifetimes;
    let answer = json!({
        "deviceCode": device_code,
        "userCode": user_code,
        "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={user_code}"),
        "expiresIn": lifetimes.device_code,
        "interval": lifetimes.poll_interval,
    });
    let flow = DeviceFlow {
        client_id: client_id.to_owned(),
        client_name,
        start_url,
        user_code,
        ends: world.seconds() + lifetimes.device_code,
        verdict,
        polls: 0,
        last_poll: None,
        interval: lifetimes.poll_interval,
    };
    world.device_flows.insert(device_code, flow);
    Ok(Answer::json(200, &answer))
}

/// `POST /token` with any grant but an authorization code.
pub(crate) fn token(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = asked(world, request)?;
    let client_id = required(&body, "clientId")?;
    match required(&body, "grantType")? {
        DEVICE_CODE => poll(world, client_id, required(&body, "deviceCode")?),
        REFRESH => renew(world, client_id, required(&body, "refreshToken")?),
        _ => Err(error("UnsupportedGrantTypeException", "Grant type is not supported", 400)),
    }
}

/// The body of a request for a token, of a client that may ask for one in this way.
pub(super) fn asked(world: &World, request: &Request) -> Result<Value, Answer> {
    let body = object(request)?;
    let client = client(world, required(&body, "clientId")?, required(&body, "clientSecret")?)?;
    let grant = required(&body, "grantType")?;
    if [CODE, DEVICE_CODE, REFRESH].contains(&grant) && !client.may_use(grant) {
        return Err(error("UnauthorizedClientException", "The client did not register this grant", 400));
    }
    Ok(body)
}

fn poll(world: &mut World, client_id: &str, device_code: &str) -> Result<Answer, Answer> {
    let (now, by_polls) = (world.now, world.setup.approve_after_polls);
    let start_url = world.device_flows.get(device_code).map(|flow| flow.start_url.clone()).unwrap_or_default();
    let first_user = world.portal(&start_url).and_then(|p| p.users.first()).map(|u| u.name.clone());
    let flow = world.device_flows.get_mut(device_code).filter(|flow| flow.client_id == client_id);
    let Some(flow) = flow else {
        return Err(error("InvalidGrantException", "Invalid device code provided", 400));
    };
    if now.as_secs() >= flow.ends {
        return Err(error("ExpiredTokenException", "The device code has expired", 400));
    }
    let early = flow.last_poll.is_some_and(|last| now + TOLERANCE < last + Duration::from_secs(flow.interval));
    flow.last_poll = Some(now);
    flow.polls += 1;
    if early {
        flow.interval += 5;
        return Err(error("SlowDownException", "Polling too frequently", 400));
    }
    if let (Verdict::Pending, Some(n), Some(user)) = (&flow.verdict, by_polls, first_user)
        && flow.polls >= n
    {
        flow.verdict = Verdict::Approved { user };
    }
    match flow.verdict.clone() {
        Verdict::Pending => Err(error("AuthorizationPendingException", "The authorization is pending", 400)),
        Verdict::Refused => Err(error("AccessDeniedException", "The person refused the request", 400)),
        Verdict::Spent => Err(error("InvalidGrantException", "Invalid device code provided", 400)),
        Verdict::Approved { user } => {
            flow.verdict = Verdict::Spent;
            Ok(granted(world, client_id, start_url, user))
        }
    }
}

/// The tokens of somebody who was let in. Their session at the portal may be one that there is already.
pub(super) fn granted(world: &mut World, client_id: &str, start_url: String, user: String) -> Answer {
    let now = world.seconds();
    let same = |s: &PortalSession| s.user == user && s.start_url == start_url && now < s.ends;
    let there = world.sessions.iter().find(|(_, s)| world.setup.one_session && same(s)).map(|(id, _)| id.clone());
    let session = there.unwrap_or_else(|| {
        let (id, ends) = (random::token(16), now + world.setup.lifetimes.session);
        world.sessions.insert(id.clone(), PortalSession { start_url, user, ends });
        id
    });
    let renewable = world.registrations.get(client_id).is_some_and(|r| r.renewable);
    let refresh = renewable.then(|| new_refresh(world, client_id, &session));
    issue(world, &session, refresh)
}

fn renew(world: &mut World, client_id: &str, token: &str) -> Result<Answer, Answer> {
    let invalid = || error("InvalidGrantException", "Invalid refresh token provided", 400);
    let now = world.seconds();
    let Some(refresh) = world.refresh_tokens.get(token) else { return Err(invalid()) };
    let (session, replaced) = (refresh.session.clone(), refresh.replaced);
    let live = world.sessions.get(&session).is_some_and(|s| now < s.ends);
    if !live || refresh.client_id != client_id {
        return Err(invalid());
    }
    let rotation = world.setup.sso_rotation;
    if let Some(at) = replaced {
        let forgiven = matches!(rotation, Rotation::Grace(seconds) if now < at + seconds);
        if !forgiven {
            if rotation == Rotation::Strict {
                world.end_session(&session);
            }
            return Err(invalid());
        }
    }
    let next = match rotation {
        Rotation::Off => token.to_owned(),
        Rotation::Grace(_) | Rotation::Strict => {
            if let Some(old) = world.refresh_tokens.get_mut(token) {
                old.replaced.get_or_insert(now);
            }
            new_refresh(world, client_id, &session)
        }
    };
    Ok(issue(world, &session, Some(next)))
}

fn new_refresh(world: &mut World, client_id: &str, session: &str) -> String {
    let token = format!("aorAAAAA{}", random::token(420));
    let refresh = PortalRefresh { client_id: client_id.to_owned(), session: session.to_owned(), replaced: None };
    world.refresh_tokens.insert(token.clone(), refresh);
    token
}

/// A new access token for `session`; it never outlives the session.
fn issue(world: &mut World, session: &str, refresh: Option<String>) -> Answer {
    let now = world.seconds();
    let left = world.sessions.get(session).map_or(0, |s| s.ends.saturating_sub(now));
    let lives = if refresh.is_some() { left.min(world.setup.lifetimes.access_token) } else { left };
    let access = format!("aoaAAAAA{}", random::token(330));
    world.access_tokens.insert(access.clone(), AccessToken { session: session.to_owned(), ends: now + lives });
    let mut body = json!({ "accessToken": access, "tokenType": "Bearer", "expiresIn": lives });
    if let Some(refresh) = refresh {
        body["refreshToken"] = refresh.into();
    }
    Answer::json(200, &body)
}

fn client<'w>(world: &'w World, id: &str, secret: &str) -> Result<&'w Registration, Answer> {
    world
        .registrations
        .get(id)
        .filter(|r| r.secret == secret && world.seconds() < r.ends)
        .ok_or_else(|| error("InvalidClientException", "Client is invalid or its registration has expired", 401))
}

fn object(request: &Request) -> Result<Value, Answer> {
    request.json().ok_or_else(|| error("InvalidRequestException", "The body is not a JSON object", 400))
}

pub(super) fn required<'b>(body: &'b Value, member: &str) -> Result<&'b str, Answer> {
    match body.get(member).and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(error("InvalidRequestException", &format!("{member} is missing or not a string"), 400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exception_names_become_oauth_codes() {
        assert_eq!(oauth_code("AuthorizationPendingException"), "authorization_pending");
        assert_eq!(oauth_code("SlowDownException"), "slow_down");
    }
}
