//! What a provider says of itself, of its settings, and of what its sessions can be traded for.

use serde::{Deserialize, Serialize};

/// What a provider says of itself; the window draws its form from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    pub id: &'static str,
    pub name: &'static str,
    pub fields: &'static [Field],
    /// Its sessions can be renewed without a person.
    pub renews: bool,
    /// Its sessions can be traded for AWS credentials.
    pub profiles: bool,
    /// It signs in by user name and password.
    pub password: bool,
    /// What else can be done with an account there.
    pub accounts: &'static [Deed],
}

/// What can be done with an account beside logging in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    SignUp,
    /// Proves by a code that the address is the person's own.
    Confirm,
    /// Has the code for that sent again.
    Resend,
    /// A new password in place of a forgotten one.
    Forgot,
    ChangePassword,
}

impl Deed {
    pub const ALL: [Deed; 5] = [Deed::SignUp, Deed::Confirm, Deed::Resend, Deed::Forgot, Deed::ChangePassword];

    /// As people type it.
    pub fn key(self) -> &'static str {
        match self {
            Deed::SignUp => "sign-up",
            Deed::Confirm => "confirm",
            Deed::Resend => "resend",
            Deed::Forgot => "forgot",
            Deed::ChangePassword => "change-password",
        }
    }

    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.key() == key)
    }

    /// Only somebody who is logged in can do it.
    pub fn needs_session(self) -> bool {
        self == Deed::ChangePassword
    }

    /// Whoever has done it logs in next.
    pub fn leads_to_login(self) -> bool {
        matches!(self, Deed::SignUp | Deed::Confirm | Deed::Forgot)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The key in the config file and after `--set`.
    pub key: &'static str,
    pub label: &'static str,
    pub required: bool,
    /// A value as an example of its shape.
    pub example: &'static str,
    /// Kept in the keychain, never in the config file.
    pub secret: bool,
}

/// An account and a role that a session can be traded for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    pub account: String,
    pub account_name: String,
    pub role: String,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    #[error("{key} is missing")]
    Missing { key: String, example: String },
    #[error("{key} {why}")]
    Malformed { key: String, why: String, example: String },
    #[error("{key} is not a setting of this provider")]
    Unknown { key: String, known: Vec<String> },
}
