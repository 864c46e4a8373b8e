//! The device flow (RFC 8628): a code is shown, the person approves it in a browser, we poll for the token.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;

use super::hosts;
use super::place::Place;
use super::registration::Registration;
use super::token::Token;
use crate::device_code::{Code, Given};
use crate::wire::{Failure, unexpected};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Shows a code and asks for the token until it comes, anew where the person wants another code. `begun` is the first one.
pub(super) async fn login(place: &Place, client: &Registration, begun: Code, cx: &Cx) -> Result<Token, Failure> {
    let mut code = begun;
    loop {
        if let Some(token) = code.shown(poll(place, client, &code, cx), cx).await? {
            return Ok(token);
        }
        code = ask_for_code(place, client, cx).await?;
    }
}

pub(super) async fn ask_for_code(place: &Place, client: &Registration, cx: &Cx) -> Result<Code, Failure> {
    let host = &place.oidc.host;
    let answer = place
        .oidc_client(cx)
        .start_device_authorization()
        .client_id(&client.client_id)
        .client_secret(client.client_secret.expose())
        .start_url(&place.start_url)
        .send()
        .await
        .map_err(|error| Failure::of(&error, &place.oidc, cx.clock.now()))?;
    let odd = |what: &str| Failure::Failed(unexpected(host, what));
    let (Some(device_code), Some(user_code), Some(page)) =
        (answer.device_code, answer.user_code, answer.verification_uri)
    else {
        return Err(odd("the device authorization lacks its code or its page"));
    };
    let page_of = |text: &str| {
        hosts::approval_page(place, text).map_err(|other| {
            odd(&format!("it wants the code approved at another host, {}, and nothing was opened", clean(&other)))
        })
    };
    let complete_page = page_of(answer.verification_uri_complete.as_deref().unwrap_or(&page))?;
    let page = page_of(&page)?;
    let given = Given {
        device_code: Secret::new(device_code),
        user_code,
        page,
        complete_page,
        interval: u64::try_from(answer.interval).unwrap_or_default(),
        life: answer.expires_in.into(),
    };
    Code::of(given, host, cx)
}

/// Asks for the token until it comes, is refused, or the code runs out (RFC 8628 §3.5).
async fn poll(place: &Place, client: &Registration, code: &Code, cx: &Cx) -> Result<Token, Failure> {
    let oidc = place.oidc_client(cx);
    let (mut pace, mut patience) = code.pace();
    loop {
        patience.sleep(pace.pause(), cx).await?;
        let asked = oidc
            .create_token()
            .client_id(&client.client_id)
            .client_secret(client.client_secret.expose())
            .grant_type(DEVICE_CODE)
            .device_code(code.device_code.expose())
            .send()
            .await;
        let failure = match asked {
            Ok(answer) => return Token::of(place, answer, cx).map_err(Failure::Failed),
            Err(error) => Failure::of(&error, &place.oidc, cx.clock.now()),
        };
        match failure.code() {
            "AuthorizationPendingException" => pace.go_on(),
            "SlowDownException" => pace.slow_down(),
            "ExpiredTokenException" => return Err(Failure::Failed(ProviderError::CodeExpired)),
            "AccessDeniedException" => return Err(Failure::Failed(ProviderError::CodeRefused)),
            _ => pace.after_trouble(failure)?,
        }
    }
}
