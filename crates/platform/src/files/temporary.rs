//! The file that a new text is written to before it takes the place of the old one, and what dead processes left of such.

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keyfob_core::doors::ports::FileError;
use tempfile::NamedTempFile;

use super::place::Place;
use super::system::{become_like, may_write};
use super::{folder_of, folders, io_error, unwritable};

/// A temporary file that is older was left by a process that died (F59); a younger one may be in use.
pub(super) const ORPHAN_AGE: Duration = Duration::from_secs(60);

/// A file beside the place, with the owner, the mode and the access list that it will have there; for a new one the
/// folders are made. `None` when something has gone meanwhile.
pub(super) fn beside(path: &Path, place: &Place) -> Result<Option<NamedTempFile>, FileError> {
    let folder = folder_of(&place.path)?;
    let name = place.path.file_name().unwrap_or_default();
    match &place.file {
        Some(file) => may_write(path, &place.path, file)?,
        None => folders::make(folder)?,
    }
    sweep(folder, name);
    // 0600 and O_EXCL: `tempfile` sets both.
    let made = tempfile::Builder::new().prefix(&prefix(name)).suffix(".tmp").tempfile_in(folder);
    let temporary = match made {
        Ok(temporary) => temporary,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unwritable(path, folder, &e)),
    };
    Ok(become_like(temporary.as_file(), path, place, folder)?.map(|()| temporary))
}

/// Writes the whole text, and does not believe a file system that says nothing (M8, F60).
pub(super) fn fill(temporary: &mut NamedTempFile, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = |e| io_error(path, &e);
    let file = temporary.as_file_mut();
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    if file.metadata().map_err(failed)?.len() == bytes.len() as u64 {
        return Ok(());
    }
    Err(FileError::Io { path: path.to_owned(), why: "only a part of it could be written".into() })
}

/// The name begins with the moment it was given: the time stamps of what lies there tell of other things, such as
/// when the old text was written that was exchanged for the new one.
pub(super) fn prefix(name: &OsStr) -> String {
    format!("{}{:x}-", stem(name), now().as_secs())
}

fn stem(name: &OsStr) -> String {
    format!(".{}.keyfob-", name.to_string_lossy())
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Removes what dead processes left for this name. Failing to is no failure.
pub(super) fn sweep(folder: &Path, name: &OsStr) {
    let stem = stem(name);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        let Some(rest) = found.strip_prefix(&stem).filter(|rest| rest.ends_with(".tmp")) else { continue };
        let begun = rest.split('-').next().and_then(|moment| u64::from_str_radix(moment, 16).ok());
        if begun.is_some_and(|begun| now().saturating_sub(Duration::from_secs(begun)) > ORPHAN_AGE) {
            let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir(entry.path()));
        }
    }
}
