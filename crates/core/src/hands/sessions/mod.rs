//! The only place where a session is read, renewed, written and ended, always under that session's lock.

mod account;
mod credential;
mod keep;
mod locks;
mod login;
mod renew;
mod renewal;
mod shelf;
mod unfinished;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::doors::ports::{Clock, FileError, Files, SecretStore};
use crate::doors::provider::{FindProvider, Provider};
use crate::face::problem;
use crate::words::facts::{Facts, TeamFacts};
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
    unfinished: Unfinished,
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
        keep: Keep,
    ) -> Self {
        let shelf = Arc::new(Shelf::new(store, keep));
        Sessions { shelf, files, clock, places, find, unfinished: Unfinished::default() }
    }

    /// Counts there what is under way here and must not be broken off.
    #[must_use]
    pub fn with_unfinished(self, unfinished: Unfinished) -> Self {
        Sessions { unfinished, ..self }
    }

    /// What is known without the keychain.
    pub fn facts(&self) -> Facts {
        match self.files.read(&self.places.facts) {
            Ok(Some(bytes)) => Facts::parse(&bytes),
            _ => Facts::parse(b""),
        }
    }

    /// Tells all processes the new name of a team.
    pub async fn note_name(&self, team: &Team) -> Result<(), Problem> {
        self.note(team, |facts| facts.name.clone_from(&team.name)).await
    }

    /// Changes the facts of one team, for all processes to see. Its name stays as it is there: whoever
    /// changes something else may have begun before the team was renamed (fault F85).
    ///
    /// The facts only repeat what keychain and server said, so a disk that is full or read-only must not
    /// undo a login: callers that have something better to return may drop the error.
    pub async fn note(&self, team: &Team, change: impl FnOnce(&mut TeamFacts)) -> Result<(), Problem> {
        self.change_facts(|facts| change(facts_of(facts, team))).await
    }

    /// Like [`Self::note`], and makes this the team that commands mean when none is named: one write for
    /// both, since each waits for the disk.
    async fn note_and_use(&self, team: &Team, change: impl FnOnce(&mut TeamFacts)) -> Result<(), Problem> {
        self.change_facts(|facts| {
            change(facts_of(facts, team));
            facts.last = Some(team.id.clone());
        })
        .await
    }

    /// Drops the facts of a team that is no more.
    async fn forget_facts(&self, team: &Team) -> Result<(), Problem> {
        self.change_facts(|facts| {
            facts.teams.remove(&team.id);
            if facts.last.as_ref() == Some(&team.id) {
                facts.last = None;
            }
        })
        .await
    }

    async fn change_facts(&self, change: impl FnOnce(&mut Facts)) -> Result<(), Problem> {
        let _lock = self.wait_for_lock("facts").await?;
        let mut facts = self.facts();
        change(&mut facts);
        self.files.replace(&self.places.facts, None, &facts.to_bytes()).map_err(|e| problem::of_file(&e))
    }

    fn provider(&self, team: &Team) -> Result<&'static dyn Provider, Problem> {
        (self.find)(&team.provider).ok_or_else(|| problem::unknown_provider(&team.provider, &team.name))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn facts_of<'a>(facts: &'a mut Facts, team: &Team) -> &'a mut TeamFacts {
    let new = || TeamFacts { name: team.name.clone(), ..TeamFacts::default() };
    facts.teams.entry(team.id.clone()).or_insert_with(new)
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        problem::of_file(&error)
    }
}

#[cfg(test)]
mod tests;
