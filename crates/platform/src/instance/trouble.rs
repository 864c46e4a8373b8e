//! Why nobody can be heard or reached.

use std::io;
use std::path::Path;

/// Why nobody can be heard or reached.
#[derive(Debug, thiserror::Error)]
pub enum NoSocket {
    #[error("{path} {why}")]
    Unfit { path: String, why: &'static str },
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the Keyfob that is running is of another version and did not understand")]
    Refused,
    #[error("the running Keyfob does not answer")]
    Silent,
}

pub(super) fn unfit(path: &Path, why: &'static str) -> NoSocket {
    NoSocket::Unfit { path: path.display().to_string(), why }
}
