//! Something that did not work, and what that means for what happens next.

use serde::{Deserialize, Serialize};

use crate::words::problem::{Exit, Problem};

/// What a failure means for what happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// No server could be reached.
    Offline,
    /// A server answered, but trying again later may help.
    Passing,
    /// The server said, in so many words, that the session is over (security D5).
    Ended,
    /// The keychain gave no usable answer.
    Keychain,
    Cancelled,
    /// Trying again changes nothing until a person does something.
    Final,
}

/// Something asked for that did not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub problem: Problem,
    pub kind: FailureKind,
    /// Seconds of rest the server asked for.
    pub retry_after: Option<u32>,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure { kind: FailureKind::of(&problem), problem, retry_after: None }
    }
}

impl FailureKind {
    /// Reads it from a problem's stable code and exit status.
    pub fn of(problem: &Problem) -> Self {
        match (problem.code.as_str(), problem.exit) {
            ("NET-BUSY" | "NET-SERVER" | "NET-UNEXPECTED" | "CLOCK-WRONG" | "FILE-LOCKED" | "KC-TIMEOUT", _) => {
                FailureKind::Passing
            }
            (_, Exit::Offline) => FailureKind::Offline,
            (_, Exit::NotLoggedIn) => FailureKind::Ended,
            (_, Exit::Keychain) => FailureKind::Keychain,
            (_, Exit::Cancelled) => FailureKind::Cancelled,
            _ => FailureKind::Final,
        }
    }

    /// True when the same try may work later without anybody's doing.
    pub fn passes(self) -> bool {
        matches!(self, FailureKind::Offline | FailureKind::Passing)
    }
}
