//! Watches files where the system has another way than Linux.

use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    _own: RecommendedWatcher,
}

impl Watcher {
    /// Tells of each of these files that was changed; `None` when a folder of one cannot be watched.
    pub fn start(files: Vec<PathBuf>, changed: impl Fn(&Path) + Send + 'static) -> Option<Self> {
        // Each may be a link to a file elsewhere, and is changed where it really is.
        let real = |file: &PathBuf| std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
        let places: Vec<(PathBuf, PathBuf)> =
            files.iter().flat_map(|file| [(file.clone(), file.clone()), (real(file), file.clone())]).collect();
        let folders: std::collections::BTreeSet<PathBuf> =
            places.iter().filter_map(|(place, _)| place.parent()).map(Path::to_owned).collect();
        let mut own = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if is_change(event.kind) {
                let is_it = |place: &Path| event.paths.iter().any(|path| path == place);
                places.iter().filter(|(place, _)| is_it(place)).for_each(|(_, file)| changed(file));
            }
        })
        .ok()?;
        for folder in folders {
            own.watch(&folder, RecursiveMode::NonRecursive).ok()?;
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
