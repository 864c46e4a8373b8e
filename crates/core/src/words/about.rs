//! What a provider says of itself, of its settings, and of what its sessions can be traded for.

use serde::{Deserialize, Serialize};

use crate::words::name::check_name;
use crate::words::settings::Settings;

/// What a provider says of itself; the window draws its form from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    pub id: &'static str,
    pub name: &'static str,
    pub fields: &'static [Field],
    /// What its sessions are traded for, as a person writes it down; `None` when for nothing. A profile may need no
    /// field at all.
    pub profile_fields: Option<&'static [Field]>,
    /// The ways a person goes through a login, the usual one first.
    pub flows: &'static [Flow],
    /// Its sessions can be renewed without a person.
    pub renews: bool,
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

impl Target {
    /// The name of a profile for it: what it belongs to and what it is, or, where that is no name or taken, the
    /// longer way to say the same.
    pub fn profile_name(&self, taken: impl Fn(&str) -> bool) -> String {
        let base = if self.group.is_empty() { &self.group_detail } else { &self.group };
        let name = format!("{base}.{}", self.label);
        if check_name(&name).is_err() || taken(&name) { format!("{}.{}", self.group_detail, self.label) } else { name }
    }
}

/// A way a person goes through a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// A page of the provider opens in a browser, and its answer comes back to this computer.
    Browser,
    /// A code is compared on a page, on this computer or on another (RFC 8628).
    Code,
    /// User name and password, and whatever the server wants besides.
    Password,
    /// Access keys that were given for good, and the code of an MFA device where there is one.
    Keys,
}

/// Something that a session can be traded for, as the server offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// By the keys of [`About::profile_fields`].
    pub fields: Settings,
    /// What it belongs to, such as the name of an account, and what tells that apart, such as its number.
    pub group: String,
    pub group_detail: String,
    /// What it is, such as a role.
    pub label: String,
}

impl About {
    /// True when a person logs in on a page of the provider's, which may remember them.
    pub fn asks_elsewhere(&self) -> bool {
        self.flows.iter().any(|flow| matches!(flow, Flow::Browser | Flow::Code))
    }

    /// True when its sessions can be traded for credentials.
    pub fn has_profiles(&self) -> bool {
        self.profile_fields.is_some()
    }

    /// Refuses keys that are not among these fields, and required ones that are missing.
    pub fn check_keys(settings: &Settings, fields: &[Field]) -> Result<(), BadSetting> {
        if let Some(key) = settings.keys().find(|key| !fields.iter().any(|field| field.key == **key)) {
            let known = fields.iter().filter(|field| !field.secret).map(|field| field.key.to_owned()).collect();
            return Err(BadSetting::Unknown { key: key.clone(), known });
        }
        let given = |field: &&Field| settings.get(field.key).is_some_and(|value| !value.is_empty());
        // What is secret is kept elsewhere.
        match fields.iter().find(|field| field.required && !field.secret && !given(field)) {
            Some(field) => Err(BadSetting::Missing { key: field.key.into(), example: field.example.into() }),
            None => Ok(()),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    #[error("{key} is missing")]
    Missing { key: String, example: String },
    /// A secret one: it is not given as the others are.
    #[error("{key} is missing")]
    MissingSecret { key: String },
    #[error("{key} {why}")]
    Malformed { key: String, why: String, example: String },
    #[error("{key} is not a setting of this provider")]
    Unknown { key: String, known: Vec<String> },
    #[error("sessions of this provider are not traded for credentials")]
    NoProfiles,
}
