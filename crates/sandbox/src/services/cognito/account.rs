//! What people do with their accounts: signing up, confirming, and passwords that are forgotten or changed.

use serde_json::{Value, json};

use super::{
    answers::{answer, error, invalid, refused, unknown_user, wrong_password},
    asked::{client, hash_of, need, object},
    respond::{TRIES, acceptable},
    tokens,
};
use crate::{
    http::{Answer, Request},
    random,
    setup::{Pool, PoolClient, PoolUser, Status},
    world::{SentCode, World},
};

/// `SignUp`
pub(crate) fn sign_up(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    let (name, password) = (need(&body, "Username")?, need(&body, "Password")?);
    hash_of(&client, &body, &[name])?;
    if pool.closed {
        return Err(refused("SignUp is not permitted for this user pool"));
    }
    let attributes = body.get("UserAttributes").and_then(Value::as_array).cloned().unwrap_or_default();
    let email = attributes.iter().find(|one| one["Name"] == "email").and_then(|one| one["Value"].as_str());
    let email =
        email.ok_or_else(|| invalid("Attributes did not conform to the schema: email: The attribute is required"))?;
    if !email.contains('@') {
        return Err(invalid("Invalid email address format."));
    }
    acceptable(password)?;
    if pool.users.iter().any(|user| user.name == name) {
        return Err(error("UsernameExistsException", "User already exists", 400));
    }
    let user = PoolUser {
        name: name.to_owned(),
        email: email.to_owned(),
        password: password.to_owned(),
        status: Status::Unconfirmed,
        ..PoolUser::default()
    };
    if let Some(known) = world.setup.pools.iter_mut().find(|p| p.id == pool.id) {
        known.users.push(user);
    }
    let delivery = send_confirmation(world, &pool.id, name, email);
    Ok(answer(200, &json!({ "UserConfirmed": false, "UserSub": random::uuid(), "CodeDeliveryDetails": delivery })))
}

/// `ConfirmSignUp`
pub(crate) fn confirm_sign_up(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    let (name, code) = (need(&body, "Username")?, need(&body, "ConfirmationCode")?);
    hash_of(&client, &body, &[name])?;
    // Of a name that is not ours nothing is told: its code has run out.
    let Some(user) = pool.user(name) else { return Err(no_user(&client, code_over)) };
    if user.status != Status::Unconfirmed {
        return Err(refused("User cannot be confirmed. Current status is CONFIRMED"));
    }
    let now = world.seconds();
    judge(&mut world.person(&pool.id, &user.name).confirmation, code, now)?;
    change(world, &pool, &user.name, |user| user.status = Status::Confirmed);
    Ok(answer(200, &json!({})))
}

/// `ResendConfirmationCode`
pub(crate) fn resend(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    let name = need(&body, "Username")?;
    hash_of(&client, &body, &[name])?;
    let delivery = match pool.user(name) {
        None if client.reveals_users => return Err(unknown_user()),
        None => delivered("nobody@example.com"),
        Some(user) if user.status != Status::Unconfirmed => return Err(invalid("User is already confirmed.")),
        Some(user) => send_confirmation(world, &pool.id, &user.name.clone(), &user.email.clone()),
    };
    Ok(answer(200, &json!({ "CodeDeliveryDetails": delivery })))
}

/// `ForgotPassword`
pub(crate) fn forgot(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    let name = need(&body, "Username")?;
    hash_of(&client, &body, &[name])?;
    let delivery = match pool.user(name) {
        None if client.reveals_users => return Err(unknown_user()),
        None => delivered("nobody@example.com"),
        Some(user) => match user.status {
            Status::Unconfirmed => {
                let why = "Cannot reset password for the user as there is no registered/verified email or phone_number";
                return Err(invalid(why));
            }
            Status::NewPassword => return Err(refused("User password cannot be reset in the current state.")),
            Status::Confirmed | Status::ResetRequired => {
                let sent = fresh(world, world.setup.lifetimes.reset);
                let person = world.person(&pool.id, &user.name);
                person.last_code = Some(sent.code.clone());
                person.reset = Some(sent);
                delivered(&user.email)
            }
        },
    };
    Ok(answer(200, &json!({ "CodeDeliveryDetails": delivery })))
}

/// `ConfirmForgotPassword`
pub(crate) fn reset(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (pool, client) = client(world, &body)?;
    let (name, code) = (need(&body, "Username")?, need(&body, "ConfirmationCode")?);
    let password = need(&body, "Password")?;
    hash_of(&client, &body, &[name])?;
    let Some(user) = pool.user(name) else { return Err(no_user(&client, mismatch)) };
    acceptable(password)?;
    let now = world.seconds();
    judge(&mut world.person(&pool.id, &user.name).reset, code, now)?;
    change(world, &pool, &user.name, |user| {
        user.password = password.to_owned();
        user.status = Status::Confirmed;
    });
    let person = world.person(&pool.id, &user.name);
    (person.failures, person.locked_until) = (0, std::time::Duration::ZERO);
    Ok(answer(200, &json!({})))
}

/// `ChangePassword`
pub(crate) fn change_password(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let body = object(request)?;
    let (old, new) = (need(&body, "PreviousPassword")?, need(&body, "ProposedPassword")?);
    let (pool, name) = tokens::bearer(world, need(&body, "AccessToken")?)?;
    if pool.user(&name).is_none_or(|user| user.password != old) {
        return Err(wrong_password());
    }
    acceptable(new)?;
    change(world, &pool, &name, |user| user.password = new.to_owned());
    Ok(answer(200, &json!({})))
}

fn send_confirmation(world: &mut World, pool_id: &str, user: &str, email: &str) -> Value {
    let sent = fresh(world, world.setup.lifetimes.confirmation);
    let person = world.person(pool_id, user);
    person.last_code = Some(sent.code.clone());
    person.confirmation = Some(sent);
    delivered(email)
}

fn fresh(world: &World, lives: u64) -> SentCode {
    SentCode { code: random::digits(6), ends: world.seconds() + lives, tries: 0 }
}

/// The masked address: the first letter before and behind the at sign.
fn delivered(email: &str) -> Value {
    let (name, host) = email.split_once('@').unwrap_or_default();
    let first = |text: &str| text.chars().take(1).collect::<String>();
    let masked = format!("{}***@{}***", first(name), first(host));
    json!({ "Destination": masked, "DeliveryMedium": "EMAIL", "AttributeName": "email" })
}

/// Uses the code up when it is right; a wrong one counts.
fn judge(sent: &mut Option<SentCode>, code: &str, now: u64) -> Result<(), Answer> {
    let known = sent.as_mut().filter(|known| now < known.ends).ok_or_else(code_over)?;
    if known.tries >= TRIES {
        return Err(error("LimitExceededException", "Attempt limit exceeded, please try after some time.", 400));
    }
    if known.code != code {
        known.tries += 1;
        return Err(mismatch());
    }
    *sent = None;
    Ok(())
}

fn change(world: &mut World, pool: &Pool, user: &str, change: impl Fn(&mut PoolUser)) {
    let pools = world.setup.pools.iter_mut().filter(|known| known.id == pool.id);
    pools.filter_map(|known| known.user_mut(user)).for_each(change);
}

fn no_user(client: &PoolClient, otherwise: fn() -> Answer) -> Answer {
    if client.reveals_users { unknown_user() } else { otherwise() }
}

fn mismatch() -> Answer {
    error("CodeMismatchException", "Invalid verification code provided, please try again.", 400)
}

fn code_over() -> Answer {
    error("ExpiredCodeException", "Invalid code provided, please request a code again.", 400)
}
