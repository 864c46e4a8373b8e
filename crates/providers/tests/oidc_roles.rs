//! Roles for a session at an OpenID provider: its ID token is traded by AWS STS.

use bytes::Bytes;
use http::Response;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::problem;
use keyfob_core::words::id::Id;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::{Credential, Session};
use serde_json::json as j;

use crate::support::idp::{Idp, acme};
use crate::support::{Reply, Stage, bare, provider};

const ROLE: (&str, &str) = ("role-arn", "arn:aws:iam::123456789012:role/Deploy");

fn credentials() -> Reply {
    xml(
        200,
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s-1</SecretAccessKey>\
        <SessionToken>t-1</SessionToken><Expiration>2026-11-21T11:00:00Z</Expiration></Credentials>\
        <AssumedRoleUser><AssumedRoleId>AROA1:ada</AssumedRoleId>\
        <Arn>arn:aws:sts::123456789012:assumed-role/Deploy/ada</Arn></AssumedRoleUser>\
        </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
    )
}

fn xml(status: u16, body: &'static str) -> Reply {
    Ok(Response::builder()
        .status(status)
        .header("content-type", "text/xml")
        .header("x-amzn-requestid", "1")
        .body(Bytes::from(body))
        .unwrap())
}

async fn trade(
    settings: &[(&str, &str)],
    target: &[(&str, &str)],
    change: impl FnOnce(&mut Session),
    reply: Reply,
) -> (Result<Credential, ProviderError>, Stage) {
    let mut session = Idp::new().login(&[]).await.0.unwrap();
    change(&mut session);
    let target = target.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let profile = Profile::new(Id::from_random([1; 10]), "deploy", target);
    let stage = Idp::new().at("/", vec![reply]).stage();
    (provider("oidc").credential(&acme(settings), &profile, &session, &stage.cx).await, stage)
}

#[tokio::test]
async fn a_session_is_traded_for_a_role_in_one_round_trip_that_nobody_has_to_sign() {
    let (given, stage) = trade(&[("region", "eu-west-1")], &[ROLE, ("duration", "1h")], |_| (), credentials()).await;
    let given = given.unwrap();
    assert_eq!((given.key_id.as_str(), given.token.expose()), ("ASIA1", "t-1"));
    let sent = stage.sent();
    assert_eq!((sent.len(), sent[0].host.as_str()), (1, "sts.eu-west-1.amazonaws.com"));
    assert!(sent[0].authorization.is_empty(), "an ID token proves itself");
    for (name, value) in [
        ("Action", "AssumeRoleWithWebIdentity"),
        ("RoleArn", ROLE.1),
        ("RoleSessionName", "ada@acme.test"),
        ("DurationSeconds", "3600"),
    ] {
        assert_eq!(sent[0].field(name), value, "{name}");
    }
    assert_eq!(sent[0].field("WebIdentityToken").split('.').count(), 3);
}

// F279
#[tokio::test]
async fn a_role_is_asked_for_in_its_own_partition() {
    for (role, settings, host) in [
        (ROLE.1, &[][..], "sts.us-east-1.amazonaws.com"),
        ("arn:aws-cn:iam::123456789012:role/Deploy", &[], "sts.cn-north-1.amazonaws.com.cn"),
        ("arn:aws-us-gov:iam::123456789012:role/Deploy", &[], "sts.us-gov-west-1.amazonaws.com"),
        (ROLE.1, &[("sts-endpoint", "https://sts.acme.test")], "sts.acme.test"),
    ] {
        let (given, stage) = trade(settings, &[("role-arn", role)], |_| (), credentials()).await;
        given.unwrap();
        assert_eq!(stage.sent()[0].host, host, "{role}");
    }
    let settings = [("region", "eu-west-1")];
    let target = [("role-arn", "arn:aws-cn:iam::123456789012:role/Deploy")];
    let (refused, stage) = trade(&settings, &target, |_| (), credentials()).await;
    assert!(matches!(bare(refused), Err(ProviderError::Setting(_))));
    assert!(stage.sent().is_empty());
}

// F279
#[tokio::test]
async fn an_id_token_that_is_over_needs_a_person_and_is_not_sent() {
    let over = |session: &mut Session| {
        let now = crate::support::start().as_second();
        let token = Idp::new().claims(j!({ "exp": now })).token(0.0);
        session.id_token = Some(crate::support::secret(&token));
    };
    let (outcome, stage) = trade(&[], &[ROLE], over, credentials()).await;
    assert_eq!((bare(outcome), stage.sent().len()), (Err(ProviderError::PersonNeeded), 0));
    let (outcome, stage) = trade(&[], &[ROLE], |session| session.id_token = None, credentials()).await;
    assert!(matches!(bare(outcome), Err(ProviderError::Unsupported { .. })));
    assert!(stage.sent().is_empty());
}

// F279
#[tokio::test]
async fn a_role_that_does_not_trust_the_provider_is_told_with_the_words_of_aws() {
    let denied = xml(
        403,
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
        <Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>",
    );
    let (refused, _) = trade(&[], &[ROLE], |_| (), denied).await;
    let told = problem::of_provider(&refused.unwrap_err(), "acme");
    assert!(told.detail.contains("Not authorized to perform sts:AssumeRoleWithWebIdentity"), "{told:?}");
    assert!(told.detail.contains(ROLE.1), "{told:?}");
}
