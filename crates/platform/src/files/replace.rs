//! A file takes the place of another in one step, and nobody's change in between is lost.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use keyfob_core::doors::ports::{FileError, Files};
use tempfile::NamedTempFile;

use super::place::{Place, ROUNDS, changing, follow};
use super::steps::step;
use super::system::{exchange, same_file, same_inode};
use super::temporary::{beside, fill};
use super::{DiskFiles, LIMIT, folder_of, io_error, unwritable};

/// Longer than any turn takes, on a busy machine too.
const TURN: Duration = Duration::from_secs(5);

/// What the file must say for the replacement to be right; `None` when that does not matter.
pub(super) type Expected<'a> = Option<Option<&'a [u8]>>;

pub(super) fn replace(path: &Path, expected: Expected, bytes: &[u8]) -> Result<(), FileError> {
    if bytes.len() as u64 > LIMIT {
        // Nobody could read it afterwards.
        let why = format!("it would be larger than {LIMIT} bytes");
        return Err(FileError::Unwritable { path: path.to_owned(), why });
    }
    for _ in 0..ROUNDS {
        let place = follow(path)?;
        if matches!((&place.file, expected), (None, Some(Some(_))) | (Some(_), Some(None))) {
            return Err(changing(path));
        }
        if put(path, &place, expected, bytes)?.is_some() {
            return Ok(());
        }
    }
    Err(changing(path))
}

/// Says why the file could not be replaced now; all that this changes is that missing folders are there.
pub(super) fn may_replace(path: &Path) -> Result<(), FileError> {
    for _ in 0..ROUNDS {
        let place = follow(path)?;
        if beside(path, &place)?.is_some() {
            return Ok(());
        }
    }
    Err(changing(path))
}

/// `None` when the place changed meanwhile and has to be looked at anew.
fn put(path: &Path, place: &Place, expected: Expected, bytes: &[u8]) -> Result<Option<()>, FileError> {
    let folder = folder_of(&place.path)?;
    step("replace: begins");
    let Some(mut temporary) = beside(path, place)? else { return Ok(None) };
    fill(&mut temporary, path, bytes)?;
    // Opened while the old file is still in its place: afterwards nothing may fail any more.
    let folder_itself = File::open(folder).ok();
    folder_itself.as_ref().map(wait_for_turn);
    step("replace: puts it there");
    let done = match &place.file {
        None => put_new(path, place, expected, temporary)?,
        Some(before) => swap(path, place, before, expected, temporary)?,
    };
    if let Some(folder) = folder_itself {
        let _ = folder.unlock();
        // Makes the renaming itself last through a power cut, where the file system can.
        let _ = folder.sync_all();
    }
    Ok(done)
}

/// Those of us who write in one folder take turns, so that nobody builds on what another is about to take back. One that
/// was stopped in its turn is not waited for long: without turns only that is less sure.
fn wait_for_turn(folder: &File) {
    let begun = Instant::now();
    while matches!(folder.try_lock(), Err(TryLockError::WouldBlock)) && begun.elapsed() < TURN {
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

fn put_new(path: &Path, place: &Place, expected: Expected, temporary: NamedTempFile) -> Result<Option<()>, FileError> {
    match temporary.persist_noclobber(&place.path) {
        Ok(_) => Ok(Some(())),
        Err(e) if matches!(e.error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => anew(path, expected),
        Err(e) => Err(unwritable(path, &place.path, &e.error)),
    }
}

/// Somebody else was there. Whoever expected something is told, others begin again.
fn anew(path: &Path, expected: Expected) -> Result<Option<()>, FileError> {
    if expected.is_some() { Err(changing(path)) } else { Ok(None) }
}

/// Exchanges the two files and looks once more at what was there: no moment is left between the last look and the
/// replacement. What is found to be another's newer work goes back to its place.
fn swap(
    path: &Path,
    place: &Place,
    before: &Metadata,
    expected: Expected,
    temporary: NamedTempFile,
) -> Result<Option<()>, FileError> {
    // Where nothing is found any more the whole folder went somewhere else, and both files with it: that was later.
    let as_expected = |old: &Path| {
        expected.is_none_or(|expected| {
            DiskFiles.read(old).is_ok_and(|found| found.is_none() || found.as_deref() == expected)
        })
    };
    let is_as_looked_at = |old: &Path| match fs::symlink_metadata(old) {
        Ok(now) => Some(same_file(&now, before) && as_expected(old)),
        Err(e) => (e.kind() != ErrorKind::NotFound).then_some(false),
    };
    if is_as_looked_at(&place.path) != Some(true) {
        return anew(path, expected);
    }
    step("replace: exchanges");
    match exchange(temporary.path(), &place.path) {
        Ok(()) => {}
        Err(e) if e.kind() == ErrorKind::NotFound => return anew(path, expected),
        // A file system that cannot: the moment between look and rename is left.
        Err(e) if e.kind() == ErrorKind::Unsupported => {
            return match temporary.persist(&place.path) {
                Ok(_) => Ok(Some(())),
                Err(e) => Err(unwritable(path, &place.path, &e.error)),
            };
        }
        Err(e) => return Err(unwritable(path, &place.path, &e)),
    }
    step("replace: looks at what was there");
    if is_as_looked_at(temporary.path()) != Some(false) {
        // What was there goes with the temporary name.
        return Ok(Some(()));
    }
    give_back(path, place, temporary)?;
    anew(path, expected)
}

/// Puts back what was taken, until what comes out for it is what we had put there: anything else is newer, and stays.
fn give_back(path: &Path, place: &Place, temporary: NamedTempFile) -> Result<(), FileError> {
    let mut there = temporary.as_file().metadata();
    for _ in 0..ROUNDS {
        step("replace: gives back");
        let given = fs::symlink_metadata(temporary.path());
        match exchange(temporary.path(), &place.path) {
            Ok(()) => {}
            // Somebody removed the file, as they would have removed theirs.
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            Err(e) => {
                // What lies there is another's, and must not go with our name for it.
                let _ = temporary.keep();
                return Err(io_error(path, &e));
            }
        }
        let back = fs::symlink_metadata(temporary.path());
        if matches!((&back, &there), (Ok(back), Ok(there)) if same_inode(back, there)) {
            return Ok(());
        }
        there = given;
    }
    let _ = temporary.keep();
    Err(changing(path))
}
