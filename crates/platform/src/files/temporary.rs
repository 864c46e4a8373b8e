//! The file that a new text is written to before it takes the place of the old one.

use std::io::{ErrorKind, Write};
use std::path::Path;

use keyfob_core::doors::ports::FileError;
use tempfile::NamedTempFile;

use super::orphans::{prefix, sweep};
use super::place::Place;
use super::system::{become_like, may_write};
use super::{folder_of, folders, io_error, unwritable};

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
    Ok(become_like(temporary.as_file(), path, &place.path, place.file.as_ref(), folder)?.map(|()| temporary))
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
