//! An error in words for a person; how each reads is the face's.

use serde::{Deserialize, Serialize};

use super::plain::clean;

/// An error in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, such as `KC-LOCKED`: what scripts and search engines find.
    pub code: String,
    /// What happened, in one line without a full stop.
    pub title: String,
    /// Why, and what was kept. May be empty.
    pub detail: String,
    /// The next step. May be empty.
    pub hint: String,
    pub remedy: Remedy,
    pub exit: Exit,
}

impl Problem {
    /// All of it in one line, so that pasting it into a terminal by mistake runs nothing (D16). Each part is of bounded
    /// length, so that none of them pushes out the next step, which comes last.
    pub fn one_line(&self) -> String {
        let start = format!("{} ({}).", clean(&self.title), clean(&self.code));
        let parts = [clean(&self.detail), clean(&self.hint)];
        parts.iter().filter(|part| !part.is_empty()).fold(start, |line, part| format!("{line} {part}"))
    }

    pub fn new(code: &str, exit: Exit, title: impl Into<String>) -> Self {
        Problem {
            code: code.into(),
            title: clean(&title.into()),
            detail: String::new(),
            hint: String::new(),
            remedy: Remedy::None,
            exit,
        }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = clean(&detail.into());
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = clean(&hint.into());
        self
    }

    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = remedy;
        self
    }
}

/// What a button beside a problem does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    None,
    TryAgain,
    LogIn,
    /// The account wants to be confirmed first.
    Confirm,
    /// The password wants to be replaced first.
    Forgot,
    Unlock,
    EditTeam,
    EditConfig,
}

/// The exit status of the CLI (docs/architecture.md, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    Other,
    Usage,
    NotLoggedIn,
    PersonNeeded,
    Offline,
    Keychain,
    UnknownTeam,
    Refused,
    TimedOut,
    Cancelled,
    /// Ended by a signal, as a shell counts it: 128 and its number.
    Signal(u8),
}

impl Exit {
    pub fn status(self) -> u8 {
        match self {
            Exit::Other => 1,
            Exit::Usage => 2,
            Exit::NotLoggedIn => 3,
            Exit::PersonNeeded => 4,
            Exit::Offline => 5,
            Exit::Keychain => 6,
            Exit::UnknownTeam => 7,
            Exit::Refused => 8,
            Exit::TimedOut => 9,
            Exit::Cancelled => 130,
            Exit::Signal(number) => 128 | number,
        }
    }

    /// Ctrl-C is what a person cancels with.
    pub fn of_signal(number: i32) -> Self {
        match u8::try_from(number) {
            Ok(2) | Err(_) => Exit::Cancelled,
            Ok(number) => Exit::Signal(number),
        }
    }

    /// The exit with this status, or [`Exit::Other`].
    pub fn of_status(status: u8) -> Self {
        use Exit as E;
        let all = [E::Usage, E::NotLoggedIn, E::PersonNeeded, E::Offline, E::Keychain, E::UnknownTeam, E::Refused];
        all.into_iter().chain([E::TimedOut, E::Cancelled]).find(|e| e.status() == status).unwrap_or(E::Other)
    }
}
