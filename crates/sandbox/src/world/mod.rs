//! The mutable state of the cloud and what every service shares of it.

mod bucket;
mod console;
mod idp;
mod keys;
mod pool;
mod portal;

use std::{collections::BTreeMap, time::Duration};

use crate::{
    capped::Capped,
    setup::{Portal, Setup},
};

pub(crate) use bucket::Bucket;
pub(crate) use console::{ConsoleCode, ConsoleRefresh};
pub(crate) use idp::{Given, Idp, Signer, Waiting};
pub(crate) use keys::{Keys, Minted, stable_id};
pub(crate) use pool::{Challenge, PoolPerson, PoolRefresh, SentCode, Stage};
pub(crate) use portal::{
    AccessToken, AuthCode, CODE, DEVICE_CODE, DeviceFlow, PortalRefresh, PortalSession, REFRESH, Registration, SignIn,
    Verdict,
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
    /// By the id in the form of their page.
    pub sign_ins: Capped<SignIn>,
    /// By authorization code.
    pub codes: Capped<AuthCode>,
    /// Codes that are approved as soon as they are issued, and pages as soon as they are asked for.
    pub approvals_in_advance: u32,
    /// By an inner id.
    pub sessions: Capped<PortalSession>,
    pub access_tokens: Capped<AccessToken>,
    pub refresh_tokens: Capped<PortalRefresh>,
    /// What the portals still bear, of [`crate::Limit`].
    pub portal_bucket: Bucket,
    /// By access key id.
    pub keys: Capped<Keys>,
    /// By `Session` string.
    pub challenges: Capped<Challenge>,
    pub pool_refresh: Capped<PoolRefresh>,
    pub idp: Idp,
    pub console_codes: Capped<ConsoleCode>,
    pub console_refresh: Capped<ConsoleRefresh>,
    /// The last code that each MFA device of an IAM user proved itself by.
    pub mfa_steps: BTreeMap<String, u64>,
    /// By pool id and user name.
    pub people: BTreeMap<(String, String), PoolPerson>,
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
            sign_ins: Capped::new(MOST),
            codes: Capped::new(MOST),
            approvals_in_advance: 0,
            sessions: Capped::new(MOST),
            access_tokens: Capped::new(MOST),
            refresh_tokens: Capped::new(MOST),
            portal_bucket: Bucket::default(),
            keys: Capped::new(2 * MOST),
            challenges: Capped::new(MOST),
            pool_refresh: Capped::new(MOST),
            idp: Idp::new(MOST),
            console_codes: Capped::new(MOST),
            console_refresh: Capped::new(MOST),
            mfa_steps: BTreeMap::new(),
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

    /// Ends a person's session at the portal: none of its tokens is good any longer.
    pub fn end_session(&mut self, session: &str) {
        self.sessions.remove(session);
    }

    /// What the pool remembers about a user.
    pub fn person(&mut self, pool_id: &str, user: &str) -> &mut PoolPerson {
        self.people.entry((pool_id.to_owned(), user.to_owned())).or_default()
    }
}
