//! Access keys of an IAM user: traded for temporary credentials, with the code of an MFA device where there is one.
//!
//! The key itself signs the one request of a login and is given to nobody. With MFA a session ends without renewal, as
//! only a person can read the next code; without MFA it renews itself.

mod check;
mod refusal;
mod session;

use async_trait::async_trait;
use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::about::{About, BadSetting, Field, Flow};
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

use crate::as_it_is;
use crate::assume::STS_ENDPOINT;
use crate::settings::{self, IOT_TEAM, given};
use crate::sts::{Signer, Sts};
use crate::wire::{Endpoint, Service};

const ACCESS_KEY_ID: Field = Field {
    key: "access-key-id",
    label: "Access key ID",
    required: true,
    example: "AKIAIOSFODNN7EXAMPLE",
    secret: false,
};
const SECRET_ACCESS_KEY: Field =
    Field { key: "secret-access-key", label: "Secret access key", required: true, example: "…", secret: true };
const MFA_SERIAL: Field = Field {
    key: "mfa-serial",
    label: "MFA device",
    required: false,
    example: "arn:aws:iam::123456789012:mfa/ann",
    secret: false,
};
const REGION: Field = Field { key: "region", label: "Region", required: false, example: "eu-west-1", secret: false };
const DURATION: Field =
    Field { key: "duration", label: "Length of a session", required: false, example: "12h", secret: false };
static FIELDS: [Field; 7] = [ACCESS_KEY_ID, SECRET_ACCESS_KEY, MFA_SERIAL, REGION, DURATION, STS_ENDPOINT, IOT_TEAM];

/// Access keys, for those who have nothing better.
#[derive(Debug)]
pub struct AwsKeys;

#[async_trait]
impl Provider for AwsKeys {
    fn about(&self) -> About {
        About {
            id: "aws-keys",
            name: "AWS access keys",
            fields: &FIELDS,
            profile_fields: Some(&[]),
            flows: &[Flow::Keys],
            renews: false,
            password: false,
            accounts: &[],
        }
    }

    fn check(&self, settings: &Settings) -> Result<(), BadSetting> {
        settings::known(settings, &FIELDS)?;
        check::key_id(settings)?;
        check::mfa_serial(settings, &settings::region_or_usual(settings, &REGION)?)?;
        check::seconds(settings)?;
        Endpoint::check(settings, &STS_ENDPOINT)
    }

    async fn login(&self, team: &Team, kept: &mut Kept, _: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        let keys = Keys::of(team, kept, cx)?;
        session::login(&keys, cx).await.map_err(|error| keys.explain(error))
    }

    async fn refresh(&self, team: &Team, session: &Session, kept: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        let keys = Keys::of(team, kept, cx)?;
        session::refresh(&keys, session, cx).await.map_err(|error| keys.explain(error))
    }

    /// The session is the credential.
    async fn credential(&self, _: &Team, _: &Profile, session: &Session, _: &Cx) -> Result<Credential, ProviderError> {
        as_it_is::credential(session)
    }

    async fn targets(&self, team: &Team, session: &Session, cx: &Cx, found: &Discovery) -> Result<(), ProviderError> {
        let region = settings::region_or_usual(&team.settings, &REGION)?;
        let endpoint = Endpoint::find(team, &STS_ENDPOINT, Service::Tokens, &region, cx)?;
        let looked = session::target(session, &region, &endpoint, cx).await;
        let target = looked.map_err(|error| endpoint.explain(error, |_| Vec::new()))?;
        found.list([(target.group.clone(), target.group.clone())]);
        found.add(0, vec![target]);
        Ok(())
    }

    /// STS takes nothing back: what it gave ends by itself, and is forgotten here.
    async fn revoke(&self, _: &Team, _: &Session, _: &Kept, _: &Cx) -> Result<(), ProviderError> {
        Ok(())
    }
}

/// The settings of a team, read once.
struct Keys {
    key_id: String,
    secret_key: Secret,
    mfa_serial: Option<String>,
    region: String,
    seconds: Option<u32>,
    endpoint: Endpoint,
}

impl Keys {
    fn of(team: &Team, kept: &Kept, cx: &Cx) -> Result<Self, BadSetting> {
        let settings = &team.settings;
        let region = settings::region_or_usual(settings, &REGION)?;
        let secret_key = kept.secret(SECRET_ACCESS_KEY.key);
        let missing = || BadSetting::MissingSecret { key: SECRET_ACCESS_KEY.key.into() };
        Ok(Keys {
            key_id: check::key_id(settings)?,
            // What was piped in may have been copied with the blanks around it.
            secret_key: Secret::new(secret_key.ok_or_else(missing)?.expose().trim()),
            mfa_serial: check::mfa_serial(settings, &region)?,
            seconds: check::seconds(settings)?,
            endpoint: Endpoint::find(team, &STS_ENDPOINT, Service::Tokens, &region, cx)?,
            region,
        })
    }

    fn sts<'a>(&'a self, cx: &'a Cx) -> Sts<'a> {
        let signer = Signer { key_id: &self.key_id, secret_key: &self.secret_key, token: None };
        Sts::at(&self.region, &self.endpoint, Some(signer), cx)
    }

    /// An error of STS, with what may be why.
    fn explain(&self, error: ProviderError) -> ProviderError {
        self.endpoint.explain(error, |error| match (error, &self.mfa_serial) {
            (ProviderError::Refused { .. }, Some(serial)) => vec![given(&MFA_SERIAL, serial)],
            (ProviderError::KeyUnknown { .. }, _) => vec![given(&REGION, &self.region)],
            _ => Vec::new(),
        })
    }
}
