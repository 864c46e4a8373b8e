//! STS by the query protocol: GetCallerIdentity and the actions that give credentials (API version 2011-06-15), with checked
//! signatures.

mod session_token;
mod sigv4;
mod trust;
mod web_identity;

use jiff::Timestamp;

use crate::{
    http::{Answer, Request},
    random,
    world::{Minted, World, stable_id},
};

pub(crate) use session_token::session_token;
use trust::Asked;
pub(crate) use web_identity::assume_role_with_web_identity;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The XML error of the query protocol.
pub(crate) fn error(kind: &str, message: &str, status: u16) -> Answer {
    let side = if status >= 500 { "Receiver" } else { "Sender" };
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{side}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{}</RequestId></ErrorResponse>",
        escape(kind),
        escape(message),
        random::uuid(),
    );
    Answer::new(status, "text/xml", body)
}

/// `Action=GetCallerIdentity`
pub(crate) fn caller_identity(world: &World, request: &Request) -> Result<Answer, Answer> {
    let caller = caller(world, request)?;
    let inner = format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
        escape(&caller.arn),
        escape(&caller.user_id),
        caller.account
    );
    Ok(success("GetCallerIdentity", &inner))
}

/// `Action=AssumeRole`: any account of the setup, any of its `assumable` roles; role chaining is capped at one hour.
pub(crate) fn assume_role(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let caller = caller(world, request)?;
    let asked = Asked::of(request)?;
    let by_role = caller.arn.contains(":assumed-role/");
    let denied = || {
        let message =
            format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", caller.arn, asked.arn);
        error("AccessDenied", &message, 403)
    };
    let (account, role, trust) = trust::of(world, &asked.arn).ok_or_else(denied)?;
    if !trust::takes(&trust, &asked, &caller.arn) {
        return Err(denied());
    }
    let seconds = asked.seconds(&trust, by_role)?;
    Ok(assumed(world, "AssumeRole", &asked, (&account, &role), &caller.who, seconds))
}

/// The answer of an action that gives a role, with what it adds of its own.
fn assumed(
    world: &mut World,
    action: &str,
    asked: &Asked,
    (account, role): (&str, &str),
    who: &str,
    seconds: u64,
) -> Answer {
    let (arn, name) = (&asked.arn, &asked.session_name);
    // A path is part of the role's ARN and not of its sessions'.
    let bare = role.rsplit('/').next().unwrap_or(role);
    let session_arn = format!("arn:aws:sts::{account}:assumed-role/{bare}/{name}");
    let role_id = stable_id("AROA", arn);
    let keys = world.mint(account, session_arn.clone(), &role_id, name, who, seconds);
    let identity =
        asked.source_identity.as_deref().map(|text| format!("<SourceIdentity>{}</SourceIdentity>", escape(text)));
    let inner = format!(
        "{}<AssumedRoleUser><AssumedRoleId>{role_id}:{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>{}",
        credentials(&keys),
        escape(name),
        escape(&session_arn),
        identity.unwrap_or_default(),
    );
    success(action, &inner)
}

fn credentials(keys: &Minted) -> String {
    format!(
        "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>",
        keys.key_id,
        keys.secret,
        keys.session_token,
        rfc3339(keys.ends),
    )
}

fn success(action: &str, inner: &str) -> Answer {
    let body = format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{inner}</{action}Result>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        random::uuid()
    );
    Answer::new(200, "text/xml", body)
}

struct Caller {
    arn: String,
    user_id: String,
    account: String,
    who: String,
    /// By an access key that does not end.
    is_for_good: bool,
}

/// Who signed the request: the keys must be ours, alive, complete, and the signature right.
fn caller(world: &World, request: &Request) -> Result<Caller, Answer> {
    let Some(header) = request.header("authorization") else {
        return Err(error("MissingAuthenticationToken", "Request is missing Authentication Token", 403));
    };
    let claim = sigv4::Claim::read(header).ok_or_else(|| {
        error("IncompleteSignature", "The Authorization header is not a complete AWS4-HMAC-SHA256 signature", 403)
    })?;
    let foreign = || error("InvalidClientTokenId", "The security token included in the request is invalid.", 403);
    if let Some(user) = world.setup.users.iter().find(|user| user.key_id == claim.key_id && !user.key_is_off) {
        let refused = |why: String| error("SignatureDoesNotMatch", &why, 403);
        claim.verify(request, &user.secret, world.seconds()).map_err(refused)?;
        let user_id = stable_id("AIDA", &user.arn());
        let (account, who) = (user.account.clone(), user.name.clone());
        return Ok(Caller { arn: user.arn(), user_id, account, who, is_for_good: true });
    }
    let keys = world.keys.get(claim.key_id).ok_or_else(foreign)?;
    if request.header("x-amz-security-token") != Some(keys.session_token.as_str()) {
        return Err(foreign());
    }
    if world.seconds() >= keys.ends {
        return Err(error("ExpiredToken", "The security token included in the request is expired", 403));
    }
    claim.verify(request, &keys.secret, world.seconds()).map_err(|why| error("SignatureDoesNotMatch", &why, 403))?;
    Ok(Caller {
        arn: keys.arn.clone(),
        user_id: keys.user_id.clone(),
        account: keys.account.clone(),
        who: keys.who.clone(),
        is_for_good: false,
    })
}

fn rfc3339(epoch: u64) -> String {
    let second = i64::try_from(epoch).unwrap_or(i64::MAX);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX).to_string()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
