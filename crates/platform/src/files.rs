//! Small files on disk: read with care, replaced in one step, locked across processes.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(unix)]
use keyfob_core::doors::ports::{FileError, Files, LockAnswer, LockGuard, OpenTo};

/// No file of ours, and none that we edit, is larger.
const LIMIT: u64 = 1024 * 1024;

/// A temporary file that is older was left by a process that died (F59); a younger one may be in use.
const ORPHAN_AGE: Duration = Duration::from_secs(60);

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskFiles;

impl Files for DiskFiles {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, FileError> {
        let mut file = match open_to_read(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                // A link that leads nowhere is a mistake to show, not a file that is not there yet (F63).
                return match fs::symlink_metadata(path) {
                    Err(_) => Ok(None),
                    Ok(meta) if meta.is_symlink() && fs::metadata(path).is_err() => Err(dangling(path)),
                    // Somebody has made it just now.
                    Ok(_) => self.read(path),
                };
            }
            Err(e) => return Err(refused(path, &e)),
        };
        let meta = file.metadata().map_err(|e| io_error(path, &e))?;
        if !meta.is_file() {
            return Err(FileError::NotAFile { path: path.to_owned() });
        }
        let too_large = || FileError::TooLarge { path: path.to_owned(), limit: LIMIT };
        if meta.len() > LIMIT {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default() + 1);
        // The length was true a moment ago; the limit holds now.
        (&mut file).take(LIMIT + 1).read_to_end(&mut bytes).map_err(|e| io_error(path, &e))?;
        if bytes.len() as u64 > LIMIT { Err(too_large()) } else { Ok(Some(bytes)) }
    }

    fn replace(&self, path: &Path, expected: Option<Option<&[u8]>>, bytes: &[u8]) -> Result<(), FileError> {
        let target = behind_links(path)?;
        let folder = folder_of(&target)?;
        make_folders(folder)?;
        let name = target.file_name().unwrap_or_default();
        sweep(folder, name);

        // 0600 and O_EXCL under any umask: `tempfile` sets both.
        let mut temporary = tempfile::Builder::new()
            .prefix(&prefix(name))
            .suffix(".tmp")
            .tempfile_in(folder)
            .map_err(|e| io_error(folder, &e))?;
        let file = temporary.as_file_mut();
        let on_temporary = |e: io::Error| io_error(path, &e);
        file.write_all(bytes).map_err(on_temporary)?;
        keep_mode(file, &target).map_err(on_temporary)?;
        file.sync_all().map_err(on_temporary)?;
        // A file system at its limit may take less than it was given and say nothing (M8, F60).
        if file.metadata().map_err(on_temporary)?.len() != bytes.len() as u64 {
            return Err(FileError::Io { path: path.to_owned(), why: "only a part of it could be written".into() });
        }

        let changed = || FileError::Changed { path: path.to_owned() };
        match expected {
            Some(before) if self.read(&target)?.as_deref() != before => return Err(changed()),
            Some(None) => match temporary.persist_noclobber(&target) {
                Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => return Err(changed()),
                done => done.map_err(|e| on_temporary(e.error))?,
            },
            _ => temporary.persist(&target).map_err(|e| on_temporary(e.error))?,
        };
        sync_folder(folder)
    }

    fn set_aside(&self, path: &Path) -> Result<(), FileError> {
        fs::rename(path, path.with_added_extension("unread")).map_err(|e| io_error(path, &e))
    }

    /// A group may well be the person alone, as on Debian; it is not counted.
    #[cfg(unix)]
    fn open_to(&self, path: &Path) -> Option<OpenTo> {
        use std::os::unix::fs::MetadataExt;
        let meta = fs::metadata(path).ok()?;
        let us = rustix::process::geteuid().as_raw();
        if meta.uid() != us && meta.uid() != 0 {
            return Some(OpenTo::Owner(meta.uid()));
        }
        (meta.mode() & 0o002 != 0).then_some(OpenTo::Everybody)
    }

    fn try_lock(&self, path: &Path) -> Result<LockAnswer, FileError> {
        make_folders(folder_of(path)?)?;
        let mut file = open_lock(path).map_err(|e| refused(path, &e))?;
        if !file.metadata().map_err(|e| io_error(path, &e))?.is_file() {
            return Err(FileError::NotAFile { path: path.to_owned() });
        }
        match file.try_lock() {
            Ok(()) => {
                // The pid is for the words about who holds it; the lock itself does not depend on it.
                let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                Ok(LockAnswer::Taken(Box::new(Held(file))))
            }
            Err(TryLockError::WouldBlock) => Ok(LockAnswer::Held { pid: pid_in(&mut file) }),
            Err(TryLockError::Error(e)) => Err(io_error(path, &e)),
        }
    }
}

/// A lock that ends with the file handle, also when the process is killed. The file stays: deleting it
/// would let two processes hold locks on two files of the same name.
#[derive(Debug)]
struct Held(File);

impl LockGuard for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.set_len(0);
    }
}

fn pid_in(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// The file that a path means: itself, or the end of its chain of symbolic links, which stay (F63).
fn behind_links(path: &Path) -> Result<PathBuf, FileError> {
    let target = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_symlink() => fs::canonicalize(path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => dangling(path),
            _ => refused(path, &e),
        })?,
        Ok(_) => path.to_owned(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(path.to_owned()),
        Err(e) => return Err(refused(path, &e)),
    };
    let meta = fs::symlink_metadata(&target).map_err(|e| refused(path, &e))?;
    if meta.is_file() { Ok(target) } else { Err(FileError::NotAFile { path: path.to_owned() }) }
}

fn folder_of(path: &Path) -> Result<&Path, FileError> {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .ok_or_else(|| FileError::Io { path: path.to_owned(), why: "the path names no folder".into() })
}

/// Makes the missing folders, each 0700 whatever the umask is (F71); those that exist are left alone.
fn make_folders(folder: &Path) -> Result<(), FileError> {
    match fs::metadata(folder) {
        Ok(meta) if meta.is_dir() => return Ok(()),
        Ok(_) => return Err(FileError::NotAFile { path: folder.to_owned() }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(refused(folder, &e)),
    }
    if let Some(above) = folder.parent() {
        make_folders(above)?;
    }
    match make_folder(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(io_error(folder, &e)),
        _ => Ok(()),
    }
}

fn prefix(name: &OsStr) -> String {
    format!(".{}.keyfob-", name.to_string_lossy())
}

/// Removes the temporary files that dead processes left for this file. Failing to is no failure.
fn sweep(folder: &Path, name: &OsStr) {
    let prefix = prefix(name);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        if !(found.starts_with(&prefix) && found.ends_with(".tmp")) {
            continue;
        }
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > ORPHAN_AGE) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn io_error(path: &Path, error: &io::Error) -> FileError {
    // Without the "(os error 28)" that the standard library adds.
    let text = error.to_string();
    let why = text.split(" (os error").next().unwrap_or_default().to_owned();
    FileError::Io { path: path.to_owned(), why }
}

/// What opening says of things that are no files.
fn refused(path: &Path, error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::IsADirectory => FileError::NotAFile { path: path.to_owned() },
        _ if is_loop(error) => {
            FileError::Io { path: path.to_owned(), why: "its symbolic links cannot be followed to an end".into() }
        }
        _ => io_error(path, error),
    }
}

fn dangling(path: &Path) -> FileError {
    FileError::Io { path: path.to_owned(), why: "it is a symbolic link that leads nowhere".into() }
}

#[cfg(unix)]
mod system {
    //! What Unix lets us say beyond the portable calls.

    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

    use super::*;

    /// A FIFO without a writer would otherwise block the opening (F64).
    pub fn open_to_read(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(flags(rustix::fs::OFlags::NONBLOCK)).open(path)
    }

    pub fn open_lock(path: &Path) -> io::Result<File> {
        use rustix::fs::OFlags;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
            .open(path)?;
        if file.metadata()?.permissions().mode() & 0o777 != 0o600 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }

    pub fn make_folder(folder: &Path) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
    }

    /// A file that a person made readable for others stays so; ours begin with 0600.
    pub fn keep_mode(file: &File, target: &Path) -> io::Result<()> {
        let mode = fs::metadata(target).map_or(0o600, |meta| meta.permissions().mode() & 0o777);
        file.set_permissions(fs::Permissions::from_mode(mode))
    }

    /// Makes the rename itself durable.
    pub fn sync_folder(folder: &Path) -> Result<(), FileError> {
        File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io_error(folder, &e))
    }

    pub fn is_loop(error: &io::Error) -> bool {
        error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
    }

    fn flags(flags: rustix::fs::OFlags) -> i32 {
        i32::try_from(flags.bits()).unwrap_or_default()
    }
}

#[cfg(windows)]
mod system {
    //! Windows: access follows the folder's list, which is the person's own.

    use super::*;

    pub fn open_to_read(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub fn open_lock(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
    }

    pub fn make_folder(folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)
    }

    pub fn keep_mode(_: &File, _: &Path) -> io::Result<()> {
        Ok(())
    }

    pub fn sync_folder(_: &Path) -> Result<(), FileError> {
        Ok(())
    }

    pub fn is_loop(_: &io::Error) -> bool {
        false
    }
}

use system::{is_loop, keep_mode, make_folder, open_lock, open_to_read, sync_folder};

#[cfg(all(test, unix))]
#[path = "files_tests.rs"]
mod tests;
