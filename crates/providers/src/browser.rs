//! A login in the browser of this computer: a page opens, and its answer comes back to a door that is open for it alone
//! (RFC 8252 §7.3, RFC 7636).

use std::collections::BTreeMap;
use std::pin::pin;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::future::{Either, select};
use jiff::{SignedDuration, Timestamp};
use keyfob_core::doors::callback::{Expected, Listening};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::face::returned;
use keyfob_core::words::about::{BadSetting, Field};
use keyfob_core::words::login::Step;
use keyfob_core::words::plain::clean;
use keyfob_core::words::question::{Opening, Other, Question, Topic, Wait, WaitPage};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use url::Url;

use crate::asking::{Waited, while_waiting};
use crate::lifetime::after;
use crate::settings::{self, host_of, malformed};
use crate::wire::unexpected;

pub(crate) const REDIRECT_PORT: Field = Field {
    key: "redirect-port",
    label: "Port the browser comes back to",
    required: false,
    example: "8765",
    secret: false,
};
pub(crate) const REDIRECT_URI: Field = Field {
    key: "redirect-uri",
    label: "Address the browser comes back to",
    required: false,
    example: "http://localhost:8765/cb",
    secret: false,
};

const PATH: &str = "/oauth/callback";
/// Seconds that a person has for the page.
const PATIENCE: i64 = 600;
/// No sleep is longer (security D18).
const NAP: SignedDuration = SignedDuration::from_secs(30);

/// Where the browser is to come back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Back {
    /// `None` is one that is free.
    port: Option<u16>,
    path: String,
    /// As the provider knows it, where it compares the text.
    uri: Option<String>,
}

impl Back {
    /// To a free port.
    pub fn usual() -> Self {
        Back { port: None, path: PATH.into(), uri: None }
    }

    /// To what a team's settings say.
    pub fn of(settings: &Settings) -> Result<Self, BadSetting> {
        let (port, uri) = (settings::value(settings, &REDIRECT_PORT), settings::value(settings, &REDIRECT_URI));
        match (port, uri) {
            (None, None) => Ok(Self::usual()),
            (Some(_), Some(_)) => {
                Err(malformed(&REDIRECT_PORT, "is said by redirect-uri as well: one of the two has to go"))
            }
            (Some(port), None) => match port.parse() {
                Ok(port) if port > 0 => Ok(Back { port: Some(port), ..Self::usual() }),
                _ => Err(malformed(&REDIRECT_PORT, &format!("is a number from 1 to 65535, not {port:?}"))),
            },
            (None, Some(uri)) => {
                let url = settings::address(&REDIRECT_URI, uri)?;
                match (url.scheme(), url.port(), url.query(), url.fragment()) {
                    ("http", Some(port), None, None) => {
                        Ok(Back { port: Some(port), path: url.path().into(), uri: Some(uri.into()) })
                    }
                    _ => Err(malformed(&REDIRECT_URI, "must be an address of this machine, with a port and a path")),
                }
            }
        }
    }
}

/// The door while it is open, before and while the page is.
#[derive(Debug)]
pub(crate) struct Visit {
    listening: Box<dyn Listening>,
    redirect_uri: String,
    state: Secret,
}

/// What came of it.
pub(crate) enum Came {
    /// The parameters that the browser brought back, without the state.
    Answer(BTreeMap<String, Secret>),
    /// The person goes another way.
    Other(Other),
}

/// Listens, so that the page can open. Closed again when dropped.
pub(crate) async fn open(back: &Back, team: &Team, cx: &Cx) -> Result<Visit, ProviderError> {
    let state = random(cx);
    let expected = Expected {
        port: back.port,
        path: back.path.clone(),
        state: state.clone(),
        done: returned::done(&team.name),
        refused: returned::refused(&team.name),
    };
    let listening = cx.callback.open(expected).await?;
    let redirect_uri = match &back.uri {
        Some(uri) => uri.clone(),
        None => format!("http://127.0.0.1:{}{}", listening.port(), back.path),
    };
    Ok(Visit { listening, redirect_uri, state })
}

impl Visit {
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The value of `state` (RFC 6749 §10.12).
    pub fn state(&self) -> &Secret {
        &self.state
    }

    /// Opens the page and waits for what the browser brings back.
    pub async fn go(mut self, page: &Url, others: &[Other], cx: &Cx) -> Result<Came, ProviderError> {
        let expires = after(cx.clock.now(), PATIENCE);
        let answer = async {
            show(page, cx).await;
            let late = pin!(over(expires, cx));
            match select(self.listening.answer(), late).await {
                Either::Left((answer, _)) => Ok(answer),
                Either::Right(((), _)) => Err(ProviderError::TooLate),
            }
        };
        match while_waiting(question(page, others, expires), answer, cx).await? {
            Waited::Came(answer) => Ok(Came::Answer(answer)),
            Waited::Other(other) => Ok(Came::Other(other)),
        }
    }
}

/// Opens a page. No browser is no error: the person can open the page that is shown.
pub(crate) async fn show(page: &Url, cx: &Cx) {
    let opening = match cx.browser.open(page).await {
        Ok(()) => Opening::Opened,
        Err(error) => Opening::Failed { why: error.why },
    };
    cx.person.show(&Step::Opening(opening));
}

fn question(page: &Url, others: &[Other], expires: Timestamp) -> Question {
    let page = WaitPage {
        url: page.to_string(),
        complete_url: page.to_string(),
        host: host_of(page),
        opening: Opening::Asked,
    };
    let question = Question::wait(Topic::Approval, Wait { code: None, page: Some(page), expires });
    others.iter().fold(question, |question, other| question.or(*other))
}

async fn over(end: Timestamp, cx: &Cx) {
    loop {
        let left = end.duration_since(cx.clock.now());
        match left.min(NAP).try_into() {
            Ok(nap) if left > SignedDuration::ZERO => cx.clock.sleep(nap).await,
            _ => return,
        }
    }
}

/// The code that was brought back, or the provider's refusal (RFC 6749 §4.1.2).
pub(crate) fn code(answer: &BTreeMap<String, Secret>, host: &str) -> Result<Secret, ProviderError> {
    let text = |key: &str| answer.get(key).map(|value| clean(value.expose())).filter(|text| !text.is_empty());
    match (text("error"), answer.get("code").filter(|code| !code.is_empty())) {
        (Some(error), _) if error == "access_denied" => Err(ProviderError::CodeRefused),
        (Some(code), _) => {
            let message = text("error_description").unwrap_or_default();
            Err(ProviderError::Refused { host: host.into(), code, message })
        }
        (None, Some(code)) => Ok(code.clone()),
        (None, None) => Err(unexpected(host, "the browser came back without a code")),
    }
}

/// What proves that whoever asks for the token is who opened the page (RFC 7636, method S256).
#[derive(Debug)]
pub(crate) struct Pkce {
    pub verifier: Secret,
    pub challenge: String,
}

impl Pkce {
    pub fn new(cx: &Cx) -> Self {
        let verifier = PkceCodeVerifier::new(random(cx).expose().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        Pkce { challenge: challenge.as_str().to_owned(), verifier: Secret::new(verifier.into_secret()) }
    }
}

/// 256 bits that nobody can guess, in 43 characters that every address takes.
pub(crate) fn random(cx: &Cx) -> Secret {
    let mut bytes = [0; 32];
    cx.random.fill(&mut bytes);
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn back(pairs: &[(&str, &str)]) -> Result<Back, String> {
        let settings = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Back::of(&settings).map_err(|bad| bad.to_string())
    }

    #[test]
    fn a_browser_comes_back_to_a_free_port_a_fixed_one_or_a_whole_address() {
        assert_eq!(back(&[]).unwrap(), Back::usual());
        assert_eq!(back(&[("redirect-port", "8765")]).unwrap().port, Some(8765));
        let whole = back(&[("redirect-uri", "http://localhost:8765/cb")]).unwrap();
        assert_eq!((whole.port, whole.path.as_str()), (Some(8765), "/cb"));
        for bad in ["https://localhost:8765/cb", "http://localhost/cb", "http://example.com:80/cb", "localhost:8765"] {
            assert!(back(&[("redirect-uri", bad)]).unwrap_err().starts_with("redirect-uri "), "{bad}");
        }
        for bad in ["0", "65536", "http", "-1"] {
            assert!(back(&[("redirect-port", bad)]).unwrap_err().starts_with("redirect-port "), "{bad}");
        }
        assert!(back(&[("redirect-port", "1"), ("redirect-uri", "http://localhost:1/")]).is_err());
    }

    #[test]
    fn what_the_browser_brings_back_is_a_code_or_a_refusal_in_plain_words() {
        let answer = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new(*value))).collect();
            code(&pairs, "idp.test")
        };
        assert_eq!(answer(&[("code", "c")]).unwrap().expose(), "c");
        assert_eq!(answer(&[("error", "access_denied"), ("code", "c")]).unwrap_err(), ProviderError::CodeRefused);
        let said = [("error", "server_error"), ("error_description", "<b>no\u{202e}\u{1b}[31m")];
        let ProviderError::Refused { message, .. } = answer(&said).unwrap_err() else { panic!("not refused") };
        assert_eq!(message, "<b>no[31m");
        assert!(matches!(answer(&[]), Err(ProviderError::Unexpected { .. })));
    }
}
