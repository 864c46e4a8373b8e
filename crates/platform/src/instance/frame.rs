//! What a second start may say to the first: a closed list, one line of JSON each (threat T41).

use keyfob_core::words::action::Page;
use keyfob_core::words::id::Id;
use serde::{Deserialize, Serialize};

use crate::place::Place;

/// The longest line, in bytes with its line feed.
pub const MAX_FRAME: usize = 4096;
/// The version of these lines; programs of different versions part with a sentence.
const VERSION: u32 = 1;

/// It holds no text, no path and no address but those of the display where the person is: a page is named by a word
/// and at most a team's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ask", deny_unknown_fields)]
pub enum Ask {
    /// Bring the window to the front, as it lies.
    Raise {
        #[serde(skip)]
        from: Place,
    },
    /// Bring the window to the front, at this page.
    Open {
        open: Page,
        #[serde(skip)]
        from: Place,
    },
    /// Nothing is to be opened, but somebody may be here from now on.
    Here {
        #[serde(skip)]
        from: Place,
    },
    /// A tool waits for somebody to log in to this team. Who it is, the asked one finds out itself.
    Need { team: Id },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    #[error("it speaks another version")]
    Version,
    #[error("it cannot be read")]
    Unreadable,
}

/// The display stands beside what is said: a program that knows nothing of it understands the rest.
#[derive(Serialize, Deserialize)]
struct Line {
    keyfob: u32,
    say: serde_json::Value,
    #[serde(default, skip_serializing_if = "Place::is_empty")]
    from: Place,
}

impl Ask {
    /// The whole line with its line feed.
    pub fn line(&self) -> Vec<u8> {
        let from = match self {
            Ask::Raise { from } | Ask::Open { from, .. } | Ask::Here { from } => from.clone(),
            Ask::Need { .. } => Place::default(),
        };
        let line = Line { keyfob: VERSION, say: serde_json::to_value(self).unwrap_or_default(), from };
        let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    pub fn parse(line: &[u8]) -> Result<Self, BadFrame> {
        if line.len() > MAX_FRAME {
            return Err(BadFrame::Unreadable);
        }
        let line: Line = serde_json::from_slice(line).map_err(|_| BadFrame::Unreadable)?;
        if line.keyfob != VERSION {
            return Err(BadFrame::Version);
        }
        let mut ask: Ask = serde_json::from_value(line.say.clone()).map_err(|_| BadFrame::Unreadable)?;
        // Words of ours and nothing beside them: serde lets strange fields pass beside a variant without any.
        let ours = serde_json::to_value(&ask).is_ok_and(|ours| ours == line.say);
        if !ours || !line.from.is_fit() {
            return Err(BadFrame::Unreadable);
        }
        if let Ask::Raise { from } | Ask::Open { from, .. } | Ask::Here { from } = &mut ask {
            *from = line.from;
        }
        Ok(ask)
    }
}
