//! One tray program at a time: a lock of our own, and a socket by which a second start raises the window.

mod frame;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
mod trouble;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::{FileError, Files, LockAnswer, LockGuard};

pub use frame::{Ask, BadFrame, MAX_FRAME};
#[cfg(unix)]
pub use socket::{Caller, Listening, ask, need};
#[cfg(unix)]
pub use trouble::NoSocket;

/// Held for as long as this is the one tray program.
#[derive(Debug)]
pub struct Instance {
    _locks: Vec<Box<dyn LockGuard>>,
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

/// Whose tray program is meant.
#[derive(Debug, Clone)]
pub struct Seat {
    locks: PathBuf,
    /// The folder of this person's sockets; without one they lie beside the locks.
    runtime: Option<PathBuf>,
    /// The session bus, where the keychain, the icon and the notices are. There is one tray program for it, wherever a
    /// process keeps its files (fault F106).
    bus: Option<String>,
}

impl Seat {
    /// That of this process, by its own environment.
    pub fn find(locks: &Path) -> Self {
        Seat::by(locks, |name| std::env::var_os(name).filter(|value| !value.is_empty()))
    }

    /// That of a home of its own, as the demo has: it shares the bus and nothing else.
    pub fn of_home(locks: &Path, runtime: Option<&Path>) -> Self {
        Seat { locks: locks.to_owned(), runtime: runtime.map(Path::to_owned), bus: None }
    }

    /// That of somebody with this environment.
    pub fn by(locks: &Path, env: impl Fn(&str) -> Option<OsString>) -> Self {
        let runtime = env("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
        let address = env("DBUS_SESSION_BUS_ADDRESS").map(|address| address.to_string_lossy().into_owned());
        let bus = address.as_deref().map(bus_named).or_else(|| usual_bus(runtime.as_deref()));
        Seat { bus, ..Seat::of_home(locks, runtime.as_deref()) }
    }

    /// Where its tray program is heard, if there is one.
    pub fn socket(&self) -> PathBuf {
        match &self.runtime {
            // One person may use several homes with one folder of sockets, as the demo does.
            Some(runtime) => runtime.join("keyfob").join(format!("desktop-{:016x}", self.number())),
            None => self.locks.join("desktop.socket"),
        }
    }

    fn number(&self) -> u64 {
        fnv(self.bus.as_ref().map_or(self.locks.as_os_str().as_encoded_bytes(), String::as_bytes))
    }
}

/// An address names a socket in one of several ways and may add what differs from start to start (D-Bus specification,
/// "Server Addresses").
fn bus_named(address: &str) -> String {
    let first = address.split(';').next().unwrap_or_default();
    first.split(',').filter(|part| !part.starts_with("guid=")).collect::<Vec<_>>().join(",")
}

/// Where systemd puts it, which is found without being named.
fn usual_bus(runtime: Option<&Path>) -> Option<String> {
    let bus = runtime?.join("bus");
    bus.exists().then(|| format!("unix:path={}", bus.display()))
}

/// Tries to become the one. The locks end with the process, also when it is killed (security D19).
pub fn claim(files: &dyn Files, seat: &Seat) -> Result<Start, FileError> {
    let mut locks = Vec::new();
    for answer in [files.try_lock(&seat.locks.join("desktop.lock")), on_the_bus(seat)] {
        match answer? {
            LockAnswer::Taken(lock) => locks.push(lock),
            LockAnswer::Held { .. } => return Ok(Start::Second { socket: seat.socket() }),
        }
    }
    Ok(Start::First(Instance { _locks: locks, socket: seat.socket() }))
}

#[cfg(target_os = "linux")]
fn on_the_bus(seat: &Seat) -> Result<LockAnswer, FileError> {
    if seat.bus.is_none() {
        return Ok(LockAnswer::unneeded());
    }
    let of = format!("{}-{:016x}", rustix::process::geteuid().as_raw(), seat.number());
    // Where there are no such names, the folder's lock is what there is.
    Ok(crate::guard::try_take(&of, "desktop").unwrap_or_else(|_| LockAnswer::unneeded()))
}

#[cfg(not(target_os = "linux"))]
fn on_the_bus(_: &Seat) -> Result<LockAnswer, FileError> {
    Ok(LockAnswer::unneeded())
}

/// FNV-1a: the same in every build, and short enough for a socket's path.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(all(test, unix))]
mod tests;
