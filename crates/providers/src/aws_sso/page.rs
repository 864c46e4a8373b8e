//! The login in the browser of this computer: the page of the OIDC service, and the code it sends back (RFC 6749 §4.1 with
//! PKCE), as the AWS CLI does it.

use std::time::Duration;

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::question::Other;
use keyfob_core::words::secret::Secret;
use url::Url;

use super::place::Place;
use super::registration::Registration;
use super::token::Token;
use crate::browser::{self, Came, Pkce, Visit};
use crate::lifetime::after;
use crate::pace::{Pace, Patience};
use crate::wire::{Failure, unexpected};

/// Before a request that did not reach the service is sent again.
const PAUSE: Duration = Duration::from_secs(1);
/// Seconds for which that is worth it: a code does not live for long.
const PATIENCE: i64 = 60;

/// Opens the page and trades what comes back. Nothing where the person takes another device.
pub(super) async fn login(
    place: &Place,
    client: &Registration,
    visit: Visit,
    cx: &Cx,
) -> Result<Option<Token>, Failure> {
    let pkce = Pkce::new(cx);
    let redirect_uri = visit.redirect_uri().to_owned();
    let page = page(place, client, &visit, &pkce).map_err(Failure::Failed)?;
    let answer = match visit.go(&page, &[Other::AnotherDevice], cx).await.map_err(Failure::Failed)? {
        Came::Answer(answer) => answer,
        Came::Other(Other::AnotherDevice | Other::NewCode | Other::SendAgain) => return Ok(None),
    };
    cx.person.show(&Step::Checking);
    let code = browser::code(&answer, &place.oidc.host).map_err(Failure::Failed)?;
    trade(place, client, &code, &pkce.verifier, &redirect_uri, cx).await.map(Some)
}

/// The service names it so, with all scopes in one parameter of its own name.
fn page(place: &Place, client: &Registration, visit: &Visit, pkce: &Pkce) -> Result<Url, ProviderError> {
    let address = format!("{}/authorize", place.oidc.url.trim_end_matches('/'));
    let mut page = Url::parse(&address).map_err(|error| unexpected(&place.oidc.host, &error.to_string()))?;
    page.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.client_id)
        .append_pair("redirect_uri", visit.redirect_uri())
        .append_pair("state", visit.state().expose())
        .append_pair("code_challenge_method", "S256")
        .append_pair("scopes", &place.scopes.join(" "))
        .append_pair("code_challenge", &pkce.challenge);
    Ok(page)
}

/// A code is good for one request that reaches the service: only one that did not is sent again.
async fn trade(
    place: &Place,
    client: &Registration,
    code: &Secret,
    verifier: &Secret,
    redirect_uri: &str,
    cx: &Cx,
) -> Result<Token, Failure> {
    let oidc = place.oidc_client(cx);
    let now = cx.clock.now();
    let (mut pace, mut patience) = (Pace::every(PAUSE), Patience::until(after(now, PATIENCE), now));
    loop {
        let asked = oidc
            .create_token()
            .client_id(&client.client_id)
            .client_secret(client.client_secret.expose())
            .grant_type("authorization_code")
            .code(code.expose())
            .code_verifier(verifier.expose())
            .redirect_uri(redirect_uri)
            .send()
            .await;
        let failure = match asked {
            Ok(answer) => return Token::of(place, answer, cx).map_err(Failure::Failed),
            Err(error) => Failure::of(&error, &place.oidc, cx.clock.now()),
        };
        match &failure {
            Failure::Failed(error) if error.may_be_done() => return Err(failure),
            failure if failure.code() == "AccessDeniedException" => {
                return Err(Failure::Failed(ProviderError::CodeRefused));
            }
            _ => {}
        }
        let told = failure.clone();
        pace.after_trouble(failure)?;
        patience.sleep(pace.pause(), cx).await.map_err(|_| told)?;
    }
}
