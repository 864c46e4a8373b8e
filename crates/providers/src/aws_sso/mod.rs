//! IAM Identity Center (formerly AWS SSO): a login by device code, role credentials for many accounts.

mod device;
mod hosts;
mod pace;
mod portal;
mod registration;
mod targets;

use async_trait::async_trait;
use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::about::{About, BadSetting, Field, Flow};
use keyfob_core::words::cause::{Cause, Source};
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use url::Url;

use crate::settings::{self, IOT_TEAM, given, malformed};
use crate::wire::{self, Endpoint, Service, Tries};

const START_URL: Field = Field {
    key: "start-url",
    label: "Start URL",
    required: true,
    example: "https://acme.awsapps.com/start",
    secret: false,
};
const REGION: Field = Field { key: "region", label: "Region", required: true, example: "eu-west-1", secret: false };
const SCOPES: Field =
    Field { key: "scopes", label: "Scopes", required: false, example: "sso:account:access", secret: false };
const OIDC_ENDPOINT: Field = Field {
    key: "oidc-endpoint",
    label: "Address of the OIDC service",
    required: false,
    example: "https://oidc.eu-west-1.amazonaws.com",
    secret: false,
};
const PORTAL_ENDPOINT: Field = Field {
    key: "portal-endpoint",
    label: "Address of the portal",
    required: false,
    example: "https://portal.sso.eu-west-1.amazonaws.com",
    secret: false,
};
/// 12 digits.
pub(crate) const ACCOUNT: Field =
    Field { key: "account", label: "Account", required: true, example: "123456789012", secret: false };
pub(crate) const ROLE: Field =
    Field { key: "role", label: "Role", required: true, example: "AdministratorAccess", secret: false };
static PROFILE_FIELDS: [Field; 2] = [ACCOUNT, ROLE];
static FIELDS: [Field; 6] = [START_URL, REGION, SCOPES, OIDC_ENDPOINT, PORTAL_ENDPOINT, IOT_TEAM];

/// IAM Identity Center by device code (RFC 8628).
#[derive(Debug)]
pub struct AwsSso;

#[async_trait]
impl Provider for AwsSso {
    fn about(&self) -> About {
        About {
            id: "aws-sso",
            name: "AWS IAM Identity Center",
            fields: &FIELDS,
            profile_fields: Some(&PROFILE_FIELDS),
            flows: &[Flow::Code],
            renews: true,
            password: false,
            accounts: &[],
        }
    }

    fn check(&self, settings: &Settings) -> Result<(), BadSetting> {
        settings::known(settings, &FIELDS)?;
        start_url(settings)?;
        settings::region(settings, &REGION)?;
        scopes(settings)?;
        for field in [OIDC_ENDPOINT, PORTAL_ENDPOINT] {
            if let Some(text) = settings::value(settings, &field) {
                Endpoint::given(text).map_err(|why| malformed(&field, why))?;
            }
        }
        Ok(())
    }

    fn check_profile(&self, target: &Settings) -> Result<(), BadSetting> {
        About::check_keys(target, &PROFILE_FIELDS)?;
        let account = settings::required(target, &ACCOUNT)?;
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed(&ACCOUNT, &format!("is the 12 digits of an AWS account, not {account:?}")));
        }
        // `[\w+=,.@-]` (IAM API reference, RoleName).
        let role = settings::required(target, &ROLE)?;
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
        if role.len() > 64 || !role.bytes().all(fits) {
            return Err(malformed(&ROLE, &format!("is 1 to 64 letters, digits and _ + = , . @ -, not {role:?}")));
        }
        Ok(())
    }

    async fn login(&self, team: &Team, kept: &mut Kept, _: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        let place = Place::of(team, cx)?;
        device::login(&place, kept, cx).await.map_err(|error| place.at_oidc(error))
    }

    async fn refresh(&self, team: &Team, session: &Session, _: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        let place = Place::of(team, cx)?;
        device::refresh(&place, session, cx).await.map_err(|error| place.at_oidc(error))
    }

    async fn credential(
        &self,
        team: &Team,
        profile: &Profile,
        session: &Session,
        cx: &Cx,
    ) -> Result<Credential, ProviderError> {
        let place = Place::of(team, cx)?;
        portal::credential(&place, profile, session, cx).await.map_err(|error| place.at_portal(error))
    }

    async fn targets(&self, team: &Team, session: &Session, cx: &Cx, found: &Discovery) -> Result<(), ProviderError> {
        let place = Place::of(team, cx)?;
        targets::find(&place, session, cx, found).await.map_err(|error| place.at_portal(error))
    }

    async fn revoke(&self, team: &Team, session: &Session, _: &Kept, cx: &Cx) -> Result<(), ProviderError> {
        let place = Place::of(team, cx)?;
        portal::logout(&place, session, cx).await.map_err(|error| place.at_portal(error))
    }
}

/// The settings of a team, read once.
struct Place {
    team: String,
    /// As written: the service compares it as a text.
    start_url: String,
    start: Url,
    region: String,
    scopes: Vec<String>,
    /// Nobody chose them.
    scopes_are_ours: bool,
    oidc: Endpoint,
    portal: Endpoint,
}

impl Place {
    fn of(team: &Team, cx: &Cx) -> Result<Self, BadSetting> {
        let settings = &team.settings;
        let region = settings::region(settings, &REGION)?;
        let start = start_url(settings)?;
        Ok(Place {
            team: team.id.to_string(),
            start_url: settings::required(settings, &START_URL)?.to_owned(),
            start,
            scopes: scopes(settings)?,
            scopes_are_ours: settings::value(settings, &SCOPES).is_none(),
            oidc: Endpoint::find(team, &OIDC_ENDPOINT, Service::Oidc, &region, cx)?,
            portal: Endpoint::find(team, &PORTAL_ENDPOINT, Service::Portal, &region, cx)?,
            region,
        })
    }

    fn at_oidc(&self, error: ProviderError) -> ProviderError {
        self.oidc.explain(error, |error| match error {
            // The service knows an instance by both, and its words do not tell which one is wrong (aws-cli#7129, #5058).
            ProviderError::Refused { code, .. } if code == "InvalidScopeException" => vec![self.asked_scopes()],
            ProviderError::Refused { .. } => vec![given(&START_URL, &self.start_url), given(&REGION, &self.region)],
            _ => Vec::new(),
        })
    }

    fn at_portal(&self, error: ProviderError) -> ProviderError {
        self.portal.explain(error, |error| match error {
            ProviderError::Refused { .. } => vec![given(&REGION, &self.region)],
            _ => Vec::new(),
        })
    }

    fn asked_scopes(&self) -> Cause {
        let source = if self.scopes_are_ours { Source::Default } else { Source::Settings };
        Cause::Given { key: SCOPES.key.into(), value: self.scopes.join(","), source }
    }

    fn oidc_client(&self, cx: &Cx) -> aws_sdk_ssooidc::Client {
        aws_sdk_ssooidc::Client::new(&wire::config(cx, &self.region, &self.oidc, Tries::One))
    }

    fn portal_client(&self, cx: &Cx, tries: Tries) -> aws_sdk_sso::Client {
        // The SDK keeps its allowance of retries for each partition in the whole process: one team's trouble
        // must not use up another's (security I18).
        let partition = aws_sdk_sso::config::retry::RetryPartition::new(self.team.clone());
        let shared = wire::config(cx, &self.region, &self.portal, tries);
        let own = aws_sdk_sso::config::Builder::from(&shared).retry_partition(partition).build();
        aws_sdk_sso::Client::from_conf(own)
    }
}

fn start_url(settings: &Settings) -> Result<Url, BadSetting> {
    settings::address(&START_URL, settings::required(settings, &START_URL)?)
}

/// The scopes to register for: a comma list as the AWS CLI's `sso_registration_scopes`.
fn scopes(settings: &Settings) -> Result<Vec<String>, BadSetting> {
    let text = settings::value(settings, &SCOPES).unwrap_or(SCOPES.example);
    let scopes: Vec<String> = text.split(',').map(|scope| scope.trim().to_owned()).collect();
    let fits = |scope: &String| {
        (1..=128).contains(&scope.len()) && scope.bytes().all(|b| b.is_ascii_alphanumeric() || b":._/-*".contains(&b))
    };
    if scopes.iter().all(fits) {
        Ok(scopes)
    } else {
        Err(malformed(&SCOPES, "is not a list of scopes with commas between"))
    }
}
