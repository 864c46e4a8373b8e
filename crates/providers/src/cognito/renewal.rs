//! Renewing a user pool's session without a person, by either of two operations, and ending it.

use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, AuthenticationResultType};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;

use super::pool::{Pool, Reply};
use super::refusal;
use super::tokens::{self, DEVICE_KEY, USERNAME};
use crate::wire::{Failure, unexpected};

/// Session notes: the operation that renewed it last, when it was not the usual one.
const RENEWED_BY: &str = "renewed-by";
const ROTATION: &str = "GetTokensFromRefreshToken";

/// An app client allows one of the two: rotation of refresh tokens switches the first one off (F29).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// `InitiateAuth` with `REFRESH_TOKEN_AUTH`.
    Flow,
    /// `GetTokensFromRefreshToken`.
    Rotation,
}

impl Way {
    fn other(self) -> Self {
        match self {
            Way::Flow => Way::Rotation,
            Way::Rotation => Way::Flow,
        }
    }
}

/// Renews a session with its refresh token.
pub(super) async fn refresh(pool: &Pool, session: &Session, cx: &Cx) -> Result<Session, ProviderError> {
    let Some(token) = &session.refresh else { return Err(ProviderError::PersonNeeded) };
    let user = session.notes.get(USERNAME).map_or(session.who.as_str(), Secret::expose);
    let mut device = session.notes.get(DEVICE_KEY);
    let mut way = match session.notes.get(RENEWED_BY) {
        Some(name) if name.expose() == ROTATION => Way::Rotation,
        _ => Way::Flow,
    };
    let mut answer = send(pool, way, token, user, device, cx).await;
    if answer.as_ref().is_err_and(refusal::is_not_enabled) {
        way = way.other();
        answer = send(pool, way, token, user, device, cx).await;
    }
    // The pool has forgotten the device: the token may still be good without it (F28).
    if device.is_some() && answer.as_ref().is_err_and(is_about_device) {
        device = None;
        answer = send(pool, way, token, user, None, cx).await;
    }
    let result = answer.map_err(|failure| refusal::of_renewal(failure, pool))?;
    let had_device = device.is_some();
    let mut renewed = tokens::session(pool, result, user, Some(session), cx)?;
    match way {
        Way::Flow => renewed.notes.remove(RENEWED_BY),
        Way::Rotation => renewed.notes.insert(RENEWED_BY.into(), Secret::new(ROTATION)),
    };
    if !had_device && renewed.notes.get(DEVICE_KEY) == session.notes.get(DEVICE_KEY) {
        renewed.notes.remove(DEVICE_KEY);
    }
    Ok(renewed)
}

async fn send(
    pool: &Pool,
    way: Way,
    token: &Secret,
    user: &str,
    device: Option<&Secret>,
    cx: &Cx,
) -> Result<AuthenticationResultType, Failure> {
    let host = &pool.endpoint.host;
    match way {
        Way::Flow => {
            let mut parameters = vec![("REFRESH_TOKEN", token.expose())];
            parameters.extend(device.map(|key| ("DEVICE_KEY", key.expose())));
            match pool.initiate(AuthFlowType::RefreshTokenAuth, user, &parameters, cx).await? {
                Reply::Tokens(result) => Ok(result),
                Reply::Challenge(_) => Err(Failure::Failed(ProviderError::PersonNeeded)),
            }
        }
        Way::Rotation => {
            let answer = pool
                .client
                .get_tokens_from_refresh_token()
                .refresh_token(token.expose())
                .client_id(&pool.client_id)
                .set_client_secret(pool.client_secret.as_ref().map(|secret| secret.expose().to_owned()))
                .set_device_key(device.map(|key| key.expose().to_owned()))
                .send()
                .await
                .map_err(|error| pool.failure(&error, cx))?;
            answer.authentication_result.ok_or_else(|| Failure::Failed(unexpected(host, "the answer has no tokens")))
        }
    }
}

fn is_about_device(failure: &Failure) -> bool {
    matches!(failure, Failure::Said { message, .. } if message.to_ascii_lowercase().contains("device"))
}

/// Revokes the refresh token and all access tokens that came from it. An app client without revocation has
/// nothing to be told.
pub(super) async fn revoke(pool: &Pool, session: &Session, cx: &Cx) -> Result<(), ProviderError> {
    let Some(token) = &session.refresh else { return Ok(()) };
    let sent = pool
        .client
        .revoke_token()
        .token(token.expose())
        .client_id(&pool.client_id)
        .set_client_secret(pool.client_secret.as_ref().map(|secret| secret.expose().to_owned()))
        .send()
        .await;
    let Err(error) = sent else { return Ok(()) };
    let failure = pool.failure(&error, cx);
    match failure.code() {
        "UnsupportedOperationException" | "UnsupportedTokenTypeException" => Ok(()),
        _ => Err(refusal::of_login(failure, pool)),
    }
}
