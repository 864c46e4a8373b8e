//! The only place where a session is read, renewed, written and ended, always under that session's lock.

mod account;
mod chain;
mod credential;
mod facts;
mod keep;
mod locks;
mod login;
mod renew;
mod renewal;
mod shelf;
mod unfinished;
mod who;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::doors::assume::Tokens;
use crate::doors::ports::{Clock, FileError, Files, SecretStore};
use crate::doors::provider::{FindProvider, Provider};
use crate::face::problem;
use crate::words::problem::Problem;
use crate::words::team::Team;

pub use login::{HowToLogIn, LogoutReport};
pub use renew::TokenKind;
pub use unfinished::Unfinished;

use shelf::Shelf;

/// Where sessions leave what other Keyfob processes must see.
#[derive(Debug, Clone)]
pub struct Places {
    /// The facts file.
    pub facts: PathBuf,
    /// The folder of the lock files. It must be the same for every process of this user.
    pub locks: PathBuf,
}

/// What to do when there is no keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Refuse to log in: right for a program that ends after one command.
    InKeychain,
    /// Go on in the memory of this process, and say so in the facts (security D7).
    OrInMemory,
}

/// All sessions of this person. A copy is the same thing.
#[derive(Clone)]
pub struct Sessions {
    shelf: Arc<Shelf>,
    files: Arc<dyn Files>,
    clock: Arc<dyn Clock>,
    places: Places,
    find: FindProvider,
    tokens: &'static dyn Tokens,
    unfinished: Unfinished,
    /// Where the sources of profiles are looked for, beside their own team.
    teams: Arc<[Team]>,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("places", &self.places).finish_non_exhaustive()
    }
}

impl Sessions {
    pub fn new(
        store: Arc<dyn SecretStore>,
        files: Arc<dyn Files>,
        clock: Arc<dyn Clock>,
        places: Places,
        find: FindProvider,
        tokens: &'static dyn Tokens,
        keep: Keep,
    ) -> Self {
        let shelf = Arc::new(Shelf::new(store, keep));
        let (unfinished, teams) = (Unfinished::default(), Arc::default());
        Sessions { shelf, files, clock, places, find, tokens, unfinished, teams }
    }

    /// The same for somebody who knows which teams there are: a profile may begin with one of another team.
    #[must_use]
    pub fn among(&self, teams: &[Team]) -> Self {
        Sessions { teams: teams.into(), ..self.clone() }
    }

    /// Counts there what is under way here and must not be broken off.
    #[must_use]
    pub fn with_unfinished(self, unfinished: Unfinished) -> Self {
        Sessions { unfinished, ..self }
    }

    /// Returns once nothing is under way that must not be broken off.
    pub async fn finished(&self) {
        self.unfinished.ended().await;
    }

    fn provider(&self, team: &Team) -> Result<&'static dyn Provider, Problem> {
        (self.find)(&team.provider).ok_or_else(|| problem::unknown_provider(&team.provider, &team.name))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        problem::of_file(&error)
    }
}

#[cfg(test)]
mod tests;
