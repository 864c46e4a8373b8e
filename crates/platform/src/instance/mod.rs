//! One tray program at a time: a lock of our own, and a socket by which a second start raises the window.

mod frame;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
mod trouble;

use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::{FileError, Files, LockAnswer, LockGuard};

pub use frame::{Ask, BadFrame, MAX_FRAME};
#[cfg(unix)]
pub use socket::{Caller, Listening, ask, need};
#[cfg(unix)]
pub use trouble::NoSocket;

/// Held for as long as this is the one tray program of this home.
#[derive(Debug)]
pub struct Instance {
    _lock: Box<dyn LockGuard>,
    /// Where the others are heard.
    pub socket: PathBuf,
}

/// What a start finds.
#[derive(Debug)]
pub enum Start {
    First(Instance),
    /// Another process is there already and listens here.
    Second {
        socket: PathBuf,
    },
}

/// Tries to become the one. The lock ends with the process, also when it is killed (security D19).
///
/// `runtime` is the folder of this person's sockets (`XDG_RUNTIME_DIR`); without one they lie beside the locks.
pub fn claim(files: &dyn Files, locks: &Path, runtime: Option<&Path>) -> Result<Start, FileError> {
    let socket = socket_of(locks, runtime);
    Ok(match files.try_lock(&locks.join("desktop.lock"))? {
        LockAnswer::Taken(lock) => Start::First(Instance { _lock: lock, socket }),
        LockAnswer::Held { .. } => Start::Second { socket },
    })
}

/// Where the tray program of this home is heard, if there is one.
pub fn socket_of(locks: &Path, runtime: Option<&Path>) -> PathBuf {
    match runtime {
        // One person may use several homes with one folder of sockets, as the demo does.
        Some(runtime) => runtime.join("keyfob").join(format!("desktop-{:016x}", fnv(locks))),
        None => locks.join("desktop.socket"),
    }
}

/// FNV-1a: the same in every build, and short enough for a socket's path.
fn fnv(path: &Path) -> u64 {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(all(test, unix))]
mod tests;
