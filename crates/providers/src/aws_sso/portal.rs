//! The access portal: credentials for a role, and logging out.

use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Credential, Session};

use super::place::Place;
use super::{ACCOUNT, ROLE};
use crate::lifetime::at_most;
use crate::settings::required;
use crate::wire::{Failure, Tries, unexpected};

/// Trades the session for credentials of one role.
pub(super) async fn credential(
    place: &Place,
    profile: &Profile,
    session: &Session,
    cx: &Cx,
) -> Result<Credential, ProviderError> {
    let host = &place.portal.host;
    let (account, role) = (required(&profile.target, &ACCOUNT)?, required(&profile.target, &ROLE)?);
    let answer = place
        .portal_client(cx, Tries::Three)
        .get_role_credentials()
        .account_id(account)
        .role_name(role)
        .access_token(session.access.expose())
        .send()
        .await
        .map_err(|error| match Failure::of(&error, &place.portal, cx.clock.now()) {
            // No such account or no such role for this person: the session itself is fine (F24).
            Failure::Said { status: 403 | 404, .. } => {
                ProviderError::RoleGone { account: account.into(), role: role.into() }
            }
            failure => refused(failure, host),
        })?;
    let role = answer.role_credentials.ok_or_else(|| unexpected(host, "the answer has no credentials"))?;
    let given = |part: Option<String>| part.filter(|text| !text.is_empty());
    let (Some(key_id), Some(secret_key), Some(token)) =
        (given(role.access_key_id), given(role.secret_access_key), given(role.session_token))
    else {
        return Err(unexpected(host, "the credentials are not complete"));
    };
    let now = cx.clock.now();
    // Milliseconds, unlike every other time of these services (RoleCredentials, API reference).
    let expires = Timestamp::from_millisecond(role.expiration)
        .map_err(|_| unexpected(host, "the end of the credentials is no time"))?;
    if expires <= now {
        // F25
        return Err(ProviderError::OverAlready { host: host.clone() });
    }
    Ok(Credential {
        key_id,
        secret_key: Secret::new(secret_key),
        token: Secret::new(token),
        expires: at_most(expires, now),
    })
}

/// Ends the session at the portal.
pub(super) async fn logout(place: &Place, session: &Session, cx: &Cx) -> Result<(), ProviderError> {
    let host = &place.portal.host;
    let sent = place.portal_client(cx, Tries::Three).logout().access_token(session.access.expose()).send().await;
    sent.map(drop).map_err(|error| refused(Failure::of(&error, &place.portal, cx.clock.now()), host))
}

/// A refused access token may still be renewed: the caller tries that once before a person is asked (F23). A 401 in other
/// words is that of a gateway in between (F160).
pub(super) fn refused(failure: Failure, host: &str) -> ProviderError {
    match failure {
        Failure::Said { status: 401, code, message } if code == "UnauthorizedException" => {
            ProviderError::SessionEnded { code, said: message }
        }
        failure => failure.or_refused(host),
    }
}
