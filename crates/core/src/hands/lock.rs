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

pub(crate) async fn wait(files: &dyn Files, clock: &dyn Clock, path: &Path) -> Result<Box<dyn LockGuard>, Problem> {
    let mut waited = Duration::ZERO;
    loop {
        match files.try_lock(path)? {
            LockAnswer::Taken(guard) => return Ok(guard),
            LockAnswer::Held { pid } if waited >= PATIENCE => {
                return Err(FileError::Locked { path: path.to_owned(), pid }.into());
            }
            LockAnswer::Held { .. } => {
                let pause = (waited / 8).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                clock.sleep(pause).await;
                waited += pause;
            }
        }
    }
}
