//! Which way a person goes through a login, and what is done where that way is closed.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::{Aside, Step, Wish};
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;

use super::place::{Place, Places};
use super::registration::{self, Kind, Registration};
use super::{device, page, start};
use crate::browser::{self, Back, Visit};
use crate::device_code::Code;
use crate::flow;
use crate::wire::Failure;

/// Signs a person in. It may be dropped at any moment: nothing but the client registration is kept before
/// the token has come.
pub(super) async fn login(team: &Team, kept: &mut Kept, wish: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
    let places = start::places(team, cx).await?;
    if flow::chosen(wish, &team.settings, cx)? == Flow::Browser {
        match in_browser(team, &places, kept, cx).await? {
            Went::In(session) => return Ok(session),
            Went::Elsewhere => {}
            Went::NotOffered => cx.person.show(&Step::Told(Aside::ByCode)),
        }
    }
    by_code(&places, kept, cx).await
}

enum Went {
    In(Session),
    /// The person takes another device.
    Elsewhere,
    NotOffered,
}

async fn in_browser(team: &Team, places: &Places, kept: &mut Kept, cx: &Cx) -> Result<Went, ProviderError> {
    let back = Back::of(&team.settings)?;
    loop {
        // First of all: where it cannot come back to, nothing is asked for and no page opens.
        let visit = match browser::open(&back, team, cx).await {
            Err(ProviderError::NoCallback { .. }) => return Ok(Went::NotOffered),
            visit => visit?,
        };
        let mut turn = places.in_turn();
        let client = loop {
            match registration::find_or_register(turn.place, Kind::Browser, kept, cx).await {
                Ok(client) => break client,
                Err(error) if closes_the_way(&error) => return Ok(Went::NotOffered),
                Err(error) => turn.after(error)?,
            }
        };
        let place = turn.place;
        match visited(place, &client, visit, cx).await {
            Ok(Some(session)) => return Ok(Went::In(session)),
            Ok(None) => {
                // Why they go another way may be that the service does not know the client any more.
                registration::forget(kept, Kind::Browser);
                return Ok(Went::Elsewhere);
            }
            Err(failure) => forgiven(failure, place, &client, Kind::Browser, kept)?,
        }
    }
}

async fn visited(place: &Place, client: &Registration, visit: Visit, cx: &Cx) -> Result<Option<Session>, Failure> {
    let token = page::login(place, client, visit, cx).await?;
    Ok(token.map(|token| token.session(place, client)))
}

/// What RegisterClient says where it knows nothing of this way. Were it the start URL that is wrong, the other way tells.
fn closes_the_way(error: &ProviderError) -> bool {
    let ProviderError::Refused { code, .. } = error.bare() else { return false };
    matches!(
        code.as_str(),
        "UnsupportedGrantTypeException"
            | "InvalidRedirectUriException"
            | "InvalidClientMetadataException"
            | "InvalidRequestException"
            | "UnauthorizedClientException"
    )
}

async fn by_code(places: &Places, kept: &mut Kept, cx: &Cx) -> Result<Session, ProviderError> {
    loop {
        // Once a code is shown, its region is the one.
        let mut turn = places.in_turn();
        let (client, code) = loop {
            match begun(turn.place, kept, cx).await {
                Ok(begun) => break begun,
                Err(error) => turn.after(error)?,
            }
        };
        let place = turn.place;
        let token = match code {
            Ok(code) => device::login(place, &client, code, cx).await,
            Err(failure) => Err(failure),
        };
        match token {
            Ok(token) => return Ok(token.session(place, &client)),
            Err(failure) => forgiven(failure, place, &client, Kind::Code, kept)?,
        }
    }
}

/// A client and its code, or why the service refuses it one.
async fn begun(
    place: &Place,
    kept: &mut Kept,
    cx: &Cx,
) -> Result<(Registration, Result<Code, Failure>), ProviderError> {
    let client = registration::find_or_register(place, Kind::Code, kept, cx).await?;
    match device::ask_for_code(place, &client, cx).await {
        Err(Failure::Failed(error)) => Err(place.at_oidc(error)),
        code => Ok((client, code)),
    }
}

/// A kept client that the server has dropped is replaced once, and nobody needs to know (F20).
fn forgiven(
    failure: Failure,
    place: &Place,
    client: &Registration,
    kind: Kind,
    kept: &mut Kept,
) -> Result<(), ProviderError> {
    if failure.code() == "InvalidClientException" {
        registration::forget(kept, kind);
        if client.reused {
            return Ok(());
        }
    }
    Err(place.at_oidc(failure.or_refused(&place.oidc.host)))
}
