//! Console sessions, as `aws login` has them: who is signed in to the AWS Management Console gets its credentials, by an
//! authorization code with PKCE (RFC 7636) that is bound to a key of this computer (DPoP, RFC 9449).

mod browser;
mod check;
mod proof;
mod token;

use async_trait::async_trait;
use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::about::{About, BadSetting, Field, Flow, Target};
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

use crate::as_it_is;
use crate::browser::{Back, REDIRECT_PORT};
use crate::flow::{self, FLOW};
use crate::settings::{self, BROWSER, IOT_TEAM, given};
use crate::wire::{self, Endpoint, Service, Tries};

const REGION: Field = Field { key: "region", label: "Region", required: false, example: "eu-west-1", secret: false };
const LOGIN_SESSION: Field = Field {
    key: "login-session",
    label: "Who it must be",
    required: false,
    example: "arn:aws:iam::123456789012:user/ann",
    secret: false,
};
const SIGNIN_ENDPOINT: Field = Field {
    key: "signin-endpoint",
    label: "Address of the sign-in service",
    required: false,
    example: "https://eu-west-1.signin.aws.amazon.com",
    secret: false,
};
static FIELDS: [Field; 7] = [REGION, LOGIN_SESSION, FLOW, REDIRECT_PORT, SIGNIN_ENDPOINT, BROWSER, IOT_TEAM];

/// The AWS Management Console, for root, IAM users and federated people.
#[derive(Debug)]
pub struct AwsSignin;

#[async_trait]
impl Provider for AwsSignin {
    fn about(&self) -> About {
        About {
            id: "aws-signin",
            name: "AWS console session",
            fields: &FIELDS,
            profile_fields: Some(&[]),
            flows: &[Flow::Browser, Flow::Code],
            renews: true,
            password: false,
            accounts: &[],
        }
    }

    fn check(&self, settings: &Settings) -> Result<(), BadSetting> {
        settings::known(settings, &FIELDS)?;
        check::login_session(settings, &settings::region_or_usual(settings, &REGION)?)?;
        flow::set(settings)?;
        Back::of(settings)?;
        Endpoint::check(settings, &SIGNIN_ENDPOINT)
    }

    async fn login(&self, team: &Team, _: &mut Kept, wish: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        let place = Place::of(team, cx)?;
        browser::login(team, &place, wish, cx).await.map_err(|error| place.explain(error))
    }

    async fn refresh(&self, team: &Team, session: &Session, _: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        let place = Place::of(team, cx)?;
        token::refresh(&place, session, cx).await.map_err(|error| place.explain(error))
    }

    /// The session is the credential.
    async fn credential(&self, _: &Team, _: &Profile, session: &Session, _: &Cx) -> Result<Credential, ProviderError> {
        as_it_is::credential(session)
    }

    async fn targets(&self, _: &Team, session: &Session, _: &Cx, found: &Discovery) -> Result<(), ProviderError> {
        let account = token::account(session);
        found.list([(account.clone(), account.clone())]);
        let (group, label) = (account.clone(), session.who.clone());
        found.add(0, vec![Target { fields: Settings::new(), group, group_detail: account, label }]);
        Ok(())
    }

    /// The service takes nothing back: the credentials end within a quarter of an hour, and the rest is forgotten here.
    async fn revoke(&self, _: &Team, _: &Session, _: &Kept, _: &Cx) -> Result<(), ProviderError> {
        Ok(())
    }
}

/// The settings of a team, read once.
struct Place {
    team: String,
    region: String,
    /// The ARN that has to come back.
    login_session: Option<String>,
    back: Back,
    endpoint: Endpoint,
}

impl Place {
    fn of(team: &Team, cx: &Cx) -> Result<Self, BadSetting> {
        let settings = &team.settings;
        let region = settings::region_or_usual(settings, &REGION)?;
        Ok(Place {
            team: team.name.clone(),
            login_session: check::login_session(settings, &region)?,
            back: Back::of(settings)?,
            endpoint: Endpoint::find(team, &SIGNIN_ENDPOINT, Service::Signin, &region, cx)?,
            region,
        })
    }

    fn client(&self, cx: &Cx) -> aws_sdk_signin::Client {
        aws_sdk_signin::Client::new(&wire::config(cx, &self.region, &self.endpoint, Tries::One))
    }

    fn explain(&self, error: ProviderError) -> ProviderError {
        self.endpoint.explain(error, |error| match (error, &self.login_session) {
            (ProviderError::OtherAccount, Some(arn)) => vec![given(&LOGIN_SESSION, arn)],
            (ProviderError::Refused { .. }, _) => vec![given(&REGION, &self.region)],
            _ => Vec::new(),
        })
    }
}
