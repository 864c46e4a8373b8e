//! A login at an OpenID provider: which way it goes, what is given up where it is refused, and the page that ends it.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::Wish;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use url::Url;

use super::attempt::{Asked, Login, OPENID, Went, has, refused};
use super::discovery::{self, Provider};
use super::place::Place;
use super::{browser_flow, device};

/// Google hands out refresh tokens for a parameter of its own ("Using OAuth 2.0 for Web Server Applications").
const GOOGLE: &str = "https://accounts.google.com";
const OFFLINE: &str = "offline_access";
/// Where [`Kept::notes`] has what the provider refused the last time, so that nobody sees its page twice again.
const REFUSED: &str = "refused-scopes";

/// Signs a person in. It may be dropped at any moment: nothing is kept before the tokens have come.
pub(super) async fn login(
    place: &Place,
    team: &Team,
    kept: &mut Kept,
    wish: &Wish,
    cx: &Cx,
) -> Result<Session, ProviderError> {
    let provider = discovery::read(place, cx).await?;
    // Without a browser on this computer a code is the way, where the provider has one.
    let by_browser = provider.authorization.is_some() && (cx.browser.is_here() || provider.device.is_none());
    let usual = if by_browser { Flow::Browser } else { Flow::Code };
    let mut flow = wish.flow.or(place.flow).unwrap_or(usual);
    let login = Login { place, provider: &provider, team, new_session: wish.new_session, cx };
    let mut without = refused_before(place, kept);
    loop {
        let asked = asked(place, &provider, without);
        let went = match flow {
            Flow::Code => device::login(&login, &asked).await,
            Flow::Browser | Flow::Password | Flow::Keys => browser_flow::login(&login, &asked).await,
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

fn whose(place: &Place) -> String {
    format!("{} {} {}", place.client_id, place.scopes.join(","), place.issuer)
}

fn refused_before(place: &Place, kept: &Kept) -> usize {
    let note = kept.notes.get(REFUSED).and_then(|note| note.expose().split_once(' '));
    let own = note.filter(|(_, whose)| *whose == self::whose(place));
    own.and_then(|(without, _)| without.parse().ok()).filter(|without| *without <= OPTIONAL.len()).unwrap_or(0)
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
