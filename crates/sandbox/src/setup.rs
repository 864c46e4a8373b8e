//! What the demo cloud consists of: portals, pools, people, lifetimes; readable and writable as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// Everything there is in one sandbox. [`Setup::demo`] fills one in; every field may be changed before the start, and
/// all but `port`, `clock` and `control` afterwards too, by [`crate::Sandbox::change`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Setup {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    #[serde(skip)]
    pub clock: Clock,
    /// Whether `/_control/…` answers. Off by default: it lets any local program approve logins.
    pub control: bool,
    pub lifetimes: Lifetimes,
    /// Refresh tokens of Identity Center.
    pub sso_rotation: Rotation,
    /// Approve every code at its n-th poll, as the portal's first user; `Some(0)` and `Some(1)` at the first one.
    pub approve_after_polls: Option<u32>,
    /// Whoever is signed in at a portal and signs in again goes on with the session there is, and its end, as at AWS.
    pub one_session: bool,
    /// What the portals bear together.
    pub portal_limit: Option<Limit>,
    pub portals: Vec<Portal>,
    pub pools: Vec<Pool>,
    pub idp: Idp,
    /// Who has an access key for good.
    pub users: Vec<IamUser>,
    /// Nobody may lend a console session to a program.
    pub console_denied: bool,
}

/// The OpenID provider under `/idp`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Idp {
    pub clients: Vec<IdpClient>,
    /// Whoever comes is the first of them.
    pub users: Vec<PortalUser>,
    pub rotation: Rotation,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IdpClient {
    pub id: String,
    pub secret: Option<String>,
}

impl Idp {
    pub(crate) fn client(&self, id: &str) -> Option<&IdpClient> {
        self.clients.iter().find(|client| client.id == id)
    }
}

/// What the trust policy of an assumable role asks for, and how long its sessions may last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trust {
    pub external_id: Option<String>,
    /// Session tags that must come along.
    pub tags: BTreeMap<String, String>,
    pub source_identity: Option<String>,
    /// In seconds; an hour where nothing is said.
    pub longest: Option<u64>,
    /// Only these may, by the beginning of their ARN.
    pub only: Vec<String>,
    /// The issuer whose ID tokens it is given for.
    pub issuer: Option<String>,
}

/// How many requests a service bears; what is more is refused with 429.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Limit {
    pub a_second: f64,
    /// How many may come at once after a rest.
    pub burst: u32,
    /// For how many seconds a client is sent away that came too early.
    pub retry_after: Option<u64>,
    /// Refuses without a body and without the name of an exception, as gateways do.
    pub bare: bool,
}

/// How long things live, all in seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Lifetimes {
    /// Client registration at Identity Center: 90 days.
    pub registration: u64,
    /// Device code: 10 minutes.
    pub device_code: u64,
    /// Seconds between polls; a poll that comes earlier gets `slow_down` and 5 s more. 0 allows every pace.
    pub poll_interval: u64,
    /// Identity Center access token for clients that asked for scopes: 1 hour, renewable.
    pub access_token: u64,
    /// The person's session at the portal: 8 hours. Clients without scopes get one access token of this length.
    pub session: u64,
    /// Role credentials of the portal: 1 hour.
    pub role_credentials: u64,
    /// What a console session is lent for: 12 hours, in credentials of 15 minutes.
    pub console: u64,
    pub console_credentials: u64,
    /// Cognito identity and access tokens: 1 hour.
    pub pool_tokens: u64,
    /// Cognito refresh tokens: 30 days.
    pub pool_refresh: u64,
    /// Cognito `Session` strings between two challenges: 3 minutes.
    pub challenge: u64,
    /// Codes that confirm a Cognito account: 24 hours.
    pub confirmation: u64,
    /// Codes against which Cognito takes a new password: 1 hour.
    pub reset: u64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            registration: 90 * 86_400,
            device_code: 600,
            poll_interval: 1,
            access_token: 3_600,
            session: 8 * 3_600,
            role_credentials: 3_600,
            console: 12 * 3_600,
            console_credentials: 900,
            pool_tokens: 3_600,
            pool_refresh: 30 * 86_400,
            challenge: 180,
            confirmation: 86_400,
            reset: 3_600,
        }
    }
}

/// What happens to a refresh token that was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rotation {
    /// It stays the one and only.
    #[default]
    Off,
    /// A new one replaces it; the old one is accepted for so many more seconds (Cognito: 0–60).
    Grace(u64),
    /// A new one replaces it at once; whoever shows the old one again ends the whole family (RFC 9700 section 4.14.2).
    Strict,
}

/// An IAM Identity Center instance.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Portal {
    /// As people type it; `{url}` stands for the sandbox's own URL.
    pub start_url: String,
    pub users: Vec<PortalUser>,
    pub accounts: Vec<Account>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PortalUser {
    pub name: String,
    pub email: String,
    /// Role names per account id; `None` is all of them.
    pub only: Option<BTreeMap<String, Vec<String>>>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    pub name: String,
    pub email: String,
    /// Permission sets that the portal hands out.
    pub roles: Vec<String>,
    /// IAM roles that STS `AssumeRole` lets anybody with valid keys assume.
    pub assumable: Vec<String>,
    /// What more some of them ask for.
    pub trust: BTreeMap<String, Trust>,
    /// It is listed, and nobody may look into it.
    pub closed: bool,
}

/// An IAM user with an access key that does not end.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IamUser {
    pub account: String,
    pub name: String,
    pub key_id: String,
    pub secret: String,
    /// The ARN of their MFA device; empty without one.
    pub mfa_serial: String,
    /// The shared secret of the device in Base32.
    pub mfa_seed: String,
    /// Somebody switched the key off.
    pub key_is_off: bool,
}

impl IamUser {
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:iam::{}:user/{}", self.account, self.name)
    }
}

/// A Cognito user pool.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pool {
    /// `REGION_NAME`; the part after the underscore goes into the SRP hash.
    pub id: String,
    pub clients: Vec<PoolClient>,
    /// Only administrators make accounts.
    pub closed: bool,
    pub users: Vec<PoolUser>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PoolClient {
    pub id: String,
    pub secret: Option<String>,
    pub flows: Vec<Flow>,
    pub rotation: Rotation,
    /// `true` answers `UserNotFoundException` (AWS: `PreventUserExistenceErrors=LEGACY`).
    pub reveals_users: bool,
}

/// What a client may do; refreshing is always allowed, by the operation that fits `rotation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flow {
    /// `USER_SRP_AUTH`
    Srp,
    /// `USER_PASSWORD_AUTH`
    Password,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PoolUser {
    /// The user name; the e-mail address is accepted as an alias.
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub password: String,
    pub status: Status,
    /// Several give `SELECT_MFA_TYPE`.
    pub mfa: Vec<Mfa>,
    /// `MFA_SETUP` for as long as there is no factor.
    pub must_set_up: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    #[default]
    Confirmed,
    /// `UserNotConfirmedException`, after the right password.
    Unconfirmed,
    /// `PasswordResetRequiredException`, after the right password.
    ResetRequired,
    /// `NEW_PASSWORD_REQUIRED`; the answer makes the user confirmed.
    NewPassword,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mfa {
    /// `SOFTWARE_TOKEN_MFA`: RFC 6238, SHA-1, 6 digits, 30 s.
    Totp {
        /// The shared secret in Base32 (RFC 4648).
        secret: String,
    },
    /// `SMS_MFA`, 6 digits.
    Sms,
    /// `EMAIL_OTP`, 8 digits.
    Email,
}

impl Portal {
    /// The roles of `account` that `user` may take; `None` when the account is not theirs at all.
    pub(crate) fn roles(&self, user: &str, account: &str) -> Option<Vec<String>> {
        let account = self.accounts.iter().find(|a| a.id == account)?;
        match self.users.iter().find(|u| u.name == user)?.only.as_ref() {
            None => Some(account.roles.clone()),
            Some(only) => {
                let mine = only.get(&account.id)?;
                Some(account.roles.iter().filter(|role| mine.contains(role)).cloned().collect())
            }
        }
    }
}

impl Pool {
    /// The user with this very name, to be changed.
    pub(crate) fn user_mut(&mut self, name: &str) -> Option<&mut PoolUser> {
        self.users.iter_mut().find(|u| u.name == name)
    }

    /// The part of the id that goes into hashes: what follows the underscore.
    pub(crate) fn short(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, name)| name)
    }

    pub(crate) fn region(&self) -> &str {
        self.id.split_once('_').map_or("", |(region, _)| region)
    }

    /// The user with this name or e-mail address.
    pub(crate) fn user(&self, name: &str) -> Option<&PoolUser> {
        self.users.iter().find(|u| u.name == name).or_else(|| self.users.iter().find(|u| u.email == name))
    }
}
