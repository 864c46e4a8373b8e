//! Partitions, additional regions, a company's own start URL, the name behind a session, and its end.

use bytes::Bytes;
use http::Response;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::login::Wish;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::team::Team;
use serde_json::json as j;

use crate::support::{
    Reply, Sent, Stage, bare, exception, json, no_connection, profile_of, provider, secret, session, start, status,
    team,
};

fn acme(start_url: &str, more: &[(&str, &str)]) -> Team {
    let mut team = team("aws-sso", &[("start-url", start_url), ("region", "eu-west-1")]);
    team.settings.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    team
}

fn portal(more: &[(&str, &str)]) -> Team {
    acme("https://acme.awsapps.com/start", more)
}

/// What a service of Identity Center answers when all is well.
fn well(sent: &Sent) -> Reply {
    match sent.path.as_str() {
        "/client/register" => {
            let ends = start().as_second() + 90 * 86_400;
            json(&j!({ "clientId": "c-1", "clientSecret": "cs-1", "clientSecretExpiresAt": ends }))
        }
        "/device_authorization" => {
            let page = "https://acme.awsapps.com/device";
            json(&j!({ "deviceCode": "d", "userCode": "BCDF-GHJK", "verificationUri": page }))
        }
        "/token" => json(&j!({ "accessToken": "a-1", "refreshToken": "r-1", "expiresIn": 3600 })),
        "/federation/credentials" => json(&j!({ "roleCredentials": {
            "accessKeyId": "ASIA1", "secretAccessKey": "sk", "sessionToken": "st",
            "expiration": start().as_millisecond() + 3_600_000,
        }})),
        "/logout" => status(200, &j!({})),
        other => panic!("{other}"),
    }
}

async fn login(team: &Team, stage: &Stage) -> Result<Session, ProviderError> {
    bare(provider("aws-sso").login(team, &mut Kept::default(), &Wish::default(), &stage.cx).await)
}

fn hosts(stage: &Stage) -> Vec<String> {
    let mut hosts: Vec<String> = stage.sent().into_iter().map(|sent| sent.host).collect();
    hosts.dedup();
    hosts
}

// F290
#[tokio::test]
async fn each_partition_is_asked_where_it_answers() {
    for (region, suffix) in [
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("eusc-de-east-1", "amazonaws.eu"),
        ("us-iso-east-1", "c2s.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov"),
        ("eu-isoe-west-1", "cloud.adc-e.uk"),
        ("us-isof-south-1", "csp.hci.ic.gov"),
    ] {
        let team = portal(&[("region", region)]);
        let stage = Stage::new(well);
        let session = login(&team, &stage).await.unwrap();
        assert_eq!(hosts(&stage), [format!("oidc.{region}.{suffix}")]);
        let stage = Stage::new(well);
        let profile = profile_of("123456789012", "Admin");
        provider("aws-sso").credential(&team, &profile, &session, &stage.cx).await.unwrap();
        assert_eq!(hosts(&stage), [format!("portal.sso.{region}.{suffix}")]);
    }
}

// F294
#[tokio::test]
async fn an_additional_region_is_asked_where_the_first_does_not_answer() {
    let team = portal(&[("more-regions", "eu-central-1, us-east-1")]);
    let away = |sent: &Sent| match sent.host.contains("eu-west-1") {
        true => no_connection(),
        false => well(sent),
    };
    let stage = Stage::new(away);
    let session = login(&team, &stage).await.unwrap();
    assert_eq!(hosts(&stage), ["oidc.eu-west-1.amazonaws.com", "oidc.eu-central-1.amazonaws.com"]);
    assert_eq!(session.notes["region"].expose(), "eu-central-1");
    // From there on the session is asked for where it is of.
    let stage = Stage::new(away);
    let renewed = provider("aws-sso").refresh(&team, &session, &Kept::default(), &stage.cx).await.unwrap();
    let profile = profile_of("123456789012", "Admin");
    provider("aws-sso").credential(&team, &profile, &renewed, &stage.cx).await.unwrap();
    assert_eq!(hosts(&stage), ["oidc.eu-central-1.amazonaws.com", "portal.sso.eu-central-1.amazonaws.com"]);
    // And its own region's trouble is outwaited in the others.
    let elsewhere = |sent: &Sent| match sent.host.contains("eu-central-1") {
        true => exception(503, "ServiceUnavailable", ""),
        false => well(sent),
    };
    let stage = Stage::new(elsewhere);
    provider("aws-sso").refresh(&team, &session, &Kept::default(), &stage.cx).await.unwrap();
    assert_eq!(hosts(&stage), ["oidc.eu-central-1.amazonaws.com", "oidc.eu-west-1.amazonaws.com"]);
}

// F294
#[tokio::test]
async fn what_an_additional_region_refuses_ends_no_session_and_hides_no_silence() {
    let team = portal(&[("more-regions", "us-east-1")]);
    let stage = Stage::new(|sent: &Sent| match sent.host.contains("eu-west-1") {
        true => no_connection(),
        false => exception(400, "InvalidGrantException", "unknown here"),
    });
    let of_the_first = session(Some("r"), &[("client-id", "c"), ("client-secret", "s"), ("region", "eu-west-1")]);
    let told = bare(provider("aws-sso").refresh(&team, &of_the_first, &Kept::default(), &stage.cx).await).unwrap_err();
    assert!(told.is_offline(), "{told:?}");
    assert_eq!(stage.sent().len(), 2);
    // A refusal of its own region is one, and nobody else is asked.
    let stage = Stage::new(|_| exception(400, "InvalidGrantException", "over"));
    let told = bare(provider("aws-sso").refresh(&team, &of_the_first, &Kept::default(), &stage.cx).await).unwrap_err();
    assert!(matches!(told, ProviderError::SessionEnded { .. }) && stage.sent().len() == 1, "{told:?}");
}

fn leads(status: u16, to: &str) -> Reply {
    Ok(Response::builder().status(status).header("location", to).body(Bytes::new()).unwrap())
}

// F291
#[tokio::test]
async fn a_start_url_of_a_company_is_followed_for_one_step_to_its_portal_and_its_region() {
    let team = acme("https://aws.acme.test/start", &[]);
    for (first, to, region, host) in [
        (302, "https://acme.awsapps.com/start", "eu-west-1", "acme.awsapps.com"),
        (301, "https://ssoins-1.portal.us-east-2.app.aws/", "us-east-2", "ssoins-1.portal.us-east-2.app.aws"),
        (405, "https://acme.awsapps.com/start", "eu-west-1", "acme.awsapps.com"),
    ] {
        let mut seen = 0;
        let stage = Stage::new(move |sent: &Sent| match sent.host.as_str() {
            "aws.acme.test" => {
                seen += 1;
                if first == 405 && seen == 1 { status(405, &j!({})) } else { leads(302, to) }
            }
            _ => well(sent),
        });
        let session = login(&team, &stage).await.unwrap();
        assert_eq!(session.who, "aws.acme.test", "as the person wrote it");
        assert_eq!(session.notes["region"].expose(), region);
        let asked = &stage.sent_to("/device_authorization")[0];
        assert_eq!(asked.host, format!("oidc.{region}.amazonaws.com"));
        assert!(asked.body["startUrl"].as_str().unwrap().contains(host));
    }
    let stage = Stage::new(|_| leads(302, "https://evil.test/start"));
    let told = login(&team, &stage).await.unwrap_err();
    let ProviderError::Unexpected { host, what } = told else { panic!("{told:?}") };
    assert!(host == "aws.acme.test" && what.contains("evil.test"), "{host} {what}");
    // Where it leads nowhere it is taken as it is, and so is every address of AWS without a look at it.
    let stage = Stage::new(|sent: &Sent| if sent.host == "aws.acme.test" { status(200, &j!({})) } else { well(sent) });
    login(&team, &stage).await.unwrap();
    assert_eq!(stage.sent_to("/device_authorization")[0].body["startUrl"], "https://aws.acme.test/start");
    for known in ["https://d-1.awsapps.com/start", "https://identitycenter.amazonaws.com/ssoins-1"] {
        let stage = Stage::new(well);
        login(&acme(known, &[]), &stage).await.unwrap();
    }
}

fn caller(arn: &str) -> Reply {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>{arn}</Arn><UserId>AROA1:x</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    );
    Ok(Response::builder().status(200).header("x-amzn-requestid", "1").body(Bytes::from(body)).unwrap())
}

// F288
#[tokio::test]
async fn the_name_behind_a_session_is_the_session_name_of_a_role() {
    let keys = Credential {
        key_id: "ASIA1".into(),
        secret_key: secret("sk"),
        token: secret("st"),
        expires: start() + jiff::SignedDuration::from_hours(1),
    };
    let role = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0a1b/alice@acme.example";
    for (arn, name) in [(role, Some("alice@acme.example")), ("arn:aws:iam::123456789012:user/alice", None)] {
        let stage = Stage::new(move |sent: &Sent| {
            assert_eq!(sent.host, "sts.eu-west-1.amazonaws.com");
            caller(arn)
        });
        assert_eq!(provider("aws-sso").who(&portal(&[]), &keys, &stage.cx).await.as_deref(), name);
        assert_eq!(stage.sent().len(), 1);
    }
    let stage = Stage::new(|_| exception(403, "AccessDenied", "no"));
    assert_eq!(provider("aws-sso").who(&portal(&[]), &keys, &stage.cx).await, None);
}

// F288
#[tokio::test]
async fn nobody_is_asked_for_a_name_behind_a_portal_of_ones_own() {
    let own = [("portal-endpoint", "https://portal.acme.test")];
    let stage = Stage::new(well);
    assert_eq!(login(&portal(&own), &stage).await.unwrap().notes["nameless"].expose(), "");
    assert_eq!(login(&portal(&[]), &stage).await.unwrap().notes["nameless"].expose(), "ask");
    let both = [own[0], ("sts-endpoint", "https://sts.acme.test")];
    assert_eq!(login(&portal(&both), &stage).await.unwrap().notes["nameless"].expose(), "ask");
}

// F295
#[tokio::test]
async fn a_log_out_with_a_token_that_is_over_ends_what_could_still_be_renewed() {
    let notes = [("client-id", "c"), ("client-secret", "s")];
    let revoke = async |stage: &Stage, session: &Session| {
        bare(provider("aws-sso").revoke(&portal(&[]), session, &Kept::default(), &stage.cx).await)
    };
    let over = || exception(401, "UnauthorizedException", "Session token not found or invalid");
    let stage = Stage::new(move |sent: &Sent| if sent.token == "access-0" { over() } else { well(sent) });
    revoke(&stage, &session(Some("r-0"), &notes)).await.unwrap();
    let paths: Vec<String> = stage.sent().into_iter().map(|sent| format!("{} {}", sent.path, sent.token)).collect();
    assert_eq!(paths, ["/logout access-0", "/token ", "/logout a-1"]);
    // What is over altogether is as good as ended.
    let stage = Stage::new(move |sent: &Sent| match sent.path.as_str() {
        "/token" => exception(400, "InvalidGrantException", "over"),
        _ => over(),
    });
    revoke(&stage, &session(Some("r-0"), &notes)).await.unwrap();
    let stage = Stage::new(move |_| over());
    revoke(&stage, &session(None, &[])).await.unwrap();
    let stage = Stage::new(move |sent: &Sent| if sent.path == "/token" { no_connection() } else { over() });
    assert!(revoke(&stage, &session(Some("r-0"), &notes)).await.unwrap_err().is_offline());
}
