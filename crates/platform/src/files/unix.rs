//! What Unix lets us say beyond the portable calls: who owns a file, what it really is, and two renamings in one step.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::{FileError, OpenTo};
use rustix::fs::{Access, AtFlags, CWD, Gid, OFlags, RenameFlags, Uid};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::{reason, unwritable};

/// A lock file can be removed while it is open.
pub const LOCKS_GO: bool = true;

/// A FIFO without a writer would otherwise block the opening (F64), a terminal become ours.
pub fn open_to_read(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK | OFlags::NOCTTY)).open(path)
}

pub fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK)).open(path)
}

fn flags(flags: OFlags) -> i32 {
    i32::try_from(flags.bits()).unwrap_or_default()
}

/// The very same entry, and nothing was done to it.
pub fn same_entry(one: &Metadata, other: &Metadata) -> bool {
    let of = |meta: &Metadata| (meta.dev(), meta.ino(), meta.ctime(), meta.ctime_nsec());
    of(one) == of(other)
}

/// The same file, and still with the same owner and mode. Its other time stamps change when it is renamed.
pub fn same_file(one: &Metadata, other: &Metadata) -> bool {
    let of = |meta: &Metadata| (meta.dev(), meta.ino(), meta.mode(), meta.uid(), meta.gid());
    of(one) == of(other)
}

/// Whether the path itself names this open file.
pub fn is_that(path: &Path, file: &File) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| file.metadata().is_ok_and(|ours| same_inode(&found, &ours)))
}

pub fn same_inode(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Renames where no other has the name.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Only an empty folder would make room, and nothing is lost with one.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::rename(from, to).map_err(|e| match e.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => ErrorKind::AlreadyExists.into(),
            _ => e,
        }),
        done => Ok(done?),
    }
}

/// Lets two names change places in one step. File systems that cannot say `Unsupported`.
pub fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(ErrorKind::Unsupported.into()),
        done => Ok(done?),
    }
}

/// A group may well be the person alone, as on Debian; it is not counted.
pub fn open_to(path: &Path) -> Option<OpenTo> {
    let meta = fs::metadata(path).ok()?;
    if meta.uid() != geteuid().as_raw() && meta.uid() != 0 {
        return Some(OpenTo::Owner(meta.uid()));
    }
    (meta.mode() & 0o002 != 0).then_some(OpenTo::Everybody)
}

/// The nearest thing on the path that is there, and its owner, when that is somebody else.
pub fn stranger(path: &Path) -> Option<(PathBuf, u32)> {
    let (place, meta) =
        path.ancestors().find_map(|place| fs::symlink_metadata(place).ok().map(|meta| (place.to_owned(), meta)))?;
    (meta.uid() != geteuid().as_raw()).then_some((place, meta.uid()))
}

/// Whoever made a file read-only does not want it replaced, though a folder that can be written would allow it.
pub fn may_write(path: &Path, target: &Path, file: &Metadata) -> Result<(), FileError> {
    let mode = file.mode() & 0o7777;
    if mode & 0o222 == 0 {
        let why = format!("its mode is {mode:o}, so nobody may write it");
        return Err(FileError::Unwritable { path: path.to_owned(), why });
    }
    match rustix::fs::accessat(CWD, target, Access::WRITE_OK, AtFlags::EACCESS) {
        Err(e @ (Errno::ACCESS | Errno::PERM | Errno::ROFS)) => Err(unwritable(path, target, &e.into())),
        _ => Ok(()),
    }
}

/// Gives a new file the owner, group, mode and access list of the one whose place it takes. One that is the first of
/// its name is private, and belongs to whom its folder does where root makes it. `None` when the other one has gone.
pub fn become_like(
    new: &File,
    path: &Path,
    target: &Path,
    old: Option<&Metadata>,
    folder: &Path,
) -> Result<Option<()>, FileError> {
    let failed = |e: io::Error| unwritable(path, target, &e);
    let made = new.metadata().map_err(failed)?;
    let (user, group) = match old {
        Some(old) => (old.uid(), old.gid()),
        None => owner_below(folder).unwrap_or((made.uid(), made.gid())),
    };
    if (user, group) != (made.uid(), made.gid()) {
        rustix::fs::fchown(new, Some(Uid::from_raw(user)), Some(Gid::from_raw(group))).map_err(|_| {
            let us = geteuid().as_raw();
            let why = format!("it belongs to user {user} and group {group}, and would not if user {us} wrote it");
            FileError::Unwritable { path: path.to_owned(), why }
        })?;
    }
    let mode = old.map_or(0o600, |old| old.mode() & 0o7777);
    new.set_permissions(Permissions::from_mode(mode)).map_err(failed)?;
    #[cfg(target_os = "linux")]
    if old.is_some() {
        match attributes::copy(target, new) {
            Err(Errno::NOENT) => return Ok(None),
            done => done.map_err(|e| {
                let reason = reason(target, &e.into());
                let why = format!("its access list and attributes cannot be kept: {reason}");
                FileError::Unwritable { path: path.to_owned(), why }
            })?,
        }
    }
    Ok(Some(()))
}

/// Makes a new folder private, and its surroundings' owner's where root makes it.
pub fn make_private(new: &Path, above: &Path) -> io::Result<()> {
    if let Some((user, group)) = owner_below(above) {
        std::os::unix::fs::lchown(new, Some(user), Some(group))?;
    }
    fs::set_permissions(new, Permissions::from_mode(0o700))
}

/// Whose a new thing in this folder is to be: root works in other people's homes too, and must not shut them out.
fn owner_below(folder: &Path) -> Option<(u32, u32)> {
    let found = fs::metadata(folder).ok().filter(|_| geteuid().is_root())?;
    (found.uid() != 0).then_some((found.uid(), found.gid()))
}

pub fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
}

/// A folder, or a socket.
pub fn is_no_file(error: &io::Error) -> bool {
    error.kind() == ErrorKind::IsADirectory || error.raw_os_error() == Some(Errno::NXIO.raw_os_error())
}

#[cfg(target_os = "linux")]
mod attributes {
    //! What Linux keeps beside a file: its access list, and what people note there.

    use std::ffi::{CStr, CString};

    use rustix::fs::{XattrFlags, flistxattr, flistxattr_query};
    use rustix::fs::{fremovexattr, fsetxattr, lgetxattr, lgetxattr_query, llistxattr, llistxattr_query};
    use rustix::io::Result;

    use super::*;

    const ACCESS_LIST: &CStr = c"system.posix_acl_access";

    pub fn copy(from: &Path, to: &File) -> Result<()> {
        let list = |size: usize| vec![0_u8; size];
        let names = match llistxattr_query(from) {
            Ok(size) => {
                let mut names = list(size);
                let length = llistxattr(from, &mut names[..])?;
                ours(&names[..length])
            }
            Err(Errno::NOTSUP) => return Ok(()),
            Err(e) => return Err(e),
        };
        for name in &names {
            let mut value = list(lgetxattr_query(from, name.as_c_str())?);
            let length = lgetxattr(from, name.as_c_str(), &mut value[..])?;
            fsetxattr(to, name.as_c_str(), &value[..length], XattrFlags::empty())?;
        }
        // One that the folder gave to the new file would let others in.
        let mut given = list(flistxattr_query(to)?);
        let length = flistxattr(to, &mut given[..])?;
        if ours(&given[..length]).iter().any(|name| !names.contains(name) && name.as_c_str() == ACCESS_LIST) {
            fremovexattr(to, ACCESS_LIST)?;
        }
        Ok(())
    }

    /// The others are the system's own, which it sets by itself.
    fn ours(names: &[u8]) -> Vec<CString> {
        let all = names.split_inclusive(|byte| *byte == 0).filter_map(|name| CStr::from_bytes_with_nul(name).ok());
        all.filter(|name| *name == ACCESS_LIST || name.to_bytes().starts_with(b"user.")).map(CStr::to_owned).collect()
    }
}
