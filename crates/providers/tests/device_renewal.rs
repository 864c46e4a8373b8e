//! Renewing an Identity Center session without a person.

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::session::{Kept, Session};
use serde_json::json as j;

use crate::support::{
    Reply, Stage, bare, cut, exception, json, no_connection, passing_troubles, provider, session, team,
};

fn logged_in() -> Session {
    session(Some("r-0"), &[("client-id", "c-1"), ("client-secret", "cs-1")])
}

async fn refresh(stage: &Stage) -> Result<Session, ProviderError> {
    let team = team("aws-sso", &[("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")]);
    bare(provider("aws-sso").refresh(&team, &logged_in(), &Kept::default(), &stage.cx).await)
}

fn token() -> Reply {
    json(&j!({ "accessToken": "a-1", "refreshToken": "r-1", "expiresIn": 3600 }))
}

#[tokio::test]
async fn a_session_is_renewed_with_the_client_that_its_token_belongs_to() {
    let stage = Stage::in_order(vec![token()]);
    let renewed = refresh(&stage).await.unwrap();
    let sent = &stage.sent()[0].body;
    assert_eq!(
        (&sent["clientId"], &sent["clientSecret"], &sent["grantType"], &sent["refreshToken"]),
        (&j!("c-1"), &j!("cs-1"), &j!("refresh_token"), &j!("r-0"))
    );
    assert_eq!((renewed.access.expose(), renewed.refresh.unwrap().expose().to_owned()), ("a-1", "r-1".into()));
    assert_eq!((renewed.who, renewed.notes), (logged_in().who, logged_in().notes));
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    // F21
    let stage = Stage::in_order(vec![json(&j!({ "accessToken": "a-1", "expiresIn": 3600 }))]);
    assert_eq!(refresh(&stage).await.unwrap().refresh.unwrap().expose(), "r-0");
}

#[tokio::test]
async fn a_lost_answer_is_told_from_a_request_that_never_left() {
    // F10: what may be done at the server is worth another try at once, which the sessions make.
    for lost in [cut(), Err(keyfob_core::doors::ports::HttpError::TimedOut { host: "h".into() })] {
        assert!(refresh(&Stage::in_order(vec![lost])).await.unwrap_err().may_be_done());
    }
    let offline = refresh(&Stage::in_order(vec![no_connection()])).await.unwrap_err();
    assert!(offline.is_offline() && !offline.may_be_done());
}

#[tokio::test]
async fn only_a_closed_list_of_answers_ends_a_session() {
    // F18
    for code in ["InvalidGrantException", "ExpiredTokenException", "InvalidClientException"] {
        let stage = Stage::in_order(vec![exception(400, code, "")]);
        assert_eq!(refresh(&stage).await, Err(ProviderError::SessionEnded { code: code.into(), said: String::new() }));
    }
    for code in ["InvalidRequestException", "UnauthorizedClientException", "SlowDownException", "Whatever"] {
        let refused = refresh(&Stage::in_order(vec![exception(400, code, "")])).await.unwrap_err();
        assert!(matches!(refused, ProviderError::Refused { .. }), "{code}: {refused:?}");
    }
}

#[tokio::test]
async fn trouble_on_the_way_never_ends_a_session() {
    // F02 to F08, F13, F14, F32
    for (name, reply) in passing_troubles() {
        let error = refresh(&Stage::new(move |_| reply.clone())).await.unwrap_err();
        assert!(error.is_passing(), "{name}: {error:?}");
        assert!(!format!("{error:?} {error}").contains("s3cr"), "{name}");
    }
}

#[tokio::test]
async fn a_session_that_cannot_renew_needs_a_person_and_sends_nothing() {
    let team = team("aws-sso", &[("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")]);
    for poor in [session(None, &[("client-id", "c"), ("client-secret", "s")]), session(Some("r-0"), &[])] {
        let stage = Stage::in_order(vec![]);
        let refused = provider("aws-sso").refresh(&team, &poor, &Kept::default(), &stage.cx).await;
        assert_eq!(refused, Err(ProviderError::PersonNeeded));
    }
}
