//! The device flow (RFC 8628): a code is shown, the person approves it in a browser, we poll for the token.

use std::time::Duration;

use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::plain::clean;
use keyfob_core::words::question::{Opening, Other, Question, Topic, Wait, WaitPage};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use url::Url;

use super::pace::{Pace, Patience};
use super::registration::{self, Registration};
use super::{Place, hosts};
use crate::asking::{Waited, while_waiting};
use crate::lifetime::{after, believable};
use crate::settings::host_of;
use crate::wire::{Failure, unexpected};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Seconds between two polls when the server names none (RFC 8628 §3.2).
const INTERVAL: u64 = 5;
/// Seconds a code lives when the server does not say, and at most: our own deadline (F16).
const CODE_LIFE: i64 = 600;
const LONGEST_CODE_LIFE: i64 = 900;

/// Where a session keeps the client that its refresh token belongs to.
const CLIENT_ID: &str = "client-id";
const CLIENT_SECRET: &str = "client-secret";

/// Signs a person in. It may be dropped at any moment: nothing but the client registration is kept before
/// the token has come.
pub(super) async fn login(place: &Place, kept: &mut Kept, cx: &Cx) -> Result<Session, ProviderError> {
    loop {
        let client = registration::find_or_register(place, kept, cx).await?;
        let failure = match with_client(place, &client, cx).await {
            Ok(session) => return Ok(session),
            Err(failure) => failure,
        };
        // A kept client that the server has dropped is replaced once, and nobody needs to know (F20).
        if failure.code() == "InvalidClientException" {
            registration::forget(kept);
            if client.reused {
                continue;
            }
        }
        return Err(failure.or_refused(&place.oidc.host));
    }
}

async fn with_client(place: &Place, client: &Registration, cx: &Cx) -> Result<Session, Failure> {
    let token = loop {
        let code = ask_for_code(place, client, cx).await?;
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
            Waited::Came(token) => break token,
            Waited::Other(Other::NewCode | Other::SendAgain | Other::AnotherDevice) => {}
        }
    };
    let refresh = token.refresh_token.map(Secret::new);
    Ok(Session {
        who: who(place),
        access: token.access,
        id_token: None,
        refresh,
        issued: token.issued,
        expires: token.expires,
        limit: None,
        notes: [
            (CLIENT_ID.into(), Secret::new(client.client_id.clone())),
            (CLIENT_SECRET.into(), client.client_secret.clone()),
        ]
        .into(),
    })
}

/// The device flow tells no user and the token is opaque, so the directory that took the login is named;
/// any other name would be invented.
fn who(place: &Place) -> String {
    clean(&host_of(&place.start))
}

/// A code that waits for its approval.
struct Code {
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

async fn ask_for_code(place: &Place, client: &Registration, cx: &Cx) -> Result<Code, Failure> {
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

struct Token {
    access: Secret,
    refresh_token: Option<String>,
    issued: Timestamp,
    expires: Timestamp,
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
            Ok(answer) => return token(place, answer, cx).map_err(Failure::Failed),
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

fn token(
    place: &Place,
    answer: aws_sdk_ssooidc::operation::create_token::CreateTokenOutput,
    cx: &Cx,
) -> Result<Token, ProviderError> {
    let issued = cx.clock.now();
    let access = answer.access_token.filter(|token| !token.is_empty());
    Ok(Token {
        access: Secret::new(access.ok_or_else(|| unexpected(&place.oidc.host, "the token answer has no token"))?),
        refresh_token: answer.refresh_token.filter(|token| !token.is_empty()),
        issued,
        expires: after(issued, believable(answer.expires_in)),
    })
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
        Ok(answer) => token(place, answer, cx).map_err(Failure::Failed),
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
