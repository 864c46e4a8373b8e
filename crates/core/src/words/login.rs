//! One attempt to log in: its number, and how far it has come.

use serde::{Deserialize, Serialize};

use super::about::Flow;
use super::question::Opening;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoginId(pub u64);

/// What a person said about how they want to go through a login.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Wish {
    pub flow: Option<Flow>,
    /// A session from the beginning, also at the provider, so that what it may do now and its whole lifetime count.
    pub new_session: bool,
}

/// How far a login has come. What only the person can do is a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Starting,
    /// The keychain asks the person to let us in, by a prompt of its own.
    Unlocking,
    /// While it waits: the page was opened in the browser, or could not be.
    Opening(Opening),
    /// Something worth knowing on the way.
    Told(Aside),
    Checking,
    /// The server has answered, and the keychain does not take it yet.
    Keeping,
}

/// What a person may want to know of their login, and need do nothing about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aside {
    /// The provider, or this computer, takes no login by browser: a code is compared instead.
    ByCode,
    /// A new session was asked for, and there was none here that could be ended at the provider.
    NothingEnded,
}
