//! What Identity Center remembers: its clients, the codes that wait for a person, and who is signed in.

use std::time::Duration;

/// An OIDC client registered at Identity Center.
#[derive(Debug)]
pub(crate) struct Registration {
    pub secret: String,
    pub name: String,
    /// AWS hands out refresh tokens only to clients that registered scopes.
    pub renewable: bool,
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
    pub client_id: String,
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
    pub session: String,
    /// When a newer one took its place.
    pub replaced: Option<u64>,
}

impl Verdict {
    pub fn is_open(&self) -> bool {
        *self == Self::Pending
    }
}
