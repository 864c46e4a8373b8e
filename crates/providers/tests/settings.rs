//! What a team's settings may say, told before any request is made.

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::login::Wish;
use keyfob_core::words::session::Kept;

use crate::support::{Stage, environment, provider, team};

const SSO: [(&str, &str); 2] = [("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")];
const POOL: [(&str, &str); 3] =
    [("region", "eu-west-1"), ("user-pool-id", "eu-west-1_AbCdEfGhI"), ("client-id", "1h57kf5cpq17m0eml12EXAMPLE")];

fn check(id: &str, base: &[(&str, &str)], change: &[(&str, &str)]) -> Result<(), BadSetting> {
    let mut team = team(id, base);
    for (key, value) in change {
        team.settings.insert((*key).into(), (*value).into());
    }
    provider(id).check(&team.settings)
}

fn bad_key(result: Result<(), BadSetting>) -> String {
    match result.unwrap_err() {
        BadSetting::Missing { key, .. } | BadSetting::Malformed { key, .. } | BadSetting::Unknown { key, .. } => key,
        BadSetting::MissingSecret { key } => key,
        BadSetting::NoProfiles => panic!("no profile was checked"),
    }
}

#[test]
fn every_provider_is_found_by_its_id_and_knows_its_team_name_field() {
    let ids: Vec<&str> = keyfob_providers::registry().iter().map(|provider| provider.about().id).collect();
    assert_eq!(ids, ["aws-sso", "cognito"]);
    for id in ids {
        assert!(provider(id).about().fields.iter().any(|field| field.key == "iot-team"), "{id}");
    }
    assert!(keyfob_providers::find("nobody").is_none());
}

#[test]
fn good_settings_pass() {
    assert_eq!(check("aws-sso", &SSO, &[]), Ok(()));
    assert_eq!(check("aws-sso", &SSO, &[("oidc-endpoint", "http://127.0.0.1:4000"), ("iot-team", "acme 2")]), Ok(()));
    assert_eq!(check("aws-sso", &SSO, &[("scopes", "sso:account:access, openid")]), Ok(()));
    assert_eq!(check("cognito", &POOL, &[]), Ok(()));
    assert_eq!(check("cognito", &POOL, &[("endpoint", "http://localhost:9000")]), Ok(()));
}

#[test]
fn what_is_missing_malformed_or_unknown_is_named_by_its_key() {
    for (id, change) in [
        ("aws-sso", ("start-url", "")),
        ("aws-sso", ("start-url", "http://acme.awsapps.com/start")),
        ("aws-sso", ("start-url", "acme")),
        ("aws-sso", ("region", "eu-west-1.evil.test")),
        ("aws-sso", ("region", "")),
        ("aws-sso", ("scopes", "a b")),
        ("aws-sso", ("scopes", "a,,b")),
        ("aws-sso", ("oidc-endpoint", "http://oidc.test")),
        ("aws-sso", ("portal-endpoint", "https://user@portal.test")),
        ("aws-sso", ("portal-endpoint", "https://portal.test/?a=b")),
        ("aws-sso", ("user-pool-id", "eu-west-1_A")),
        ("aws-sso", ("iot-team", "a;b")),
        ("cognito", ("user-pool-id", "eu-west-1")),
        ("cognito", ("user-pool-id", "eu-west-1_")),
        ("cognito", ("user-pool-id", "us-east-1_AbCdEfGhI")),
        ("cognito", ("user-pool-id", "eu-west-1_a/b")),
        ("cognito", ("client-id", "a b")),
        ("cognito", ("client-id", "")),
        ("cognito", ("client-secret", "shh")),
        ("cognito", ("endpoint", "ftp://pool.test")),
        ("cognito", ("Region", "eu-west-1")),
    ] {
        let base: &[(&str, &str)] = if id == "aws-sso" { &SSO } else { &POOL };
        assert_eq!(bad_key(check(id, base, &[change])), change.0, "{id} {change:?}");
    }
}

#[tokio::test]
async fn a_bad_address_in_the_environment_is_refused_before_anything_is_sent() {
    let mut stage = Stage::in_order(vec![]);
    stage.cx.environment = environment(&[("AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc.test")]);
    let refused =
        provider("aws-sso").login(&team("aws-sso", &SSO), &mut Kept::default(), &Wish::default(), &stage.cx).await;
    let Err(ProviderError::Setting(bad)) = refused else { panic!("{refused:?}") };
    assert_eq!(bad_key(Err(bad)), "AWS_ENDPOINT_URL_SSO_OIDC");
}

#[test]
fn what_a_profile_is_traded_for_is_checked_by_its_provider() {
    let sso = provider("aws-sso");
    let target =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let account = ("account", "123456789012");
    assert_eq!(sso.check_profile(&target(&[account, ("role", "Admin")])), Ok(()));
    for (pairs, key) in [
        (&[account][..], "role"),
        (&[("account", "12345"), ("role", "Admin")], "account"),
        (&[account, ("role", "Admin role")], "role"),
        (&[account, ("role", "Admin"), ("colour", "red")], "colour"),
    ] {
        assert_eq!(bad_key(sso.check_profile(&target(pairs))), key, "{pairs:?}");
    }
    let none = provider("cognito").check_profile(&target(&[]));
    assert_eq!(none, Err(BadSetting::NoProfiles));
}
