//! Files of other programs: read only, larger than ours, and in whatever form a person names them.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::FileError;

use super::{DiskFiles, io_error, reason, whole};

/// Five thousand profiles with all their settings are two.
const LIMIT: u64 = 16 * 1024 * 1024;

impl DiskFiles {
    /// An ordinary file in its well-known place; `None` when there is none.
    pub fn read_other(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
        whole(path, LIMIT)
    }

    /// Whatever a person named: a file, a pipe, or `-` for what comes on stdin.
    pub fn read_named(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
        let mut bytes = Vec::new();
        let read = if path == Path::new("-") {
            io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes)
        } else {
            match File::open(path) {
                Ok(file) => file.take(LIMIT + 1).read_to_end(&mut bytes),
                // Why a file is not there, a link that leads nowhere for one, is known to the other reader.
                Err(e) if e.kind() == ErrorKind::NotFound => return whole(path, LIMIT),
                Err(e) => return Err(FileError::Io { path: path.to_owned(), why: reason(path, &e) }),
            }
        };
        read.map_err(|e| io_error(path, &e))?;
        match bytes.len() as u64 > LIMIT {
            true => Err(FileError::TooLarge { path: path.to_owned(), limit: LIMIT }),
            false => Ok(Some(bytes)),
        }
    }

    /// What is in a folder, in the order of the names; `None` when there is no such folder.
    pub fn entries(path: &Path) -> Option<Vec<PathBuf>> {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path).ok()?.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        Some(entries)
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    // F176
    #[test]
    fn files_of_others_may_be_larger_and_only_what_a_person_named_may_be_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let (large, pipe) = (folder.path().join("large"), folder.path().join("pipe"));
        File::create(&large).unwrap().set_len(LIMIT).unwrap();
        assert_eq!(DiskFiles::read_other(&large).unwrap().unwrap().len() as u64, LIMIT);
        File::create(&large).unwrap().set_len(LIMIT + 1).unwrap();
        let too_large = Err(FileError::TooLarge { path: large.clone(), limit: LIMIT });
        assert_eq!((DiskFiles::read_other(&large), DiskFiles::read_named(&large)), (too_large.clone(), too_large));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // Nobody writes into it: a well-known place is not waited for.
        assert_eq!(DiskFiles::read_other(&pipe), Err(FileError::NotAFile { path: pipe.clone() }));
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::write(pipe, "[profile x]")
        });
        assert_eq!(DiskFiles::read_named(&pipe).unwrap().unwrap(), b"[profile x]");
        writer.join().unwrap().unwrap();
        assert_eq!(DiskFiles::read_named(&folder.path().join("none")), Ok(None));
    }
}
