//! The token that a login ends with: how it becomes a session, and how that one is renewed, the same for every way in.

use aws_sdk_ssooidc::operation::create_token::CreateTokenOutput;
use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{ASK, NAMELESS, Session};

use super::place::{Place, REGION_NOTE};
use super::registration::Registration;
use crate::lifetime::{after, believable};
use crate::settings::host_of;
use crate::wire::{Failure, unexpected};

/// Where a session keeps the client that its refresh token belongs to.
const CLIENT_ID: &str = "client-id";
const CLIENT_SECRET: &str = "client-secret";

pub(super) struct Token {
    access: Secret,
    refresh_token: Option<String>,
    issued: Timestamp,
    expires: Timestamp,
}

impl Token {
    pub fn of(place: &Place, answer: CreateTokenOutput, cx: &Cx) -> Result<Self, ProviderError> {
        let issued = cx.clock.now();
        let access = answer.access_token.filter(|token| !token.is_empty());
        Ok(Token {
            access: Secret::new(access.ok_or_else(|| unexpected(&place.oidc.host, "the token answer has no token"))?),
            refresh_token: answer.refresh_token.filter(|token| !token.is_empty()),
            issued,
            expires: after(issued, believable(answer.expires_in)),
        })
    }

    /// The token is opaque and no answer names a user, so the directory that took the login is named; a credential may
    /// tell the name later.
    pub fn session(self, place: &Place, client: &Registration) -> Session {
        let asks = if place.tells_names { ASK } else { "" };
        Session {
            who: clean(&host_of(&place.start)),
            access: self.access,
            id_token: None,
            refresh: self.refresh_token.map(Secret::new),
            issued: self.issued,
            expires: self.expires,
            limit: None,
            notes: [
                (CLIENT_ID.into(), Secret::new(client.client_id.clone())),
                (CLIENT_SECRET.into(), client.client_secret.clone()),
                (REGION_NOTE.into(), Secret::new(place.region.clone())),
                (NAMELESS.into(), Secret::new(asks)),
            ]
            .into(),
        }
    }
}

/// Renews a session with its refresh token and the very client that got it.
pub(super) async fn refresh(place: &Place, session: &Session, cx: &Cx) -> Result<Session, ProviderError> {
    let (Some(refresh), Some(client_id), Some(client_secret)) =
        (&session.refresh, session.notes.get(CLIENT_ID), session.notes.get(CLIENT_SECRET))
    else {
        return Err(ProviderError::PersonNeeded);
    };
    let sent = place
        .oidc_client(cx)
        .create_token()
        .client_id(client_id.expose())
        .client_secret(client_secret.expose())
        .grant_type("refresh_token")
        .refresh_token(refresh.expose())
        .send()
        .await;
    let answer = match sent {
        Ok(answer) => Token::of(place, answer, cx).map_err(Failure::Failed),
        Err(error) => Err(Failure::of(&error, &place.oidc, cx.clock.now())),
    };
    let token = answer.map_err(|failure| match failure {
        Failure::Said { code, message, .. } if is_over(&code) => ProviderError::SessionEnded { code, said: message },
        failure => failure.or_refused(&place.oidc.host),
    })?;
    Ok(Session {
        access: token.access,
        // An answer without a new one means that the old one goes on (RFC 6749 §6; F21).
        refresh: token.refresh_token.map(Secret::new).or_else(|| session.refresh.clone()),
        issued: token.issued,
        expires: token.expires,
        ..session.clone()
    })
}

/// The closed list (security D5): the grant is over, or the client it belongs to is.
fn is_over(code: &str) -> bool {
    matches!(code, "InvalidGrantException" | "ExpiredTokenException" | "InvalidClientException")
}
