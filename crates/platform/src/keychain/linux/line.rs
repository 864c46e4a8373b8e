//! The one connection to the Secret Service that all of this process use, and what its errors mean.
//!
//! KeePassXC lets a *connection* read an item, not a program: what a person allows in its dialog must hold
//! for the work in the background too.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use keyfob_core::doors::ports::StoreError;
use secret_service::{EncryptionType, Error, SecretService};
use tokio::runtime::Runtime;

use super::super::BACKGROUND;
use crate::session_bus;

/// What the library hands to the service is encrypted, so that no program that listens on the bus reads it
/// (threat T24).
const ENCRYPTED: EncryptionType = EncryptionType::Dh;

/// How long the place of new items counts as open once it was seen so.
const A_MOMENT: Duration = Duration::from_millis(500);

pub(super) const NO_COLLECTION: &str = "the Secret Service has no default collection";

/// The connection there is, or none yet.
#[derive(Default)]
pub(super) struct Lines(Mutex<Option<Arc<Line>>>);

/// An open session with the service.
pub(super) struct Line {
    pub service: SecretService<'static>,
    pub bus: zbus::Connection,
    given_up: AtomicBool,
    /// When new items' place was last seen open.
    open_at: Mutex<Option<Instant>>,
    /// Last, so that it outlives the connection. Whoever waits drives it, also for the others.
    runtime: Loop,
}

/// A runtime that may end anywhere: whoever lets go of a line last may be in the middle of another runtime, where one
/// must not wait for the end of this one.
struct Loop(Option<Runtime>);

impl Drop for Loop {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Loop {
    fn new() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        Ok(Loop(Some(runtime)))
    }

    fn within<T>(&self, deadline: Instant, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let Some(runtime) = &self.0 else { return Err(StoreError::TimedOut) };
        let in_time =
            async { tokio::time::timeout_at(deadline.into(), work).await.unwrap_or(Err(StoreError::TimedOut)) };
        runtime.block_on(in_time)
    }
}

impl Lines {
    pub fn get(&self, deadline: Instant) -> Result<Arc<Line>, StoreError> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.as_ref().filter(|line| !line.given_up.load(Ordering::Relaxed)) {
            return Ok(line.clone());
        }
        // Nobody is asked anything yet, and others wait for the same.
        let line = Arc::new(connect(deadline.min(Instant::now() + BACKGROUND))?);
        *lines = Some(line.clone());
        Ok(line)
    }
}

impl Line {
    /// It was open a moment ago. What one command does is many calls, each of which would ask the same again; nobody
    /// can ask and search in one step.
    pub fn was_open(&self) -> bool {
        self.open_at.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < A_MOMENT)
    }

    pub fn seen_open(&self) {
        *self.open_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whoever opens the next one gets another connection.
    pub fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    pub fn run<T>(
        &self,
        deadline: Instant,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let answer = self.runtime.within(deadline, work);
        // Not when it is silent: the answer to one question is never taken for that to another, and what
        // was allowed would be lost.
        if matches!(answer, Err(StoreError::Failed { .. } | StoreError::NoKeychain { .. })) {
            self.give_up();
        }
        answer
    }
}

fn connect(deadline: Instant) -> Result<Line, StoreError> {
    // Looks before connecting, so that the reason is clear and comes at once (F33).
    let address = session_bus::address().map_err(|why| no_keychain(&format!("there is no D-Bus session: {why}")))?;
    let runtime = Loop::new().map_err(|e| StoreError::Starved { why: e.to_string() })?;
    let (service, bus) = runtime.within(deadline, async {
        let bus = session_bus::connect().await;
        let unreached = |e| no_keychain(&format!("{}, and the session bus cannot be reached there: {e}", address.said));
        let bus = bus.map_err(unreached)?;
        let service = SecretService::connect_with_existing(ENCRYPTED, bus.clone()).await.map_err(failure)?;
        Ok((service, bus))
    })?;
    Ok(Line { service, bus, given_up: AtomicBool::new(false), open_at: Mutex::default(), runtime })
}

pub(super) fn no_keychain(why: &str) -> StoreError {
    StoreError::NoKeychain { why: why.into() }
}

pub(super) fn failure(error: Error) -> StoreError {
    match error {
        Error::Locked => StoreError::Locked,
        Error::Prompt => StoreError::Dismissed,
        Error::NoResult => no_keychain(NO_COLLECTION),
        Error::Unavailable => no_keychain("the session bus cannot be reached"),
        Error::Zbus(error) | Error::ZbusFdo(zbus::fdo::Error::ZBus(error)) => of_bus(&error),
        other => StoreError::Failed { why: other.to_string() },
    }
}

pub(super) fn of_bus(error: &zbus::Error) -> StoreError {
    match error {
        zbus::Error::MethodError(name, text, _) => match name.as_str() {
            "org.freedesktop.Secret.Error.IsLocked" => StoreError::Locked,
            // Nobody has the name, and nobody can be started for it.
            "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
                no_keychain("no program offers the Secret Service (org.freedesktop.secrets)")
            }
            spawn if spawn.starts_with("org.freedesktop.DBus.Error.Spawn.") => {
                no_keychain("the program that offers the Secret Service could not be started")
            }
            other => StoreError::Failed { why: text.clone().unwrap_or_else(|| other.to_owned()) },
        },
        other => StoreError::Failed { why: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // F84: the tray ends in the middle of its own runtime, and may be the last to let go.
    #[tokio::test]
    async fn a_line_may_be_let_go_of_anywhere() {
        assert!(Loop::new().is_ok());
    }
}
