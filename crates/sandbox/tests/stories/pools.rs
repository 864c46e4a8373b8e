//! Cognito on a clock that only the test moves; SRP itself is proved in the crate and by pycognito.

use std::time::Duration;

use keyfob_sandbox::{
    DEMO_PASSWORD, Expire, PASSWORD_CLIENT, PoolClient, ROTATING_CLIENT, Rotation, SRP_CLIENT, Sandbox,
};
use serde_json::{Value, json};

use crate::client::{Got, cognito, demo};

fn log_in(cloud: &Sandbox, user: &str, password: &str) -> Got {
    let parameters = json!({ "USERNAME": user, "PASSWORD": password });
    let flow = "USER_PASSWORD_AUTH";
    cognito(
        cloud,
        "InitiateAuth",
        &json!({ "AuthFlow": flow, "ClientId": PASSWORD_CLIENT, "AuthParameters": parameters }),
    )
}

fn answer(cloud: &Sandbox, challenge: &Value, user: &str, name: &str, value: &str) -> Got {
    let body = json!({
        "ClientId": PASSWORD_CLIENT, "ChallengeName": challenge["ChallengeName"], "Session": challenge["Session"],
        "ChallengeResponses": { "USERNAME": user, name: value },
    });
    cognito(cloud, "RespondToAuthChallenge", &body)
}

fn rotate(cloud: &Sandbox, token: &Value) -> Got {
    cognito(cloud, "GetTokensFromRefreshToken", &json!({ "ClientId": PASSWORD_CLIENT, "RefreshToken": token }))
}

fn message(got: &Got) -> String {
    got.json()["message"].as_str().unwrap_or_default().to_owned()
}

fn client(cloud: &Sandbox, change: impl FnOnce(&mut PoolClient)) {
    cloud.change(|setup| change(setup.pools[0].clients.iter_mut().find(|c| c.id == PASSWORD_CLIENT).unwrap()));
}

#[tokio::test]
async fn after_five_wrong_passwords_the_right_one_waits_and_each_further_one_doubles_the_wait() {
    let (cloud, hand) = demo().await;
    for _ in 0..5 {
        assert_eq!(message(&log_in(&cloud, "ann", "wrong")), "Incorrect username or password.");
    }
    assert_eq!(message(&log_in(&cloud, "ann", DEMO_PASSWORD)), "Password attempts exceeded");
    hand.advance(Duration::from_secs(1));
    assert_eq!(message(&log_in(&cloud, "ann", "wrong")), "Incorrect username or password.");
    hand.advance(Duration::from_secs(1));
    assert_eq!(message(&log_in(&cloud, "ann", DEMO_PASSWORD)), "Password attempts exceeded");
    hand.advance(Duration::from_secs(1));
    assert_eq!(log_in(&cloud, "ann", DEMO_PASSWORD).status, 200);
    assert_eq!(message(&log_in(&cloud, "ann", "wrong")), "Incorrect username or password.");
    assert_eq!(log_in(&cloud, "ann", DEMO_PASSWORD).status, 200);
}

#[tokio::test]
async fn an_authenticator_code_works_once_and_only_in_its_minute() {
    let (cloud, hand) = demo().await;
    let asked = log_in(&cloud, "tom", DEMO_PASSWORD).json();
    let code = cloud.totp("tom").unwrap();
    let respond = |challenge: &Value, code: &str| answer(&cloud, challenge, "tom", "SOFTWARE_TOKEN_MFA_CODE", code);
    assert_eq!(respond(&asked, &code).status, 200);
    let asked = log_in(&cloud, "tom", DEMO_PASSWORD).json();
    assert_eq!(respond(&asked, &code).error(), "ExpiredCodeException");
    hand.advance(Duration::from_secs(60));
    assert_eq!(respond(&asked, &code).error(), "CodeMismatchException");
    assert_eq!(respond(&asked, &cloud.totp("tom").unwrap()).status, 200);
}

#[tokio::test]
async fn a_session_string_is_over_after_three_minutes() {
    let (cloud, hand) = demo().await;
    let asked = log_in(&cloud, "sam", DEMO_PASSWORD).json();
    let code = cloud.last_code("sam").unwrap();
    hand.advance(Duration::from_secs(180));
    let late = answer(&cloud, &asked, "sam", "SMS_MFA_CODE", &code);
    assert_eq!(message(&late), "Invalid session for the user, session is expired.");
    let asked = log_in(&cloud, "sam", DEMO_PASSWORD).json();
    cloud.expire(Expire::Challenges);
    let late = answer(&cloud, &asked, "sam", "SMS_MFA_CODE", &cloud.last_code("sam").unwrap());
    assert_eq!(late.error(), "NotAuthorizedException");
}

#[tokio::test]
async fn one_persons_session_does_not_answer_for_another() {
    let (cloud, _) = demo().await;
    let asked = log_in(&cloud, "sam", DEMO_PASSWORD).json();
    let code = cloud.last_code("sam").unwrap();
    assert_eq!(message(&answer(&cloud, &asked, "ann", "SMS_MFA_CODE", &code)), "Invalid session for the user.");
    assert_eq!(answer(&cloud, &asked, "sam", "SMS_MFA_CODE", &code).status, 200);
}

#[tokio::test]
async fn reusing_a_rotated_refresh_token_ends_the_family() {
    let (cloud, _) = demo().await;
    client(&cloud, |client| client.rotation = Rotation::Strict);
    let first = log_in(&cloud, "ann", DEMO_PASSWORD).json()["AuthenticationResult"]["RefreshToken"].clone();
    let second = rotate(&cloud, &first).json()["AuthenticationResult"]["RefreshToken"].clone();
    assert_ne!(first, second);
    assert_eq!(rotate(&cloud, &first).error(), "RefreshTokenReuseException");
    assert_eq!(message(&rotate(&cloud, &second)), "Refresh Token has been revoked");
}

#[tokio::test]
async fn in_its_grace_time_a_rotated_refresh_token_still_works() {
    let (cloud, hand) = demo().await;
    client(&cloud, |client| client.rotation = Rotation::Grace(60));
    let first = log_in(&cloud, "ann", DEMO_PASSWORD).json()["AuthenticationResult"]["RefreshToken"].clone();
    assert_eq!(rotate(&cloud, &first).status, 200);
    hand.advance(Duration::from_secs(59));
    assert_eq!(rotate(&cloud, &first).status, 200);
    hand.advance(Duration::from_secs(1));
    assert_eq!(rotate(&cloud, &first).error(), "RefreshTokenReuseException");
}

#[tokio::test]
async fn a_refresh_token_is_as_long_as_a_real_one_and_dies_after_thirty_days() {
    let (cloud, hand) = demo().await;
    let token = log_in(&cloud, "ann", DEMO_PASSWORD).json()["AuthenticationResult"]["RefreshToken"].clone();
    assert!(token.as_str().unwrap().len() > 1_700);
    hand.advance(Duration::from_secs(30 * 86_400 - 1));
    assert_eq!(rotate(&cloud, &token).status, 200);
    hand.advance(Duration::from_secs(1));
    assert_eq!(message(&rotate(&cloud, &token)), "Refresh Token has expired");
}

#[tokio::test]
async fn a_client_may_do_only_what_its_pool_allows() {
    let (cloud, _) = demo().await;
    let ask = |client: &str, flow: &str, parameters: Value| {
        let body = json!({ "AuthFlow": flow, "ClientId": client, "AuthParameters": parameters });
        message(&cognito(&cloud, "InitiateAuth", &body))
    };
    let named = json!({ "USERNAME": "ann", "PASSWORD": DEMO_PASSWORD, "SRP_A": "2" });
    assert_eq!(
        ask(SRP_CLIENT, "USER_PASSWORD_AUTH", named.clone()),
        "USER_PASSWORD_AUTH is not enabled for the client."
    );
    assert_eq!(ask(PASSWORD_CLIENT, "USER_SRP_AUTH", named), "USER_SRP_AUTH is not enabled for the client.");
    let refresh = json!({ "REFRESH_TOKEN": "x" });
    assert_eq!(
        ask(ROTATING_CLIENT, "REFRESH_TOKEN_AUTH", refresh),
        "REFRESH_TOKEN_AUTH is not enabled for the client."
    );
    assert_eq!(
        ask(SRP_CLIENT, "USER_SRP_AUTH", json!({ "USERNAME": "ann", "SRP_A": "0" })),
        "SRP_A is not a valid number"
    );
    client(&cloud, |client| client.reveals_users = true);
    assert_eq!(log_in(&cloud, "nobody", "x").error(), "UserNotFoundException");
}
