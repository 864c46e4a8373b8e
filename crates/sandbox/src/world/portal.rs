//! What Identity Center remembers: its clients, the codes that wait for a person, and who is signed in.

use std::time::Duration;

/// The grants there are (RegisterClient, API reference).
pub(crate) const CODE: &str = "authorization_code";
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const REFRESH: &str = "refresh_token";

/// An OIDC client registered at Identity Center.
#[derive(Debug)]
pub(crate) struct Registration {
    pub secret: String,
    pub name: String,
    /// AWS hands out refresh tokens only to clients that registered scopes.
    pub renewable: bool,
    pub ends: u64,
    /// Where a person may be sent back to with a code.
    pub redirects: Vec<String>,
    /// The directory that lets them in on that way.
    pub issuer: Option<String>,
    /// None named are the two of the device flow.
    pub grants: Vec<String>,
}

/// Somebody who looks at the page on which a program is let in.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub client_id: String,
    pub client_name: String,
    pub start_url: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub challenge: String,
}

/// What a program was sent away with and can trade once.
#[derive(Debug)]
pub(crate) struct AuthCode {
    pub client_id: String,
    pub start_url: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub user: String,
    pub ends: u64,
}

#[derive(Debug)]
pub(crate) struct DeviceFlow {
    pub client_id: String,
    pub client_name: String,
    pub start_url: String,
    pub user_code: String,
    pub ends: u64,
    pub verdict: Verdict,
    pub polls: u32,
    pub last_poll: Option<Duration>,
    pub interval: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pending,
    Approved { user: String },
    Refused,
    Spent,
}

/// A person who is signed in at a portal.
#[derive(Debug)]
pub(crate) struct PortalSession {
    pub start_url: String,
    pub user: String,
    pub ends: u64,
}

#[derive(Debug)]
pub(crate) struct AccessToken {
    pub session: String,
    pub ends: u64,
}

#[derive(Debug)]
pub(crate) struct PortalRefresh {
    /// Nobody else may use it.
    pub client_id: String,
    pub session: String,
    /// When a newer one took its place.
    pub replaced: Option<u64>,
}

impl Registration {
    pub fn may_use(&self, grant: &str) -> bool {
        match self.grants.as_slice() {
            [] => [DEVICE_CODE, REFRESH].contains(&grant),
            grants => grants.iter().any(|known| known == grant),
        }
    }
}

impl Verdict {
    pub fn is_open(&self) -> bool {
        *self == Self::Pending
    }
}
