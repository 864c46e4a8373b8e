//! What comes after a password: making people wait after wrong ones, the challenge that is next, or the tokens.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    answers::{answer, error, refused, wrong_password},
    tokens,
};
use crate::{
    http::Answer,
    random,
    setup::{Mfa, Pool, PoolClient, PoolUser, Status},
    world::{Challenge, Stage, World},
};

/// Wrong passwords in a row before the pool makes people wait.
const PATIENCE: u32 = 5;

/// Counts a wrong password, or goes on with a right one.
pub(super) fn after_password(
    world: &mut World,
    pool: &Pool,
    client: &PoolClient,
    user: &str,
    right: bool,
) -> Result<Answer, Answer> {
    let now = world.now;
    let person = world.person(&pool.id, user);
    if now < person.locked_until {
        return Err(refused("Password attempts exceeded"));
    }
    if !right {
        person.failures += 1;
        if person.failures >= PATIENCE {
            // One second after the fifth, doubled with each further one, up to about 15 minutes.
            let wait = (1 << (person.failures - PATIENCE).min(10)).min(900);
            person.locked_until = now + Duration::from_secs(wait);
        }
        return Err(wrong_password());
    }
    person.failures = 0;
    next(world, pool, client, user)
}

/// What comes after a right password.
fn next(world: &mut World, pool: &Pool, client: &PoolClient, user: &str) -> Result<Answer, Answer> {
    let status = pool.user(user).map(|u| u.status).unwrap_or_default();
    match status {
        Status::Unconfirmed => Err(error("UserNotConfirmedException", "User is not confirmed.", 400)),
        Status::ResetRequired => {
            Err(error("PasswordResetRequiredException", "Password reset required for the user", 400))
        }
        Status::NewPassword => {
            let email = pool.user(user).map(|u| u.email.clone()).unwrap_or_default();
            let attributes = json!({ "email": email, "email_verified": "true" }).to_string();
            let parameters =
                json!({ "USER_ID_FOR_SRP": user, "requiredAttributes": "[]", "userAttributes": attributes });
            Ok(ask(world, pool, client, user, Stage::NewPassword, parameters))
        }
        Status::Confirmed => second_factor(world, pool, client, user),
    }
}

pub(super) fn second_factor(world: &mut World, pool: &Pool, client: &PoolClient, user: &str) -> Result<Answer, Answer> {
    let Some(person) = pool.user(user) else { return Err(refused("Invalid session for the user.")) };
    match person.mfa.as_slice() {
        [] if person.must_set_up => {
            let parameters = json!({ "USER_ID_FOR_SRP": user, "MFAS_CAN_SETUP": "[\"SOFTWARE_TOKEN_MFA\"]" });
            Ok(ask(world, pool, client, user, Stage::Setup { seed: None, proved: false }, parameters))
        }
        [] => Ok(tokens::signed_in(world, pool, client, user)),
        [only] => ask_for(world, pool, client, person, only),
        several => {
            let names: Vec<&str> = several.iter().map(factor_name).collect();
            // A JSON array inside a string: that is how AWS sends it.
            let parameters = json!({
                "USER_ID_FOR_SRP": user,
                "MFAS_CAN_CHOOSE": json!(names).to_string(),
            });
            Ok(ask(world, pool, client, user, Stage::Select, parameters))
        }
    }
}

pub(super) fn factor_name(mfa: &Mfa) -> &'static str {
    match mfa {
        Mfa::Totp { .. } => "SOFTWARE_TOKEN_MFA",
        Mfa::Sms => "SMS_MFA",
        Mfa::Email => "EMAIL_OTP",
    }
}

pub(super) fn ask_for(
    world: &mut World,
    pool: &Pool,
    client: &PoolClient,
    user: &PoolUser,
    mfa: &Mfa,
) -> Result<Answer, Answer> {
    let (stage, medium, destination) = match mfa {
        Mfa::Totp { .. } => {
            let parameters = json!({ "USER_ID_FOR_SRP": user.name, "FRIENDLY_DEVICE_NAME": "demo authenticator" });
            return Ok(ask(world, pool, client, &user.name, Stage::Totp, parameters));
        }
        Mfa::Sms => {
            let Some(phone) = user.phone.as_deref() else {
                return Err(error("MFAMethodNotFoundException", "No phone number for the user", 400));
            };
            let tail: String = phone.chars().skip(phone.chars().count().saturating_sub(4)).collect();
            (Stage::Sms { code: random::digits(6) }, "SMS", format!("+*******{tail}"))
        }
        Mfa::Email => {
            let first: String = user.email.chars().take(1).collect();
            let host: String = user.email.split('@').nth(1).unwrap_or_default().chars().take(1).collect();
            (Stage::Email { code: random::digits(8) }, "EMAIL", format!("{first}***@{host}***"))
        }
    };
    if let Stage::Sms { code } | Stage::Email { code } = &stage {
        world.person(&pool.id, &user.name).last_code = Some(code.clone());
    }
    let parameters = json!({
        "USER_ID_FOR_SRP": user.name,
        "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
        "CODE_DELIVERY_DESTINATION": destination,
    });
    Ok(ask(world, pool, client, &user.name, stage, parameters))
}

fn ask(world: &mut World, pool: &Pool, client: &PoolClient, user: &str, stage: Stage, parameters: Value) -> Answer {
    let name = stage.name();
    let session = await_answer(world, pool, client, user, stage);
    answer(200, &json!({ "ChallengeName": name, "Session": session, "ChallengeParameters": parameters }))
}

/// Remembers a login that waits for its next answer; the returned `Session` finds it again.
pub(super) fn await_answer(world: &mut World, pool: &Pool, client: &PoolClient, user: &str, stage: Stage) -> String {
    let session = random::token(900);
    let challenge = Challenge {
        pool_id: pool.id.clone(),
        client_id: client.id.clone(),
        user: user.to_owned(),
        ends: world.seconds() + world.setup.lifetimes.challenge,
        tries: 0,
        stage,
    };
    world.challenges.insert(session.clone(), challenge);
    session
}
