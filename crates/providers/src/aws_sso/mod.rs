//! IAM Identity Center (formerly AWS SSO): a login in the browser or by device code, role credentials for many accounts.

mod device;
mod hosts;
mod login;
mod page;
mod place;
mod portal;
mod registration;
mod start;
mod targets;
mod token;

use async_trait::async_trait;
use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::about::{About, BadSetting, Field, Flow};
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

use crate::assume::STS_ENDPOINT;
use crate::browser::{Back, REDIRECT_PORT};
use crate::flow::{self, FLOW};
use crate::settings::{self, BROWSER, IOT_TEAM, malformed};
use crate::sts::Sts;
use crate::wire::Endpoint;
use place::{Place, Places};

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
const MORE_REGIONS: Field = Field {
    key: "more-regions",
    label: "Additional regions",
    required: false,
    example: "eu-central-1,us-east-1",
    secret: false,
};
/// 12 digits.
pub(crate) const ACCOUNT: Field =
    Field { key: "account", label: "Account", required: true, example: "123456789012", secret: false };
pub(crate) const ROLE: Field =
    Field { key: "role", label: "Role", required: true, example: "AdministratorAccess", secret: false };
static PROFILE_FIELDS: [Field; 2] = [ACCOUNT, ROLE];
static FIELDS: [Field; 11] = [
    START_URL,
    REGION,
    FLOW,
    BROWSER,
    MORE_REGIONS,
    SCOPES,
    REDIRECT_PORT,
    OIDC_ENDPOINT,
    PORTAL_ENDPOINT,
    STS_ENDPOINT,
    IOT_TEAM,
];

/// IAM Identity Center.
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
            flows: &[Flow::Browser, Flow::Code],
            renews: true,
            password: false,
            accounts: &[],
        }
    }

    fn check(&self, settings: &Settings) -> Result<(), BadSetting> {
        settings::known(settings, &FIELDS)?;
        place::start_url(settings)?;
        settings::region(settings, &REGION)?;
        place::more_regions(settings)?;
        place::scopes(settings)?;
        flow::set(settings)?;
        Back::of(settings)?;
        [OIDC_ENDPOINT, PORTAL_ENDPOINT, STS_ENDPOINT].iter().try_for_each(|field| Endpoint::check(settings, field))
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

    async fn login(&self, team: &Team, kept: &mut Kept, wish: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        login::login(team, kept, wish, cx).await
    }

    async fn refresh(&self, team: &Team, session: &Session, _: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        let places = Places::of(team, Some(session), cx)?;
        let mut turn = places.in_turn();
        loop {
            match token::refresh(turn.place, session, cx).await {
                Ok(session) => return Ok(session),
                Err(error) => turn.after(turn.place.at_oidc(error))?,
            }
        }
    }

    async fn credential(
        &self,
        team: &Team,
        profile: &Profile,
        session: &Session,
        cx: &Cx,
    ) -> Result<Credential, ProviderError> {
        let places = Places::of(team, Some(session), cx)?;
        let mut turn = places.in_turn();
        loop {
            match portal::credential(turn.place, profile, session, cx).await {
                Ok(credential) => return Ok(credential),
                Err(error) => turn.after(turn.place.at_portal(error))?,
            }
        }
    }

    async fn targets(&self, team: &Team, session: &Session, cx: &Cx, found: &Discovery) -> Result<(), ProviderError> {
        let places = Places::of(team, Some(session), cx)?;
        let mut turn = places.in_turn();
        while let Err(error) = targets::find(turn.place, session, cx, found).await {
            turn.after(turn.place.at_portal(error))?;
        }
        Ok(())
    }

    async fn who(&self, team: &Team, credential: &Credential, cx: &Cx) -> Option<String> {
        let place = Places::of(team, None, cx).ok()?.first;
        let sts = Sts::at(&place.region, &place.tokens, Some(credential.into()), cx);
        session_name(&sts.get_caller_identity().await.ok()?.arn)
    }

    async fn revoke(&self, team: &Team, session: &Session, _: &Kept, cx: &Cx) -> Result<(), ProviderError> {
        let places = Places::of(team, Some(session), cx)?;
        let mut turn = places.in_turn();
        while let Err(error) = end(turn.place, session, cx).await {
            turn.after(error)?;
        }
        Ok(())
    }
}

/// Ends the session at the portal. An access token that is over ends nothing: the refresh token beside it would live on, and
/// the browser's session with it.
async fn end(place: &Place, session: &Session, cx: &Cx) -> Result<(), ProviderError> {
    match portal::logout(place, session, cx).await {
        Err(ProviderError::SessionEnded { .. }) => {}
        ended => return ended.map_err(|error| place.at_portal(error)),
    }
    let newer = match token::refresh(place, session, cx).await {
        Ok(newer) => newer,
        Err(ProviderError::SessionEnded { .. } | ProviderError::PersonNeeded) => return Ok(()),
        Err(error) => return Err(place.at_oidc(error)),
    };
    match portal::logout(place, &newer, cx).await {
        Err(ProviderError::SessionEnded { .. }) => Ok(()),
        ended => ended.map_err(|error| place.at_portal(error)),
    }
}

/// The name that the portal gives to whoever takes a role: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME`.
fn session_name(arn: &str) -> Option<String> {
    let (_, role) = arn.split_once(":assumed-role/")?;
    role.split_once('/').map(|(_, name)| name.to_owned()).filter(|name| !name.is_empty())
}
