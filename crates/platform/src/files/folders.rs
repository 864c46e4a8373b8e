//! Folders of ours: made when missing, private from their first moment, and nobody's but their surroundings' owner's.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use keyfob_core::doors::ports::FileError;

use super::orphans::{prefix, sweep};
use super::place::{Missing, ROUNDS, changing, dangling, missing};
use super::steps::step;
use super::system::{make_private, rename_new};
use super::{folder_of, refused, unwritable};

/// Makes the missing folders, each 0700 whatever the umask is (F71); those that exist are left alone.
pub(crate) fn make(folder: &Path) -> Result<(), FileError> {
    for _ in 0..ROUNDS {
        step("folder: looks");
        match fs::metadata(folder) {
            Ok(found) if found.is_dir() => return Ok(()),
            Ok(_) => return Err(FileError::NotAFile { path: folder.to_owned() }),
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(refused(folder, &e)),
        }
        match missing(folder) {
            Missing::Nothing => {}
            Missing::Link(link) => return Err(dangling(&link)),
            Missing::Changed => continue,
        }
        let above = folder_of(folder)?;
        make(above)?;
        step("folder: makes it");
        match make_one(folder, above) {
            Ok(()) => return Ok(()),
            // Another one made it, or took away the one above.
            Err(e) if matches!(e.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {}
            Err(e) => return Err(unwritable(folder, above, &e)),
        }
    }
    Err(changing(folder))
}

/// It gets its name last, so that nobody finds it with another mode or owner than it will have.
pub(crate) fn make_one(folder: &Path, above: &Path) -> io::Result<()> {
    let name = folder.file_name().unwrap_or_default();
    sweep(above, name);
    let unnamed = tempfile::Builder::new().prefix(&prefix(name)).suffix(".tmp").tempdir_in(above)?;
    make_private(unnamed.path(), above)?;
    step("folder: names it");
    rename_new(unnamed.path(), folder)?;
    let _ = unnamed.keep();
    Ok(())
}
