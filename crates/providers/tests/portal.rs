//! The access portal: accounts and roles, credentials, logging out.

use bytes::Bytes;
use http::Response;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::session::{Credential, Kept};
use keyfob_core::words::team::Team;
use serde_json::{Value, json as j};

use crate::support::{
    Reply, Stage, bare, cut, exception, json, no_connection, page, passing_troubles, profile_of, provider, session,
    start, targets, team,
};

fn acme() -> Team {
    team("aws-sso", &[("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")])
}

async fn credential(stage: &Stage) -> Result<Credential, ProviderError> {
    let profile = profile_of("111111111111", "ReadOnly");
    bare(provider("aws-sso").credential(&acme(), &profile, &session(None, &[]), &stage.cx).await)
}

fn keys(expiration: &Value) -> Reply {
    json(&j!({ "roleCredentials": {
        "accessKeyId": "ASIA1", "secretAccessKey": "sk", "sessionToken": "st", "expiration": expiration,
    }}))
}

fn in_an_hour() -> Value {
    j!((start().as_second() + 3600) * 1000)
}

#[tokio::test]
async fn credentials_come_for_the_asked_role_and_end_when_the_portal_says_in_milliseconds() {
    let stage = Stage::in_order(vec![keys(&in_an_hour())]);
    let made = credential(&stage).await.unwrap();
    assert_eq!((made.key_id.as_str(), made.secret_key.expose(), made.token.expose()), ("ASIA1", "sk", "st"));
    assert_eq!(made.expires.duration_since(start()).as_secs(), 3600);
    let sent = &stage.sent()[0];
    assert_eq!(sent.host, "portal.sso.eu-west-1.amazonaws.com");
    assert_eq!((sent.path.as_str(), sent.token.as_str()), ("/federation/credentials", "access-0"));
    assert!(sent.query.contains("role_name=ReadOnly") && sent.query.contains("account_id=111111111111"));
}

#[tokio::test]
async fn credentials_that_are_over_or_incomplete_are_refused() {
    // F25
    for expiration in [j!(start().as_second() * 1000), j!(0), j!(-1), Value::Null, j!(start().as_second())] {
        let refused = credential(&Stage::in_order(vec![keys(&expiration)])).await;
        assert!(matches!(refused, Err(ProviderError::OverAlready { .. })), "{expiration}: {refused:?}");
    }
    let no_time = credential(&Stage::in_order(vec![keys(&j!(i64::MAX))])).await;
    assert!(matches!(no_time, Err(ProviderError::Unexpected { .. })), "{no_time:?}");
    let half = json(&j!({ "roleCredentials": { "accessKeyId": "ASIA1", "expiration": in_an_hour() } }));
    assert!(credential(&Stage::in_order(vec![half])).await.is_err());
    for empty in ["accessKeyId", "secretAccessKey", "sessionToken"] {
        let mut all =
            j!({ "accessKeyId": "ASIA1", "secretAccessKey": "sk", "sessionToken": "st", "expiration": in_an_hour() });
        all[empty] = j!("");
        let made = credential(&Stage::in_order(vec![json(&j!({ "roleCredentials": all }))])).await;
        assert!(matches!(made, Err(ProviderError::Unexpected { .. })), "{empty}: {made:?}");
    }
    assert!(credential(&Stage::in_order(vec![json(&j!({}))])).await.is_err());
}

#[tokio::test]
async fn credentials_are_never_good_for_ever() {
    // F22
    let far = j!((start().as_second() + 400 * 86_400) * 1000);
    let made = credential(&Stage::in_order(vec![keys(&far)])).await.unwrap();
    assert_eq!(made.expires.duration_since(start()).as_secs(), 30 * 86_400);
}

#[tokio::test]
async fn a_refused_access_token_is_told_apart_from_a_role_that_is_gone() {
    // F23
    let stage = Stage::in_order(vec![exception(401, "UnauthorizedException", "Session token not found")]);
    assert_eq!(
        credential(&stage).await,
        Err(ProviderError::SessionEnded {
            code: "UnauthorizedException".into(),
            said: "Session token not found".into()
        })
    );
    // F24
    for (status, code) in [(403, "ForbiddenException"), (404, "ResourceNotFoundException")] {
        let gone = credential(&Stage::in_order(vec![exception(status, code, "No access")])).await;
        assert_eq!(gone, Err(ProviderError::RoleGone { account: "111111111111".into(), role: "ReadOnly".into() }));
    }
    // A proxy's page with the same status says nothing of the role.
    for status in [401, 403, 404] {
        let page = credential(&Stage::in_order(vec![page(status)])).await;
        assert!(matches!(page, Err(ProviderError::Unexpected { .. })), "{status}: {page:?}");
    }
}

// F160
#[tokio::test]
async fn a_gateway_that_wants_to_be_signed_in_to_does_not_end_the_session() {
    for (code, body) in [("", "{}"), ("", r#"{"error":"proxy login"}"#), ("Unauthorized", "{}"), ("U", "")] {
        let reply = Response::builder().status(401).header("x-amzn-errortype", code).body(Bytes::from(body)).unwrap();
        for refused in [
            credential(&Stage::in_order(vec![Ok(reply.clone())])).await.err(),
            bare(targets("aws-sso", &acme(), &session(None, &[]), &Stage::in_order(vec![Ok(reply)]).cx).await).err(),
        ] {
            assert!(matches!(refused, Some(ProviderError::Refused { .. })), "{code} {body}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn a_passing_trouble_is_tried_three_times_and_a_dead_network_once() {
    // F14
    let busy = || exception(503, "ServiceUnavailable", "");
    let stage = Stage::in_order(vec![busy(), cut(), keys(&in_an_hour())]);
    credential(&stage).await.unwrap();
    let stage = Stage::in_order(vec![busy(), busy(), busy()]);
    assert!(matches!(credential(&stage).await, Err(ProviderError::ServerTrouble { status: 503, .. })));
    let stage = Stage::in_order(vec![no_connection()]);
    assert!(credential(&stage).await.unwrap_err().is_offline());
}

#[tokio::test]
async fn trouble_on_the_way_never_ends_the_session() {
    // F02 to F08, F13, F14, F32
    for (name, reply) in passing_troubles() {
        let error = credential(&Stage::new(move |_| reply.clone())).await.unwrap_err();
        assert!(error.is_passing(), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn every_page_of_accounts_and_roles_is_read_in_order() {
    let stage = Stage::new(|sent| {
        let next = sent.query.contains("next_token=");
        match sent.path.as_str() {
            "/assignment/accounts" if !next => json(&j!({ "nextToken": "n", "accountList": [
                { "accountId": "1", "accountName": "one\u{202e}" }, { "accountId": "2" },
            ]})),
            "/assignment/accounts" => json(&j!({ "accountList": [
                { "accountId": "3", "emailAddress": "three@acme.test" }, { "accountName": "no id" },
            ]})),
            "/assignment/roles" if !next => json(&j!({ "nextToken": "m", "roleList": [{ "roleName": "A" }] })),
            "/assignment/roles" => json(&j!({ "roleList": [{ "roleName": "B" }, {}] })),
            other => panic!("{other}"),
        }
    });
    let targets = targets("aws-sso", &acme(), &session(None, &[]), &stage.cx).await.unwrap();
    let found: Vec<String> = targets.iter().map(|t| format!("{} {} {}", t.group_detail, t.group, t.label)).collect();
    assert_eq!(found, ["1 one A", "1 one B", "2 2 A", "2 2 B", "3 three@acme.test A", "3 three@acme.test B"]);
    assert!(stage.sent().iter().all(|sent| sent.query.contains("max_result=100") && sent.token == "access-0"));
}

#[tokio::test]
async fn a_list_that_never_ends_is_stopped() {
    let mut n = 0;
    let stage = Stage::new(move |_| {
        n += 1;
        json(&j!({ "nextToken": format!("n{n}"), "accountList": [] }))
    });
    let stopped = targets("aws-sso", &acme(), &session(None, &[]), &stage.cx).await;
    assert!(matches!(stopped, Err(ProviderError::Unexpected { .. })));
}

#[tokio::test]
async fn logging_out_of_a_session_that_is_over_is_fine() {
    for reply in [json(&Value::Null), exception(401, "UnauthorizedException", "")] {
        let stage = Stage::in_order(vec![reply]);
        provider("aws-sso").revoke(&acme(), &session(None, &[]), &Kept::default(), &stage.cx).await.unwrap();
        assert_eq!((stage.sent()[0].path.as_str(), stage.sent()[0].token.as_str()), ("/logout", "access-0"));
    }
    let stage = Stage::in_order(vec![no_connection()]);
    provider("aws-sso").revoke(&acme(), &session(None, &[]), &Kept::default(), &stage.cx).await.unwrap_err();
}
