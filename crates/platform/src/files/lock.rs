//! Locks that other processes see: files that are there while they are held.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::{FileError, LockAnswer, LockGuard};

use super::place::{Place, changing};
use super::steps::step;
use super::system::{LOCKS_GO, is_that, open_lock};
use super::temporary::beside;
use super::{io_error, refused};

/// Each turn that comes to nothing means that somebody else had the lock meanwhile.
const TURNS: usize = 100_000;

pub(super) fn try_lock(path: &Path) -> Result<LockAnswer, FileError> {
    take(path, |file| match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(e),
    })
}

/// Waits for the lock, for as long as that takes.
pub(super) fn lock(path: &Path) -> Result<Box<dyn LockGuard>, FileError> {
    match take(path, |file| file.lock().map(|()| true))? {
        LockAnswer::Taken(guard) => Ok(guard),
        LockAnswer::Held { pid } => Err(FileError::Locked { path: path.to_owned(), pid }),
    }
}

/// A lock counts only while the path still names the file that was locked: its holder removes it before letting go.
fn take(path: &Path, claim: impl Fn(&File) -> std::io::Result<bool>) -> Result<LockAnswer, FileError> {
    for _ in 0..TURNS {
        step("lock: opens");
        let mut file = match open_lock(path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => match make_locked(path)? {
                Some(file) => return Ok(taken(path, file, false)),
                None => continue,
            },
            Err(e) => return Err(refused(path, &e)),
        };
        if !file.metadata().map_err(|e| io_error(path, &e))?.is_file() {
            return Err(FileError::NotAFile { path: path.to_owned() });
        }
        step("lock: claims");
        let claimed = claim(&file).map_err(|e| io_error(path, &e))?;
        step("lock: looks whether it is still the one");
        if !is_that(path, &file) {
            continue;
        }
        if !claimed {
            return Ok(LockAnswer::Held { pid: pid_in(&mut file) });
        }
        // It was left by a process that was killed; one without a name, by a Keyfob that kept its lock files.
        let signed = pid_in(&mut file).is_some();
        let _ = file.set_len(0);
        sign(&mut file);
        return Ok(taken(path, file, signed));
    }
    Err(changing(path))
}

/// A file that is locked before it has its name. `None` when another one has the name by then.
fn make_locked(path: &Path) -> Result<Option<File>, FileError> {
    let Some(mut temporary) = beside(path, &Place { path: path.to_owned(), file: None })? else { return Ok(None) };
    temporary.as_file().lock().map_err(|e| io_error(path, &e))?;
    sign(temporary.as_file_mut());
    step("lock: names it");
    match temporary.persist_noclobber(path) {
        Ok(file) => Ok(Some(file)),
        Err(e) if matches!(e.error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => Ok(None),
        Err(e) => Err(io_error(path, &e.error)),
    }
}

/// The pid is for the words about who holds it; the lock itself does not depend on it.
fn sign(file: &mut File) {
    let _ = file.rewind().and_then(|()| write!(file, "{}", std::process::id()));
}

fn pid_in(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn taken(path: &Path, file: File, after_a_death: bool) -> LockAnswer {
    LockAnswer::Taken(Box::new(Held { path: path.to_owned(), file, after_a_death }))
}

/// The lock ends with the file handle, also when the process is killed.
#[derive(Debug)]
struct Held {
    path: PathBuf,
    file: File,
    after_a_death: bool,
}

impl LockGuard for Held {
    fn after_a_death(&self) -> bool {
        self.after_a_death
    }
}

impl Drop for Held {
    /// The name goes before the lock does: so nothing is left of teams that are no more.
    fn drop(&mut self) {
        if LOCKS_GO && is_that(&self.path, &self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
