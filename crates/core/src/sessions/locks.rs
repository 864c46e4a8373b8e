//! Locks between processes: one refresher for each session, one login at a time for each team.

use std::time::Duration;

use crate::ports::{FileError, LockAnswer, LockGuard};
use crate::problem::{self, Problem};
use crate::team::Team;

use super::Sessions;

/// Nobody waits longer for a lock; then the holder is named (fault F69).
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks. Many waiters look at different moments, so a lock that is let go is taken soon.
const LOOK_AGAIN: Duration = Duration::from_millis(15);

impl Sessions {
    /// Waits for the lock of a team's session.
    pub(super) async fn lock(&self, team: &Team) -> Result<Box<dyn LockGuard>, Problem> {
        self.wait_for_lock(team.id.as_str()).await
    }

    /// Takes the lock of a team's login, or says who is logging in already (fault F83).
    pub(super) fn lock_login(&self, team: &Team) -> Result<Box<dyn LockGuard>, Problem> {
        let path = self.places.locks.join(format!("{}.login.lock", team.id));
        match self.files.try_lock(&path)? {
            LockAnswer::Taken(guard) => Ok(guard),
            LockAnswer::Held { pid } => Err(problem::login_under_way(&team.name, pid)),
        }
    }

    pub(super) async fn wait_for_lock(&self, name: &str) -> Result<Box<dyn LockGuard>, Problem> {
        let path = self.places.locks.join(format!("{name}.lock"));
        let mut waited = Duration::ZERO;
        loop {
            match self.files.try_lock(&path)? {
                LockAnswer::Taken(guard) => return Ok(guard),
                LockAnswer::Held { pid } if waited >= PATIENCE => {
                    return Err(FileError::Locked { path, pid }.into());
                }
                LockAnswer::Held { .. } => {
                    self.clock.sleep(LOOK_AGAIN).await;
                    waited += LOOK_AGAIN;
                }
            }
        }
    }
}
