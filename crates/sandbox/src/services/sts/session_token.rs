//! `GetSessionToken`: an IAM user's key for good becomes keys for a while, with the code of an MFA device if they have one.

use super::{caller, credentials, error, success};
use crate::{
    http::{Answer, Request, find},
    services::cognito,
    setup::IamUser,
    world::{World, stable_id},
};

const FAILED: &str = "MultiFactorAuthentication failed";

/// `Action=GetSessionToken`
pub(crate) fn session_token(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let caller = caller(world, request)?;
    let form = if request.method == "POST" { request.form() } else { request.query.clone() };
    let given = |name: &str| find(&form, name).filter(|text| !text.is_empty());
    let denied = |why: &str| error("AccessDenied", why, 403);
    let users = &world.setup.users;
    let Some(user) = users.iter().find(|user| user.arn() == caller.arn && caller.is_for_good).cloned() else {
        return Err(denied("Cannot call GetSessionToken with session credentials"));
    };
    let seconds = match given("DurationSeconds").map(str::parse::<u64>) {
        None => 43_200,
        Some(Ok(seconds @ 900..=129_600)) => seconds,
        Some(_) => return Err(error("ValidationError", "DurationSeconds is 900 to 129600", 400)),
    };
    match (given("SerialNumber"), given("TokenCode")) {
        (None, None) => {}
        (Some(serial), Some(code)) => prove(world, &user, serial, code).map_err(|why| denied(&why))?,
        _ => return Err(denied(&format!("{FAILED}, must provide both MFA serial number and one time pass code."))),
    }
    let user_id = stable_id("AIDA", &caller.arn);
    let keys = world.mint_as(&user.account, caller.arn, user_id, &caller.who, seconds);
    Ok(success("GetSessionToken", &credentials(&keys)))
}

/// Each code proves its device once.
fn prove(world: &mut World, user: &IamUser, serial: &str, code: &str) -> Result<(), String> {
    if user.mfa_serial != serial {
        return Err(format!(
            "{FAILED}, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with \
             this user."
        ));
    }
    let step = cognito::step_of(&cognito::base32(&user.mfa_seed), code, world.seconds());
    let last = world.mfa_steps.get(serial).copied();
    match step.filter(|step| last.is_none_or(|last| *step > last)) {
        Some(step) => drop(world.mfa_steps.insert(serial.to_owned(), step)),
        None => return Err(format!("{FAILED} with invalid MFA one time pass code. ")),
    }
    Ok(())
}
