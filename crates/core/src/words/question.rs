//! What only a person can answer, and what they said.

use serde::{Deserialize, Serialize};

use crate::words::secret::Secret;

/// What only a person can answer. Words for it are made in the face modules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "question")]
pub enum Question {
    /// User name and password; `wrong` when the last ones were refused.
    Password {
        username: Option<String>,
        wrong: bool,
    },
    /// A one-time code. `sent_to` is the masked address or number the server told.
    Code {
        kind: CodeKind,
        sent_to: Option<String>,
        wrong: bool,
    },
    /// A new password; `rules` is what the server said about the last one it refused.
    NewPassword {
        username: String,
        rules: Option<String>,
    },
    ChooseFactor {
        factors: Vec<CodeKind>,
    },
    /// May the password be sent to this host as it is? Asked once for each exact address (threat T08).
    SendPassword {
        host: String,
        endpoint: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum CodeKind {
    Authenticator,
    Sms,
    Email,
}

/// What the person said. It can hold secrets, so it has no `Serialize`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Password { username: String, password: Secret, remember: bool },
    Code(Secret),
    NewPassword(Secret),
    Factor(CodeKind),
    Yes,
    No,
}
