//! Where the socket lies: in a folder that only we can enter, held open, so that what was checked is what is used.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::process::getuid;

use super::trouble::{NoSocket, unfit};
use crate::files::steps::step;
use crate::files::system::{exchange, rename_new};
use crate::files::{ROUNDS, folders};

/// A socket's place, whether a socket is there or not.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    folder: File,
    name: OsString,
}

impl Place {
    /// The place as it is.
    pub fn find(path: &Path) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        #[cfg(target_os = "linux")]
        let flags = flags | OFlags::PATH;
        let folder = File::from(openat(CWD, parent(path), flags, Mode::empty())?);
        Ok(Place { path: path.to_owned(), folder, name: path.file_name().unwrap_or_default().to_owned() })
    }

    /// The place in a folder that is made for us alone, or is found to be so.
    pub fn of_our_own(path: &Path) -> Result<Self, NoSocket> {
        let folder = parent(path);
        let place = loop {
            step("socket: opens the folder");
            match Place::find(path) {
                Ok(place) => break place,
                Err(e) if e.kind() == ErrorKind::NotFound => match folders::make_one(folder, parent(folder)) {
                    Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e.into()),
                    _ => {}
                },
                Err(e)
                    if e.kind() == ErrorKind::NotADirectory || e.raw_os_error() == Some(Errno::LOOP.raw_os_error()) =>
                {
                    return Err(unfit(folder, "is no folder"));
                }
                Err(e) => return Err(e.into()),
            }
        };
        let meta = place.folder.metadata()?;
        if meta.uid() != getuid().as_raw() {
            return Err(unfit(folder, "belongs to somebody else"));
        }
        if meta.mode() & 0o077 != 0 {
            return Err(unfit(folder, "is open to others"));
        }
        Ok(place)
    }

    /// The socket by a path that fits into an address of a socket, which has 108 bytes, however long its own is.
    pub fn address(&self) -> PathBuf {
        self.short(&self.name)
    }

    fn short(&self, name: &OsStr) -> PathBuf {
        #[cfg(target_os = "linux")]
        {
            use std::os::fd::AsRawFd;
            PathBuf::from(format!("/proc/self/fd/{}", self.folder.as_raw_fd())).join(name)
        }
        #[cfg(not(target_os = "linux"))]
        self.path.with_file_name(name)
    }

    /// Listens there. Only for the one whose place it is: whatever socket lies there was left by a dead one. Ours is
    /// made beside it and whole before it can be found, whatever the umask is.
    pub fn listen(&self) -> Result<UnixListener, NoSocket> {
        let mut beside = self.name.clone();
        beside.push(".new");
        let (beside, there) = (self.short(&beside), self.address());
        let _ = fs::remove_file(&beside);
        let listener = UnixListener::bind(&beside)?;
        let placed = fs::set_permissions(&beside, Permissions::from_mode(0o600))
            .map_err(NoSocket::from)
            .and_then(|()| self.put(&beside, &there));
        if placed.is_err() {
            let _ = fs::remove_file(&beside);
        }
        placed.map(|()| listener)
    }

    fn put(&self, beside: &Path, there: &Path) -> Result<(), NoSocket> {
        let is_socket = |path: &Path| fs::symlink_metadata(path).map(|meta| meta.file_type().is_socket());
        let in_the_way = || unfit(&self.path, "is in the way: it is no socket");
        for _ in 0..ROUNDS {
            step("socket: looks what is there");
            match is_socket(there) {
                Ok(true) => {}
                Ok(false) => return Err(in_the_way()),
                Err(e) if e.kind() == ErrorKind::NotFound => match rename_new(beside, there) {
                    Err(e) if e.kind() == ErrorKind::AlreadyExists => continue,
                    done => return Ok(done?),
                },
                Err(e) => return Err(e.into()),
            }
            step("socket: takes its place");
            match exchange(beside, there) {
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                Err(e) if e.kind() == ErrorKind::Unsupported => return Ok(fs::rename(beside, there)?),
                done => done?,
            }
            if is_socket(beside)? {
                return Ok(fs::remove_file(beside)?);
            }
            exchange(beside, there)?;
            return Err(in_the_way());
        }
        Err(in_the_way())
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}
