//! Renewing and revoking a user pool's session without a person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyfob_core::doors::ports::HttpError;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::session::{Kept, Session};
use serde_json::{Value, json as j};

use crate::pool_login::acme;
use crate::support::{
    Reply, Stage, bare, cut, exception, json, no_connection, passing_troubles, provider, session, with_client_secret,
};

fn logged_in(notes: &[(&str, &str)]) -> Session {
    let mut all = vec![("username", "ada-real")];
    all.extend(notes);
    session(Some("r-0"), &all)
}

async fn refresh(stage: &Stage, session: &Session) -> Result<Session, ProviderError> {
    bare(provider("cognito").refresh(&acme(), session, &Kept::default(), &stage.cx).await)
}

fn tokens(refresh: Option<&str>) -> Reply {
    json(&j!({ "AuthenticationResult": {
        "AccessToken": "a-1", "IdToken": "i-1", "RefreshToken": refresh, "ExpiresIn": 3600,
    }}))
}

fn rotation_is_on() -> Reply {
    exception(400, "InvalidParameterException", "REFRESH_TOKEN_AUTH is not enabled for the client.")
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    // F21
    let stage = Stage::in_order(vec![tokens(None)]);
    let renewed = refresh(&stage, &logged_in(&[])).await.unwrap();
    assert_eq!((renewed.access.expose(), renewed.refresh.unwrap().expose().to_owned()), ("a-1", "r-0".into()));
    assert_eq!(stage.sent()[0].body["AuthFlow"], "REFRESH_TOKEN_AUTH");
    assert_eq!(renewed.notes, logged_in(&[]).notes);
}

#[tokio::test]
async fn the_secret_hash_is_made_of_the_real_name_and_not_of_the_alias() {
    // I20. Reference: printf 'ada-realclient1' | openssl dgst -sha256 -hmac shh -binary | base64
    let stage = Stage::in_order(vec![tokens(None)]);
    let kept = Kept { username: Some("ada@acme.test".into()), ..with_client_secret("shh") };
    provider("cognito").refresh(&acme(), &logged_in(&[]), &kept, &stage.cx).await.unwrap();
    assert_eq!(stage.sent()[0].body["AuthParameters"]["SECRET_HASH"], "47N8b/Lw1sPC63lYIrUzLcOq8X0afhAq3RaaA9Kfpis=");
}

#[tokio::test]
async fn the_real_name_is_taken_from_the_token() {
    let jwt = |claims: Value| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let access = jwt(j!({ "username": "7d8c", "sub": "7d8c" }));
    let id = jwt(j!({ "sub": "7d8c", "email": "ada@acme.test\u{202e}", "iat": 1, "exp": 601 }));
    let result = j!({ "AuthenticationResult": { "AccessToken": access, "IdToken": id, "ExpiresIn": 3600 } });
    let stage = Stage::in_order(vec![json(&result)]);
    let renewed = refresh(&stage, &logged_in(&[])).await.unwrap();
    assert_eq!((renewed.who.as_str(), renewed.notes["username"].expose()), ("ada@acme.test", "7d8c"));
    assert_eq!(renewed.expires.duration_since(renewed.issued).as_secs(), 600);
}

#[tokio::test]
async fn rotation_is_noticed_remembered_and_unlearned() {
    // F29
    for refusal in [
        rotation_is_on(),
        exception(400, "UnsupportedOperationException", "Refresh token rotation is enabled"),
        exception(400, "NotAuthorizedException", "Refresh token rotation is enabled for this client"),
    ] {
        let stage =
            Stage::in_order(vec![refusal, tokens(Some("r-1")), tokens(Some("r-2")), rotation_is_off(), tokens(None)]);
        let first = refresh(&stage, &logged_in(&[])).await.unwrap();
        assert_eq!(first.refresh.as_ref().unwrap().expose(), "r-1");
        let second = refresh(&stage, &first).await.unwrap();
        let third = refresh(&stage, &second).await.unwrap();
        assert_eq!(third.notes, logged_in(&[]).notes);
        let sent = stage.sent();
        let targets: Vec<&str> = sent.iter().map(|sent| sent.target.as_str()).collect();
        let rotating = "GetTokensFromRefreshToken";
        assert_eq!(targets, ["InitiateAuth", rotating, rotating, rotating, "InitiateAuth"]);
        assert_eq!(sent[2].body["RefreshToken"], "r-1");
        assert_eq!(sent[4].body["AuthParameters"]["REFRESH_TOKEN"], "r-2");
    }
}

fn rotation_is_off() -> Reply {
    exception(400, "UnsupportedOperationException", "not enabled")
}

#[tokio::test]
async fn a_lost_answer_is_told_from_a_request_that_never_left() {
    // F10: what may be done at the server is worth another try at once, which the sessions make.
    let rotating = logged_in(&[("renewed-by", "GetTokensFromRefreshToken")]);
    for lost in [cut(), Err(HttpError::TimedOut { host: "h".into() })] {
        let stage = Stage::in_order(vec![lost]);
        assert!(refresh(&stage, &rotating).await.unwrap_err().may_be_done());
    }
    let stage = Stage::in_order(vec![exception(400, "RefreshTokenReuseException", "")]);
    let over = Err(ProviderError::SessionEnded { code: "RefreshTokenReuseException".into(), said: String::new() });
    assert_eq!(refresh(&stage, &rotating).await, over);
    let offline = refresh(&Stage::in_order(vec![no_connection()]), &rotating).await.unwrap_err();
    assert!(offline.is_offline() && !offline.may_be_done());
}

#[tokio::test]
async fn only_a_closed_list_of_answers_ends_a_session() {
    // F18
    for (code, message) in [
        ("NotAuthorizedException", "Refresh Token has been revoked"),
        ("NotAuthorizedException", "Refresh Token has expired"),
        ("NotAuthorizedException", "Invalid Refresh Token"),
        ("NotAuthorizedException", "User is disabled."),
        ("UserNotFoundException", "User does not exist."),
        ("RefreshTokenReuseException", ""),
    ] {
        let ended = refresh(&Stage::in_order(vec![exception(400, code, message)]), &logged_in(&[])).await;
        assert_eq!(ended, Err(ProviderError::SessionEnded { code: code.into(), said: message.into() }), "{message}");
    }
    for (code, message) in [
        ("NotAuthorizedException", "Unable to verify secret hash for client c"),
        ("NotAuthorizedException", "Something else"),
        ("ResourceNotFoundException", "User pool client c does not exist."),
        ("UserLambdaValidationException", "no"),
        ("PasswordResetRequiredException", ""),
        ("ForbiddenException", "blocked"),
    ] {
        let error = refresh(&Stage::in_order(vec![exception(400, code, message)]), &logged_in(&[])).await.unwrap_err();
        assert!(!matches!(error, ProviderError::SessionEnded { .. }), "{code} {message}");
    }
}

#[tokio::test]
async fn trouble_on_the_way_never_ends_a_session() {
    // F02 to F08, F13, F14, F32
    for way in [logged_in(&[]), logged_in(&[("renewed-by", "GetTokensFromRefreshToken")])] {
        for (name, reply) in passing_troubles() {
            let error = refresh(&Stage::new(move |_| reply.clone()), &way).await.unwrap_err();
            assert!(error.is_passing(), "{name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_device_that_the_pool_has_forgotten_is_dropped_and_one_try_is_made_without_it() {
    // F28
    let bound = logged_in(&[("device-key", "eu-west-1_d")]);
    let forgotten = || exception(400, "ResourceNotFoundException", "Device does not exist.");
    let stage = Stage::in_order(vec![forgotten(), tokens(None)]);
    let renewed = refresh(&stage, &bound).await.unwrap();
    assert_eq!(stage.sent()[0].body["AuthParameters"]["DEVICE_KEY"], "eu-west-1_d");
    assert!(stage.sent()[1].body["AuthParameters"]["DEVICE_KEY"].is_null());
    assert_eq!(renewed.notes, logged_in(&[]).notes);

    let stage = Stage::in_order(vec![tokens(None)]);
    assert_eq!(refresh(&stage, &bound).await.unwrap().notes, bound.notes);
    let stage = Stage::in_order(vec![forgotten(), forgotten()]);
    refresh(&stage, &bound).await.unwrap_err();
}

#[tokio::test]
async fn a_session_that_cannot_renew_needs_a_person_and_sends_nothing() {
    let stage = Stage::in_order(vec![]);
    assert_eq!(refresh(&stage, &session(None, &[])).await, Err(ProviderError::PersonNeeded));
}

#[tokio::test]
async fn logging_out_revokes_the_refresh_token() {
    let kept = with_client_secret("shh");
    let revoke =
        async |stage: &Stage, session: &Session| provider("cognito").revoke(&acme(), session, &kept, &stage.cx).await;
    let stage = Stage::in_order(vec![json(&j!({}))]);
    revoke(&stage, &logged_in(&[])).await.unwrap();
    let sent = &stage.sent()[0];
    assert_eq!(sent.target, "RevokeToken");
    assert_eq!(sent.body, j!({ "Token": "r-0", "ClientId": "client1", "ClientSecret": "shh" }));

    for fine in ["UnsupportedOperationException", "UnsupportedTokenTypeException"] {
        revoke(&Stage::in_order(vec![exception(400, fine, "off")]), &logged_in(&[])).await.unwrap();
    }
    revoke(&Stage::in_order(vec![]), &session(None, &[])).await.unwrap();
    revoke(&Stage::in_order(vec![no_connection()]), &logged_in(&[])).await.unwrap_err();
    revoke(&Stage::in_order(vec![exception(400, "UnauthorizedException", "")]), &logged_in(&[])).await.unwrap_err();
}
