//! Where a path leads, decided so that nobody who changes it meanwhile makes us say what is not so.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::FileError;

use super::steps::step;
use super::system::same_entry;
use super::{endless, folder_of, refused};

/// Nobody who means well changes a path more often while it is looked at once.
pub(crate) const ROUNDS: usize = 100;

/// As many links as Linux follows.
const LINKS: usize = 40;

/// The end of a path's chain of symbolic links, which stay (F63), and the file that is there.
#[derive(Debug)]
pub(crate) struct Place {
    pub path: PathBuf,
    pub file: Option<Metadata>,
}

pub(super) fn follow(path: &Path) -> Result<Place, FileError> {
    for _ in 0..ROUNDS {
        if let Some(place) = walk(path)? {
            return Ok(place);
        }
    }
    Err(changing(path))
}

/// One walk along the links; `None` when something changed on the way.
fn walk(path: &Path) -> Result<Option<Place>, FileError> {
    let mut at = path.to_owned();
    for _ in 0..LINKS {
        step("follow: looks");
        match fs::symlink_metadata(&at) {
            Ok(found) if found.is_symlink() => {
                step("follow: reads the link");
                let Ok(text) = fs::read_link(&at) else { return Ok(None) };
                at = folder_of(&at)?.join(text);
            }
            Ok(found) if found.is_file() => {
                // Without the folders of the links, which may move away while we work behind them.
                let behind = if at == path { Ok(at) } else { fs::canonicalize(&at) };
                return Ok(behind.ok().map(|path| Place { path, file: Some(found) }));
            }
            Ok(_) => return Err(FileError::NotAFile { path: path.to_owned() }),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return match missing(path) {
                    Missing::Nothing if at == path => Ok(Some(Place { path: at, file: None })),
                    Missing::Link(link) => Err(dangling(&link)),
                    Missing::Nothing | Missing::Changed => Ok(None),
                };
            }
            Err(e) => return Err(refused(path, &e)),
        }
    }
    Err(endless(path))
}

/// Why there was nothing at a path.
pub(super) enum Missing {
    /// No file has that name.
    Nothing,
    /// This symbolic link, the path or a folder of it, leads nowhere: a mistake to show, not a file that is not
    /// there yet (F63).
    Link(PathBuf),
    /// By now there is something.
    Changed,
}

/// Asked when a system call found nothing. That a link leads nowhere is believed only when nothing is found behind
/// it while the very same link stands there.
pub(super) fn missing(path: &Path) -> Missing {
    for place in path.ancestors() {
        step("missing: looks");
        let Ok(before) = fs::symlink_metadata(place) else { continue };
        let here = place == path;
        if before.is_symlink() {
            step("missing: looks behind the link");
            if fs::metadata(place).is_err_and(|e| e.kind() == ErrorKind::NotFound) {
                step("missing: looks at the link again");
                let same = fs::symlink_metadata(place).is_ok_and(|now| same_entry(&now, &before));
                return if same { Missing::Link(place.to_owned()) } else { Missing::Changed };
            }
        }
        return if here { Missing::Changed } else { Missing::Nothing };
    }
    Missing::Nothing
}

pub(super) fn dangling(path: &Path) -> FileError {
    FileError::Io { path: path.to_owned(), why: "it is a symbolic link that leads nowhere".into() }
}

pub(super) fn changing(path: &Path) -> FileError {
    FileError::Changed { path: path.to_owned() }
}
