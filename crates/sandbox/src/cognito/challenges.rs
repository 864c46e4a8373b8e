//! `RespondToAuthChallenge`: the password claim, the new password, and the one-time codes.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Asked, after_password, answer, client, codes, error, invalid, object, refused, secret_hash, srp, tokens};
use crate::{
    http::{Answer, Request},
    random,
    setup::{Mfa, Pool, PoolClient, PoolUser, Status},
    world::World,
};

/// Wrong codes before the session is void.
const TRIES: u32 = 5;

/// A login that waits for its next answer, found again by its `Session` string.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    pool_id: String,
    client_id: String,
    user: String,
    ends: u64,
    tries: u32,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    Verifier { key: Vec<u8>, secret_block: String },
    NewPassword,
    Select,
    Totp,
    Sms { code: String },
    Email { code: String },
}

impl Stage {
    fn name(&self) -> &'static str {
        match self {
            Self::Verifier { .. } => "PASSWORD_VERIFIER",
            Self::NewPassword => "NEW_PASSWORD_REQUIRED",
            Self::Select => "SELECT_MFA_TYPE",
            Self::Totp => "SOFTWARE_TOKEN_MFA",
            Self::Sms { .. } => "SMS_MFA",
            Self::Email { .. } => "EMAIL_OTP",
        }
    }
}

impl Challenge {
    pub fn new(world: &World, pool: &Pool, client: &PoolClient, user: &str, stage: Stage) -> Self {
        Self {
            pool_id: pool.id.clone(),
            client_id: client.id.clone(),
            user: user.to_owned(),
            ends: world.seconds() + world.setup.lifetimes.challenge,
            tries: 0,
            stage,
        }
    }

    /// Makes it expire at `now` at the latest.
    pub fn end(&mut self, now: u64) {
        self.ends = self.ends.min(now);
    }
}

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
            None => Err(super::wrong_password()),
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

fn acceptable(password: &str) -> Result<(), Answer> {
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

fn count(world: &mut World, session: &str) {
    let Some(challenge) = world.challenges.get_mut(session) else { return };
    challenge.tries += 1;
    if challenge.tries >= TRIES {
        world.challenges.remove(session);
    }
}

/// What comes after a right password.
pub(super) fn next(world: &mut World, pool: &Pool, client: &PoolClient, user: &str) -> Result<Answer, Answer> {
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

fn second_factor(world: &mut World, pool: &Pool, client: &PoolClient, user: &str) -> Result<Answer, Answer> {
    let Some(person) = pool.user(user) else { return Err(refused("Invalid session for the user.")) };
    match person.mfa.as_slice() {
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

fn factor_name(mfa: &Mfa) -> &'static str {
    match mfa {
        Mfa::Totp { .. } => "SOFTWARE_TOKEN_MFA",
        Mfa::Sms => "SMS_MFA",
        Mfa::Email => "EMAIL_OTP",
    }
}

fn ask_for(world: &mut World, pool: &Pool, client: &PoolClient, user: &PoolUser, mfa: &Mfa) -> Result<Answer, Answer> {
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
    let session = random::token(900);
    let body = json!({ "ChallengeName": stage.name(), "Session": session, "ChallengeParameters": parameters });
    let challenge = Challenge::new(world, pool, client, user, stage);
    world.challenges.insert(session, challenge);
    answer(200, &body)
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
