//! One thread that talks to the keychain, and callers that wait for it no longer than they said.
//!
//! A keychain can hang for minutes (M3) and its libraries block, some of them in ways that an async runtime
//! forbids. So a thread of its own does the talking. One that does not come back is left behind, and what it
//! says later is dropped; until it ends, every call says at once that the keychain does not answer (F38).

use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use keyfob_core::doors::ports::StoreError;
use tokio::sync::oneshot;

use super::items::{Items, Open};
use crate::harden;

/// What the store itself gets less than its caller, so that its own answer "too late" arrives in time and
/// the thread need not be left behind.
const GRACE: Duration = Duration::from_millis(200);

/// How far down the stack the libraries below reach, in bytes.
const DEPTH: usize = 128 * 1024;

type Job = Box<dyn FnOnce(&mut Lane) + Send>;

/// A thread that starts with the first call.
#[derive(Debug)]
pub(crate) struct Worker {
    open: Open,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    thread: Option<Thread>,
    left_behind: Option<JoinHandle<()>>,
    started: u64,
}

#[derive(Debug)]
struct Thread {
    number: u64,
    jobs: mpsc::Sender<Job>,
    handle: JoinHandle<()>,
}

/// What the thread keeps between calls: the open store.
struct Lane {
    open: Open,
    items: Option<Box<dyn Items>>,
}

impl Worker {
    pub fn new(open: Open) -> Self {
        Worker { open, state: Mutex::default() }
    }

    /// Runs the job on the thread. It may run twice: once more on a freshly opened store when one that was
    /// open for longer failed, as after a restart of the keyring daemon (F47).
    pub async fn ask<T, F>(&self, limit: Duration, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut dyn Items) -> Result<T, StoreError> + Send + 'static,
    {
        let deadline = Instant::now() + limit;
        let (say, heard) = oneshot::channel();
        let run: Job = Box::new(move |lane| {
            // Nobody waits any more: doing it now would apply a late decision.
            if !say.is_closed() {
                let _ = say.send(lane.run(deadline, &job));
            }
        });
        let number = self.hand_over(run)?;
        match tokio::time::timeout(limit + GRACE, heard).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(StoreError::Failed { why: "the keychain's thread ended".into() }),
            Err(_) => {
                self.leave_behind(number);
                Err(StoreError::TimedOut)
            }
        }
    }

    fn hand_over(&self, mut job: Job) -> Result<u64, StoreError> {
        let mut state = self.lock();
        if state.left_behind.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return Err(StoreError::TimedOut);
        }
        state.left_behind = None;
        if let Some(thread) = &state.thread {
            match thread.jobs.send(job) {
                Ok(()) => return Ok(thread.number),
                // The thread is gone, after a panic below it: start another one.
                Err(mpsc::SendError(back)) => job = back,
            }
        }
        harden::check_limits(harden::KEYCHAIN).map_err(starved)?;
        let (jobs, inbox) = mpsc::channel::<Job>();
        let open = self.open.clone();
        let handle = std::thread::Builder::new()
            .name("keychain".into())
            .spawn(move || {
                let mut lane = Lane { open, items: None };
                for job in inbox {
                    job(&mut lane);
                    overwrite_stack();
                }
            })
            .map_err(starved)?;
        let _ = jobs.send(job);
        state.started += 1;
        let number = state.started;
        state.thread = Some(Thread { number, jobs, handle });
        Ok(number)
    }

    /// Only the thread that was asked: another caller may have replaced it already.
    fn leave_behind(&self, number: u64) {
        let mut state = self.lock();
        if state.thread.as_ref().is_some_and(|thread| thread.number == number) {
            state.left_behind = state.thread.take().map(|thread| thread.handle);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Overwrites what a job left on the stack below: what decrypts the keychain's answers wipes its keys, and not the last
/// blocks that it worked on (F150).
#[inline(never)]
fn overwrite_stack() {
    let mut below = [0_u8; DEPTH];
    std::hint::black_box(&mut below);
}

/// There is no thread to ask with (F245).
fn starved(error: std::io::Error) -> StoreError {
    StoreError::Starved { why: error.to_string() }
}

impl Lane {
    fn run<T>(
        &mut self,
        deadline: Instant,
        job: &dyn Fn(&mut dyn Items) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        loop {
            let was_open = self.items.is_some();
            let items = match &mut self.items {
                Some(items) => items,
                empty => empty.insert(self.open.open(deadline)?),
            };
            let answer = items.until(deadline).and_then(|()| job(items.as_mut()));
            match &answer {
                Err(StoreError::Failed { .. } | StoreError::NoKeychain { .. }) => {
                    self.items = None;
                    if was_open {
                        continue;
                    }
                }
                // What the store was busy with may arrive later: do not take it for the next answer.
                Err(StoreError::TimedOut) => self.items = None,
                _ => {}
            }
            return answer;
        }
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
