//! The login itself: a page of the console in this computer's browser, or on another device, from where a code is pasted.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::{Step, Wish};
use keyfob_core::words::question::{CODE, Other, Question, Refusal};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;
use keyfob_core::words::team::Team;
use url::Url;

use super::Place;
use super::token::{self, Grant};
use crate::asking;
use crate::browser::{self, Came, Pkce};
use crate::flow;
use crate::wire::unexpected;

/// The clients that AWS has for this: one for each way.
const HERE: &str = "arn:aws:signin:::devtools/same-device";
const ELSEWHERE: &str = "arn:aws:signin:::devtools/cross-device";

/// How often a person is asked to paste a code.
const MOST_ASKS: u32 = 10;

pub(super) async fn login(team: &Team, place: &Place, wish: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
    if flow::chosen(wish, &team.settings, cx)? == Flow::Code {
        return elsewhere(place, cx).await;
    }
    let pkce = Pkce::new(cx);
    let visit = browser::open(&place.back, team, cx).await?;
    let redirect_uri = visit.redirect_uri().to_owned();
    let page = page(place, HERE, &redirect_uri, visit.state(), &pkce)?;
    match visit.go(&page, &[Other::AnotherDevice], cx).await? {
        Came::Answer(answer) => {
            let code = browser::code(&answer, &place.endpoint.host)?;
            cx.person.show(&Step::Checking);
            token::first(place, Grant { client_id: HERE, code, redirect_uri, verifier: pkce.verifier }, cx).await
        }
        Came::Other(_) => elsewhere(place, cx).await,
    }
}

/// The page shows a code at the end, which holds the state as well, so that one of another login is told apart.
async fn elsewhere(place: &Place, cx: &Cx) -> Result<Session, ProviderError> {
    let (pkce, state) = (Pkce::new(cx), browser::random(cx));
    let redirect_uri = format!("{}/v1/sessions/confirmation", place.endpoint.url.trim_end_matches('/'));
    let page = page(place, ELSEWHERE, &redirect_uri, &state, &pkce)?;
    let mut wrong = false;
    for _ in 0..MOST_ASKS {
        let question = Question::pasted_code(page.as_str()).refused(wrong.then_some(Refusal::Wrong));
        let typed = asking::fill_in(question, wrong.then_some(ProviderError::WrongCode), cx).await?.take(CODE);
        match code_in(&typed, &state) {
            Some(code) => {
                cx.person.show(&Step::Checking);
                let grant = Grant { client_id: ELSEWHERE, code, redirect_uri, verifier: pkce.verifier };
                return token::first(place, grant, cx).await;
            }
            None => wrong = true,
        }
    }
    Err(ProviderError::WrongCode)
}

fn page(place: &Place, client: &str, redirect_uri: &str, state: &Secret, pkce: &Pkce) -> Result<Url, ProviderError> {
    let address = format!("{}/v1/authorize", place.endpoint.url.trim_end_matches('/'));
    let mut page = Url::parse(&address).map_err(|_| unexpected(&place.endpoint.host, "its address makes no page"))?;
    page.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("state", state.expose())
        // The service's own name for S256.
        .append_pair("code_challenge_method", "SHA-256")
        .append_pair("scope", "openid")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code_challenge", &pkce.challenge);
    Ok(page)
}

/// The code in what was pasted, which is base64 of `state=…&code=…`. Blanks come from lines that were wrapped.
fn code_in(pasted: &Secret, state: &Secret) -> Option<Secret> {
    let pasted = Secret::new(pasted.expose().split_whitespace().collect::<String>());
    let text = Secret::new(String::from_utf8(BASE64_STANDARD.decode(pasted.expose()).ok()?).ok()?);
    let value = |key: &str| {
        let mut pairs = url::form_urlencoded::parse(text.expose().as_bytes());
        pairs.find(|(name, _)| name == key).map(|(_, value)| Secret::new(value))
    };
    (value("state")? == *state).then(|| value("code")).flatten().filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    // F310
    #[test]
    fn only_a_code_of_this_login_is_one() {
        let pasted = |text: &str| Secret::new(BASE64_STANDARD.encode(text));
        let state = Secret::new("s-1");
        let code = |pasted: &Secret| code_in(pasted, &state).map(|code| code.expose().to_owned());
        assert_eq!(code(&pasted("state=s-1&code=c%2B1")).as_deref(), Some("c+1"));
        let wrapped = pasted("code=c-1&state=s-1").expose().replacen('=', "=\n ", 1);
        assert_eq!(code(&Secret::new(format!(" {wrapped}"))).as_deref(), Some("c-1"));
        for other in [pasted("state=s-2&code=c-1"), pasted("state=s-1"), pasted("state=s-1&code="), Secret::new("c-1")]
        {
            assert_eq!(code(&other), None);
        }
    }
}
