//! A user pool and its app client as requests see them.

use std::collections::BTreeMap;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, AuthenticationResultType, ChallengeNameType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Kept;
use keyfob_core::words::team::Team;
use sha2::Sha256;

use super::{CLIENT_ID, CLIENT_SECRET, ENDPOINT, REGION, client_id, pool_id};
use crate::settings::{self, given};
use crate::wire::{self, Endpoint, Failure, Service, Tries, unexpected};

/// Where one team logs in.
pub(super) struct Pool {
    /// As the person calls it.
    pub team: String,
    pub client: Client,
    pub id: String,
    region: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub endpoint: Endpoint,
}

/// What the pool says when it does not refuse.
pub(super) enum Reply {
    Tokens(AuthenticationResultType),
    Challenge(Challenge),
}

/// Something that has to be answered before tokens come.
#[derive(Clone)]
pub(super) struct Challenge {
    pub name: String,
    pub session: Option<String>,
    pub parameters: BTreeMap<String, String>,
}

impl Challenge {
    /// The name to answer under: the pool's own name of the user, where it tells one. Aliases such as an
    /// e-mail address are only good for the first request.
    pub fn user<'a>(&'a self, typed: &'a str) -> &'a str {
        let told = |key: &str| self.parameters.get(key).map(String::as_str).filter(|name| !name.is_empty());
        told("USER_ID_FOR_SRP").or_else(|| told("USERNAME")).unwrap_or(typed)
    }
}

impl Pool {
    pub fn of(team: &Team, kept: &Kept, cx: &Cx) -> Result<Self, BadSetting> {
        let region = settings::region(&team.settings, &REGION)?;
        let endpoint = Endpoint::find(team, &ENDPOINT, Service::Pool, &region, cx)?;
        Ok(Pool {
            team: team.name.clone(),
            client: Client::new(&wire::config(cx, &region, &endpoint, Tries::One)),
            id: pool_id(&team.settings, &region)?,
            region,
            client_id: client_id(&team.settings)?,
            client_secret: kept.secret(CLIENT_SECRET.key).cloned(),
            endpoint,
        })
    }

    /// An error of this pool, with what may be why.
    pub fn explain(&self, error: ProviderError) -> ProviderError {
        self.endpoint.explain(error, |error| match error {
            ProviderError::UnknownClient { .. } => {
                vec![given(&CLIENT_ID, &self.client_id), given(&REGION, &self.region)]
            }
            _ => Vec::new(),
        })
    }

    /// `SECRET_HASH`: Base64(HMAC-SHA-256(client secret, user name + client id)), where the client has a
    /// secret ("Computing secret hash values", Cognito developer guide).
    pub fn secret_hash(&self, username: &str) -> Option<String> {
        let secret = self.client_secret.as_ref()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
        mac.update(username.as_bytes());
        mac.update(self.client_id.as_bytes());
        Some(STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// `InitiateAuth`. `username` is for the secret hash; where it belongs into the request it is among the
    /// parameters too.
    pub async fn initiate(
        &self,
        flow: AuthFlowType,
        username: &str,
        parameters: &[(&str, &str)],
        cx: &Cx,
    ) -> Result<Reply, Failure> {
        let mut request = self.client.initiate_auth().client_id(&self.client_id).auth_flow(flow);
        for (key, value) in parameters {
            request = request.auth_parameters(*key, *value);
        }
        if let Some(hash) = self.secret_hash(username) {
            request = request.auth_parameters("SECRET_HASH", hash);
        }
        let answer = request.send().await.map_err(|error| self.failure(&error, cx))?;
        self.reply(answer.authentication_result, answer.challenge_name, answer.session, answer.challenge_parameters)
    }

    /// `RespondToAuthChallenge` in the name of `username`.
    pub async fn respond(
        &self,
        challenge: &Challenge,
        username: &str,
        answers: &[(&str, &str)],
        cx: &Cx,
    ) -> Result<Reply, Failure> {
        let mut request = self
            .client
            .respond_to_auth_challenge()
            .client_id(&self.client_id)
            .challenge_name(ChallengeNameType::from(challenge.name.as_str()))
            .set_session(challenge.session.clone())
            .challenge_responses("USERNAME", username);
        for (key, value) in answers {
            request = request.challenge_responses(*key, *value);
        }
        if let Some(hash) = self.secret_hash(username) {
            request = request.challenge_responses("SECRET_HASH", hash);
        }
        let answer = request.send().await.map_err(|error| self.failure(&error, cx))?;
        self.reply(answer.authentication_result, answer.challenge_name, answer.session, answer.challenge_parameters)
    }

    fn reply(
        &self,
        result: Option<AuthenticationResultType>,
        name: Option<ChallengeNameType>,
        session: Option<String>,
        parameters: Option<impl IntoIterator<Item = (String, String)>>,
    ) -> Result<Reply, Failure> {
        match (result, name) {
            (Some(result), _) => Ok(Reply::Tokens(result)),
            (None, Some(name)) => Ok(Reply::Challenge(Challenge {
                name: name.as_str().to_owned(),
                session,
                parameters: parameters.into_iter().flatten().collect(),
            })),
            (None, None) => {
                Err(Failure::Failed(unexpected(&self.endpoint.host, "it gave neither tokens nor a challenge")))
            }
        }
    }

    /// Reads the error of any request to this pool.
    pub fn failure<E>(&self, error: &wire::SdkFailure<E>, cx: &Cx) -> Failure
    where
        E: std::error::Error + aws_smithy_types::error::metadata::ProvideErrorMetadata + 'static,
    {
        Failure::of(error, &self.endpoint, cx.clock.now())
    }
}
