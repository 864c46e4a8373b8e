//! Renewing a session without a person, with rotation or without, and ending it.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::session::Session;

use super::discovery::Provider;
use super::grants::Grants;
use super::id_token::Expected;
use super::keys::Keys;
use super::place::Place;
use super::{attempt, tokens};
use crate::wire::Failure;

/// Renews a session where its refresh token came from: one round trip, and one more when its ID token bears a new key.
pub(super) async fn refresh(place: &Place, session: &Session, cx: &Cx) -> Result<Session, ProviderError> {
    let (Some(refresh), Some(provider)) = (&session.refresh, Provider::of(session)) else {
        return Err(ProviderError::PersonNeeded);
    };
    let grants = Grants::tokens(place, &provider, cx)?;
    let granted = grants.renew(refresh).await.map_err(|failure| refused(failure, place, &grants))?;
    let host = grants.desk.host();
    let proved = match &granted.id_token {
        None => None,
        Some(token) => {
            let expected = Expected { place, host, nonce: None };
            let keys = Keys::new(place, &provider, tokens::known_key(session), cx);
            match expected.proved(token, &keys).await {
                Ok(proved) if !tokens::is_same_person(session, &proved.claims) => {
                    return Err(ProviderError::OtherAccount);
                }
                Ok(proved) => Some(proved),
                // The tokens beside it may be the only ones now: they go on, and the ID token is the one of before.
                Err(error) if error.is_passing() => None,
                Err(error) => return Err(error),
            }
        }
    };
    // No time is compared here: the answer came over a connection of the provider's own, and a clock that was set wrong
    // since the login must not cost the session (fault F56).
    tokens::session(place, &provider, granted, proved, Some(session), host, cx)
}

/// A refusal to renew, as ours.
fn refused(failure: Failure, place: &Place, grants: &Grants<'_>) -> ProviderError {
    match failure {
        Failure::Said { code, message, .. } if is_over(&code) => ProviderError::SessionEnded { code, said: message },
        Failure::Failed(error) => grants.desk.explain(error),
        said => attempt::refused(said, place),
    }
}

/// The closed list (security D5): the grant is over (RFC 6749 §5.2), or the provider wants its person (OpenID Connect Core
/// 1.0 §3.1.2.6; Entra says so of rules that have changed).
fn is_over(code: &str) -> bool {
    matches!(
        code,
        "invalid_grant" | "login_required" | "interaction_required" | "consent_required" | "account_selection_required"
    )
}

/// Ends the session at the provider (RFC 7009). One without a place for that has nothing to be told.
pub(super) async fn revoke(place: &Place, session: &Session, cx: &Cx) -> Result<(), ProviderError> {
    let Some(provider) = Provider::of(session) else { return Ok(()) };
    let Some(url) = &provider.revocation else { return Ok(()) };
    let grants = Grants::at(url, place, &provider, cx)?;
    let (token, kind) = match &session.refresh {
        Some(refresh) => (refresh, "refresh_token"),
        // A user pool ends refresh tokens alone.
        None if place.is_user_pool() => return Ok(()),
        None => (&session.access, "access_token"),
    };
    let Err(failure) = grants.revoke(token, kind).await else { return Ok(()) };
    match failure.code() {
        "unsupported_token_type" | "invalid_token" | "invalid_grant" => Ok(()),
        _ => Err(refused(failure, place, &grants)),
    }
}
