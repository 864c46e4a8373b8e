//! Cognito user pools: who may ask (client, secret hash, flow), and the beginning of a login (API version 2016-04-18).

mod challenges;
mod codes;
mod srp;
#[cfg(test)]
mod tests;
mod tokens;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

pub(crate) use challenges::{Challenge, respond};
pub(crate) use srp::hmac as hmac_sha256;
pub(crate) use tokens::{get_tokens, revoke};

use crate::{
    http::{Answer, Request},
    random,
    setup::{Flow, Mfa, Pool, PoolClient, PoolUser},
    world::World,
};

/// Wrong passwords in a row before the pool makes people wait.
const PATIENCE: u32 = 5;

/// `UsernameType` of the API model.
const LONGEST_NAME: usize = 128;

/// `{"__type", "message"}` with status 400 and the exception's name in a header too.
pub(crate) fn error(kind: &str, message: &str, status: u16) -> Answer {
    answer(status, &json!({ "__type": kind, "message": message })).with("x-amzn-ErrorType", format!("{kind}:"))
}

fn answer(status: u16, body: &Value) -> Answer {
    Answer::new(status, "application/x-amz-json-1.1", body.to_string())
}

fn refused(message: &str) -> Answer {
    error("NotAuthorizedException", message, 400)
}

fn invalid(message: &str) -> Answer {
    error("InvalidParameterException", message, 400)
}

/// The code that the authenticator app of `user` shows at `epoch`.
pub(crate) fn current_totp(user: &PoolUser, epoch: u64) -> Option<String> {
    user.mfa.iter().find_map(|mfa| match mfa {
        Mfa::Totp { secret } => Some(codes::totp(&codes::base32(secret), codes::step(epoch))),
        Mfa::Sms | Mfa::Email => None,
    })
}

/// `InitiateAuth`
pub(crate) fn initiate(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    let asked = Asked::of(&body, "AuthParameters");
    match body.get("AuthFlow").and_then(Value::as_str) {
        Some("USER_SRP_AUTH") => {
            allowed(&client, Flow::Srp, "USER_SRP_AUTH")?;
            initiate_srp(world, &pool, &client, &asked)
        }
        Some("USER_PASSWORD_AUTH") => {
            allowed(&client, Flow::Password, "USER_PASSWORD_AUTH")?;
            initiate_password(world, &pool, &client, &asked)
        }
        Some("REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN") => tokens::refresh_auth(world, &pool, &client, &asked),
        Some(other @ ("CUSTOM_AUTH" | "USER_AUTH" | "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH")) => {
            Err(invalid(&format!("{other} is not enabled for the client.")))
        }
        Some(_) => Err(invalid("1 validation error detected: Value at 'authFlow' failed to satisfy constraint")),
        None => Err(invalid("Missing required parameter AuthFlow")),
    }
}

fn initiate_srp(world: &mut World, pool: &Pool, client: &PoolClient, asked: &Asked) -> Result<Answer, Answer> {
    let name = asked.need("USERNAME")?;
    if name.len() > LONGEST_NAME {
        return Err(invalid("1 validation error detected: Value at 'userName' failed to satisfy constraint"));
    }
    secret_hash(client, asked, &[name])?;
    let a = srp::public(asked.need("SRP_A")?).ok_or_else(|| invalid("SRP_A is not a valid number"))?;
    let (user, password, real) = match pool.user(name) {
        Some(user) => (user.name.clone(), user.password.clone(), true),
        None if client.reveals_users => return Err(unknown_user()),
        // The name is not ours: go through the same motions with a password that nobody knows.
        None => (name.to_owned(), random::token(32), false),
    };
    let (salt, verifier) = if real {
        known_verifier(world, pool, &user, &password)
    } else {
        let salt = srp::salt();
        let verifier = srp::verifier(pool.short(), &user, &password, &salt);
        (salt, verifier)
    };
    let (b, b_public) = srp::pair(&verifier);
    let secret_block = STANDARD.encode(random::bytes(512));
    let parameters = json!({
        "SALT": salt.to_str_radix(16),
        "SRP_B": b_public.to_str_radix(16),
        "SECRET_BLOCK": secret_block,
        "USERNAME": user,
        "USER_ID_FOR_SRP": user,
    });
    let key = srp::session_key(&a, &b, &b_public, &verifier);
    let stage = challenges::Stage::Verifier { key, secret_block };
    let challenge = Challenge::new(world, pool, client, &user, stage);
    world.challenges.insert(random::token(900), challenge);
    // AWS sends no Session with this challenge: the secret block finds it again.
    Ok(answer(200, &json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters })))
}

/// Salt and verifier of the user's password; computed once per password.
fn known_verifier(
    world: &mut World,
    pool: &Pool,
    user: &str,
    password: &str,
) -> (num_bigint::BigUint, num_bigint::BigUint) {
    let person = world.person(&pool.id, user);
    match &person.verifier {
        Some((of, salt, verifier)) if of == password => (salt.clone(), verifier.clone()),
        _ => {
            let salt = srp::salt();
            let verifier = srp::verifier(pool.short(), user, password, &salt);
            person.verifier = Some((password.to_owned(), salt.clone(), verifier.clone()));
            (salt, verifier)
        }
    }
}

fn initiate_password(world: &mut World, pool: &Pool, client: &PoolClient, asked: &Asked) -> Result<Answer, Answer> {
    let name = asked.need("USERNAME")?;
    secret_hash(client, asked, &[name])?;
    let password = asked.need("PASSWORD")?;
    match pool.user(name) {
        None if client.reveals_users => Err(unknown_user()),
        None => Err(wrong_password()),
        Some(user) => after_password(world, pool, client, &user.name.clone(), user.password == password),
    }
}

/// Counts a wrong password, or goes on with a right one.
fn after_password(
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
    challenges::next(world, pool, client, user)
}

fn wrong_password() -> Answer {
    refused("Incorrect username or password.")
}

fn unknown_user() -> Answer {
    error("UserNotFoundException", "User does not exist.", 400)
}

fn allowed(client: &PoolClient, flow: Flow, name: &str) -> Result<(), Answer> {
    if client.flows.contains(&flow) { Ok(()) } else { Err(invalid(&format!("{name} is not enabled for the client."))) }
}

/// The client a request names, with its pool. Copies: the state behind them may change meanwhile.
fn client(world: &World, body: &Value) -> Result<(Pool, PoolClient), Answer> {
    let Some(id) = body.get("ClientId").and_then(Value::as_str).filter(|id| !id.is_empty()) else {
        return Err(invalid("Missing required parameter ClientId"));
    };
    let found =
        world.setup.pools.iter().find_map(|p| Some((p.clone(), p.clients.iter().find(|c| c.id == id)?.clone())));
    found.ok_or_else(|| error("ResourceNotFoundException", &format!("User pool client {id} does not exist."), 400))
}

/// For clients with a secret: `Base64(HMAC-SHA-256(secret, name + client id))` for one of `names` must be there.
fn secret_hash(client: &PoolClient, asked: &Asked, names: &[&str]) -> Result<(), Answer> {
    let Some(secret) = &client.secret else { return Ok(()) };
    let id = &client.id;
    let Some(given) = asked.get("SECRET_HASH") else {
        return Err(refused(&format!("Client {id} is configured with secret but SECRET_HASH was not received")));
    };
    let fits = |name: &&str| STANDARD.encode(srp::hmac(secret.as_bytes(), &[name.as_bytes(), id.as_bytes()])) == given;
    if names.iter().any(fits) {
        Ok(())
    } else {
        Err(refused(&format!("SecretHash does not match for the client: {id}")))
    }
}

fn object(request: &Request) -> Result<Value, Answer> {
    request.json().ok_or_else(|| error("SerializationException", "The body is not a JSON object", 400))
}

/// The map of strings inside a request.
struct Asked(Value);

impl Asked {
    fn of(body: &Value, member: &str) -> Self {
        Self(body.get(member).cloned().unwrap_or_default())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn need(&self, name: &str) -> Result<&str, Answer> {
        self.get(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| invalid(&format!("Missing required parameter {name}")))
    }
}
