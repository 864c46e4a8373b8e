//! Locks between processes: one refresher for each session, one login at a time for each team.

use std::path::PathBuf;
use std::sync::Arc;

use crate::doors::ports::{LockAnswer, LockGuard, StoreError};
use crate::face::problem;
use crate::hands::lock::{self, Turn};
use crate::words::problem::Problem;
use crate::words::team::Team;

use super::Sessions;

/// The lock of a session; it is let go when all copies are.
#[derive(Debug, Clone)]
pub(super) struct Held(Arc<Guards>);

#[derive(Debug)]
struct Guards {
    _here: Box<dyn LockGuard>,
    /// The keychain may be out of order: then nothing of it can be renewed either.
    everywhere: Result<Box<dyn LockGuard>, StoreError>,
}

impl Held {
    /// Says why a session must not be renewed under this lock: nobody knows who else may be doing it.
    pub fn for_renewal(&self) -> Result<(), StoreError> {
        match &self.0.everywhere {
            Ok(_) | Err(StoreError::NoKeychain { .. }) => Ok(()),
            Err(error) => Err(error.clone()),
        }
    }
}

impl Sessions {
    /// Waits for the lock of a team's session: among the processes that share our files, then among all that share
    /// the keychain, where a session is (fault F105).
    pub(super) async fn lock(&self, team: &Team) -> Result<Held, Problem> {
        let _here = self.wait_for_lock(team.id.as_str()).await?;
        let (path, mut turn) = (self.lock_file(team.id.as_str()), Turn::default());
        let everywhere = loop {
            match self.shelf.guard(&team.id).await {
                Ok(LockAnswer::Held { pid }) => turn.next(&*self.clock, &path, pid).await?,
                Ok(LockAnswer::Taken(guard)) => break Ok(guard),
                Err(error) => break Err(error),
            }
        };
        Ok(Held(Arc::new(Guards { _here, everywhere })))
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
        lock::wait(&*self.files, &*self.clock, &self.lock_file(name)).await
    }

    fn lock_file(&self, name: &str) -> PathBuf {
        self.places.locks.join(format!("{name}.lock"))
    }
}
