//! Notices at once what others write: the config file by a person, the facts file by other Keyfob programs.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;
#[cfg(target_os = "linux")]
mod way;

use std::path::{Path, PathBuf};
use std::time::Duration;

use keyfob_core::doors::ports::Clock as _;
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::engine::Door;
use keyfob_core::mind::event::Event;
use keyfob_platform::clock::SystemClock;
use tokio::sync::mpsc;

use crate::config;
#[cfg(target_os = "linux")]
use linux::Watcher;
#[cfg(not(target_os = "linux"))]
use native::Watcher;

/// A program that writes a file in several steps is read once, after the last one.
const SETTLED: Duration = Duration::from_millis(60);
/// Where the system cannot watch, we look; the facts are looked at as often anyway.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Watches for as long as it is kept.
#[derive(Debug)]
pub struct Watching {
    _watcher: Option<Watcher>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changed {
    Config,
    Facts,
}

/// Must be called inside a tokio runtime.
pub fn start(file: ConfigFile, state: &Path, door: Door) -> Watching {
    let (sender, changes) = mpsc::unbounded_channel();
    let watcher = watch(&file.path, state, sender.clone());
    tokio::spawn(follow(file, door, changes, watcher.is_none().then_some(sender)));
    Watching { _watcher: watcher }
}

fn watch(config: &Path, state: &Path, changed: mpsc::UnboundedSender<Changed>) -> Option<Watcher> {
    let folder = config.parent()?.to_owned();
    for folder in [&folder, &state.to_owned()] {
        make_private(folder);
    }
    let (config, facts) = (config.to_owned(), state.join("facts.json"));
    Watcher::start(vec![config.clone(), facts], move |file| {
        let _ = changed.send(if file == config { Changed::Config } else { Changed::Facts });
    })
}

async fn follow(
    file: ConfigFile,
    door: Door,
    mut changes: mpsc::UnboundedReceiver<Changed>,
    unwatched: Option<mpsc::UnboundedSender<Changed>>,
) {
    loop {
        let first = match &unwatched {
            None => match changes.recv().await {
                Some(change) => change,
                None => return,
            },
            Some(_) => {
                SystemClock.sleep(LOOK_EVERY).await;
                Changed::Config
            }
        };
        SystemClock.sleep(SETTLED).await;
        let mut all = vec![first];
        while let Ok(more) = changes.try_recv() {
            all.push(more);
        }
        if all.contains(&Changed::Config) {
            config::tell(&file, &door).await;
        }
        if all.contains(&Changed::Facts) {
            // The engine reads the file whenever it looks around.
            door.send(Event::Ticked);
        }
    }
}

/// A folder can be watched only once it is there.
fn make_private(folder: &PathBuf) {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let _ = builder.create(folder);
}
