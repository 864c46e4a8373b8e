//! Locks between processes: one refresher for each session, one login at a time for each team.

use std::sync::Arc;

use crate::doors::ports::{LockAnswer, LockGuard};
use crate::face::problem;
use crate::hands::lock;
use crate::words::problem::Problem;
use crate::words::team::Team;

use super::Sessions;

/// The lock of a session; it is let go when all copies are.
#[derive(Debug, Clone)]
pub(super) struct Held(#[expect(dead_code, reason = "it is held")] Arc<dyn LockGuard>);

impl Sessions {
    /// Waits for the lock of a team's session.
    pub(super) async fn lock(&self, team: &Team) -> Result<Held, Problem> {
        Ok(Held(self.wait_for_lock(team.id.as_str()).await?.into()))
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
        lock::wait(&*self.files, &*self.clock, &self.places.locks.join(format!("{name}.lock"))).await
    }
}
