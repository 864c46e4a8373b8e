//! Where a service is reached: what the team says, else the variables of the AWS SDKs, else the SDK's own rules.

use aws_sdk_cognitoidentityprovider::config::endpoint as pool;
use aws_sdk_signin::config::endpoint as signin;
use aws_sdk_sso::config::endpoint as portal;
use aws_sdk_ssooidc::config::endpoint as oidc;
use aws_sdk_sts::config::endpoint as sts;
use futures_util::FutureExt as _;
use keyfob_core::doors::environment::{Environment, NotText, Said, host_from};
use keyfob_core::doors::provider::Cx;
use keyfob_core::words::about::{BadSetting, Field};
use keyfob_core::words::cause::{Cause, Source};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use url::Url;

use super::noticed::Noticed;
use crate::partition;
use crate::settings::{self, host_of, malformed, web_address};

/// The address of a service.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The address in full: what a person approves, and what an approval is bound to (threat T08).
    pub url: String,
    /// The host to name in messages, with its port where that is unusual, and with the variable that led there.
    pub host: String,
    /// Somebody asked for this address; otherwise it is the SDK's own for the region.
    pub overridden: bool,
    pub fips: bool,
    pub dual_stack: bool,
    /// What the address was made of.
    pub(super) origin: Option<Cause>,
    pub noticed: Noticed,
}

/// One of the services whose addresses we need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Oidc,
    Portal,
    Pool,
    Tokens,
    Signin,
}

impl Endpoint {
    /// The team's own setting, else the SDKs' variables (`AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`, unless
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is true; AWS SDKs reference guide, "Service-specific endpoints"), else the
    /// address for the region, which may be the one of FIPS or of both families of addresses ("Dual-stack and FIPS
    /// endpoints").
    pub fn find(team: &Team, field: &Field, service: Service, region: &str, cx: &Cx) -> Result<Self, BadSetting> {
        if let Some(text) = settings::value(&team.settings, field) {
            let found = Self::given(text).map_err(|why| malformed(field, why))?;
            return Ok(found.from(field.key, text, Source::Settings));
        }
        let environment = &*cx.environment;
        if let Some(Said { value, from }) = configured(environment, service)? {
            let given = Self::given(&value).map_err(|why| bad_variable(&from, why, field.example))?;
            let host = host_from(&given.host, &from);
            return Ok(Endpoint { host, ..given.from(&from, &value, Source::Environment) });
        }
        let fips = switch(environment, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?;
        let dual_stack = switch(environment, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?;
        let url = if fips || dual_stack { service.resolved(region, fips, dual_stack) } else { None };
        let url = url.unwrap_or_else(|| service.usual(region));
        let host = Url::parse(&url).map(|url| host_of(&url)).unwrap_or_default();
        let found =
            Endpoint { url, host, overridden: false, fips, dual_stack, origin: None, noticed: Noticed::default() };
        Ok(found.from("region", region, Source::Settings))
    }

    /// Checks the address that a team has of its own, if it has one.
    pub fn check(settings: &Settings, field: &Field) -> Result<(), BadSetting> {
        match settings::value(settings, field).map(Self::given) {
            Some(Err(why)) => Err(malformed(field, why)),
            _ => Ok(()),
        }
    }

    /// Checks an address as a setting or a variable has it; the error is the end of a sentence.
    pub fn given(text: &str) -> Result<Self, &'static str> {
        let url = web_address(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has something after its path");
        }
        let host = host_of(&url);
        let (url, noticed) = (text.to_owned(), Noticed::default());
        Ok(Endpoint { url, host, overridden: true, fips: false, dual_stack: false, origin: None, noticed })
    }

    /// The same, with what it was made of.
    pub fn from(self, key: &str, value: &str, source: Source) -> Self {
        let (key, value) = (key.to_owned(), value.to_owned());
        Endpoint { origin: Some(Cause::Given { key, value, source }), ..self }
    }

    /// Whether this host, with its port where that is unusual, is the one of the address.
    pub fn is_at(&self, host: &str) -> bool {
        Url::parse(&self.url).is_ok_and(|url| host_of(&url) == host)
    }
}

impl Service {
    fn variable(self) -> &'static str {
        match self {
            Service::Oidc => "AWS_ENDPOINT_URL_SSO_OIDC",
            Service::Portal => "AWS_ENDPOINT_URL_SSO",
            Service::Pool => "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
            Service::Tokens => "AWS_ENDPOINT_URL_STS",
            Service::Signin => "AWS_ENDPOINT_URL_SIGNIN",
        }
    }

    fn usual(self, region: &str) -> String {
        let prefix = match self {
            // Its domains follow no pattern.
            Service::Signin => {
                let resolved = self.resolved(region, false, false);
                return resolved.unwrap_or_else(|| format!("https://{region}.signin.aws.amazon.com"));
            }
            Service::Oidc => "oidc",
            Service::Portal => "portal.sso",
            Service::Pool => "cognito-idp",
            Service::Tokens => "sts",
        };
        format!("https://{prefix}.{region}.{}", partition::domain(region))
    }

    /// The SDK's own answer: which region has which of these addresses follows no pattern.
    fn resolved(self, region: &str, fips: bool, dual_stack: bool) -> Option<String> {
        use oidc::ResolveEndpoint as _;
        use pool::ResolveEndpoint as _;
        use portal::ResolveEndpoint as _;
        use signin::ResolveEndpoint as _;
        use sts::ResolveEndpoint as _;
        let endpoint = match self {
            Service::Oidc => {
                let params = oidc::Params::builder().region(region).use_fips(fips).use_dual_stack(dual_stack).build();
                oidc::DefaultResolver::new().resolve_endpoint(&params.ok()?).now_or_never()
            }
            Service::Portal => {
                let params = portal::Params::builder().region(region).use_fips(fips).use_dual_stack(dual_stack).build();
                portal::DefaultResolver::new().resolve_endpoint(&params.ok()?).now_or_never()
            }
            Service::Pool => {
                let params = pool::Params::builder().region(region).use_fips(fips).use_dual_stack(dual_stack).build();
                pool::DefaultResolver::new().resolve_endpoint(&params.ok()?).now_or_never()
            }
            Service::Signin => {
                let params = signin::Params::builder().region(region).use_fips(fips).use_dual_stack(dual_stack);
                let params = params.is_control_plane(false).build();
                signin::DefaultResolver::new().resolve_endpoint(&params.ok()?).now_or_never()
            }
            Service::Tokens => {
                let params = sts::Params::builder().region(region).use_fips(fips).use_dual_stack(dual_stack).build();
                sts::DefaultResolver::new().resolve_endpoint(&params.ok()?).now_or_never()
            }
        };
        Some(endpoint?.ok()?.url().to_owned())
    }
}

/// The address that a variable gives this service.
fn configured(environment: &dyn Environment, service: Service) -> Result<Option<Said>, BadSetting> {
    let said = environment.text(&[service.variable(), "AWS_ENDPOINT_URL"]).map_err(no_text)?;
    let ignored = said.is_some()
        && switch(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")?;
    Ok(said.filter(|_| !ignored))
}

/// A switch of the AWS SDKs, by its variable or else in their config file.
fn switch(environment: &dyn Environment, variable: &str, key: &str) -> Result<bool, BadSetting> {
    let said = environment.text(&[variable]).map_err(no_text)?.or_else(|| environment.aws_setting(key));
    let Some(Said { value, from }) = said else { return Ok(false) };
    match value.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(bad_variable(&from, "is neither true nor false", "true")),
    }
}

fn no_text(error: NotText) -> BadSetting {
    bad_variable(&error.variable, "is not UTF-8 text", "")
}

fn bad_variable(from: &str, why: &str, example: &str) -> BadSetting {
    BadSetting::Malformed { key: from.into(), why: why.into(), example: example.into() }
}
