//! Setting up an authenticator in the middle of a login: the seed, and the first code as proof.

use serde_json::json;

use super::{
    answers::{answer, error, refused},
    asked::{need, object},
    codes,
    respond::count,
};
use crate::{
    http::{Answer, Request},
    random,
    world::{Challenge, Stage, World},
};

/// Bytes of a seed: as long as the hash behind its codes (RFC 4226 section 4).
const SEED: usize = 20;

/// `AssociateSoftwareToken`
pub(crate) fn associate(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (old, challenge) = setting_up(world, need(&body, "Session")?)?;
    let seed = random::bytes(SEED);
    let secret = codes::to_base32(&seed);
    let session = go_on(world, &old, challenge, Stage::Setup { seed: Some(seed), proved: false });
    Ok(answer(200, &json!({ "SecretCode": secret, "Session": session })))
}

/// `VerifySoftwareToken`
pub(crate) fn verify(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (old, challenge) = setting_up(world, need(&body, "Session")?)?;
    let code = need(&body, "UserCode")?;
    let Stage::Setup { seed: Some(seed), .. } = challenge.stage.clone() else {
        return Err(error("SoftwareTokenMFANotFoundException", "Software token TOTP MFA not found", 400));
    };
    let Some(step) = codes::step_of(&seed, code, world.seconds()) else {
        count(world, &old);
        return Err(error("EnableSoftwareTokenMFAException", "Code mismatch", 400));
    };
    world.person(&challenge.pool_id, &challenge.user).totp_step = Some(step);
    let session = go_on(world, &old, challenge, Stage::Setup { seed: Some(seed), proved: true });
    Ok(answer(200, &json!({ "Status": "SUCCESS", "Session": session })))
}

fn setting_up(world: &mut World, session: &str) -> Result<(String, Challenge), Answer> {
    let found = world.challenges.get(session).cloned();
    match found.filter(|challenge| matches!(challenge.stage, Stage::Setup { .. })) {
        Some(challenge) if world.seconds() < challenge.ends => Ok((session.to_owned(), challenge)),
        Some(_) => Err(refused("Invalid session for the user, session is expired.")),
        None => Err(refused("Invalid session for the user.")),
    }
}

/// The same login under a new session string.
fn go_on(world: &mut World, old: &str, challenge: Challenge, stage: Stage) -> String {
    world.challenges.remove(old);
    let session = random::token(900);
    let ends = world.seconds() + world.setup.lifetimes.challenge;
    world.challenges.insert(session.clone(), Challenge { stage, ends, ..challenge });
    session
}
