//! Waiting for a lock that another process holds.

use std::path::Path;
use std::time::Duration;

use crate::doors::ports::{Clock, FileError, Files, LockAnswer, LockGuard};
use crate::words::problem::Problem;

/// Nobody waits longer; then the holder is named (fault F69).
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks: soon again at first, then an eighth of the time waited so far. Where many wait for
/// long, they look at different moments, so the lock is taken soon, and leave the computer to its holder.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Waits for the lock that is named by a file.
pub(crate) async fn wait(files: &dyn Files, clock: &dyn Clock, path: &Path) -> Result<Box<dyn LockGuard>, Problem> {
    let mut turn = Turn::default();
    loop {
        match files.try_lock(path)? {
            LockAnswer::Taken(guard) => return Ok(guard),
            LockAnswer::Held { pid } => turn.next(clock, path, pid).await?,
        }
    }
}

/// How long somebody has waited for a lock.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    waited: Duration,
}

impl Turn {
    /// Waits for the next try, or says who holds the lock that this file stands for.
    pub async fn next(&mut self, clock: &dyn Clock, path: &Path, pid: Option<u32>) -> Result<(), Problem> {
        if self.waited >= PATIENCE {
            return Err(FileError::Locked { path: path.to_owned(), pid }.into());
        }
        let pause = (self.waited / 8).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        clock.sleep(pause).await;
        self.waited += pause;
        Ok(())
    }
}
