//! `RespondToAuthChallenge`: the password claim, the new password, and the one-time codes.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{
    answers::{error, invalid, refused, wrong_password},
    asked::{Asked, client, object, secret_hash},
    codes,
    next::{after_password, ask_for, factor_name, second_factor},
    srp, tokens,
};
use crate::{
    http::{Answer, Request},
    setup::{Mfa, Pool, PoolUser, Status},
    world::{Stage, World},
};

/// Wrong codes before the session is void.
pub(super) const TRIES: u32 = 5;

/// `RespondToAuthChallenge`
pub(crate) fn respond(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    let asked = Asked::of(&body, "ChallengeResponses");
    let Some(named) = body.get("ChallengeName").and_then(Value::as_str) else {
        return Err(invalid("Missing required parameter ChallengeName"));
    };
    let name = asked.need("USERNAME")?;
    let session = match named {
        "PASSWORD_VERIFIER" => session_of_block(world, asked.need("PASSWORD_CLAIM_SECRET_BLOCK")?),
        _ => body.get("Session").and_then(Value::as_str).map(str::to_owned),
    };
    let session = session.ok_or_else(|| invalid("Missing required parameter Session"))?;
    let Some(challenge) = world.challenges.get(&session).cloned() else {
        return Err(refused("Invalid session for the user."));
    };
    let user = pool.user(&challenge.user);
    let fits = challenge.pool_id == pool.id
        && challenge.client_id == client.id
        && challenge.stage.name() == named
        && (challenge.user == name || user.is_some_and(|u| u.email == name));
    if !fits {
        return Err(refused("Invalid session for the user."));
    }
    if world.seconds() >= challenge.ends {
        world.challenges.remove(&session);
        return Err(refused("Invalid session for the user, session is expired."));
    }
    secret_hash(&client, &asked, &[name, &challenge.user])?;
    if let Stage::Verifier { key, secret_block } = &challenge.stage {
        world.challenges.remove(&session);
        let right = claim_is_right(&pool, &challenge.user, key, secret_block, &asked)?;
        return match user {
            None => Err(wrong_password()),
            Some(_) => after_password(world, &pool, &client, &challenge.user, right),
        };
    }
    let user = user.ok_or_else(|| refused("Invalid session for the user."))?;
    match settle(world, &pool, user, &challenge.stage, &asked) {
        Err(answer) => {
            count(world, &session);
            Err(answer)
        }
        Ok(chosen) => {
            world.challenges.remove(&session);
            match (chosen, &challenge.stage) {
                (Some(mfa), _) => ask_for(world, &pool, &client, user, &mfa),
                (None, Stage::NewPassword) => second_factor(world, &pool, &client, &challenge.user),
                (None, _) => Ok(tokens::signed_in(world, &pool, &client, &challenge.user)),
            }
        }
    }
}

fn session_of_block(world: &World, block: &str) -> Option<String> {
    let fits = |stage: &Stage| matches!(stage, Stage::Verifier { secret_block, .. } if secret_block == block);
    let found = world.challenges.iter().rev().find(|(_, challenge)| fits(&challenge.stage));
    // A block that is not ours is a wrong session, not a missing one.
    Some(found.map(|(session, _)| session.clone()).unwrap_or_default())
}

fn claim_is_right(pool: &Pool, user: &str, key: &[u8], secret_block: &str, asked: &Asked) -> Result<bool, Answer> {
    let timestamp = asked.need("TIMESTAMP")?;
    if !timestamp_is_well_formed(timestamp) {
        return Err(invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english"));
    }
    let block = STANDARD.decode(secret_block).unwrap_or_default();
    let expected = srp::claim(key, pool.short(), user, &block, timestamp);
    Ok(asked.need("PASSWORD_CLAIM_SIGNATURE")? == STANDARD.encode(expected))
}

/// `EEE MMM d HH:mm:ss UTC yyyy`: English names, no leading zero in the day.
fn timestamp_is_well_formed(text: &str) -> bool {
    let format = "%a %b %-d %H:%M:%S UTC %Y";
    let read = jiff::civil::DateTime::strptime("%a %b %d %H:%M:%S UTC %Y", text);
    read.is_ok_and(|time| time.strftime(format).to_string() == text)
}

/// Checks one answer. `Ok(Some(mfa))` asks for that factor next; an error leaves the session as it is.
fn settle(
    world: &mut World,
    pool: &Pool,
    user: &PoolUser,
    stage: &Stage,
    asked: &Asked,
) -> Result<Option<Mfa>, Answer> {
    let mismatch = || error("CodeMismatchException", "Invalid code received for user", 400);
    match stage {
        Stage::Verifier { .. } => Ok(None),
        Stage::NewPassword => {
            let password = asked.need("NEW_PASSWORD")?;
            acceptable(password)?;
            let users = world.setup.pools.iter_mut().filter(|p| p.id == pool.id).flat_map(|p| &mut p.users);
            for known in users.filter(|u| u.name == user.name) {
                known.password = password.to_owned();
                known.status = Status::Confirmed;
            }
            Ok(None)
        }
        Stage::Select => {
            let wanted = asked.need("ANSWER")?;
            let mfa = user.mfa.iter().find(|mfa| factor_name(mfa) == wanted).cloned();
            mfa.map(Some).ok_or_else(|| invalid("ANSWER is not one of MFAS_CAN_CHOOSE"))
        }
        Stage::Sms { code } => {
            if asked.need("SMS_MFA_CODE")? == code {
                Ok(None)
            } else {
                Err(mismatch())
            }
        }
        Stage::Email { code } => {
            if asked.need("EMAIL_OTP_CODE")? == code {
                Ok(None)
            } else {
                Err(mismatch())
            }
        }
        Stage::Setup { seed: Some(seed), proved: true } => {
            let pools = world.setup.pools.iter_mut().filter(|p| p.id == pool.id);
            for known in pools.filter_map(|p| p.user_mut(&user.name)) {
                known.mfa.push(Mfa::Totp { secret: codes::to_base32(seed) });
                known.must_set_up = false;
            }
            Ok(None)
        }
        Stage::Setup { .. } => Err(refused("Invalid session for the user.")),
        Stage::Totp => {
            let code = asked.need("SOFTWARE_TOKEN_MFA_CODE")?;
            let secret = user.mfa.iter().find_map(|mfa| match mfa {
                Mfa::Totp { secret } => Some(codes::base32(secret)),
                Mfa::Sms | Mfa::Email => None,
            });
            let step = secret.and_then(|secret| codes::step_of(&secret, code, world.seconds())).ok_or_else(mismatch)?;
            let person = world.person(&pool.id, &user.name);
            if person.totp_step >= Some(step) {
                return Err(error("ExpiredCodeException", "Your software token has already been used once.", 400));
            }
            person.totp_step = Some(step);
            Ok(None)
        }
    }
}

pub(super) fn acceptable(password: &str) -> Result<(), Answer> {
    let missing = if password.chars().count() < 8 {
        "Password not long enough"
    } else if !password.chars().any(char::is_uppercase) {
        "Password must have uppercase characters"
    } else if !password.chars().any(char::is_lowercase) {
        "Password must have lowercase characters"
    } else if !password.chars().any(|c| c.is_ascii_digit()) {
        "Password must have numeric characters"
    } else {
        return Ok(());
    };
    Err(error("InvalidPasswordException", &format!("Password does not conform to policy: {missing}"), 400))
}

pub(super) fn count(world: &mut World, session: &str) {
    let Some(challenge) = world.challenges.get_mut(session) else { return };
    challenge.tries += 1;
    if challenge.tries >= TRIES {
        world.challenges.remove(session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timestamp_has_english_names_and_no_leading_zero() {
        assert!(timestamp_is_well_formed("Sat Nov 7 10:41:48 UTC 2026"));
        for wrong in
            ["Sat Nov 07 10:41:48 UTC 2026", "Sun Nov 7 10:41:48 UTC 2026", "Sat Nov 7 10:41:48 2026", "7.11.2026"]
        {
            assert!(!timestamp_is_well_formed(wrong), "{wrong}");
        }
    }
}
