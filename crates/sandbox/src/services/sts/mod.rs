//! STS by the query protocol: GetCallerIdentity, AssumeRole and GetSessionToken (API version 2011-06-15), with checked
//! signatures.

mod session_token;
mod sigv4;

use jiff::Timestamp;

use crate::{
    http::{Answer, Request, find},
    random,
    world::{Minted, World, stable_id},
};

pub(crate) use session_token::session_token;

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
    let form = if request.method == "POST" { request.form() } else { request.query.clone() };
    let need = |name: &str| {
        find(&form, name).filter(|text| !text.is_empty()).ok_or_else(|| {
            let message = format!(
                "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
            );
            error("ValidationError", &message, 400)
        })
    };
    let (arn, name) = (need("RoleArn")?, need("RoleSessionName")?);
    if !(2..=64).contains(&name.len()) || !name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)) {
        return Err(error("ValidationError", "RoleSessionName must match [\\w+=,.@-]{2,64}", 400));
    }
    let seconds = match find(&form, "DurationSeconds").map(str::parse::<u64>) {
        None => 3_600,
        Some(Ok(seconds @ 900..=3_600)) => seconds,
        Some(Ok(3_601..=43_200)) => {
            let message =
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
            return Err(error("ValidationError", message, 400));
        }
        Some(_) => return Err(error("ValidationError", "DurationSeconds is 900 to 43200", 400)),
    };
    let denied = || {
        let message = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn);
        error("AccessDenied", &message, 403)
    };
    let (account, role) =
        arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/")).ok_or_else(denied)?;
    let mut accounts = world.setup.portals.iter().flat_map(|portal| &portal.accounts);
    if !accounts.any(|a| a.id == account && a.assumable.iter().any(|r| r == role)) {
        return Err(denied());
    }
    let session_arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{name}");
    let role_id = stable_id("AROA", arn);
    let keys = world.mint(account, session_arn.clone(), &role_id, name, &caller.who, seconds);
    let inner = format!(
        "{}<AssumedRoleUser><AssumedRoleId>{role_id}:{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>",
        credentials(&keys),
        escape(name),
        escape(&session_arn),
    );
    Ok(success("AssumeRole", &inner))
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
