//! The team's own OAuth clients at Identity Center, one for each way of logging in: registered once, kept, and used until
//! they expire.

use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Kept;
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::lifetime::after;
use crate::wire::{Failure, unexpected};

/// What a client is registered for. Each has a note of its own in [`Kept::notes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Browser,
}

impl Kind {
    fn note(self) -> &'static str {
        match self {
            Kind::Code => "client-registration",
            Kind::Browser => "client-registration-browser",
        }
    }

    fn grant(self) -> &'static str {
        match self {
            Kind::Code => "urn:ietf:params:oauth:grant-type:device_code",
            Kind::Browser => "authorization_code",
        }
    }
}

/// Of this computer any port will do (RFC 8252 §7.3).
const REDIRECT: &str = "http://127.0.0.1/oauth/callback";
/// It must outlive the code that is asked for with it.
const MARGIN: i64 = 15 * 60;

/// A client id and its secret, and what they were registered for.
pub(super) struct Registration {
    pub client_id: String,
    pub client_secret: Secret,
    /// It was not registered just now, so the server may have dropped it since.
    pub reused: bool,
}

/// As it is kept: only for the same server, start URL and scopes may it be used again.
#[derive(Serialize, Deserialize)]
struct Text {
    client_id: String,
    client_secret: String,
    /// Seconds since 1970.
    expires: i64,
    endpoint: String,
    region: String,
    start_url: String,
    scopes: Vec<String>,
}

/// The kept registration while it can be used, else a new one, which is kept.
pub(super) async fn find_or_register(
    place: &Place,
    kind: Kind,
    kept: &mut Kept,
    cx: &Cx,
) -> Result<Registration, ProviderError> {
    let now = cx.clock.now();
    if let Some(found) = find(place, kind, kept, now) {
        return Ok(found);
    }
    let browser = kind == Kind::Browser;
    let answer = place
        .oidc_client(cx)
        .register_client()
        .client_name("keyfob")
        .client_type("public")
        .set_scopes(Some(place.scopes.clone()))
        .grant_types(kind.grant())
        .grant_types("refresh_token")
        .set_redirect_uris(browser.then(|| vec![REDIRECT.to_owned()]))
        .set_issuer_url(browser.then(|| place.start_url.clone()))
        .send()
        .await;
    let refused = |error| place.at_oidc(Failure::of(&error, &place.oidc, now).or_refused(&place.oidc.host));
    let answer = answer.map_err(refused)?;
    let (Some(client_id), Some(client_secret)) = (answer.client_id, answer.client_secret) else {
        return Err(unexpected(&place.oidc.host, "the client registration has no id or no secret"));
    };
    let text = Text {
        client_id,
        client_secret,
        expires: answer.client_secret_expires_at,
        endpoint: place.oidc.url.clone(),
        region: place.region.clone(),
        start_url: place.start_url.clone(),
        scopes: place.scopes.clone(),
    };
    if let Ok(json) = serde_json::to_string(&text) {
        kept.notes.insert(kind.note().into(), Secret::new(json));
    }
    Ok(Registration { client_id: text.client_id, client_secret: Secret::new(text.client_secret), reused: false })
}

/// Drops a registration that the server no longer takes (F20).
pub(super) fn forget(kept: &mut Kept, kind: Kind) {
    kept.notes.remove(kind.note());
}

fn find(place: &Place, kind: Kind, kept: &Kept, now: Timestamp) -> Option<Registration> {
    let text: Text = serde_json::from_str(kept.notes.get(kind.note())?.expose()).ok()?;
    let fits = text.endpoint == place.oidc.url
        && text.region == place.region
        && text.start_url == place.start_url
        && text.scopes == place.scopes
        && text.expires > after(now, MARGIN).as_second();
    fits.then(|| Registration {
        client_id: text.client_id,
        client_secret: Secret::new(text.client_secret),
        reused: true,
    })
}
