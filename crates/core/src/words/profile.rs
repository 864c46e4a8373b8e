//! What a team's session is traded for: a target, and a chain of assumed roles on top of it.

mod role;

use serde::Serialize;

use crate::words::id::Id;
use crate::words::settings::Settings;

pub use role::{AssumedRole, BadRole, check_chain, partition_of};

/// One name by which tools get credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    pub id: Id,
    /// The very name that other tools know it by.
    pub name: String,
    /// Where its tools work; `None` means the team's own region.
    pub region: Option<String>,
    /// What the team's session is traded for, in the fields that the team's provider declares
    /// ([`crate::words::about::About::profile_fields`]). Empty where another profile is the source.
    pub target: Settings,
    /// Whose credentials the chain begins with, instead of a target of its own.
    pub source: Option<Source>,
    /// Roles that are assumed one after the other, the first with the credentials of target or source.
    pub chain: Vec<AssumedRole>,
    /// The file of another program that it was imported from and follows, such as `~/.aws/config`.
    pub from: Option<String>,
}

/// Another profile, or a team's own session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// By name; `None` is the profile's own team.
    pub team: Option<String>,
    pub profile: Option<String>,
}

impl Profile {
    /// A profile that stands for a target alone.
    pub fn new(id: Id, name: impl Into<String>, target: Settings) -> Self {
        Profile { id, name: name.into(), region: None, target, source: None, chain: Vec::new(), from: None }
    }

    /// A field of its target, if it has one that is not empty.
    pub fn field(&self, key: &str) -> Option<&str> {
        self.target.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// It is more than what a session is traded for: roles are assumed for it.
    pub fn is_chained(&self) -> bool {
        self.source.is_some() || !self.chain.is_empty()
    }
}
