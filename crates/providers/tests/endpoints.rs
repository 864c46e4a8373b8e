//! Where requests go when the environment has a say in it, and what is then named when they fail.

use keyfob_core::doors::environment::{Environment, Said, Variables};
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::problem;
use keyfob_core::words::login::Wish;
use keyfob_core::words::session::Kept;
use std::sync::Arc;

use crate::support::{Stage, environment, no_connection, provider, session, targets, team};

/// The SDKs' names for the three services.
const SERVICES: [&str; 3] = ["SSO_OIDC", "SSO", "COGNITO_IDENTITY_PROVIDER"];

/// One request to that service in a region, with such an environment: where it went, and what was said when nobody
/// was there.
async fn asked(service: &str, region: &str, environment: Arc<dyn Environment>) -> (String, ProviderError) {
    let mut stage = Stage::new(|_| no_connection());
    stage.cx.environment = environment;
    let pool = format!("{region}_AbCdEfGhI");
    let portal = team("aws-sso", &[("start-url", "https://acme.awsapps.com/start"), ("region", region)]);
    let users = team("cognito", &[("region", region), ("user-pool-id", &pool), ("client-id", "1h57kf5cpq17m0eml12X")]);
    let (sso, cognito) = (provider("aws-sso"), provider("cognito"));
    let session = session(Some("refresh"), &[]);
    let error = match service {
        "SSO_OIDC" => sso.login(&portal, &mut Kept::default(), &Wish::default(), &stage.cx).await.unwrap_err(),
        "SSO" => targets("aws-sso", &portal, &session, &stage.cx).await.unwrap_err(),
        _ => cognito.refresh(&users, &session, &Kept::default(), &stage.cx).await.unwrap_err(),
    };
    (stage.sent().first().map(|sent| sent.host.clone()).unwrap_or_default(), error)
}

// F210
#[tokio::test]
async fn a_variable_that_leads_to_another_address_is_named_with_it_when_nobody_is_there() {
    for service in SERVICES {
        for variable in [format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL".to_owned()] {
            let (host, error) = asked(service, "eu-west-1", environment(&[(&variable, "http://127.0.0.1:4566")])).await;
            assert_eq!(host, "127.0.0.1:4566");
            let problem = problem::of_provider(&error, "acme");
            assert_eq!(problem.title, format!("127.0.0.1:4566 (from {variable}) cannot be reached"));
        }
        let own = format!("AWS_ENDPOINT_URL_{service}");
        let both = environment(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), (&own, "http://127.0.0.1:2")]);
        assert_eq!(asked(service, "eu-west-1", both).await.0, "127.0.0.1:2");
    }
}

// F210
#[tokio::test]
async fn configured_addresses_can_be_ignored_as_the_sdks_do() {
    let ignored = |value: &str| {
        environment(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", value)])
    };
    for (value, host) in [
        ("true", "portal.sso.eu-west-1.amazonaws.com"),
        ("TRUE", "portal.sso.eu-west-1.amazonaws.com"),
        ("false", "127.0.0.1:1"),
        ("", "127.0.0.1:1"),
    ] {
        assert_eq!(asked("SSO", "eu-west-1", ignored(value)).await.0, host, "{value:?}");
    }
    let (host, error) = asked("SSO", "eu-west-1", ignored("yes")).await;
    assert_eq!(host, "", "nothing was sent");
    let title = "acme: AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither true nor false";
    assert_eq!(problem::of_provider(&error, "acme").title, title);
}

// F210
#[tokio::test]
async fn fips_and_dual_stack_addresses_are_those_of_the_sdk_and_the_ones_that_are_named() {
    const FIPS: (&str, &str) = ("AWS_USE_FIPS_ENDPOINT", "true");
    const DUAL: (&str, &str) = ("AWS_USE_DUALSTACK_ENDPOINT", "true");
    for (service, region, switches, expected) in [
        ("SSO_OIDC", "us-east-1", vec![FIPS], "oidc-fips.us-east-1.amazonaws.com"),
        ("SSO_OIDC", "us-gov-west-1", vec![FIPS], "oidc.us-gov-west-1.amazonaws.com"),
        ("SSO_OIDC", "eu-west-1", vec![DUAL], "oidc.eu-west-1.api.aws"),
        ("SSO", "us-east-1", vec![FIPS, DUAL], "portal.sso-fips.us-east-1.api.aws"),
        ("SSO", "cn-north-1", vec![DUAL], "portal.sso.cn-north-1.api.amazonwebservices.com.cn"),
        ("SSO", "us-gov-east-1", vec![FIPS], "portal.sso.us-gov-east-1.amazonaws.com"),
        ("COGNITO_IDENTITY_PROVIDER", "us-west-2", vec![FIPS], "cognito-idp-fips.us-west-2.amazonaws.com"),
        ("COGNITO_IDENTITY_PROVIDER", "us-west-2", vec![FIPS, DUAL], "cognito-idp-fips.us-west-2.amazonaws.com"),
        ("COGNITO_IDENTITY_PROVIDER", "us-east-1", vec![DUAL], "cognito-idp.us-east-1.amazonaws.com"),
        ("SSO", "eu-west-1", vec![("AWS_USE_FIPS_ENDPOINT", "False")], "portal.sso.eu-west-1.amazonaws.com"),
    ] {
        let (host, error) = asked(service, region, environment(&switches)).await;
        assert_eq!(host, expected, "{service} {region} {switches:?}");
        assert_eq!(problem::of_provider(&error, "acme").title, format!("{expected} cannot be reached"));
    }
    let (_, error) = asked("SSO", "eu-west-1", environment(&[("AWS_USE_FIPS_ENDPOINT", "1")])).await;
    assert_eq!(problem::of_provider(&error, "acme").title, "acme: AWS_USE_FIPS_ENDPOINT is neither true nor false");
    // What somebody named is not changed into another.
    let both = [FIPS, ("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    assert_eq!(asked("SSO", "us-east-1", environment(&both)).await.0, "127.0.0.1:1");
}

/// An AWS config file that switches FIPS on, and ignores addresses of its own.
#[derive(Debug)]
struct Configured(Variables);

impl Environment for Configured {
    fn raw(&self, variable: &str) -> Option<std::ffi::OsString> {
        self.0.raw(variable)
    }

    fn aws_setting(&self, key: &str) -> Option<Said> {
        let value = match key {
            "use_fips_endpoint" | "ignore_configured_endpoint_urls" => "true",
            "use_dualstack_endpoint" => "perhaps",
            _ => return None,
        };
        Some(Said { value: value.into(), from: format!("{key} in /home/ann/.aws/config") })
    }
}

// F210
#[tokio::test]
async fn the_aws_config_file_stands_for_variables_that_are_not_set() {
    let with = |variables: &[(&str, &str)]| Arc::new(Configured(variables.iter().copied().collect()));
    let dual = ("AWS_USE_DUALSTACK_ENDPOINT", "false");
    let url = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    assert_eq!(asked("SSO", "us-east-1", with(&[dual])).await.0, "portal.sso-fips.us-east-1.amazonaws.com");
    assert_eq!(asked("SSO", "us-east-1", with(&[dual, url])).await.0, "portal.sso-fips.us-east-1.amazonaws.com");
    let off = ("AWS_USE_FIPS_ENDPOINT", "false");
    assert_eq!(asked("SSO", "us-east-1", with(&[dual, off])).await.0, "portal.sso.us-east-1.amazonaws.com");
    let (_, error) = asked("SSO", "us-east-1", with(&[])).await;
    let title = "acme: use_dualstack_endpoint in /home/ann/.aws/config is neither true nor false";
    assert_eq!(problem::of_provider(&error, "acme").title, title);
}
