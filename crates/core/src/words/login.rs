//! One attempt to log in: its number, and how far it has come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoginId(pub u64);

/// How far a login has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum Step {
    Starting,
    /// A code that the person compares with the one on the provider's page (RFC 8628 §3.3).
    ShowCode {
        code: String,
        /// The page where the code can be typed.
        url: String,
        /// The page that has the code filled in.
        complete_url: String,
        host: String,
        expires: Timestamp,
        /// The page was opened in the browser.
        opened: bool,
    },
    Checking,
}
