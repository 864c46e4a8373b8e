//! Watches folders by inotify(7), on the thread there is: a library for all systems would have one of its own, and
//! wake it for each reading of a file as well.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::{Interest, unix::AsyncFd};
use tokio::task::AbortHandle;

/// Whatever may leave a file other than it was. Reading is not among it, or we would hear ourselves.
const CHANGES: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE);

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher(AbortHandle);

impl Watcher {
    /// Tells of each file in these folders that was changed; `None` when one of them cannot be watched. Must be
    /// called inside a tokio runtime.
    pub fn start(folders: &[PathBuf], changed: impl Fn(&Path) + Send + 'static) -> Option<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
        // Two names of one folder share a watch.
        let mut names: BTreeMap<i32, Vec<PathBuf>> = BTreeMap::new();
        for folder in folders {
            let watch = inotify::add_watch(&inotify, folder, CHANGES).ok()?;
            names.entry(watch).or_default().push(folder.clone());
        }
        #[allow(deprecated, reason = "unsound only for a descriptor that is closed meanwhile, and this one we own")]
        let inotify = AsyncFd::with_interest(inotify, Interest::READABLE).ok()?;
        Some(Watcher(tokio::spawn(hear(inotify, names, changed)).abort_handle()))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn hear(inotify: AsyncFd<OwnedFd>, names: BTreeMap<i32, Vec<PathBuf>>, changed: impl Fn(&Path)) {
    while let Ok(mut ready) = inotify.readable().await {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(ready.get_inner(), &mut buffer);
        loop {
            match events.next() {
                Ok(event) => {
                    let Some(file) = event.file_name() else { continue };
                    for folder in names.get(&event.wd()).into_iter().flatten() {
                        changed(&folder.join(OsStr::from_bytes(file.to_bytes())));
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(_) => return,
            }
        }
        ready.clear_ready();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::time::Duration;

    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    /// What was heard until a file of this name was changed, without it.
    async fn until(name: &str, heard: &mut UnboundedReceiver<PathBuf>) -> Vec<PathBuf> {
        let mut all = Vec::new();
        while let Some(path) = tokio::time::timeout(Duration::from_secs(180), heard.recv()).await.unwrap() {
            if path.ends_with(name) {
                break;
            }
            all.push(path);
        }
        all
    }

    #[tokio::test]
    async fn changes_of_files_are_heard_in_each_folder_and_readings_are_not() {
        let home = tempfile::tempdir().unwrap();
        let [one, two, link] = ["one", "two", "link"].map(|name| home.path().join(name));
        fs::create_dir(&one).unwrap();
        fs::create_dir(&two).unwrap();
        std::os::unix::fs::symlink(&one, &link).unwrap();
        fs::write(one.join("facts"), "old").unwrap();
        let (say, mut heard) = unbounded_channel();
        let told = move |path: &Path| say.send(path.to_owned()).unwrap();
        let watcher = Watcher::start(&[one.clone(), two.clone(), link.clone()], told).unwrap();

        for _ in 0..3 {
            fs::read(one.join("facts")).unwrap();
        }
        fs::write(two.join("first"), "").unwrap();
        assert_eq!(until("first", &mut heard).await, Vec::<PathBuf>::new());

        fs::write(two.join("new"), "new").unwrap();
        fs::rename(two.join("new"), one.join("facts")).unwrap();
        fs::write(two.join("last"), "").unwrap();
        let all = until("last", &mut heard).await;
        for path in [one.join("facts"), link.join("facts"), two.join("new")] {
            assert!(all.contains(&path), "{path:?} is not in {all:?}");
        }

        drop(watcher);
        until("the end", &mut heard).await;
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_cannot_be_watched() {
        let home = tempfile::tempdir().unwrap();
        assert!(Watcher::start(&[home.path().join("gone")], |_| {}).is_none());
    }
}
