//! Files and locks in memory, with the same answers as real ones.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::doors::ports::{FileError, Files, LockAnswer, LockGuard};

const LIMIT: usize = 4 << 20;

/// A disk for tests. Clones share it, as processes share a disk.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<PathBuf, Vec<u8>>,
    locks: BTreeSet<PathBuf>,
    /// Errors of the next replacements, in their order.
    faults: VecDeque<FileError>,
    /// What nobody may write below.
    read_only: Vec<PathBuf>,
}

impl MemoryFiles {
    /// Writes behind everybody's back.
    pub fn write(&self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.state().files.insert(path.into(), bytes.into());
    }

    /// Lets the next replacement of a file fail.
    pub fn fail_next(&self, error: FileError) {
        self.state().faults.push_back(error);
    }

    /// Lets nobody write this file, or anything in this folder.
    pub fn make_read_only(&self, path: impl Into<PathBuf>) {
        self.state().read_only.push(path.into());
    }

    pub fn paths(&self) -> Vec<PathBuf> {
        self.state().files.keys().cloned().collect()
    }

    /// The locks that are held now.
    pub fn locks(&self) -> Vec<PathBuf> {
        self.state().locks.iter().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn check(&self, path: &Path) -> Result<(), FileError> {
        match self.read_only.iter().find(|place| path.starts_with(place)) {
            Some(place) => {
                let why = format!("{}: Read-only file system", place.display());
                Err(FileError::Unwritable { path: path.to_owned(), why })
            }
            None => Ok(()),
        }
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, FileError> {
        match self.state().files.get(path) {
            Some(bytes) if bytes.len() > LIMIT => {
                Err(FileError::TooLarge { path: path.to_owned(), limit: LIMIT as u64 })
            }
            found => Ok(found.cloned()),
        }
    }

    fn replace(&self, path: &Path, expected: Option<Option<&[u8]>>, bytes: &[u8]) -> Result<(), FileError> {
        let mut state = self.state();
        if let Some(error) = state.faults.pop_front() {
            return Err(error);
        }
        state.check(path)?;
        if bytes.len() > LIMIT {
            return Err(FileError::Unwritable { path: path.to_owned(), why: "it would be too large".into() });
        }
        if expected.is_some_and(|expected| expected != state.files.get(path).map(Vec::as_slice)) {
            return Err(FileError::Changed { path: path.to_owned() });
        }
        state.files.insert(path.to_owned(), bytes.to_owned());
        Ok(())
    }

    fn set_aside(&self, path: &Path) -> Result<(), FileError> {
        let mut state = self.state();
        if let Some(bytes) = state.files.remove(path) {
            state.files.insert(path.with_added_extension("unread"), bytes);
        }
        Ok(())
    }

    fn may_replace(&self, path: &Path) -> Result<(), FileError> {
        self.state().check(path)
    }

    fn try_lock(&self, path: &Path) -> Result<LockAnswer, FileError> {
        self.state().check(path)?;
        if !self.state().locks.insert(path.to_owned()) {
            return Ok(LockAnswer::Held { pid: Some(std::process::id()) });
        }
        let after_a_death = self.state().files.remove(path).is_some_and(|signed| !signed.is_empty());
        Ok(LockAnswer::Taken(Box::new(Held { files: self.clone(), path: path.to_owned(), after_a_death })))
    }
}

#[derive(Debug)]
struct Held {
    files: MemoryFiles,
    path: PathBuf,
    after_a_death: bool,
}

impl LockGuard for Held {
    fn after_a_death(&self) -> bool {
        self.after_a_death
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.files.state().locks.remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_until_it_is_dropped() {
        let files = MemoryFiles::default();
        let path = Path::new("/locks/a");
        let taken = files.clone().try_lock(path);
        assert!(matches!(taken, Ok(LockAnswer::Taken(_))));
        assert!(matches!(files.try_lock(path), Ok(LockAnswer::Held { .. })));
        drop(taken);
        assert!(matches!(files.try_lock(path), Ok(LockAnswer::Taken(_))));
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_not_replaced() {
        let files = MemoryFiles::default();
        let path = Path::new("/a");
        assert_eq!(files.replace(path, Some(None), b"1"), Ok(()));
        assert!(matches!(files.replace(path, Some(None), b"2"), Err(FileError::Changed { .. })));
        assert_eq!(files.replace(path, Some(Some(b"1")), b"2"), Ok(()));
        assert_eq!(files.read(path), Ok(Some(b"2".to_vec())));
    }
}
