//! What a click means, and the places in the window that it can lead to.

use serde::{Deserialize, Serialize};

use crate::words::about::Deed;
use crate::words::id::Id;
use crate::words::notice::NoticeId;
use crate::words::question::Other;
use crate::words::shell::Shell;

/// What a click means. It holds ids only, so no text of a menu, a link or a window can smuggle anything in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "action")]
pub enum Action {
    /// Starts a login, or shows the one under way.
    LogIn {
        team: Id,
    },
    /// The same with a session from the beginning, also at the provider.
    LogInAnew {
        team: Id,
    },
    CancelLogin {
        team: Id,
    },
    /// Goes another way than to answer what the login under way asks.
    GoOtherWay {
        team: Id,
        other: Other,
    },
    /// Begins something with the person's account in place of a login under way, or shows it.
    Account {
        team: Id,
        deed: Deed,
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
        shell: Shell,
    },
    /// Copies the team's token, or the lines with the temporary keys of a profile: for half a minute.
    CopySecret {
        team: Id,
        profile: Option<Id>,
        shell: Shell,
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
    AddProfile {
        team: Id,
    },
    /// Accounts and roles that the server offers.
    Roles {
        team: Id,
    },
    Settings,
    Keychain,
}
