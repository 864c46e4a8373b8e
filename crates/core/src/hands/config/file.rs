//! The config file on disk: read with a copy of its last good state, edited under a lock.

use crate::doors::provider::FindProvider;
use crate::words::settings::Settings;
use std::path::PathBuf;
use std::sync::Arc;

use crate::doors::ports::{Clock, FileError, Files, LockAnswer, LockGuard, Random};
use crate::face::problem;
use crate::hands::config::{Config, Edit};
use crate::hands::{config, lock};
use crate::words::browser::BROWSER;
use crate::words::id::Id;
use crate::words::mistake::{EditError, Malformed};
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::team::Team;

/// An edit begins anew this often when another program writes at the same time (fault F66).
const TRIES: u32 = 5;

/// The config file and what belongs to it.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    pub path: PathBuf,
    /// A copy of the file as it was when it could last be read.
    pub last_good: PathBuf,
    pub lock: PathBuf,
    pub files: Arc<dyn Files>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    /// Who knows what a profile may hold.
    pub find: FindProvider,
}

impl ConfigFile {
    /// Reads the file; none at all is an empty config. Teams written by hand get their ids written down where that
    /// can be: they are the same at every reading, and reading needs no writing.
    #[expect(clippy::unused_async, reason = "reading and editing are asked for alike, by callers that can wait")]
    pub async fn load(&self) -> Result<Config, Problem> {
        let (text, bytes) = self.read()?;
        let (config, made_ids) = self.parse(&text)?;
        let written = if made_ids { self.write_ids(&text, bytes.as_deref(), &config) } else { None };
        if let Some(bytes) = written.or(bytes) {
            self.copy(&bytes);
        }
        Ok(self.trusted(config))
    }

    /// Without the commands in it where others may write the file: they would say what is run here (fault F65).
    fn trusted(&self, mut config: Config) -> Config {
        if self.files.open_to(&self.path).is_some() {
            config.teams.iter_mut().for_each(|team| drop(team.settings.remove(BROWSER)));
        }
        config
    }

    /// Reads the file or, when it is broken, its last good state, with what is wrong.
    pub async fn load_or_last_good(&self) -> Result<(Config, Option<Problem>), Problem> {
        let broken = match self.load().await {
            Ok(config) => return Ok((config, None)),
            Err(problem) => problem,
        };
        let Ok(Some(bytes)) = self.files.read(&self.last_good) else { return Err(broken) };
        match String::from_utf8(bytes).ok().and_then(|text| self.parse(&text).ok()) {
            Some((config, _)) => Ok((self.trusted(config), Some(broken))),
            _ => Err(broken),
        }
    }

    /// Changes the file. Nothing is written when the change fails, when the outcome could not be read
    /// back, or when another program keeps writing at the same time.
    pub async fn edit<T>(&self, mut change: impl FnMut(&mut Edit) -> Result<T, EditError>) -> Result<T, Problem> {
        let _lock = self.lock().await?;
        let mut tries = 0;
        loop {
            tries += 1;
            let (text, bytes) = self.read()?;
            let (new, outcome) = self.changed(&text, &mut change)?;
            match self.files.replace(&self.path, Some(bytes.as_deref()), new.as_bytes()) {
                Ok(()) => {
                    self.copy(new.as_bytes());
                    return Ok(outcome);
                }
                Err(FileError::Changed { .. }) if tries < TRIES => {}
                Err(error) => return Err(problem::of_file(&error)),
            }
        }
    }

    /// Says whether the file could be changed so, and changes nothing: for what must not be begun in vain.
    pub async fn try_out<T>(&self, change: impl FnMut(&mut Edit) -> Result<T, EditError>) -> Result<T, Problem> {
        let _lock = self.lock().await?;
        let (_, outcome) = self.changed(&self.read()?.0, change)?;
        self.files.may_replace(&self.path)?;
        Ok(outcome)
    }

    /// The text after the change, which can be read as the one before could.
    fn changed<T>(
        &self,
        text: &str,
        mut change: impl FnMut(&mut Edit) -> Result<T, EditError>,
    ) -> Result<(String, T), Problem> {
        let (config, made_ids) = self.parse(text)?;
        // A name that changes must not take its id along.
        let text = if made_ids { self.with_ids(text, &config)? } else { text.to_owned() };
        let mut edit = Edit::of(&text).map_err(|e| self.broken(&e))?;
        let outcome = change(&mut edit).map_err(|e| self.refused(e))?;
        let new = edit.text();
        // Thousands of profiles need not be in memory twice.
        drop(edit);
        self.parse(&new)?;
        Ok((new, outcome))
    }

    /// Why the provider of a team would not take its settings.
    pub fn check_team(&self, team: &Team) -> Option<Problem> {
        match (self.find)(&team.provider) {
            Some(provider) => provider.check(&team.settings).err().map(|bad| problem::of_setting(&bad, &team.name)),
            None => Some(problem::unknown_provider(&team.provider, &team.name)),
        }
    }

    /// A team that nobody has yet. Where a profile needs nothing but a name, it has one of its own name.
    pub fn new_team(&self, name: String, provider: &str, settings: Settings) -> Team {
        let fields = (self.find)(provider).and_then(|provider| provider.about().profile_fields);
        let own = fields.is_some_and(<[_]>::is_empty).then(|| Profile::new(self.new_id(), &*name, Settings::new()));
        let provider = provider.to_owned();
        Team { id: self.new_id(), name, provider, settings, pinned: false, profiles: own.into_iter().collect() }
    }

    /// A new opaque id.
    pub fn new_id(&self) -> Id {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        Id::from_random(bytes)
    }

    /// Returns the text with the ids where they could be written. Nobody waits for that.
    fn write_ids(&self, text: &str, bytes: Option<&[u8]>, config: &Config) -> Option<Vec<u8>> {
        let Ok(LockAnswer::Taken(_lock)) = self.files.try_lock(&self.lock) else { return None };
        let new = self.with_ids(text, config).ok()?.into_bytes();
        self.files.replace(&self.path, Some(bytes), &new).ok().map(|()| new)
    }

    fn with_ids(&self, text: &str, config: &Config) -> Result<String, Problem> {
        let new = config::write_ids(text, config).map_err(|e| self.broken(&e))?;
        // Ids that did not stick would go with the name, and the keychain entries that they name would be lost.
        match self.parse(&new)? {
            (written, false) if written == *config => Ok(new),
            _ => Err(problem::ids_not_written(&self.path.display().to_string())),
        }
    }

    /// Only a copy: a disk that is full, or read-only, must not keep anybody from working.
    fn copy(&self, bytes: &[u8]) {
        if self.files.read(&self.last_good).ok().flatten().as_deref() != Some(bytes) {
            let _ = self.files.replace(&self.last_good, None, bytes);
        }
    }

    fn read(&self) -> Result<(String, Option<Vec<u8>>), Problem> {
        let bytes = self.files.read(&self.path)?;
        let text = bytes.clone().unwrap_or_default();
        let text = String::from_utf8(text).map_err(|e| {
            let before = e.as_bytes().get(..e.utf8_error().valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().len() + 1;
            self.broken(&Malformed { line, column, why: "this is not UTF-8 text".into() })
        })?;
        Ok((text, bytes))
    }

    fn parse(&self, text: &str) -> Result<(Config, bool), Problem> {
        let check = |provider: &str, target: &Settings| match (self.find)(provider) {
            Some(known) => known.check_profile(target),
            // Whoever logs in is told that there is no such provider.
            None => Ok(()),
        };
        config::parse(text, &check).map_err(|e| self.broken(&e))
    }

    fn broken(&self, error: &Malformed) -> Problem {
        problem::malformed_file(&self.path.display().to_string(), error.line, error.column, &error.why)
    }

    fn refused(&self, error: EditError) -> Problem {
        match error {
            EditError::Malformed(e) => self.broken(&e),
            other => problem::of_edit(&other),
        }
    }

    async fn lock(&self) -> Result<Box<dyn LockGuard>, Problem> {
        let taken = lock::wait(&*self.files, &*self.clock, &self.lock).await;
        // A file that cannot be written either is what the person asked for, and the better thing to name.
        taken.map_err(|problem| self.files.may_replace(&self.path).err().map_or(problem, Problem::from))
    }
}

#[cfg(test)]
mod edits_tests;
#[cfg(test)]
mod tests;
