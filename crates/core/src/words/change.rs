//! What an import can change in a team that is there.

use serde::Serialize;

use crate::words::profile::Profile;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Change {
    /// A setting of the team.
    Set { key: String, value: String },
    Add(Profile),
    /// The profile of the same name and id becomes this.
    Replace(Profile),
    Remove(Profile),
}
