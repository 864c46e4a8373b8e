//! From a code to a session and from one session to the next (AWS Sign-In API reference, `CreateOAuth2Token`).

use aws_sdk_signin::operation::create_o_auth2_token::CreateOAuth2TokenError;
use aws_sdk_signin::types::{
    CreateOAuth2TokenRequestBody as Asked, CreateOAuth2TokenResponseBody as Answer, OAuth2ErrorCode,
};
use keyfob_core::doors::ports::HttpError;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::claims;
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;

use super::Place;
use super::proof::{self, Key};
use crate::as_it_is;
use crate::browser::random;
use crate::lifetime::{after, believable};
use crate::wire::{Failure, SdkFailure, unexpected};

/// A refresh token works for twelve hours from the login, however often it is replaced.
const LASTS: i64 = 12 * 60 * 60;

/// What a session notes beside its tokens.
const CLIENT_ID: &str = "client-id";
const DPOP_KEY: &str = "dpop-key";
const ARN: &str = "arn";

/// A code that the browser brought, and what it belongs to.
pub(super) struct Grant {
    pub client_id: &'static str,
    pub code: Secret,
    pub redirect_uri: String,
    pub verifier: Secret,
}

pub(super) async fn first(place: &Place, grant: Grant, cx: &Cx) -> Result<Session, ProviderError> {
    let (key, key_text) = Key::new().ok_or_else(no_random)?;
    let asked = Asked::builder()
        .client_id(grant.client_id)
        .grant_type("authorization_code")
        .code(grant.code.expose())
        .code_verifier(grant.verifier.expose())
        .redirect_uri(grant.redirect_uri);
    let answer = send(place, asked.build(), key, cx).await?;
    let host = &place.endpoint.host;
    let id_token =
        answer.id_token.clone().ok_or_else(|| unexpected(host, "the token answer does not say who it is"))?;
    let arn = subject(&id_token).ok_or_else(|| unexpected(host, "the ID token names nobody"))?;
    // Another window of the console was signed in, as somebody else.
    if place.login_session.as_ref().is_some_and(|wanted| *wanted != arn) {
        return Err(ProviderError::OtherAccount);
    }
    let now = cx.clock.now();
    let before = Session {
        who: name_of(&arn),
        access: Secret::new(""),
        id_token: Some(Secret::new(id_token)),
        refresh: None,
        issued: now,
        expires: now,
        limit: Some(after(now, LASTS)),
        notes: [
            (CLIENT_ID.to_owned(), Secret::new(grant.client_id)),
            (DPOP_KEY.to_owned(), key_text),
            (ARN.to_owned(), Secret::new(arn)),
        ]
        .into(),
    };
    renewed(place, before, answer, cx)
}

/// Renews a session by its refresh token, with the very key that it is bound to.
pub(super) async fn refresh(place: &Place, session: &Session, cx: &Cx) -> Result<Session, ProviderError> {
    let note = |key: &str| session.notes.get(key);
    let (Some(refresh), Some(client_id), Some(key)) =
        (&session.refresh, note(CLIENT_ID), note(DPOP_KEY).and_then(Key::of))
    else {
        return Err(ProviderError::PersonNeeded);
    };
    let asked =
        Asked::builder().client_id(client_id.expose()).grant_type("refresh_token").refresh_token(refresh.expose());
    let answer = send(place, asked.build(), key, cx).await?;
    renewed(place, session.clone(), answer, cx)
}

/// The account that the session is in.
pub(super) fn account(session: &Session) -> String {
    let arn = session.notes.get(ARN).map(Secret::expose).unwrap_or_default();
    clean(arn.split(':').nth(4).unwrap_or_default())
}

async fn send(
    place: &Place,
    asked: Result<Asked, aws_smithy_types::error::operation::BuildError>,
    key: Key,
    cx: &Cx,
) -> Result<Answer, ProviderError> {
    let host = &place.endpoint.host;
    let asked = asked.map_err(|_| unexpected(host, "the request could not be made"))?;
    let (id, now) = (random(cx), cx.clock.now());
    let answer = place
        .client(cx)
        .create_o_auth2_token()
        .token_input(asked)
        .customize()
        .mutate_request(move |request| {
            // Without one the service says that it is missing.
            if let Some(proof) = proof::of_post(request.uri(), &id, now, &key) {
                request.headers_mut().insert("DPoP", proof);
            }
        })
        .send()
        .await
        .map_err(|error| refused(&error, place, cx))?;
    answer.token_output.ok_or_else(|| unexpected(host, "the token answer is empty"))
}

fn no_random() -> ProviderError {
    ProviderError::Http(HttpError::Malformed { why: "this computer gives no random numbers for a key".into() })
}

/// The closed list of answers that end a session (security D5), and the few others that have words of their own.
fn refused(error: &SdkFailure<CreateOAuth2TokenError>, place: &Place, cx: &Cx) -> ProviderError {
    let kind = match error.as_service_error() {
        Some(CreateOAuth2TokenError::AccessDeniedException(denied)) => Some(denied.error()),
        _ => None,
    };
    match (kind, Failure::of(error, &place.endpoint, cx.clock.now())) {
        (
            Some(OAuth2ErrorCode::TokenExpired | OAuth2ErrorCode::UserCredentialsChanged),
            Failure::Said { message, .. },
        ) => {
            let code = kind.map_or_else(String::new, |kind| clean(kind.as_str()));
            ProviderError::SessionEnded { code, said: message }
        }
        (Some(OAuth2ErrorCode::AuthcodeExpired), Failure::Said { .. }) => ProviderError::CodeExpired,
        (Some(OAuth2ErrorCode::InsufficientPermissions), Failure::Said { .. }) => {
            ProviderError::ConsoleNotAllowed { team: place.team.clone() }
        }
        (Some(kind), Failure::Said { message, .. }) => {
            let code = clean(kind.as_str());
            ProviderError::Refused { host: place.endpoint.host.clone(), code, message }
        }
        (_, failure) => failure.or_refused(&place.endpoint.host),
    }
}

/// The session with what an answer brought.
fn renewed(place: &Place, before: Session, answer: Answer, cx: &Cx) -> Result<Session, ProviderError> {
    let host = &place.endpoint.host;
    let access = answer.access_token.ok_or_else(|| unexpected(host, "the token answer has no credentials"))?;
    let (key_id, secret_key, token) = (access.access_key_id, access.secret_access_key, access.session_token);
    if key_id.is_empty() || secret_key.is_empty() || token.is_empty() {
        return Err(unexpected(host, "the credentials are not complete"));
    }
    let issued = cx.clock.now();
    let mut notes = before.notes.clone();
    as_it_is::note(&mut notes, key_id, Secret::new(secret_key));
    Ok(Session {
        access: Secret::new(token),
        // An answer without a new one means that the old one goes on (RFC 6749 §6).
        refresh: Some(Secret::new(answer.refresh_token)).filter(|token| !token.is_empty()).or(before.refresh.clone()),
        issued,
        expires: after(issued, believable(answer.expires_in)),
        notes,
        ..before
    })
}

/// Who the ID token names. It came from the service itself, over TLS, so its signature says nothing more (OpenID
/// Connect Core §3.1.3.7).
fn subject(id_token: &str) -> Option<String> {
    let claims = claims::of(Some(id_token));
    let subject = claims::text(&claims, "sub")?;
    (subject.starts_with("arn:") && subject.len() <= 2048).then(|| clean(subject))
}

/// `ann` of a user or of somebody in a role; root has no name but its account.
fn name_of(arn: &str) -> String {
    let mut parts = arn.splitn(6, ':');
    let (account, who) = (parts.nth(4).unwrap_or_default(), parts.next().unwrap_or_default());
    match who.rsplit('/').next() {
        Some("root") | None => format!("root of {account}"),
        Some(name) => name.to_owned(),
    }
}
