//! Watches folders where the system has another way than Linux.

use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    _own: RecommendedWatcher,
}

impl Watcher {
    /// Tells of each file in these folders that was changed; `None` when one of them cannot be watched.
    pub fn start(folders: &[PathBuf], changed: impl Fn(&Path) + Send + 'static) -> Option<Self> {
        let mut own = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if is_change(event.kind) {
                event.paths.iter().for_each(|path| changed(path));
            }
        })
        .ok()?;
        for folder in folders {
            own.watch(folder, RecursiveMode::NonRecursive).ok()?;
        }
        Some(Watcher { _own: own })
    }
}

/// Reading a file is none, or we would hear ourselves.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}
