//! What the tray tells the window: lines of JSON, one object each, ended by a line feed.

use serde::{Deserialize, Serialize};

use super::View;
use crate::doors::pipe::{BadLine, Reveal};
use crate::words::plain::Shown;

/// Tray → window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "down")]
#[allow(clippy::large_enum_variant, reason = "it is written at once")]
pub enum Down {
    /// Shown from now on. The first line of all.
    View { view: View },
    /// Comes to the front and takes the focus, with the token that the desktop gave for it.
    Raise {
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    /// Ends at once, without the minute of grace.
    Close,
}

impl Down {
    /// The whole line with its line feed; only what is plain reaches the page.
    pub fn line(&self) -> Vec<u8> {
        let mut line = Vec::new();
        // It cannot fail: what is written is memory, and all keys are texts.
        let _ = self.serialize(&mut serde_json::Serializer::with_formatter(&mut line, Shown));
        line.push(b'\n');
        line
    }
}

/// A [`Down`] as the window reads it: it hands views on and looks into none.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "down")]
pub enum Heard {
    View {
        view: serde_json::Value,
    },
    Reveal(Reveal),
    Raise {
        #[serde(default)]
        token: Option<String>,
    },
    Close,
}

impl Heard {
    pub fn parse(line: &str) -> Result<Self, BadLine> {
        serde_json::from_str(line).map_err(|_| BadLine)
    }
}
