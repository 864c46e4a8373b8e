//! Tells whether this is the keychain that we wrote to, by an item of ours that must be in it.
//!
//! A keyring daemon that comes back with another home answers "no such entry" for everything, and believing
//! it would throw sessions away (security D2, M4). So the first write also leaves a mark in the keychain and
//! the same mark in a file of ours: an entry that is not found is *proven* absent only where the mark is.

use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::{FileError, Files, Random, SecretKey, StoreError};
use keyfob_core::words::secret::Secret;
use serde::{Deserialize, Serialize};

use super::items::Items;
use crate::files::DiskFiles;
use crate::files::steps::step;
use crate::random::SystemRandom;

/// One is enough unless a process with another state folder writes its first entry to this keychain at the same moment.
const ROUNDS: usize = 5;

/// The two copies of the mark: this file's, and the canary item's.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    file: PathBuf,
    lock: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    mark: String,
}

impl Mark {
    /// `state` is the folder of what we remember without secrets; the mark is none.
    pub fn new(state: &Path) -> Self {
        Mark { file: state.join("keychain.json"), lock: state.join("locks/mark.lock") }
    }

    /// Says that an entry that was not found is proven absent, or why it is not.
    pub fn prove_absent(&self, items: &mut dyn Items) -> Result<(), StoreError> {
        if self.is_nothing_missing(items)? {
            return Ok(());
        }
        // Somebody may be writing the two copies just now. Where no lock can be taken nobody is.
        let _lock = DiskFiles::lock(&self.lock);
        if self.is_nothing_missing(items)? { Ok(()) } else { Err(StoreError::DifferentKeychain) }
    }

    /// Without a mark of ours we never wrote: nothing can be missing.
    fn is_nothing_missing(&self, items: &mut dyn Items) -> Result<bool, StoreError> {
        let Some(ours) = self.read()? else { return Ok(true) };
        step("mark: asks the keychain");
        Ok(canary(items)? == Some(ours))
    }

    /// Makes sure that both copies are there and the same, before an entry is written.
    ///
    /// With `adopt`, another keychain becomes ours: a record that a person just logged in for is written
    /// anywhere. Without, it is refused.
    pub fn settle(&self, items: &mut dyn Items, mut adopt: bool) -> Result<(), StoreError> {
        if self.is_settled(items)? {
            return Ok(());
        }
        // From the first look to the last write nobody else of this state folder may write a mark.
        let _lock = DiskFiles::lock(&self.lock).map_err(failed)?;
        for _ in 0..ROUNDS {
            step("mark: looks");
            if self.is_settled(items)? {
                return Ok(());
            }
            if self.read()?.is_some() && !adopt {
                return Err(StoreError::DifferentKeychain);
            }
            let mark = match canary(items)? {
                Some(theirs) => theirs,
                None => {
                    let mark = fresh();
                    items.put(&SecretKey::Canary.entry(), &Secret::new(mark.clone()))?;
                    mark
                }
            };
            step("mark: writes the file");
            self.write(mark)?;
            // What differs from here on was written at the same time as this.
            adopt = true;
        }
        Err(StoreError::Failed { why: "its mark does not stay".into() })
    }

    fn is_settled(&self, items: &mut dyn Items) -> Result<bool, StoreError> {
        let Some(ours) = self.read()? else { return Ok(false) };
        Ok(canary(items)? == Some(ours))
    }

    /// A file that cannot be understood still says that we wrote: then no canary agrees with it.
    fn read(&self) -> Result<Option<String>, StoreError> {
        let Some(bytes) = DiskFiles.read(&self.file).map_err(failed)? else { return Ok(None) };
        let written: Option<Written> = serde_json::from_slice(&bytes).ok();
        Ok(Some(written.filter(|w| w.version == 1).map(|w| w.mark).unwrap_or_default()))
    }

    fn write(&self, mark: String) -> Result<(), StoreError> {
        let text =
            serde_json::to_vec(&Written { version: 1, mark }).map_err(|e| StoreError::Failed { why: e.to_string() })?;
        DiskFiles.replace(&self.file, None, &text).map_err(failed)
    }
}

/// The mark of the keychain itself.
pub(crate) fn canary(items: &mut dyn Items) -> Result<Option<String>, StoreError> {
    Ok(items.get(&SecretKey::Canary.entry())?.map(|mark| mark.expose().to_owned()))
}

/// Sixteen letters and digits that nobody had before.
pub(crate) fn fresh() -> String {
    let mut bytes = [0; 10];
    SystemRandom.fill(&mut bytes);
    keyfob_core::words::id::Id::from_random(bytes).to_string()
}

fn failed(error: FileError) -> StoreError {
    StoreError::Failed { why: error.to_string() }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "mark_tests.rs"]
mod tests;
