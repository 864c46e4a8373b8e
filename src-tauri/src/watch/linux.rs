//! Watches files by inotify(7), on the thread there is: a library for all systems would have one of its own, and wake it
//! for each reading of a file as well.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keyfob_core::doors::ports::Clock as _;
use keyfob_platform::clock::SystemClock;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::{Interest, unix::AsyncFd};
use tokio::task::AbortHandle;

use super::way::{self, Way};

/// Whatever may leave a file other than it was. Reading is not among it, or we would hear ourselves.
const CHANGES: WatchFlags = TURNS.union(WatchFlags::MODIFY).union(WatchFlags::CLOSE_WRITE).union(WatchFlags::ATTRIB);
/// Whatever may make a name lead elsewhere.
const TURNS: WatchFlags = WatchFlags::CREATE.union(WatchFlags::MOVE).union(WatchFlags::DELETE);
/// Whatever may take a folder away. Nothing that happens in a home folder wakes us by this.
const ENDS: WatchFlags = WatchFlags::DELETE_SELF.union(WatchFlags::MOVE_SELF);
/// What the system says when a watch is over, or when it had more to say than we could hear.
const OVER: ReadFlags = ReadFlags::IGNORED
    .union(ReadFlags::DELETE_SELF)
    .union(ReadFlags::MOVE_SELF)
    .union(ReadFlags::UNMOUNT)
    .union(ReadFlags::QUEUE_OVERFLOW);
/// Where something on the way cannot be watched, it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher(AbortHandle);

impl Watcher {
    /// Tells of each of these files that was changed, also when a folder on the way to it was taken away, put back, or
    /// is reached by a link that leads elsewhere now. `None` where the system cannot watch. Must be called inside a
    /// tokio runtime.
    pub fn start(files: Vec<PathBuf>, changed: impl Fn(&Path) + Send + 'static) -> Option<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
        #[allow(deprecated, reason = "unsound only for a descriptor that is closed meanwhile, and this one we own")]
        let inotify = AsyncFd::with_interest(inotify, Interest::READABLE).ok()?;
        let mut watches = Watches { inotify, files, ways: Vec::new(), places: BTreeMap::new() };
        let complete = watches.follow_the_ways();
        Some(Watcher(tokio::spawn(watches.hear(complete, changed)).abort_handle()))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Watches {
    inotify: AsyncFd<OwnedFd>,
    files: Vec<PathBuf>,
    ways: Vec<Way>,
    /// What each watch is for.
    places: BTreeMap<i32, Vec<Place>>,
}

/// A name in a watched folder: the file of this number, or a turn on the way to one.
struct Place {
    name: OsString,
    file: Option<usize>,
}

impl Watches {
    async fn hear(mut self, mut complete: bool, changed: impl Fn(&Path)) {
        loop {
            tokio::select! {
                ready = self.inotify.readable() => match ready {
                    Ok(mut ready) => ready.clear_ready(),
                    Err(_) => return,
                },
                () = SystemClock.sleep(LOOK_EVERY), if !complete => complete = self.follow_the_ways(),
            }
            let Some(mut those) = self.read() else { return };
            if those.is_none() {
                complete = self.follow_the_ways();
                those = Some((0..self.files.len()).collect());
            }
            those.iter().flatten().filter_map(|file| self.files.get(*file)).for_each(|file| changed(file));
        }
    }

    /// Reads what happened: the files that were changed, by their numbers; `Some(None)` when the way to one was.
    fn read(&self) -> Option<Option<Vec<usize>>> {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(self.inotify.get_ref(), &mut buffer);
        let (mut files, mut turned) = (Vec::new(), false);
        loop {
            match events.next() {
                Ok(event) => {
                    let Some(places) = self.places.get(&event.wd()) else {
                        // Of a watch that we ended ourselves, unless it speaks for all of them.
                        turned |= event.events().contains(ReadFlags::QUEUE_OVERFLOW);
                        continue;
                    };
                    turned |= event.events().intersects(OVER);
                    let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
                    for place in places.iter().filter(|place| Some(place.name.as_os_str()) == name) {
                        match place.file {
                            Some(file) => files.push(file),
                            None => turned = true,
                        }
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Some((!turned).then_some(files)),
                Err(_) => return None,
            }
        }
    }

    /// Watches the ways as they are now; false when a part of them cannot be watched.
    fn follow_the_ways(&mut self) -> bool {
        // A folder of the same name may be another one by now.
        self.ways.clear();
        loop {
            let ways: Vec<Way> = self.files.iter().map(|file| way::to(file)).collect();
            // What changed before its folder was watched is seen by looking again afterwards.
            if ways == self.ways {
                return self.is_complete();
            }
            for watch in std::mem::take(&mut self.places).into_keys() {
                let _ = inotify::remove_watch(self.inotify.get_ref(), watch);
            }
            for (number, way) in ways.iter().enumerate() {
                way.through.iter().for_each(|folder| self.watch(folder, ENDS, None));
                for (folder, name) in &way.turns {
                    self.watch(folder, TURNS, Some(Place { name: name.clone(), file: None }));
                }
                if let Some((folder, name)) = &way.end {
                    self.watch(folder, CHANGES, Some(Place { name: name.clone(), file: Some(number) }));
                }
            }
            self.ways = ways;
        }
    }

    fn watch(&mut self, folder: &Path, what: WatchFlags, place: Option<Place>) {
        let flags = what | ENDS | WatchFlags::ONLYDIR | WatchFlags::MASK_ADD;
        if let Ok(watch) = inotify::add_watch(self.inotify.get_ref(), folder, flags) {
            self.places.entry(watch).or_default().extend(place);
        }
    }

    fn is_complete(&self) -> bool {
        let wanted: usize = self.ways.iter().map(|way| way.turns.len() + usize::from(way.end.is_some())).sum();
        self.places.values().map(Vec::len).sum::<usize>() == wanted
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::os::unix::fs::symlink;

    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    struct Ears {
        _watcher: Watcher,
        heard: UnboundedReceiver<PathBuf>,
        last: PathBuf,
    }

    impl Ears {
        fn of(files: &[&Path]) -> Self {
            let last = files.last().unwrap().to_path_buf();
            let (say, heard) = unbounded_channel();
            let told = move |path: &Path| say.send(path.to_owned()).unwrap();
            let watcher = Watcher::start(files.iter().map(|file| file.to_path_buf()).collect(), told).unwrap();
            Ears { _watcher: watcher, heard, last }
        }

        async fn next(&mut self) -> PathBuf {
            tokio::time::timeout(Duration::from_secs(180), self.heard.recv()).await.unwrap().unwrap()
        }

        /// Whether this file was among what was heard, up to a change of the last one.
        async fn heard(&mut self, file: &Path) -> bool {
            fs::write(&self.last, "").unwrap();
            let mut was = false;
            loop {
                match self.next().await {
                    path if path == self.last => return was,
                    path => was |= path == file,
                }
            }
        }

        /// Waits until this file is heard of, whatever else is.
        async fn until(&mut self, file: &Path) {
            while self.next().await != file {}
        }
    }

    #[tokio::test]
    async fn changes_of_files_are_heard_and_readings_and_strangers_are_not() {
        let home = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| home.path().join(name));
        fs::create_dir(&one).unwrap();
        fs::create_dir(&two).unwrap();
        let (facts, last) = (one.join("facts"), two.join("last"));
        fs::write(&facts, "old").unwrap();
        let mut ears = Ears::of(&[&facts, &last]);
        for _ in 0..3 {
            fs::read(&facts).unwrap();
        }
        fs::write(one.join("stranger"), "").unwrap();
        assert!(!ears.heard(&facts).await);
        fs::write(two.join("new"), "new").unwrap();
        fs::rename(two.join("new"), &facts).unwrap();
        ears.until(&facts).await;
    }

    // F140
    #[tokio::test]
    async fn a_folder_that_is_taken_away_and_put_back_is_watched_again() {
        let home = tempfile::tempdir().unwrap();
        let (folder, aside, last) = (home.path().join("a/b"), home.path().join("aside"), home.path().join("last"));
        let file = folder.join("config.toml");
        fs::create_dir_all(&folder).unwrap();
        let mut ears = Ears::of(&[&file, &last]);
        for _ in 0..2 {
            // Moved away with what is in it, and back.
            fs::rename(home.path().join("a"), &aside).unwrap();
            ears.until(&file).await;
            fs::rename(&aside, home.path().join("a")).unwrap();
            ears.until(&file).await;
            fs::write(&file, "edited").unwrap();
            ears.until(&file).await;
            // Removed, and made anew.
            fs::remove_dir_all(home.path().join("a")).unwrap();
            ears.until(&file).await;
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, "new").unwrap();
            ears.until(&file).await;
            while ears.heard(&file).await {}
            fs::write(&file, "edited").unwrap();
            ears.until(&file).await;
        }
    }

    // F140
    #[tokio::test]
    async fn a_link_on_the_way_that_leads_elsewhere_is_followed() {
        let home = tempfile::tempdir().unwrap();
        let [one, two, link] = ["one", "two", "link"].map(|name| home.path().join(name));
        for folder in [&one, &two] {
            fs::create_dir_all(folder.join("keyfob")).unwrap();
        }
        symlink(&one, &link).unwrap();
        let (file, last) = (link.join("keyfob/config.toml"), home.path().join("last"));
        let mut ears = Ears::of(&[&file, &last]);
        fs::write(one.join("keyfob/config.toml"), "").unwrap();
        ears.until(&file).await;
        symlink(&two, home.path().join("new")).unwrap();
        fs::rename(home.path().join("new"), &link).unwrap();
        ears.until(&file).await;
        while ears.heard(&file).await {}
        fs::write(two.join("keyfob/config.toml"), "").unwrap();
        ears.until(&file).await;
        while ears.heard(&file).await {}
        fs::write(one.join("keyfob/config.toml"), "nobody looks here any more").unwrap();
        assert!(!ears.heard(&file).await);
    }
}
