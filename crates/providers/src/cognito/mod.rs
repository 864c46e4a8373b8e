//! Amazon Cognito user pools: a login by user name and password, with second factors, renewed by refresh token.

mod account;
mod challenges;
mod login;
mod pool;
mod refusal;
mod renewal;
mod setup;
mod srp;
mod tokens;
mod typed;
mod users;

use async_trait::async_trait;
use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::about::{About, BadSetting, Deed, Field, Flow};
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

use crate::settings::{self, BROWSER, IOT_TEAM, malformed};
use crate::wire::Endpoint;
use pool::Pool;

const REGION: Field = Field { key: "region", label: "Region", required: true, example: "eu-west-1", secret: false };
const USER_POOL_ID: Field =
    Field { key: "user-pool-id", label: "User pool", required: true, example: "eu-west-1_AbCdEfGhI", secret: false };
const CLIENT_ID: Field = Field {
    key: "client-id",
    label: "App client",
    required: true,
    example: "1h57kf5cpq17m0eml12EXAMPLE",
    secret: false,
};
const CLIENT_SECRET: Field =
    Field { key: "client-secret", label: "App client secret", required: false, example: "…", secret: true };
const ENDPOINT: Field = Field {
    key: "endpoint",
    label: "Address of the user pool service",
    required: false,
    example: "https://cognito-idp.eu-west-1.amazonaws.com",
    secret: false,
};
static FIELDS: [Field; 7] = [REGION, USER_POOL_ID, CLIENT_ID, CLIENT_SECRET, ENDPOINT, BROWSER, IOT_TEAM];

/// A Cognito user pool by user name and password.
#[derive(Debug)]
pub struct Cognito;

#[async_trait]
impl Provider for Cognito {
    fn about(&self) -> About {
        About {
            id: "cognito",
            name: "Amazon Cognito user pool",
            fields: &FIELDS,
            profile_fields: None,
            flows: &[Flow::Password],
            renews: true,
            password: true,
            accounts: &Deed::ALL,
        }
    }

    fn check(&self, settings: &Settings) -> Result<(), BadSetting> {
        settings::known(settings, &FIELDS)?;
        pool_id(settings, &settings::region(settings, &REGION)?)?;
        client_id(settings)?;
        Endpoint::check(settings, &ENDPOINT)
    }

    async fn login(&self, team: &Team, kept: &mut Kept, _: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        let pool = Pool::of(team, kept, cx)?;
        login::login(&pool, kept, cx).await.map_err(|error| pool.explain(error))
    }

    async fn refresh(&self, team: &Team, session: &Session, kept: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        let pool = Pool::of(team, kept, cx)?;
        renewal::refresh(&pool, session, cx).await.map_err(|error| pool.explain(error))
    }

    async fn credential(&self, _: &Team, _: &Profile, _: &Session, _: &Cx) -> Result<Credential, ProviderError> {
        Err(without_profiles())
    }

    async fn targets(&self, _: &Team, _: &Session, _: &Cx, _: &Discovery) -> Result<(), ProviderError> {
        Err(without_profiles())
    }

    async fn revoke(&self, team: &Team, session: &Session, kept: &Kept, cx: &Cx) -> Result<(), ProviderError> {
        let pool = Pool::of(team, kept, cx)?;
        renewal::revoke(&pool, session, cx).await.map_err(|error| pool.explain(error))
    }

    async fn account(
        &self,
        deed: Deed,
        team: &Team,
        kept: &mut Kept,
        session: Option<&Session>,
        cx: &Cx,
    ) -> Result<(), ProviderError> {
        let pool = Pool::of(team, kept, cx)?;
        account::account(deed, &pool, kept, session, cx).await.map_err(|error| pool.explain(error))
    }
}

/// A user pool alone gives tokens, no AWS credentials.
fn without_profiles() -> ProviderError {
    ProviderError::Unsupported { what: "AWS credentials for a profile".into() }
}

/// `<region>_<letters and digits>` (UserPoolId, API reference), for the region of the team: the SRP proof
/// needs the part behind the region, and a pool of another region is not where the requests go.
fn pool_id(settings: &Settings, region: &str) -> Result<String, BadSetting> {
    let text = settings::required(settings, &USER_POOL_ID)?;
    let Some((prefix, name)) = text.split_once('_') else {
        return Err(malformed(&USER_POOL_ID, &format!("is not the id of a user pool: {text:?}")));
    };
    if text.len() > 55 || name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(malformed(&USER_POOL_ID, &format!("is not the id of a user pool: {text:?}")));
    }
    if prefix != region {
        return Err(malformed(&USER_POOL_ID, &format!("is of another region than {region}: {text:?}")));
    }
    Ok(text.to_owned())
}

/// 1 to 128 letters, digits, `_` and `+` (ClientId, API reference).
fn client_id(settings: &Settings) -> Result<String, BadSetting> {
    let text = settings::required(settings, &CLIENT_ID)?;
    let fits = text.len() <= 128 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'+');
    if fits { Ok(text.to_owned()) } else { Err(malformed(&CLIENT_ID, "is not the id of an app client")) }
}
