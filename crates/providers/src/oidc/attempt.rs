//! One attempt to log in: what is asked for, what its tokens have to prove, and what a refusal means.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;
use keyfob_core::words::team::Team;

use super::discovery::Provider;
use super::grants::{Granted, Grants};
use super::id_token::{Expected, Times};
use super::keys::Keys;
use super::place::Place;
use super::{CLIENT_ID, ISSUER, SCOPES, tokens};
use crate::settings::given;
use crate::wire::{Failure, unexpected};

pub(super) const OPENID: &str = "openid";

/// One login, and what does not change in it.
pub(super) struct Login<'a> {
    pub place: &'a Place,
    pub provider: &'a Provider,
    pub team: &'a Team,
    pub new_session: bool,
    pub cx: &'a Cx,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub scopes: Vec<String>,
    /// The person is to agree to it, as OpenID Connect Core 1.0 §11 wants for sessions that renew.
    pub consent: bool,
    pub offline_parameter: bool,
}

/// What came of one way.
pub(super) enum Went {
    In(Box<Session>),
    /// On to another device.
    Away,
}

pub(super) fn has(scopes: &[String], scope: &str) -> bool {
    scopes.iter().any(|own| own == scope)
}

impl Asked {
    pub fn identity(&self) -> bool {
        has(&self.scopes, OPENID)
    }
}

impl Login<'_> {
    /// The session of what was granted, once its ID token has proved whose it is.
    pub async fn session(
        &self,
        granted: Granted,
        asked: &Asked,
        nonce: Option<&Secret>,
        grants: &Grants<'_>,
    ) -> Result<Session, ProviderError> {
        let Login { place, provider, cx, .. } = *self;
        cx.person.show(&Step::Checking);
        let (host, now) = (grants.desk.host(), cx.clock.now());
        let times = Times { now, ahead: grants.desk.endpoint.noticed.ahead() };
        let proved = match &granted.id_token {
            Some(token) => {
                let expected = Expected { place, host, nonce };
                let proved = expected.proved(token, &Keys::new(place, provider, None, cx)).await?;
                expected.is_now(&proved.claims, &times)?;
                Some(proved)
            }
            // It was asked for, and nothing was said of its being refused.
            None if asked.identity() && granted.scopes.as_ref().is_none_or(|scopes| has(scopes, OPENID)) => {
                return Err(unexpected(host, "the token answer has no ID token"));
            }
            None => None,
        };
        tokens::session(place, provider, granted, proved, None, host, cx)
    }
}

/// A refusal during a login, as ours.
pub(super) fn refused(failure: Failure, place: &Place) -> ProviderError {
    let host = crate::settings::host_of(&place.issuer_url);
    let Failure::Said { code, message, .. } = &failure else { return failure.or_refused(&host) };
    match code.as_str() {
        "access_denied" => ProviderError::CodeRefused,
        "expired_token" => ProviderError::CodeExpired,
        "invalid_client" | "unauthorized_client" => {
            let message = format!("{message} ({code})").trim_start().to_owned();
            ProviderError::UnknownClient { message }
                .because(vec![given(&CLIENT_ID, &place.client_id), given(&ISSUER, &place.issuer)])
        }
        "invalid_scope" => failure.or_refused(&host).because(vec![given(&SCOPES, &place.scopes.join(","))]),
        _ => failure.or_refused(&host),
    }
}
