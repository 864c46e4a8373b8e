//! The device flow (RFC 8628): a code is shown, the person approves it in a browser, we poll for the token.

use std::time::Duration;

use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::plain::clean;
use keyfob_core::words::question::{Opening, Other, Question, Topic, Wait, WaitPage};
use keyfob_core::words::secret::Secret;
use url::Url;

use super::hosts;
use super::place::Place;
use super::registration::Registration;
use super::token::Token;
use crate::asking::{Waited, while_waiting};
use crate::lifetime::after;
use crate::pace::{CODE_LIFE, INTERVAL, LONGEST_CODE_LIFE, Pace, Patience};
use crate::settings::host_of;
use crate::wire::{Failure, unexpected};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Shows a code and asks for the token until it comes, anew where the person wants another code. `begun` is the first one.
pub(super) async fn login(place: &Place, client: &Registration, begun: Code, cx: &Cx) -> Result<Token, Failure> {
    let mut code = begun;
    loop {
        let approved = async {
            // No browser is no error: the person can open the page that is shown.
            let opening = match cx.browser.open(&code.complete_page).await {
                Ok(()) => Opening::Opened,
                Err(error) => Opening::Failed { why: error.why },
            };
            cx.person.show(&Step::Opening(opening));
            poll(place, client, &code, cx).await
        };
        match while_waiting(code.question(), approved, cx).await? {
            Waited::Came(token) => return Ok(token),
            Waited::Other(Other::NewCode | Other::SendAgain | Other::AnotherDevice) => {}
        }
        code = ask_for_code(place, client, cx).await?;
    }
}

/// A code that waits for its approval.
pub(super) struct Code {
    device_code: Secret,
    user_code: String,
    page: Url,
    complete_page: Url,
    interval: Duration,
    asked: Timestamp,
    deadline: Timestamp,
}

impl Code {
    fn question(&self) -> Question {
        let page = WaitPage {
            url: self.page.to_string(),
            complete_url: self.complete_page.to_string(),
            host: host_of(&self.complete_page),
            opening: Opening::Asked,
        };
        let wait = Wait { code: Some(self.user_code.clone()), page: Some(page), expires: self.deadline };
        Question::wait(Topic::Approval, wait).or(Other::NewCode)
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
    if !(1..=32).contains(&user_code.len()) || !user_code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(odd("the code to compare is not letters and digits"));
    }
    let page_of = |text: &str| {
        hosts::approval_page(place, text).map_err(|other| {
            odd(&format!("it wants the code approved at another host, {}, and nothing was opened", clean(&other)))
        })
    };
    let complete_page = page_of(answer.verification_uri_complete.as_deref().unwrap_or(&page))?;
    let page = page_of(&page)?;
    let life = match i64::from(answer.expires_in) {
        ..=0 => CODE_LIFE,
        seconds => seconds.min(LONGEST_CODE_LIFE),
    };
    let interval = u64::try_from(answer.interval).ok().filter(|seconds| *seconds > 0).unwrap_or(INTERVAL);
    let asked = cx.clock.now();
    Ok(Code {
        device_code: Secret::new(device_code),
        user_code,
        page,
        complete_page,
        interval: Duration::from_secs(interval),
        asked,
        deadline: after(asked, life),
    })
}

/// Asks for the token until it comes, is refused, or the code runs out (RFC 8628 §3.5).
async fn poll(place: &Place, client: &Registration, code: &Code, cx: &Cx) -> Result<Token, Failure> {
    let oidc = place.oidc_client(cx);
    let mut pace = Pace::every(code.interval);
    let mut patience = Patience::until(code.deadline, code.asked);
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
