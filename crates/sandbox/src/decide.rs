//! Deciding about a login: approving, refusing, ending sessions; shared by the page, the control surface and the API.

use std::fmt;

use crate::world::{DeviceFlow, Verdict, World};

/// Why a code could not be approved or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nobody was given this code.
    Unknown,
    Expired,
    /// It was approved or refused before.
    Decided,
    /// The portal has no such user, or none at all.
    NobodyThere,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown code",
            Self::Expired => "expired code",
            Self::Decided => "code already decided",
            Self::NobodyThere => "no such user at the portal",
        })
    }
}

impl std::error::Error for CodeError {}

/// The flow behind a code that may still be decided; case, spaces and the dash do not matter (RFC 8628 section 6.1).
pub(crate) fn open_code<'w>(world: &'w World, code: &str) -> Result<(String, &'w DeviceFlow), CodeError> {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
    };
    let wanted = plain(code);
    let (key, flow) =
        world.device_flows.iter().find(|(_, flow)| plain(&flow.user_code) == wanted).ok_or(CodeError::Unknown)?;
    if !flow.verdict.is_open() {
        Err(CodeError::Decided)
    } else if world.seconds() >= flow.ends {
        Err(CodeError::Expired)
    } else {
        Ok((key.clone(), flow))
    }
}

/// Approves as `user`, or as the portal's first user.
pub(crate) fn approve(world: &mut World, code: &str, user: Option<&str>) -> Result<(), CodeError> {
    let (key, flow) = open_code(world, code)?;
    let users = world.portal(&flow.start_url).map(|portal| portal.users.as_slice()).unwrap_or_default();
    let found = users.iter().find(|known| user.is_none_or(|wanted| wanted == known.name));
    let user = found.ok_or(CodeError::NobodyThere)?.name.clone();
    settle(world, &key, Verdict::Approved { user });
    Ok(())
}

pub(crate) fn refuse(world: &mut World, code: &str) -> Result<(), CodeError> {
    let (key, _) = open_code(world, code)?;
    settle(world, &key, Verdict::Refused);
    Ok(())
}

/// Approves the newest open code, or else the next one that is issued.
pub(crate) fn approve_next(world: &mut World) -> Result<(), CodeError> {
    match pending(world).pop() {
        Some(code) => approve(world, &code, None),
        None => {
            world.approvals_in_advance += 1;
            Ok(())
        }
    }
}

/// Open codes, oldest first.
pub(crate) fn pending(world: &World) -> Vec<String> {
    let open = |flow: &DeviceFlow| flow.verdict.is_open() && world.seconds() < flow.ends;
    world.device_flows.iter().filter(|(_, flow)| open(flow)).map(|(_, flow)| flow.user_code.clone()).collect()
}

fn settle(world: &mut World, key: &str, verdict: Verdict) {
    if let Some(flow) = world.device_flows.get_mut(key) {
        flow.verdict = verdict;
    }
}

/// What [`expire`] ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Expire {
    /// Portal sessions with all their tokens, and Cognito refresh tokens.
    Sessions,
    /// Portal access tokens only: 401 from now on, while their refresh tokens still work.
    AccessTokens,
    /// Temporary AWS keys.
    RoleCredentials,
    /// OIDC client registrations.
    Registrations,
    /// Open device codes.
    DeviceCodes,
    /// Cognito `Session` strings.
    Challenges,
}

/// Ends everything of one kind now.
pub(crate) fn expire(world: &mut World, what: Expire) {
    let now = world.seconds();
    match what {
        Expire::Sessions => {
            world.sessions.values_mut().for_each(|s| s.ends = s.ends.min(now));
            world.pool_refresh.values_mut().for_each(|r| r.ends = r.ends.min(now));
            world.idp.refresh.values_mut().for_each(|g| g.ends = g.ends.min(now));
        }
        Expire::AccessTokens => world.access_tokens.values_mut().for_each(|t| t.ends = t.ends.min(now)),
        Expire::RoleCredentials => world.keys.values_mut().for_each(|k| k.ends = k.ends.min(now)),
        Expire::Registrations => world.registrations.values_mut().for_each(|r| r.ends = r.ends.min(now)),
        Expire::DeviceCodes => world.device_flows.values_mut().for_each(|f| f.ends = f.ends.min(now)),
        Expire::Challenges => world.challenges.values_mut().for_each(|c| c.end(now)),
    }
}

/// Ends every session, token and key of the portal user or pool user called `who`; says how many there were.
pub(crate) fn revoke_everything(world: &mut World, who: &str) -> usize {
    let now = world.seconds();
    let mut ended = 0;
    for session in world.sessions.values_mut().filter(|s| s.user == who && now < s.ends) {
        session.ends = now;
        ended += 1;
    }
    for refresh in world.pool_refresh.values_mut().filter(|r| r.user == who && !r.revoked) {
        refresh.revoked = true;
        ended += 1;
    }
    for given in world.idp.refresh.values_mut().filter(|g| g.user == who && now < g.ends) {
        given.ends = now;
        ended += 1;
    }
    for keys in world.keys.values_mut().filter(|k| k.who == who && now < k.ends) {
        keys.ends = now;
        ended += 1;
    }
    ended
}
