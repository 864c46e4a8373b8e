//! Any OpenID provider: a login in the browser or by a code, renewed by refresh token, traded for AWS roles by web identity.

mod attempt;
mod browser_flow;
mod desk;
mod device;
mod discovery;
mod grants;
mod id_token;
mod keys;
mod login;
mod place;
mod renewal;
mod tokens;
mod verifier;
mod web_identity;

use async_trait::async_trait;
use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::about::{About, BadSetting, Field, Flow};
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use url::Url;

use crate::assume::STS_ENDPOINT;
use crate::browser::{REDIRECT_PORT, REDIRECT_URI};
use crate::flow::FLOW;
use crate::settings::{self, BROWSER, IOT_TEAM};
use crate::wire::Endpoint;
use place::Place;

const ISSUER: Field =
    Field { key: "issuer", label: "Issuer", required: true, example: "https://id.acme.com/realms/acme", secret: false };
const CLIENT_ID: Field = Field { key: "client-id", label: "Client", required: true, example: "keyfob", secret: false };
const CLIENT_SECRET: Field =
    Field { key: "client-secret", label: "Client secret", required: false, example: "…", secret: true };
const SCOPES: Field =
    Field { key: "scopes", label: "More scopes", required: false, example: "email,profile", secret: false };
const AUDIENCE: Field =
    Field { key: "audience", label: "Audience", required: false, example: "https://api.acme.com", secret: false };
const LOGOUT_URL: Field = Field {
    key: "logout-url",
    label: "Logout page",
    required: false,
    example: "https://acme.auth.eu-west-1.amazoncognito.com/logout?logout_uri=https://acme.com/",
    secret: false,
};
const REGION: Field =
    Field { key: "region", label: "AWS region", required: false, example: "eu-west-1", secret: false };
static FIELDS: [Field; 13] = [
    ISSUER,
    CLIENT_ID,
    CLIENT_SECRET,
    SCOPES,
    AUDIENCE,
    FLOW,
    REDIRECT_PORT,
    REDIRECT_URI,
    LOGOUT_URL,
    REGION,
    STS_ENDPOINT,
    BROWSER,
    IOT_TEAM,
];

/// An OpenID provider, such as Keycloak, Entra, Okta, Google or Cognito's managed login.
#[derive(Debug)]
pub struct Oidc;

#[async_trait]
impl Provider for Oidc {
    fn about(&self) -> About {
        About {
            id: "oidc",
            name: "OpenID Connect",
            fields: &FIELDS,
            profile_fields: Some(&web_identity::FIELDS),
            flows: &[Flow::Browser, Flow::Code],
            renews: true,
            password: false,
            accounts: &[],
        }
    }

    fn check(&self, settings: &Settings) -> Result<(), BadSetting> {
        settings::known(settings, &FIELDS)?;
        Place::read(settings)?;
        place::region(settings)?;
        Endpoint::check(settings, &STS_ENDPOINT)
    }

    fn check_profile(&self, target: &Settings) -> Result<(), BadSetting> {
        About::check_keys(target, &web_identity::FIELDS)?;
        web_identity::Target::read(target).map(|_| ())
    }

    async fn login(&self, team: &Team, kept: &mut Kept, wish: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        let place = Place::of(team, kept)?;
        login::login(&place, team, kept, wish, cx).await
    }

    async fn refresh(&self, team: &Team, session: &Session, kept: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        renewal::refresh(&Place::of(team, kept)?, session, cx).await
    }

    async fn credential(
        &self,
        team: &Team,
        profile: &Profile,
        session: &Session,
        cx: &Cx,
    ) -> Result<Credential, ProviderError> {
        web_identity::credential(team, profile, session, cx).await
    }

    /// Which roles trust the provider, only AWS knows.
    async fn targets(&self, _: &Team, _: &Session, _: &Cx, _: &Discovery) -> Result<(), ProviderError> {
        Err(ProviderError::Unsupported { what: "Finding roles".into() })
    }

    async fn revoke(&self, team: &Team, session: &Session, kept: &Kept, cx: &Cx) -> Result<(), ProviderError> {
        renewal::revoke(&Place::of(team, kept)?, session, cx).await
    }

    fn logout_page(&self, team: &Team, session: &Session) -> Option<Url> {
        login::logout_page(&Place::of(team, &Kept::default()).ok()?, session)
    }
}
