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
use crate::random::SystemRandom;

/// One is enough unless another process writes its first entry at the same moment.
const ROUNDS: usize = 5;

/// The two copies of the mark: this file's, and the canary item's.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    file: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    mark: String,
}

impl Mark {
    /// `state` is the folder of what we remember without secrets; the mark is none.
    pub fn new(state: &Path) -> Self {
        Mark { file: state.join("keychain.json") }
    }

    /// Says that an entry that was not found is proven absent, or why it is not.
    pub fn prove_absent(&self, items: &mut dyn Items) -> Result<(), StoreError> {
        // Without a mark of ours we never wrote: nothing can be missing.
        let Some(ours) = self.read()? else { return Ok(()) };
        match canary(items)? {
            Some(theirs) if theirs == ours => Ok(()),
            _ => Err(StoreError::DifferentKeychain),
        }
    }

    /// Makes sure that both copies are there and the same, before an entry is written.
    ///
    /// With `adopt`, another keychain becomes ours: a record that a person just logged in for is written
    /// anywhere. Without, it is refused.
    ///
    /// Two processes may write for the first time at once and make two marks, of which the keychain keeps one.
    /// Each looks again after it wrote, and whoever wrote the file last sees the mark that stayed.
    pub fn settle(&self, items: &mut dyn Items, mut adopt: bool) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            let (ours, theirs) = (self.read()?, canary(items)?);
            match (ours, &theirs) {
                (Some(ours), Some(theirs)) if ours == *theirs => return Ok(()),
                (Some(_), _) if !adopt => return Err(StoreError::DifferentKeychain),
                _ => {}
            }
            let mark = match theirs {
                Some(theirs) => theirs,
                None => {
                    let mark = fresh();
                    items.put(&SecretKey::Canary.entry(), &Secret::new(mark.clone()))?;
                    mark
                }
            };
            self.write(mark)?;
            // What differs from here on was written at the same time as this.
            adopt = true;
        }
        Err(StoreError::Failed { why: "its mark does not stay".into() })
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
