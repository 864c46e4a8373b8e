//! `InitiateAuth`: the beginning of a login by SRP or by the plain password, and the older way of renewing one.

use base64::{Engine, engine::general_purpose::STANDARD};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::{
    answers::{answer, invalid, unknown_user, wrong_password},
    asked::{Asked, client, object, secret_hash},
    next::{after_password, await_answer},
    srp, tokens,
};
use crate::{
    http::{Answer, Request},
    random,
    setup::{Flow, Pool, PoolClient},
    world::{Stage, World},
};

/// `UsernameType` of the API model.
const LONGEST_NAME: usize = 128;

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
    await_answer(world, pool, client, &user, Stage::Verifier { key, secret_block });
    // AWS sends no Session with this challenge: the secret block finds it again.
    Ok(answer(200, &json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters })))
}

/// Salt and verifier of the user's password; computed once per password.
fn known_verifier(world: &mut World, pool: &Pool, user: &str, password: &str) -> (BigUint, BigUint) {
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

fn allowed(client: &PoolClient, flow: Flow, name: &str) -> Result<(), Answer> {
    if client.flows.contains(&flow) { Ok(()) } else { Err(invalid(&format!("{name} is not enabled for the client."))) }
}
