//! The device flow (RFC 8628): a code is shown, the person approves it in a browser anywhere, we poll for the tokens.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::secret::Secret;

use super::attempt::{Asked, Login, Went};
use super::grants::{Granted, Grants};
use crate::device_code::{Code, Given};
use crate::settings::{host_of, is_here, web_address};
use crate::wire::{Failure, unexpected};

pub(super) async fn login(login: &Login<'_>, asked: &Asked) -> Result<Went, Failure> {
    let Login { place, provider, cx, .. } = login;
    let Some(url) = &provider.device else {
        return Err(Failure::Failed(ProviderError::Unsupported { what: "Logging in by a code".into() }));
    };
    let at_device = Grants::at(url, place, provider, cx).map_err(Failure::Failed)?;
    let grants = Grants::tokens(place, provider, cx).map_err(Failure::Failed)?;
    let granted = loop {
        let code = ask_for_code(&at_device, asked, is_here(&place.issuer_url), cx).await?;
        if let Some(granted) = code.shown(poll(&grants, &code, cx), cx).await? {
            break granted;
        }
    };
    let session = login.session(granted, asked, None, &grants).await.map_err(Failure::Failed)?;
    Ok(Went::In(Box::new(session)))
}

async fn ask_for_code(grants: &Grants<'_>, asked: &Asked, here: bool, cx: &Cx) -> Result<Code, Failure> {
    let answer = grants.device(&asked.scopes).await.map_err(|failure| match failure {
        Failure::Failed(error) => Failure::Failed(grants.desk.explain(error)),
        said @ Failure::Said { .. } => said,
    })?;
    let odd = |what: &str| Failure::Failed(unexpected(grants.desk.host(), what));
    let user_code = answer.user_code().secret().trim().to_owned();
    // Which host shows it differs from that of the issuer at most providers: the person is told which one it is.
    let page_of = |text: &str| match web_address(text) {
        Ok(page) if page.scheme() == "https" || here => Ok(page),
        _ => Err(odd("the page for the code is no address that may be opened")),
    };
    let page = page_of(answer.verification_uri().as_str())?;
    let complete_page = match answer.verification_uri_complete() {
        Some(complete) => page_of(complete.secret())?,
        None => page.clone(),
    };
    if host_of(&complete_page) != host_of(&page) {
        return Err(odd("it names two hosts for the page with the code"));
    }
    let given = Given {
        device_code: Secret::new(answer.device_code().secret()),
        user_code,
        page,
        complete_page,
        interval: answer.interval().as_secs(),
        life: i64::try_from(answer.expires_in().as_secs()).unwrap_or(i64::MAX),
    };
    Code::of(given, grants.desk.host(), cx)
}

/// Asks for the tokens until they come, are refused, or the code runs out (RFC 8628 §3.5).
async fn poll(grants: &Grants<'_>, code: &Code, cx: &Cx) -> Result<Granted, Failure> {
    let (mut pace, mut patience) = code.pace();
    loop {
        patience.sleep(pace.pause(), cx).await?;
        let failure = match grants.poll(&code.device_code).await {
            Ok(granted) => return Ok(granted),
            Err(failure) => failure,
        };
        match failure.code() {
            "authorization_pending" => pace.go_on(),
            "slow_down" => pace.slow_down(),
            "expired_token" => return Err(Failure::Failed(ProviderError::CodeExpired)),
            "access_denied" => return Err(Failure::Failed(ProviderError::CodeRefused)),
            _ => pace.after_trouble(failure)?,
        }
    }
}
