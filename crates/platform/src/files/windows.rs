//! Windows: access follows the folder's list, which is the person's own.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::FileError;

/// A name that is removed while the file is open stays taken until it is closed.
pub const LOCKS_GO: bool = false;

pub fn open_to_read(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

pub fn same_entry(one: &Metadata, other: &Metadata) -> bool {
    same_file(one, other)
}

pub fn same_file(one: &Metadata, other: &Metadata) -> bool {
    let of = |meta: &Metadata| (meta.file_type(), meta.created().ok(), meta.modified().ok());
    of(one) == of(other)
}

/// Lock files stay, and nobody else replaces them.
pub fn is_that(_: &Path, _: &File) -> bool {
    true
}

pub fn same_inode(one: &Metadata, other: &Metadata) -> bool {
    same_file(one, other)
}

/// Renaming a folder replaces none.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

pub fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

pub fn stranger(_: &Path) -> Option<(PathBuf, u32)> {
    None
}

pub fn may_write(path: &Path, _: &Path, file: &Metadata) -> Result<(), FileError> {
    if file.permissions().readonly() {
        return Err(FileError::Unwritable { path: path.to_owned(), why: "it is read-only".into() });
    }
    Ok(())
}

pub fn become_like(_: &File, _: &Path, _: &Path, _: Option<&Metadata>, _: &Path) -> Result<Option<()>, FileError> {
    Ok(Some(()))
}

pub fn make_private(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

pub fn is_loop(_: &io::Error) -> bool {
    false
}

pub fn is_no_file(error: &io::Error) -> bool {
    error.kind() == ErrorKind::IsADirectory
}
