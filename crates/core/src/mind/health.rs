//! What a team's state amounts to at a moment. Derived, never stored.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::mind::expiry;
use crate::mind::model::{Model, TeamEntry};
use crate::words::failure::FailureKind;

/// How long an ended session asks for attention before it counts as an ordinary log out (experience B2).
pub const IGNORED_AFTER: SignedDuration = SignedDuration::from_hours(12);
/// How long a team counts as used after a person or a tool used it (experience B2).
pub const USED_FOR: SignedDuration = SignedDuration::from_hours(8);

/// What a team's state amounts to. Derived, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    SignedOut,
    Working,
    Fresh,
    Soon,
    Ended,
    Offline,
    Locked,
    Broken,
}

impl TeamEntry {
    /// The team's health at a moment: the one place where it is derived.
    pub fn health(&self, model: &Model, now: Timestamp) -> Health {
        let state = &self.state;
        if state.login.is_some() {
            return Health::Working;
        }
        let Some(session) = &state.session else {
            return if state.problem.is_some() { Health::Broken } else { Health::SignedOut };
        };
        if model.keychain.is_closed() {
            return Health::Locked;
        }
        if let Some(ended) = expiry::ended_at(state, &model.prefs).filter(|ended| *ended <= now) {
            let ignored = now.duration_since(ended) >= IGNORED_AFTER;
            return if ignored { Health::SignedOut } else { Health::Ended };
        }
        let spent = session.expires <= now;
        if state.refresh.running.is_some_and(|running| running.asked || spent) {
            return Health::Working;
        }
        let soon = expiry::is_soon(state, &model.prefs, now);
        match state.refresh.failing {
            Some(FailureKind::Final | FailureKind::Keychain) => Health::Broken,
            Some(FailureKind::Passing) if spent || expiry::in_lead_time(state, &model.prefs, now) => Health::Broken,
            _ if soon => Health::Soon,
            Some(FailureKind::Offline) => Health::Offline,
            _ if model.offline_since.is_some() => Health::Offline,
            _ => Health::Fresh,
        }
    }

    /// A team whose end concerns the person: pinned, or used within the last eight hours.
    pub fn is_watched(&self, now: Timestamp) -> bool {
        self.team.pinned
            || self.state.login.is_some()
            || self.state.used.is_some_and(|used| now.duration_since(used) < USED_FOR)
    }
}
