//! What a provider says of itself, of its settings, and of what its sessions can be traded for.

use serde::Serialize;

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
