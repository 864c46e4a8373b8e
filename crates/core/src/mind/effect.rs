//! All that Keyfob can be told to do: a closed list of imperatives. No effect can carry a secret.

use crate::words::about::Deed;
use crate::words::shell::Shell;
use serde::Serialize;

use crate::mind::model::AskerId;
use crate::words::action::Page;
use crate::words::id::Id;
use crate::words::login::{LoginId, Wish};
use crate::words::notice::{NoticeId, Telling};
use crate::words::question::Other;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// Only ever follows a click.
    StartLogin {
        team: Id,
        login: LoginId,
        wish: Wish,
    },
    /// Only ever follows a click. An attempt like a login.
    StartAccount {
        team: Id,
        login: LoginId,
        deed: Deed,
    },
    /// Only ever follows a click. Goes another way than to answer what the attempt asks.
    GoOtherWay {
        login: LoginId,
        other: Other,
    },
    /// Ends the attempt at once, wherever it is.
    StopLogin {
        team: Id,
        login: LoginId,
    },
    /// Without a person and without a prompt.
    StartRenew {
        team: Id,
    },
    StartLogout {
        team: Id,
    },
    /// Only ever follows a click: the system may show its prompt.
    Unlock,
    /// Tells a tool that waited whether the team is logged in now.
    AnswerAsker {
        asker: AskerId,
        come: bool,
    },
    Notify(Telling),
    CloseNotice(NoticeId),
    CopyExport {
        team: Id,
        profile: Option<Id>,
        shell: Shell,
    },
    /// Only ever follows a click. What is copied passes nobody here: the hands fetch it, the clipboard takes it.
    CopySecret {
        team: Id,
        profile: Option<Id>,
        shell: Shell,
    },
    /// Text without a secret, such as the code that the person compares.
    Copy {
        text: String,
    },
    /// Only ever follows a click.
    OpenBrowser {
        team: Id,
        url: String,
    },
    OpenWindow(Page),
    /// Lets what runs come to a safe end, then ends the program.
    Quit,
}
