//! The authorization code with PKCE (RFC 6749 §4.1, RFC 7636), in the browser of this computer.

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::plain::clean;
use keyfob_core::words::question::Other;
use keyfob_core::words::secret::Secret;
use url::Url;

use super::attempt::{Asked, Login, Went};
use super::grants::Grants;
use crate::browser::{self, Came, Pkce, Visit, random};
use crate::settings::host_of;
use crate::wire::Failure;

pub(super) async fn login(login: &Login<'_>, asked: &Asked) -> Result<Went, Failure> {
    let Login { place, provider, team, cx, .. } = login;
    let Some(authorization) = &provider.authorization else {
        return Err(Failure::Failed(ProviderError::Unsupported { what: "Logging in by a browser".into() }));
    };
    let host = host_of(authorization);
    let visit = browser::open(&place.back, team, cx).await.map_err(Failure::Failed)?;
    let (pkce, nonce) = (Pkce::new(cx), random(cx));
    let page = page(authorization, login, asked, &visit, &pkce, &nonce);
    let redirect_uri = visit.redirect_uri().to_owned();
    let others: &[Other] = if provider.device.is_some() { &[Other::AnotherDevice] } else { &[] };
    let answer = match visit.go(&page, others, cx).await.map_err(Failure::Failed)? {
        Came::Answer(answer) => answer,
        Came::Other(Other::AnotherDevice) => return Ok(Went::Away),
        Came::Other(_) => return Err(Failure::Failed(ProviderError::Cancelled)),
    };
    let who = answer.get("iss").map(Secret::expose);
    is_from(who, login, &host).map_err(Failure::Failed)?;
    let code = browser::code(&answer, &host).map_err(|error| match error {
        ProviderError::Refused { code, message, .. } => Failure::Said { status: 400, code, message },
        error => Failure::Failed(error),
    })?;
    let grants = Grants::tokens(place, provider, cx).map_err(Failure::Failed)?;
    let explained = |failure| match failure {
        Failure::Failed(error) => Failure::Failed(grants.desk.explain(error)),
        said @ Failure::Said { .. } => said,
    };
    let granted = grants.code(&code, &pkce.verifier, &redirect_uri).await.map_err(explained)?;
    let nonce = asked.identity().then_some(&nonce);
    let session = login.session(granted, asked, nonce, &grants).await.map_err(Failure::Failed)?;
    Ok(Went::In(Box::new(session)))
}

/// Whether the answer comes from the provider that was asked (RFC 9207 §2.4): another one, mixed in, would get the code.
fn is_from(issuer: Option<&str>, login: &Login<'_>, host: &str) -> Result<(), ProviderError> {
    let wrong = |what: String| Err(ProviderError::Unproven { host: host.to_owned(), what });
    match issuer {
        Some(issuer) if login.place.is_issuer(issuer) => Ok(()),
        Some(other) => wrong(format!("the browser came back from another issuer, {:?}", clean(other))),
        None if login.provider.names_itself => wrong("the browser came back without the name of the issuer".into()),
        None => Ok(()),
    }
}

fn page(authorization: &Url, login: &Login<'_>, asked: &Asked, visit: &Visit, pkce: &Pkce, nonce: &Secret) -> Url {
    let mut page = authorization.clone();
    {
        let mut query = page.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &login.place.client_id)
            .append_pair("redirect_uri", visit.redirect_uri())
            .append_pair("scope", &asked.scopes.join(" "))
            .append_pair("state", visit.state().expose())
            .append_pair("code_challenge", &pkce.challenge)
            .append_pair("code_challenge_method", "S256");
        if asked.identity() {
            query.append_pair("nonce", nonce.expose());
        }
        if let Some(audience) = &login.place.audience {
            query.append_pair("audience", audience);
        }
        let prompts = [(login.new_session, "login"), (asked.consent, "consent")];
        let prompts: Vec<&str> = prompts.into_iter().filter_map(|(wanted, prompt)| wanted.then_some(prompt)).collect();
        if !prompts.is_empty() {
            query.append_pair("prompt", &prompts.join(" "));
        }
        if asked.offline_parameter {
            query.append_pair("access_type", "offline");
        }
    }
    page
}
