//! All that can happen: a closed list in the past tense. No event can carry a secret.

use crate::words::about::Deed;
use crate::words::action::Action;
use jiff::SignedDuration;
use serde::Serialize;

use crate::mind::model::{AskerId, Keychain};
use crate::words::facts::Facts;
use crate::words::failure::Failure;
use crate::words::id::Id;
use crate::words::login::{LoginId, Step};
use crate::words::notice::NoticeId;
use crate::words::prefs::Prefs;
use crate::words::problem::Problem;
use crate::words::question::Question;
use crate::words::session::SessionFacts;
use crate::words::team::Team;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Event {
    /// A person clicked something in the tray, the window or a notice.
    Clicked(Action),
    /// At least every 30 s, and when something may have become due.
    Ticked,
    /// A process was killed while it renewed this session.
    BrokenOff {
        team: Id,
    },
    /// The wall clock is not where it should be by now: the computer slept, or somebody set the clock.
    /// Negative when it was set back.
    Woke {
        jumped: SignedDuration,
    },

    /// The config file was read.
    TeamsChanged {
        teams: Vec<Team>,
    },
    /// The config file cannot be read; the last good teams stay.
    ConfigBroken {
        problem: Problem,
    },
    PrefsChanged {
        prefs: Prefs,
    },
    /// The facts file was read: another Keyfob process may have logged in, renewed or logged out.
    FactsChanged {
        facts: Facts,
    },

    /// What a login attempt says of itself is believed only while it is the team's current one.
    LoginStepped {
        team: Id,
        login: LoginId,
        step: Step,
    },
    LoginAsked {
        team: Id,
        login: LoginId,
        question: Question,
    },
    LoginAnswered {
        team: Id,
        login: LoginId,
    },
    LoginFailed {
        team: Id,
        login: LoginId,
        failure: Failure,
    },
    /// What was asked for with an account is done.
    AccountDone {
        team: Id,
        login: LoginId,
        deed: Deed,
    },
    /// A session exists: always believed, whoever asked for it.
    LoggedIn {
        team: Id,
        /// The attempt that made it, if it was one of ours.
        login: Option<LoginId>,
        facts: SessionFacts,
    },

    Renewed {
        team: Id,
        facts: SessionFacts,
    },
    RenewFailed {
        team: Id,
        failure: Failure,
    },
    LoggedOut {
        team: Id,
        /// What could not be done: the server was not told, or an entry is still in the keychain.
        left: Option<Problem>,
    },
    LogoutFailed {
        team: Id,
        problem: Problem,
    },

    /// A tool cannot go on before somebody logs in, and waits for it.
    Needed {
        team: Id,
        asker: AskerId,
        by: String,
    },
    /// It does not wait any more.
    AskerLeft {
        team: Id,
        asker: AskerId,
    },

    UnlockFailed {
        problem: Problem,
    },
    KeychainChanged {
        keychain: Keychain,
    },
    NetworkReturned,
    NetworkLost,
    FocusChanged {
        focused: bool,
    },
    /// A notice is gone: the person closed it, or it went with whoever showed it.
    NoticeClosed {
        notice: NoticeId,
    },
    /// Nobody could show it, or it was taken away before it was seen.
    NoticeLost {
        notice: NoticeId,
    },
    /// Somebody can show notices, who could not a moment ago.
    NoticesReturned,
}
