//! Waiting for a lock that another process holds.

use std::path::Path;
use std::time::Duration;

use crate::ports::{Clock, FileError, Files, LockAnswer, LockGuard};
use crate::problem::Problem;

/// Nobody waits longer; then the holder is named (fault F69).
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks. Many waiters look at different moments, so a lock that is let go is taken soon.
const LOOK_AGAIN: Duration = Duration::from_millis(15);

pub(crate) async fn wait(files: &dyn Files, clock: &dyn Clock, path: &Path) -> Result<Box<dyn LockGuard>, Problem> {
    let mut waited = Duration::ZERO;
    loop {
        match files.try_lock(path)? {
            LockAnswer::Taken(guard) => return Ok(guard),
            LockAnswer::Held { pid } if waited >= PATIENCE => {
                return Err(FileError::Locked { path: path.to_owned(), pid }.into());
            }
            LockAnswer::Held { .. } => {
                clock.sleep(LOOK_AGAIN).await;
                waited += LOOK_AGAIN;
            }
        }
    }
}
