//! What a team's settings may say, told before any request is made.

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::login::Wish;
use keyfob_core::words::session::Kept;

use crate::support::{Stage, environment, provider, team};

const SSO: [(&str, &str); 2] = [("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")];
const POOL: [(&str, &str); 3] =
    [("region", "eu-west-1"), ("user-pool-id", "eu-west-1_AbCdEfGhI"), ("client-id", "1h57kf5cpq17m0eml12EXAMPLE")];

const OPENID: [(&str, &str); 2] = [("issuer", "https://id.acme.test/realms/acme"), ("client-id", "keyfob")];

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
    assert_eq!(ids, ["aws-sso", "cognito", "oidc", "aws-signin", "aws-keys"]);
    for id in ids {
        assert!(provider(id).about().fields.iter().any(|field| field.key == "iot-team"), "{id}");
    }
    assert!(keyfob_providers::find("nobody").is_none());
}

const KEYS: [(&str, &str); 2] = [("access-key-id", "AKIAIOSFODNN7EXAMPLE"), ("region", "eu-west-1")];

#[test]
fn good_settings_pass() {
    for arn in
        ["iam::123456789012:user/staff/ann", "iam::123456789012:root", "sts::123456789012:assumed-role/Admin/ann@x"]
    {
        let arn = format!("arn:aws:{arn}");
        assert_eq!(check("aws-signin", &[], &[("login-session", &arn)]), Ok(()), "{arn}");
    }
    assert_eq!(check("aws-keys", &KEYS[..1], &[]), Ok(()));
    for serial in ["arn:aws:iam::123456789012:mfa/ann", "arn:aws:iam::123456789012:mfa/staff/ann", "GAHT12345678"] {
        assert_eq!(check("aws-keys", &KEYS, &[("mfa-serial", serial)]), Ok(()), "{serial}");
    }
    let china = [("region", "cn-north-1"), ("mfa-serial", "arn:aws-cn:iam::123456789012:mfa/ann")];
    assert_eq!(check("aws-keys", &KEYS, &china), Ok(()));
    for duration in ["900", "12h", "36h", "1h 30m", "129600"] {
        assert_eq!(check("aws-keys", &KEYS, &[("duration", duration)]), Ok(()), "{duration}");
    }
    assert_eq!(check("aws-sso", &SSO, &[]), Ok(()));
    assert_eq!(check("aws-sso", &SSO, &[("oidc-endpoint", "http://127.0.0.1:4000"), ("iot-team", "acme 2")]), Ok(()));
    assert_eq!(check("aws-sso", &SSO, &[("scopes", "sso:account:access, openid")]), Ok(()));
    let more = [("flow", "code"), ("browser", "firefox profile work"), ("more-regions", "us-east-1, eu-north-1")];
    assert_eq!(check("aws-sso", &SSO, &more), Ok(()));
    assert_eq!(check("cognito", &POOL, &[]), Ok(()));
    assert_eq!(check("cognito", &POOL, &[("endpoint", "http://localhost:9000")]), Ok(()));
    assert_eq!(check("oidc", &OPENID, &[]), Ok(()));
    for change in [
        ("issuer", "https://id.acme.test/"),
        ("issuer", "http://127.0.0.1:4000/idp"),
        ("scopes", "email, https://graph.microsoft.com/User.Read"),
        ("audience", "https://api.acme.test"),
        ("flow", "code"),
        ("redirect-uri", "http://localhost:8765/cb"),
        ("redirect-port", "8765"),
        ("logout-url", "https://acme.auth.eu-west-1.amazoncognito.com/logout?logout_uri=https://acme.test/"),
        ("region", "eu-west-1"),
        ("iot-team", "acme 2"),
    ] {
        assert_eq!(check("oidc", &OPENID, &[change]), Ok(()), "{change:?}");
    }
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
        ("aws-sso", ("flow", "device")),
        ("aws-sso", ("browser", "chrome profile")),
        ("aws-sso", ("browser", "'b")),
        ("aws-sso", ("more-regions", "eu-west-1,europe")),
        ("aws-sso", ("redirect-port", "70000")),
        ("aws-sso", ("sts-endpoint", "http://sts.test")),
        ("cognito", ("browser", "--x")),
        ("cognito", ("user-pool-id", "eu-west-1")),
        ("cognito", ("user-pool-id", "eu-west-1_")),
        ("cognito", ("user-pool-id", "us-east-1_AbCdEfGhI")),
        ("cognito", ("user-pool-id", "eu-west-1_a/b")),
        ("cognito", ("client-id", "a b")),
        ("cognito", ("client-id", "")),
        ("cognito", ("client-secret", "shh")),
        ("cognito", ("endpoint", "ftp://pool.test")),
        ("cognito", ("Region", "eu-west-1")),
        ("oidc", ("issuer", "")),
        ("oidc", ("issuer", "http://id.acme.test")),
        ("oidc", ("issuer", "id.acme.test")),
        ("oidc", ("issuer", "https://user@id.acme.test")),
        ("oidc", ("issuer", "https://id.acme.test/?realm=acme")),
        ("oidc", ("issuer", "https://id.acme.test/#acme")),
        ("oidc", ("issuer", "https://id.acme.test/.well-known/openid-configuration")),
        ("oidc", ("client-id", "")),
        ("oidc", ("client-id", "key fob")),
        ("oidc", ("client-id", "key\u{202e}fob")),
        ("oidc", ("client-secret", "shh")),
        ("oidc", ("scopes", "email profile")),
        ("oidc", ("scopes", "email,,profile")),
        ("oidc", ("scopes", "\"email\"")),
        ("oidc", ("audience", "two words")),
        ("oidc", ("flow", "password")),
        ("oidc", ("flow", "Browser")),
        ("oidc", ("redirect-port", "0")),
        ("oidc", ("redirect-port", "http")),
        ("oidc", ("redirect-uri", "https://localhost:8765/cb")),
        ("oidc", ("redirect-uri", "http://id.acme.test:8765/cb")),
        ("oidc", ("logout-url", "http://id.acme.test/logout")),
        ("oidc", ("region", "europe")),
        ("oidc", ("sts-endpoint", "http://sts.test")),
        ("oidc", ("user-pool-id", "eu-west-1_A")),
        ("aws-signin", ("region", "eu")),
        ("aws-signin", ("login-session", "ann")),
        ("aws-signin", ("login-session", "arn:aws:iam::123456789012:role/Admin")),
        ("aws-signin", ("login-session", "arn:aws:iam::12345:user/ann")),
        ("aws-signin", ("login-session", "arn:aws-cn:iam::123456789012:user/ann")),
        ("aws-signin", ("redirect-port", "0")),
        ("aws-signin", ("signin-endpoint", "http://signin.test")),
        ("aws-keys", ("access-key-id", "")),
        ("aws-keys", ("access-key-id", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
        ("aws-keys", ("access-key-id", "ASIAIOSFODNN7EXAMPLE")),
        ("aws-keys", ("access-key-id", "AIDAIOSFODNN7EXAMPLE")),
        ("aws-keys", ("access-key-id", "akiaiosfodnn7example")),
        ("aws-keys", ("secret-access-key", "shh")),
        ("aws-keys", ("mfa-serial", "arn:aws:iam::123456789012:u2f/user/ann/key-1234567890")),
        ("aws-keys", ("mfa-serial", "arn:aws:iam::123456789012:sms-mfa/ann")),
        ("aws-keys", ("mfa-serial", "arn:aws:iam::123456789012:user/ann")),
        ("aws-keys", ("mfa-serial", "arn:aws-cn:iam::123456789012:mfa/ann")),
        ("aws-keys", ("mfa-serial", "arn:aws:iam::123456789012:mfa/")),
        ("aws-keys", ("mfa-serial", "arn:aws:iam::12345:mfa/ann")),
        ("aws-keys", ("mfa-serial", "123456")),
        ("aws-keys", ("duration", "90")),
        ("aws-keys", ("duration", "37h")),
        ("aws-keys", ("duration", "soon")),
        ("aws-keys", ("region", "eu")),
        ("aws-keys", ("sts-endpoint", "http://sts.test")),
    ] {
        let base: &[(&str, &str)] = match id {
            "aws-sso" => &SSO,
            "aws-keys" => &KEYS,
            "aws-signin" => &KEYS[1..],
            "oidc" => &OPENID,
            _ => &POOL,
        };
        assert_eq!(bad_key(check(id, base, &[change])), change.0, "{id} {change:?}");
    }
}

// F302
#[test]
fn what_is_wrong_with_an_access_key_or_its_device_is_said_and_never_quotes_a_secret() {
    let said = |change| check("aws-keys", &KEYS, &[change]).unwrap_err().to_string();
    for (change, words) in [
        (("mfa-serial", "arn:aws:iam::123456789012:u2f/user/ann/k-1"), "is a security key or passkey"),
        (
            ("mfa-serial", "arn:aws-cn:iam::123456789012:mfa/ann"),
            "is of the partition aws-cn, and the Region eu-west-1",
        ),
        (("access-key-id", "ASIAIOSFODNN7EXAMPLE"), "is the one of temporary keys"),
        (("duration", "90"), "is 15 minutes to 36 hours, not \"90\""),
    ] {
        assert!(said(change).contains(words), "{}", said(change));
    }
    let swapped = said(("access-key-id", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
    assert!(!swapped.contains("wJalr"), "{swapped}");
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
