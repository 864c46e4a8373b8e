//! All that can happen: a closed list in the past tense. No event can carry a secret.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::export;
use crate::facts::Facts;
use crate::model::{AskerId, Failure, Keychain, LoginId, Prefs};
use crate::notice::NoticeId;
use crate::ports::{Question, Step};
use crate::problem::Problem;
use crate::session::SessionFacts;
use crate::team::{Id, Team};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Event {
    /// A person clicked something in the tray, the window or a notice.
    Clicked(Action),
    /// At least every 30 s, and when something may have become due.
    Ticked,
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
    /// The person closed a notice, or the system did.
    NoticeClosed {
        notice: NoticeId,
    },
}

/// What a click means. It holds ids only, so no text of a menu, a link or a window can smuggle anything in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "action")]
pub enum Action {
    /// Starts a login, or shows the one under way.
    LogIn {
        team: Id,
    },
    CancelLogin {
        team: Id,
    },
    Renew {
        team: Id,
    },
    /// All of these that can be renewed without a person.
    RenewAll {
        teams: Vec<Id>,
    },
    LogOut {
        team: Id,
    },
    /// Lets tools that wait for the team wait no longer.
    Refuse {
        team: Id,
    },
    /// Copies the line that makes a terminal work with the team.
    CopyExport {
        team: Id,
        profile: Option<Id>,
        shell: export::Shell,
    },
    /// Copies the team's token, or the lines with the temporary keys of a profile: for half a minute.
    CopySecret {
        team: Id,
        profile: Option<Id>,
        shell: export::Shell,
    },
    /// Copies the code of the login under way.
    CopyCode {
        team: Id,
    },
    /// Copies what went wrong, for a colleague or a report.
    CopyProblem {
        team: Id,
    },
    /// Opens the provider's page of the login under way, again.
    OpenPage {
        team: Id,
    },
    /// Reminds again in five minutes.
    Snooze {
        team: Id,
    },
    /// Closes a notice and does nothing else.
    Dismiss {
        notice: NoticeId,
    },
    Open {
        page: Page,
    },
    /// Asks the system to unlock the keychain; its prompt may appear.
    Unlock,
    /// Tries again now whatever failed for the time being.
    RetryNow,
    Quit,
}

/// A place in the window.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "page")]
pub enum Page {
    Home,
    Team {
        team: Id,
    },
    Login {
        team: Id,
    },
    AddTeam,
    EditTeam {
        team: Id,
    },
    RemoveTeam {
        team: Id,
    },
    /// Teams found in other programs' files.
    Import,
    /// Accounts and roles that the server offers.
    Roles {
        team: Id,
    },
    Settings,
    Keychain,
}
