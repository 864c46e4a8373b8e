//! Which notices there are, and of whom each speaks. How they read is the face's.

use serde::{Deserialize, Serialize};

use crate::words::about::Deed;
use crate::words::id::Id;
use crate::words::problem::Problem;

/// Notices with the same id replace each other: one team never has two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeId {
    Team(Id),
    Several,
    Keychain,
    Copied,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An hour is left: silent, and only for people who asked for it.
    Hint,
    /// N1: ends soon, one click renews it.
    Ending,
    /// N2: ends soon, and only a login helps.
    NeedsPerson,
    /// N7: a renewal failed.
    CouldNotRenew,
    /// N3.
    Ended,
    /// N4: a tool waits for somebody to log in.
    Needed,
    /// N5: a code to compare with the provider's page.
    CheckCode,
    /// N6.
    Renewed,
    /// N8.
    Locked,
    /// N9: several teams at once.
    Several,
    /// N10.
    Copied,
    /// Something a person asked for did not work.
    Failed,
    /// Something was done with an account.
    Done,
}

/// What is to be said; the words are made when it is shown, in the time zone of that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Telling {
    Team(Id, Kind),
    Several(Vec<(Id, Kind)>),
    Locked,
    Failed(Problem),
    Done(Id, Deed),
}
