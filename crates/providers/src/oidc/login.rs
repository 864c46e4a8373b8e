//! A login at an OpenID provider: which way it goes, what is asked for, and what a refusal means.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::{Step, Wish};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use url::Url;

use super::discovery::{self, Provider};
use super::grants::{Granted, Grants};
use super::id_token::{Expected, Times};
use super::keys::Keys;
use super::place::Place;
use super::{CLIENT_ID, ISSUER, SCOPES, browser_flow, device, tokens};
use crate::settings::given;
use crate::wire::{Failure, unexpected};

/// Google hands out refresh tokens for a parameter of its own ("Using OAuth 2.0 for Web Server Applications").
const GOOGLE: &str = "https://accounts.google.com";
const OPENID: &str = "openid";
const OFFLINE: &str = "offline_access";
/// Where [`Kept::notes`] has what the provider refused the last time, so that nobody sees its page twice again.
const REFUSED: &str = "refused-scopes";

/// One login, and what does not change in it.
pub(super) struct Login<'a> {
    pub place: &'a Place,
    pub provider: &'a Provider,
    pub team: &'a Team,
    pub new_session: bool,
    pub cx: &'a Cx,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub scopes: Vec<String>,
    /// The person is to agree to it, as OpenID Connect Core 1.0 §11 wants for sessions that renew.
    pub consent: bool,
    pub offline_parameter: bool,
}

/// What came of one way.
pub(super) enum Went {
    In(Box<Session>),
    /// On to another device.
    Away,
}

/// Signs a person in. It may be dropped at any moment: nothing is kept before the tokens have come.
pub(super) async fn login(
    place: &Place,
    team: &Team,
    kept: &mut Kept,
    wish: &Wish,
    cx: &Cx,
) -> Result<Session, ProviderError> {
    let provider = discovery::read(place, cx).await?;
    let usual = if provider.authorization.is_some() { Flow::Browser } else { Flow::Code };
    let mut flow = wish.flow.or(place.flow).unwrap_or(usual);
    let login = Login { place, provider: &provider, team, new_session: wish.new_session, cx };
    let mut without = refused_before(place, kept);
    loop {
        let asked = asked(place, &provider, without);
        let went = match flow {
            Flow::Code => device::login(&login, &asked).await,
            Flow::Browser | Flow::Password => browser_flow::login(&login, &asked).await,
        };
        match went {
            Ok(Went::In(session)) => return Ok(*session),
            Ok(Went::Away) => flow = Flow::Code,
            Err(failure) if failure.code() == "invalid_scope" && without < OPTIONAL.len() => {
                without = next(&asked, without);
                kept.notes.insert(REFUSED.into(), Secret::new(format!("{without} {}", whose(place))));
            }
            Err(failure) => return Err(refused(failure, place)),
        }
    }
}

/// What is given up one after the other, where the provider refuses it.
const OPTIONAL: [&str; 2] = [OFFLINE, OPENID];

/// What is asked for without the first of what is [`OPTIONAL`].
fn asked(place: &Place, provider: &Provider, without: usize) -> Asked {
    let google = place.issuer == GOOGLE;
    let offline = without < 1 && (provider.scopes.iter().any(|scope| scope == OFFLINE) || has(&place.scopes, OFFLINE));
    let own = place.scopes.iter().map(String::as_str).filter(|scope| ![OPENID, OFFLINE].contains(scope));
    let all = (without < 2).then_some(OPENID).into_iter().chain(own).chain(offline.then_some(OFFLINE));
    let mut scopes: Vec<String> = Vec::new();
    for scope in all {
        if !has(&scopes, scope) {
            scopes.push(scope.to_owned());
        }
    }
    Asked { scopes, consent: offline || google, offline_parameter: google }
}

/// What to give up next: nothing that was not asked for.
fn next(asked: &Asked, without: usize) -> usize {
    if without == 0 && !has(&asked.scopes, OFFLINE) { 2 } else { without + 1 }
}

fn has(scopes: &[String], scope: &str) -> bool {
    scopes.iter().any(|own| own == scope)
}

fn whose(place: &Place) -> String {
    format!("{} {} {}", place.client_id, place.scopes.join(","), place.issuer)
}

fn refused_before(place: &Place, kept: &Kept) -> usize {
    let note = kept.notes.get(REFUSED).and_then(|note| note.expose().split_once(' '));
    let own = note.filter(|(_, whose)| *whose == self::whose(place));
    own.and_then(|(without, _)| without.parse().ok()).filter(|without| *without <= OPTIONAL.len()).unwrap_or(0)
}

impl Asked {
    pub fn identity(&self) -> bool {
        has(&self.scopes, OPENID)
    }
}

impl Login<'_> {
    /// The session of what was granted, once its ID token has proved whose it is.
    pub async fn session(
        &self,
        granted: Granted,
        asked: &Asked,
        nonce: Option<&Secret>,
        grants: &Grants<'_>,
    ) -> Result<Session, ProviderError> {
        let Login { place, provider, cx, .. } = *self;
        cx.person.show(&Step::Checking);
        let (host, now) = (grants.desk.host(), cx.clock.now());
        let times = Times { now, ahead: grants.desk.endpoint.noticed.ahead() };
        let proved = match &granted.id_token {
            Some(token) => {
                let expected = Expected { place, host, nonce };
                let proved = expected.proved(token, &Keys::new(place, provider, None, cx)).await?;
                expected.is_now(&proved.claims, &times)?;
                Some(proved)
            }
            // It was asked for, and nothing was said of its being refused.
            None if asked.identity() && granted.scopes.as_ref().is_none_or(|scopes| has(scopes, OPENID)) => {
                return Err(unexpected(host, "the token answer has no ID token"));
            }
            None => None,
        };
        tokens::session(place, provider, granted, proved, None, host, cx)
    }
}

/// A refusal during a login, as ours.
pub(super) fn refused(failure: Failure, place: &Place) -> ProviderError {
    let host = crate::settings::host_of(&place.issuer_url);
    let Failure::Said { code, message, .. } = &failure else { return failure.or_refused(&host) };
    match code.as_str() {
        "access_denied" => ProviderError::CodeRefused,
        "expired_token" => ProviderError::CodeExpired,
        "invalid_client" | "unauthorized_client" => {
            let message = format!("{message} ({code})").trim_start().to_owned();
            ProviderError::UnknownClient { message }
                .because(vec![given(&CLIENT_ID, &place.client_id), given(&ISSUER, &place.issuer)])
        }
        "invalid_scope" => failure.or_refused(&host).because(vec![given(&SCOPES, &place.scopes.join(","))]),
        _ => failure.or_refused(&host),
    }
}

/// The page on which the browser's own session at the provider ends (OpenID Connect RP-Initiated Logout 1.0 §2). The ID
/// token stays here: what opens in a browser is read by whoever lists the processes of this computer.
pub(super) fn logout_page(place: &Place, session: &Session) -> Option<Url> {
    let mut page = match &place.logout_url {
        Some(page) => page.clone(),
        // A user pool's page shows an error unless it is told where to go on to, which only its administrator knows.
        None if place.is_user_pool() => return None,
        None => Provider::of(session)?.end_session?,
    };
    if !page.query_pairs().any(|(key, _)| key == "client_id") {
        page.query_pairs_mut().append_pair("client_id", &place.client_id);
    }
    Some(page)
}
