//! What can be wrong with the config file, or with an edit of it.

use crate::words::name::BadName;

/// What is wrong with the file, and where. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {why}")]
pub struct Malformed {
    pub line: usize,
    pub column: usize,
    pub why: String,
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("{0}")]
    Name(#[from] BadName),
    #[error("there is already a team called {0}")]
    Taken(String),
    #[error("the names {0} and {1} are too much alike: the iot CLI drops everything but letters, digits, _ and -")]
    Alike(String, String),
    #[error("there is no team called {0}")]
    NoTeam(String),
    #[error("{team} has no profile called {profile}")]
    NoProfile { team: String, profile: String },
    #[error("{team} already has a profile called {profile}")]
    ProfileTaken { team: String, profile: String },
    #[error("{0} cannot be set this way")]
    Reserved(String),
}
