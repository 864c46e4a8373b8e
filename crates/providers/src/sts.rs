//! The Security Token Service: who somebody is, and temporary credentials for what they may be (STS API reference).

use std::error::Error;

use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_sts::types::{Credentials as Given, Tag};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use jiff::Timestamp;
use keyfob_core::doors::assume::Caller;
use keyfob_core::doors::ports::HttpError;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::profile::AssumedRole;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Credential;

use crate::lifetime::at_most;
use crate::wire::{self, Endpoint, Failure, SdkFailure, Tries, unexpected};

/// The service at one address, asked by one person.
pub(crate) struct Sts<'a> {
    client: aws_sdk_sts::Client,
    endpoint: &'a Endpoint,
    cx: &'a Cx,
}

/// The keys that requests are signed with. `token` is empty for those that a person was given for good.
pub(crate) struct Signer<'a> {
    pub key_id: &'a str,
    pub secret_key: &'a Secret,
    pub token: Option<&'a Secret>,
}

impl<'a> From<&'a Credential> for Signer<'a> {
    fn from(credential: &'a Credential) -> Self {
        Signer { key_id: &credential.key_id, secret_key: &credential.secret_key, token: Some(&credential.token) }
    }
}

impl<'a> Sts<'a> {
    /// `None` signs nothing: for what is proven by a token.
    pub fn at(region: &str, endpoint: &'a Endpoint, signer: Option<Signer<'_>>, cx: &'a Cx) -> Self {
        let shared = wire::config(cx, region, endpoint, Tries::Three);
        let mut config = aws_sdk_sts::config::Builder::from(&shared);
        if let Some(Signer { key_id, secret_key, token }) = signer {
            let token = token.map(|token| token.expose().to_owned());
            let keys = Credentials::new(key_id, secret_key.expose(), token, None, "keyfob");
            config = config.credentials_provider(SharedCredentialsProvider::new(keys));
        }
        Sts { client: aws_sdk_sts::Client::from_conf(config.build()), endpoint, cx }
    }

    /// `seconds` is how long it is asked for. No code of an MFA device comes along: whoever has keys for good proves it
    /// once, by `get_session_token`, and the session of a role can bring none.
    pub async fn assume_role(
        &self,
        role: &AssumedRole,
        session_name: &str,
        seconds: Option<u32>,
    ) -> Result<Credential, ProviderError> {
        let answer = self
            .client
            .assume_role()
            .role_arn(&role.role_arn)
            .role_session_name(session_name)
            .set_duration_seconds(seconds.and_then(|seconds| seconds.try_into().ok()))
            .set_external_id(role.external_id.clone())
            .set_source_identity(role.source_identity.clone())
            .set_tags(tags(role)?)
            .send()
            .await
            .map_err(|error| self.refused(&error))?;
        self.credential(answer.credentials)
    }

    pub async fn assume_role_with_web_identity(
        &self,
        role_arn: &str,
        session_name: &str,
        seconds: Option<u32>,
        id_token: &Secret,
    ) -> Result<Credential, ProviderError> {
        let answer = self
            .client
            .assume_role_with_web_identity()
            .role_arn(role_arn)
            .role_session_name(session_name)
            .set_duration_seconds(seconds.and_then(|seconds| seconds.try_into().ok()))
            .web_identity_token(id_token.expose())
            .send()
            .await
            .map_err(|error| self.refused(&error))?;
        self.credential(answer.credentials)
    }

    /// `mfa` is the serial of a device and the code that it shows.
    pub async fn get_session_token(
        &self,
        seconds: Option<u32>,
        mfa: Option<(&str, &Secret)>,
    ) -> Result<Credential, ProviderError> {
        let mut own = aws_sdk_sts::Config::builder();
        if mfa.is_some() {
            // A code works once: sent again after an answer that was lost, it would count as wrong.
            own = own.retry_config(RetryConfig::disabled());
        }
        let answer = self
            .client
            .get_session_token()
            .set_duration_seconds(seconds.and_then(|seconds| seconds.try_into().ok()))
            .set_serial_number(mfa.map(|(serial, _)| serial.to_owned()))
            .set_token_code(mfa.map(|(_, code)| code.expose().to_owned()))
            .customize()
            .config_override(own)
            .send()
            .await
            .map_err(|error| self.refused(&error))?;
        self.credential(answer.credentials)
    }

    pub async fn get_caller_identity(&self) -> Result<Caller, ProviderError> {
        let answer = self.client.get_caller_identity().send().await.map_err(|error| self.refused(&error))?;
        match (answer.account, answer.arn, answer.user_id) {
            (Some(account), Some(arn), Some(user_id)) => Ok(Caller { account, arn, user_id }),
            _ => Err(unexpected(&self.endpoint.host, "the answer does not say whose credentials they are")),
        }
    }

    fn credential(&self, given: Option<Given>) -> Result<Credential, ProviderError> {
        let host = &self.endpoint.host;
        let given = given.ok_or_else(|| unexpected(host, "the answer has no credentials"))?;
        let (key_id, secret_key, token) = (given.access_key_id, given.secret_access_key, given.session_token);
        if key_id.is_empty() || secret_key.is_empty() || token.is_empty() {
            return Err(unexpected(host, "the credentials are not complete"));
        }
        let now = self.cx.clock.now();
        let expires = Timestamp::from_second(given.expiration.secs())
            .map_err(|_| unexpected(host, "the end of the credentials is no time"))?;
        if expires <= now {
            // F25
            return Err(ProviderError::OverAlready { host: host.clone() });
        }
        let (secret_key, token) = (Secret::new(secret_key), Secret::new(token));
        Ok(Credential { key_id, secret_key, token, expires: at_most(expires, now) })
    }

    fn refused<E>(&self, error: &SdkFailure<E>) -> ProviderError
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        Failure::of(error, self.endpoint, self.cx.clock.now()).or_refused(&self.endpoint.host)
    }
}

/// Session tags, which hold for this role only: none is transitive.
fn tags(role: &AssumedRole) -> Result<Option<Vec<Tag>>, ProviderError> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Result<Vec<Tag>, _> = role.tags.iter().map(tag).collect();
    let tags = tags.map_err(|error| ProviderError::Http(HttpError::Malformed { why: error.to_string() }))?;
    Ok(Some(tags).filter(|tags| !tags.is_empty()))
}
