//! A whole SRP login, with the client's half computed here.

use base64::{Engine, engine::general_purpose::STANDARD};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::{initiate, respond, srp};
use crate::{
    demo::{DEMO_PASSWORD, SRP_CLIENT},
    http::{Answer, Request},
    random,
    setup::Setup,
    world::World,
};

fn ask(body: &Value) -> Request {
    Request { body: body.to_string().into_bytes(), ..Request::new("POST", "/", Vec::new()) }
}

fn read(result: Result<Answer, Answer>) -> Value {
    let answer = result.unwrap_or_else(|refusal| refusal);
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// Logs in as `user`; `spoil` may change the answer to the challenge.
fn srp_login(world: &mut World, user: &str, password: &str, spoil: impl FnOnce(&mut Value)) -> Value {
    let a = BigUint::from_bytes_be(&random::bytes(32));
    let parameters = json!({ "USERNAME": user, "SRP_A": srp::client_public(&a).to_str_radix(16) });
    let started = json!({ "AuthFlow": "USER_SRP_AUTH", "ClientId": SRP_CLIENT, "AuthParameters": parameters });
    let challenge = read(initiate(world, &ask(&started)));
    let text = |name: &str| challenge["ChallengeParameters"][name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| BigUint::parse_bytes(text(name).as_bytes(), 16).unwrap_or_default();
    let (id, block, time) = (text("USER_ID_FOR_SRP"), text("SECRET_BLOCK"), "Sat Nov 21 10:40:00 UTC 2026");
    let key = srp::client_key("DemoPool1", &id, password, &number("SALT"), &a, &number("SRP_B"));
    let claim = srp::claim(&key, "DemoPool1", &id, &STANDARD.decode(&block).unwrap_or_default(), time);
    let mut answer = json!({
        "ClientId": SRP_CLIENT,
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeResponses": {
            "USERNAME": id,
            "TIMESTAMP": time,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": STANDARD.encode(claim),
        },
    });
    spoil(&mut answer["ChallengeResponses"]);
    read(respond(world, &ask(&answer)))
}

fn world() -> World {
    World::new(Setup::demo(), "http://127.0.0.1:1".to_owned())
}

const REFUSED: &str = "Incorrect username or password.";

#[test]
fn the_right_password_signs_in_by_name_and_by_e_mail_address() {
    let mut world = world();
    for name in ["ann", "ann@acme.example"] {
        let done = srp_login(&mut world, name, DEMO_PASSWORD, |_| ());
        assert!(done["AuthenticationResult"]["IdToken"].is_string(), "{done}");
    }
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_refused_alike() {
    let mut world = world();
    let wrong = srp_login(&mut world, "ann", "wrong", |_| ());
    assert_eq!(wrong["message"], REFUSED);
    assert_eq!(srp_login(&mut world, "nobody", DEMO_PASSWORD, |_| ()), wrong);
}

#[test]
fn a_claim_for_another_time_or_another_block_is_refused() {
    let mut world = world();
    let late = srp_login(&mut world, "ann", DEMO_PASSWORD, |r| r["TIMESTAMP"] = "Sat Nov 21 10:40:01 UTC 2026".into());
    assert_eq!(late["message"], REFUSED);
    let odd = srp_login(&mut world, "ann", DEMO_PASSWORD, |r| r["TIMESTAMP"] = "2026-11-21T10:40:00Z".into());
    assert_eq!(odd["__type"], "InvalidParameterException");
    let foreign = srp_login(&mut world, "ann", DEMO_PASSWORD, |r| r["PASSWORD_CLAIM_SECRET_BLOCK"] = "AAAA".into());
    assert_eq!(foreign["message"], "Invalid session for the user.");
}
