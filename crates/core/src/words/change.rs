//! What an import can change in a team that is there.

use serde::Serialize;

use crate::words::profile::Profile;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Change {
    /// A setting of the team.
    Set {
        key: String,
        old: Option<String>,
        new: String,
    },
    Add(Box<Profile>),
    /// The profile of the same name and id becomes another.
    Replace {
        old: Box<Profile>,
        new: Box<Profile>,
    },
    Remove(Box<Profile>),
}
