//! Locks between processes: one refresher for each session, one login at a time for each team.

use std::path::PathBuf;
use std::sync::Arc;

use crate::doors::ports::{LockAnswer, LockGuard, StoreError};
use crate::face::problem;
use crate::hands::lock::{self, Turn};
use crate::words::id::Id;
use crate::words::problem::Problem;
use crate::words::team::Team;

use super::Sessions;

/// The lock of a session; it is let go when all copies are.
#[derive(Debug, Clone)]
pub(super) struct Held(Arc<Guards>);

#[derive(Debug)]
struct Guards {
    here: Box<dyn LockGuard>,
    /// The keychain may be out of order: then nothing of it can be renewed either.
    everywhere: Result<Box<dyn LockGuard>, StoreError>,
}

impl Held {
    /// Who had it before was killed in the middle of something: what a server answered then may be lost.
    pub fn after_a_death(&self) -> bool {
        self.0.here.after_a_death()
    }

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
        let here = self.wait_for_lock(team.id.as_str()).await?;
        self.lock_everywhere(team, here).await
    }

    /// The lock that a process left which was killed with it in hand, if there is one (fault F107).
    pub(super) fn left_behind(&self, team: &Team) -> Option<Box<dyn LockGuard>> {
        let path = self.lock_file(team.id.as_str());
        // The file is there, and signed, while the lock is held.
        if self.files.read(&path).is_ok_and(|signed| signed.unwrap_or_default().is_empty()) {
            return None;
        }
        match self.files.try_lock(&path) {
            Ok(LockAnswer::Taken(here)) if here.after_a_death() => Some(here),
            _ => None,
        }
    }

    /// True once for each renewal whose process was killed in the middle of it: whether the session is lost is then
    /// found out by the next one, which should not wait until the session is needed.
    pub fn was_broken_off(&self, team: &Team) -> bool {
        self.left_behind(team).is_some()
    }

    pub(super) async fn lock_everywhere(&self, team: &Team, here: Box<dyn LockGuard>) -> Result<Held, Problem> {
        let (path, mut turn) = (self.lock_file(team.id.as_str()), Turn::default());
        let everywhere = loop {
            match self.shelf.guard(&team.id).await {
                Ok(LockAnswer::Held { pid }) => turn.next(&*self.clock, &path, pid).await?,
                Ok(LockAnswer::Taken(guard)) => break Ok(guard),
                Err(error) => break Err(error),
            }
        };
        Ok(Held(Arc::new(Guards { here, everywhere })))
    }

    /// Takes the lock of a team's login, or says who is logging in already (fault F83).
    pub(super) fn lock_login(&self, team: &Team) -> Result<Box<dyn LockGuard>, Problem> {
        let path = self.places.locks.join(format!("{}.login.lock", team.id));
        match self.files.try_lock(&path)? {
            LockAnswer::Taken(guard) => Ok(guard),
            LockAnswer::Held { pid } => Err(problem::login_under_way(&team.name, pid)),
        }
    }

    /// Waits for the lock of one step on the way of a chain: nobody mints it twice.
    pub(super) async fn lock_step(&self, root: &Team, step: &Id) -> Result<Box<dyn LockGuard>, Problem> {
        self.wait_for_lock(&format!("{}.{step}", root.id)).await
    }

    pub(super) async fn wait_for_lock(&self, name: &str) -> Result<Box<dyn LockGuard>, Problem> {
        lock::wait(&*self.files, &*self.clock, &self.lock_file(name)).await
    }

    fn lock_file(&self, name: &str) -> PathBuf {
        self.places.locks.join(format!("{name}.lock"))
    }
}
