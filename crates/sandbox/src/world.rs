//! The mutable state of the cloud and what every service shares of it.

use std::{collections::BTreeMap, time::Duration};

use num_bigint::BigUint;

use crate::{
    capped::Capped,
    random,
    setup::{Portal, Setup},
};

/// All that changes while the sandbox runs; one lock around it, one request at a time inside it.
#[derive(Debug)]
pub(crate) struct World {
    pub setup: Setup,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// The sandbox's time since the Unix epoch, set before each request.
    pub now: Duration,
    pub registrations: Capped<Registration>,
    /// By device code.
    pub device_flows: Capped<DeviceFlow>,
    /// Codes that are approved as soon as they are issued.
    pub approvals_in_advance: u32,
    /// By an inner id.
    pub sessions: Capped<PortalSession>,
    pub access_tokens: Capped<AccessToken>,
    pub refresh_tokens: Capped<PortalRefresh>,
    /// By access key id.
    pub keys: Capped<Keys>,
    /// By `Session` string.
    pub challenges: Capped<crate::cognito::Challenge>,
    pub pool_refresh: Capped<PoolRefresh>,
    /// By pool id and user name.
    pub people: BTreeMap<(String, String), PoolPerson>,
}

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

/// Temporary AWS keys.
#[derive(Debug)]
pub(crate) struct Keys {
    pub secret: String,
    pub session_token: String,
    pub account: String,
    pub arn: String,
    pub user_id: String,
    pub ends: u64,
    /// Who they go back to, for `revoke_everything`.
    pub who: String,
}

/// A Cognito refresh token.
#[derive(Clone, Debug)]
pub(crate) struct PoolRefresh {
    pub client_id: String,
    pub user: String,
    /// Shared by all tokens that go back to one login.
    pub family: String,
    pub ends: u64,
    pub signed_in: u64,
    pub replaced: Option<u64>,
    pub revoked: bool,
}

/// What a pool remembers about a user beside the setup.
#[derive(Debug, Default)]
pub(crate) struct PoolPerson {
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Since the Unix epoch: until then every password is refused.
    pub locked_until: Duration,
    pub last_code: Option<String>,
    /// The TOTP step used last; a code is good once (RFC 6238 section 5.2).
    pub totp_step: Option<u64>,
    /// Password, salt and verifier belong together.
    pub verifier: Option<(String, BigUint, BigUint)>,
}

impl World {
    pub fn new(setup: Setup, url: String) -> Self {
        const MOST: usize = 5_000;
        Self {
            setup,
            url,
            now: Duration::ZERO,
            registrations: Capped::new(MOST),
            device_flows: Capped::new(MOST),
            approvals_in_advance: 0,
            sessions: Capped::new(MOST),
            access_tokens: Capped::new(MOST),
            refresh_tokens: Capped::new(MOST),
            keys: Capped::new(2 * MOST),
            challenges: Capped::new(MOST),
            pool_refresh: Capped::new(MOST),
            people: BTreeMap::new(),
        }
    }

    /// Epoch seconds.
    pub fn seconds(&self) -> u64 {
        self.now.as_secs()
    }

    /// The configured spelling of a start URL with the sandbox's address filled in.
    pub fn start_url(&self, portal: &Portal) -> String {
        portal.start_url.replace("{url}", &self.url)
    }

    /// The portal behind a start URL; a trailing slash or fragment does not matter.
    pub fn portal(&self, start_url: &str) -> Option<&Portal> {
        let plain = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned();
        self.setup.portals.iter().find(|p| plain(&self.start_url(p)) == plain(start_url))
    }

    /// New temporary keys for `arn` in `account`.
    pub fn mint(&mut self, account: &str, arn: String, role_id: &str, name: &str, who: &str, seconds: u64) -> Minted {
        let minted = Minted {
            key_id: format!("ASIA{}", random::capitals(16)),
            secret: random::text(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
            session_token: format!("IQoJb3JpZ2luX2Vj{}==", random::token(620)),
            ends: self.seconds() + seconds,
        };
        let keys = Keys {
            secret: minted.secret.clone(),
            session_token: minted.session_token.clone(),
            account: account.to_owned(),
            arn,
            user_id: format!("{role_id}:{name}"),
            ends: minted.ends,
            who: who.to_owned(),
        };
        self.keys.insert(minted.key_id.clone(), keys);
        minted
    }

    /// What the pool remembers about a user.
    pub fn person(&mut self, pool_id: &str, user: &str) -> &mut PoolPerson {
        self.people.entry((pool_id.to_owned(), user.to_owned())).or_default()
    }
}

/// Keys on their way to whoever asked.
pub(crate) struct Minted {
    pub key_id: String,
    pub secret: String,
    pub session_token: String,
    /// Epoch seconds.
    pub ends: u64,
}

/// A stable id in AWS's style for `text`: `AROA…` for a role and so on.
pub(crate) fn stable_id(prefix: &str, text: &str) -> String {
    use sha2::{Digest, Sha256};
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = Sha256::digest(text.as_bytes());
    let tail: String = digest.iter().take(17).map(|b| char::from(letters[usize::from(*b) % 32])).collect();
    format!("{prefix}{tail}")
}
