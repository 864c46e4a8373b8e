//! Small files on disk: read with care, replaced in one step, locked across processes.

pub(crate) mod folders;
mod lock;
mod orphans;
mod others;
mod place;
mod replace;
pub(crate) mod steps;
mod temporary;
#[cfg(unix)]
pub(crate) mod unix;
#[cfg(windows)]
pub(crate) mod windows;

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

#[cfg(unix)]
use keyfob_core::doors::ports::OpenTo;
use keyfob_core::doors::ports::{FileError, Files, LockAnswer, LockGuard};

use place::{Missing, changing, dangling, missing};
use steps::step;

pub(crate) use place::ROUNDS;
#[cfg(unix)]
pub(crate) use unix as system;
#[cfg(windows)]
pub(crate) use windows as system;

/// No file of ours, and none that we edit, is larger.
const LIMIT: u64 = 4 * 1024 * 1024;

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskFiles;

impl Files for DiskFiles {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, FileError> {
        whole(path, LIMIT)
    }

    fn replace(&self, path: &Path, expected: Option<Option<&[u8]>>, bytes: &[u8]) -> Result<(), FileError> {
        replace::replace(path, expected, bytes)
    }

    fn may_replace(&self, path: &Path) -> Result<(), FileError> {
        replace::may_replace(path)
    }

    fn set_aside(&self, path: &Path) -> Result<(), FileError> {
        std::fs::rename(path, path.with_added_extension("unread")).map_err(|e| io_error(path, &e))
    }

    #[cfg(unix)]
    fn open_to(&self, path: &Path) -> Option<OpenTo> {
        system::open_to(path)
    }

    fn try_lock(&self, path: &Path) -> Result<LockAnswer, FileError> {
        lock::try_lock(path)
    }
}

impl DiskFiles {
    /// Waits for a lock on a thread that may wait, for as long as its holder lives.
    pub(crate) fn lock(path: &Path) -> Result<Box<dyn LockGuard>, FileError> {
        lock::lock(path)
    }
}

/// An ordinary file of at most so many bytes.
fn whole(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
    let Some(mut file) = open(path)? else { return Ok(None) };
    let meta = file.metadata().map_err(|e| io_error(path, &e))?;
    if !meta.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    let too_large = || FileError::TooLarge { path: path.to_owned(), limit };
    if meta.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default() + 1);
    step("read: reads");
    // The length was true a moment ago; the limit holds now.
    (&mut file).take(limit + 1).read_to_end(&mut bytes).map_err(|e| io_error(path, &e))?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(Some(bytes)) }
}

/// What opening finds decides; only when it finds nothing is it asked why.
fn open(path: &Path) -> Result<Option<File>, FileError> {
    for _ in 0..ROUNDS {
        step("read: opens");
        match system::open_to_read(path) {
            Ok(file) => return Ok(Some(file)),
            Err(e) if e.kind() == ErrorKind::NotFound => match missing(path) {
                Missing::Nothing => return Ok(None),
                Missing::Link(link) => return Err(dangling(&link)),
                Missing::Changed => {}
            },
            Err(e) => return Err(refused(path, &e)),
        }
    }
    Err(changing(path))
}

fn folder_of(path: &Path) -> Result<&Path, FileError> {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .ok_or_else(|| FileError::Io { path: path.to_owned(), why: "the path names no folder".into() })
}

fn io_error(path: &Path, error: &io::Error) -> FileError {
    FileError::Io { path: path.to_owned(), why: reason(path, error) }
}

/// What opening says of things that are no files.
fn refused(path: &Path, error: &io::Error) -> FileError {
    match error.kind() {
        _ if system::is_no_file(error) => FileError::NotAFile { path: path.to_owned() },
        _ if system::is_loop(error) => endless(path),
        _ => io_error(path, error),
    }
}

/// What cannot be written for good, and the place that refuses, is told from what went wrong for once.
fn unwritable(path: &Path, place: &Path, error: &io::Error) -> FileError {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::ResourceBusy => {
            let reason = reason(place, error);
            let why = if place == path { reason } else { format!("{}: {reason}", place.display()) };
            FileError::Unwritable { path: path.to_owned(), why }
        }
        _ => io_error(path, error),
    }
}

fn endless(path: &Path) -> FileError {
    FileError::Io { path: path.to_owned(), why: "its symbolic links cannot be followed to an end".into() }
}

/// In the system's words, without the "(os error 28)" that the standard library adds, and whose it is where that may
/// be the cause.
fn reason(path: &Path, error: &io::Error) -> String {
    let text = error.to_string();
    let why = text.split(" (os error").next().unwrap_or_default().to_owned();
    match system::stranger(path).filter(|_| error.kind() == ErrorKind::PermissionDenied) {
        Some((place, user)) => format!("{why}; {} belongs to user {user}", place.display()),
        None => why,
    }
}

#[cfg(all(test, unix))]
#[path = "files_tests.rs"]
pub(crate) mod tests;

#[cfg(all(test, target_os = "linux"))]
#[path = "files/between_tests.rs"]
mod between_tests;

#[cfg(all(test, target_os = "linux"))]
#[path = "files/first_tests.rs"]
mod first_tests;

#[cfg(all(test, target_os = "linux"))]
#[path = "files/owner_tests.rs"]
mod owner_tests;
