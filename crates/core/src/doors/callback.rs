//! What a browser brings back to this computer at the end of a login (RFC 8252 §7.3).

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;

use crate::words::secret::Secret;

/// Opens a door on this computer for the one answer of a browser.
#[async_trait]
pub trait Callback: Send + Sync + Debug {
    /// Listens on 127.0.0.1 and, where there is one, on [::1], and nowhere else. Closed when dropped.
    async fn open(&self, expected: Expected) -> Result<Box<dyn Listening>, CallbackError>;
}

/// The door while it is open.
#[async_trait]
pub trait Listening: Send + Sync + Debug {
    /// Where the browser is to be sent back to.
    fn port(&self) -> u16;
    /// The parameters of the first request with the right path and state. All others are answered in constant words and
    /// change nothing. Drop the future to stop waiting: it keeps no deadline of its own.
    async fn answer(&mut self) -> BTreeMap<String, Secret>;
}

/// The request that is waited for, and the page that it gets.
#[derive(Clone)]
pub struct Expected {
    /// `None` takes a free one; a fixed one that is taken is refused at once.
    pub port: Option<u16>,
    /// Such as `/oauth/callback`.
    pub path: String,
    /// The value of `state` (RFC 6749 §10.12).
    pub state: Secret,
    /// Whole pages of HTML, without script and outside resource: when it went well, and when the provider refused.
    pub done: String,
    pub refused: String,
}

impl Debug for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Expected").field("port", &self.port).field("path", &self.path).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    #[error("port {port} is in use by another program")]
    Taken { port: u16 },
    #[error("another login waits on port {port}")]
    Busy { port: u16 },
    #[error("this computer cannot be listened on: {why}")]
    Failed { why: String },
}
