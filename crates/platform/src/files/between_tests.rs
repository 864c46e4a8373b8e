//! Somebody stands between each two system calls and changes the world: what comes out is what would have come out had
//! the change happened before or after.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use keyfob_core::doors::ports::{FileError, Files, LockAnswer};
use rustix::fs::{CWD, FileType, mknodat};

use super::steps::stand;
use super::{DiskFiles, folders};

const OLD: &[u8] = b"old";
const NEW: &[u8] = b"new";

/// A place of its own, in which everything happens at `folder/file`.
struct World {
    root: tempfile::TempDir,
}

impl World {
    fn of(scene: Scene) -> Self {
        let world = World { root: tempfile::tempdir().unwrap() };
        let real = world.root.path().join("real");
        fs::create_dir(&real).unwrap();
        fs::write(real.join("file"), OLD).unwrap();
        fs::set_permissions(real.join("file"), Permissions::from_mode(0o600)).unwrap();
        if scene != Scene::NoFolder {
            fs::create_dir(world.folder()).unwrap();
            fs::set_permissions(world.folder(), Permissions::from_mode(0o700)).unwrap();
        }
        match scene {
            Scene::NoFolder | Scene::Nothing => {}
            Scene::File => fs::copy(real.join("file"), world.path()).map(drop).unwrap(),
            Scene::Link => symlink("../real/file", world.path()).unwrap(),
            Scene::Dangling => symlink("nowhere", world.path()).unwrap(),
        }
        world
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("folder")
    }

    fn path(&self) -> PathBuf {
        self.folder().join("file")
    }

    /// Everything there is: kind, mode and text of each.
    fn snapshot(&self) -> BTreeMap<PathBuf, String> {
        let (mut found, mut folders) = (BTreeMap::new(), vec![self.root.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let (path, meta) = (entry.path(), entry.metadata().unwrap());
                let text = if meta.is_symlink() {
                    fs::read_link(&path).unwrap().display().to_string()
                } else if meta.is_dir() {
                    folders.push(path.clone());
                    String::new()
                } else if meta.is_file() {
                    fs::read_to_string(&path).unwrap()
                } else {
                    "pipe".into()
                };
                // What a removed folder held of ours went with it.
                if !path.starts_with(self.root.path().join("aside")) || !path.to_string_lossy().contains(".keyfob-") {
                    let name = path.strip_prefix(self.root.path()).unwrap().to_owned();
                    found.insert(name, format!("{:o} {text}", meta.permissions().mode()));
                }
            }
        }
        found
    }

    /// The same words for every world.
    fn said<T: std::fmt::Debug>(&self, outcome: &Result<T, FileError>) -> String {
        format!("{outcome:?}").replace(self.root.path().to_str().unwrap(), "")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scene {
    NoFolder,
    Nothing,
    File,
    Link,
    Dangling,
}

impl Scene {
    /// Where we make the folder first, things can happen in it then.
    fn stages(self) -> &'static [Scene] {
        match self {
            Scene::NoFolder => &[Scene::NoFolder, Scene::Nothing],
            Scene::Nothing => &[Scene::Nothing],
            Scene::File => &[Scene::File],
            Scene::Link => &[Scene::Link],
            Scene::Dangling => &[Scene::Dangling],
        }
    }
}

const SCENES: [Scene; 5] = [Scene::NoFolder, Scene::Nothing, Scene::File, Scene::Link, Scene::Dangling];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Create(&'static str),
    Remove,
    Append,
    Link,
    Dangling,
    Folder,
    Pipe,
    Mode,
    Touch,
    FolderAway,
    FolderAwayAndAnother,
    FolderLink,
}

const CHANGES: [Change; 12] = [
    Change::Create("theirs"),
    Change::Remove,
    Change::Append,
    Change::Link,
    Change::Dangling,
    Change::Folder,
    Change::Pipe,
    Change::Mode,
    Change::Touch,
    Change::FolderAway,
    Change::FolderAwayAndAnother,
    Change::FolderLink,
];

impl Change {
    /// Does what can be done of it.
    fn make(self, folder: &Path, path: &Path) {
        let remove = || fs::remove_dir(path).or_else(|_| fs::remove_file(path));
        let away = || fs::rename(folder, folder.with_file_name("aside"));
        let _ = match self {
            Change::Create(text) => {
                let beside = folder.join("beside");
                fs::write(&beside, text)
                    .and_then(|()| fs::set_permissions(&beside, Permissions::from_mode(0o600)))
                    .and_then(|()| {
                        let _ = fs::remove_dir(path);
                        fs::rename(&beside, path)
                    })
            }
            Change::Remove => remove(),
            Change::Append => {
                OpenOptions::new().append(true).open(path).and_then(|mut file| file.write_all(b"+theirs"))
            }
            Change::Link => remove().or(Ok(())).and_then(|()| symlink("../real/file", path)),
            Change::Dangling => remove().or(Ok(())).and_then(|()| symlink("gone", path)),
            Change::Folder => remove().or(Ok(())).and_then(|()| fs::create_dir(path)),
            Change::Pipe => {
                let _ = remove();
                mknodat(CWD, path, FileType::Fifo, 0o600.into(), 0).map_err(Into::into)
            }
            Change::Mode => fs::set_permissions(path, Permissions::from_mode(0o640)),
            Change::Touch => {
                OpenOptions::new().write(true).open(path).and_then(|file| file.set_modified(std::time::UNIX_EPOCH))
            }
            Change::FolderAway => away(),
            Change::FolderAwayAndAnother => away().and_then(|()| fs::create_dir(folder)),
            Change::FolderLink => away().and_then(|()| symlink("real", folder)),
        };
    }
}

/// Runs it with the changes made at these steps, counted from 0; says how many steps there were.
fn at<T>(world: &World, changes: &[(usize, Change)], work: impl FnOnce(&Path) -> T) -> (T, usize) {
    let (folder, path, changes) = (world.folder(), world.path(), changes.to_owned());
    let seen = Rc::new(Cell::new(0));
    let count = seen.clone();
    let standing = move |_: &'static str| {
        for (_, change) in changes.iter().filter(|(step, _)| *step == count.get()) {
            change.make(&folder, &path);
        }
        count.set(count.get() + 1);
    };
    let outcome = stand(standing, || work(&world.path()));
    (outcome, seen.get())
}

/// What is said and what is there afterwards is what one of the two orders leads to; or a `Changed` that changed
/// nothing, where that may be said.
fn serial<T: std::fmt::Debug>(changed: bool, work: impl Fn(&Path) -> Result<T, FileError>) {
    for scene in SCENES {
        let steps = at(&World::of(scene), &[], &work).1;
        assert!(steps > 0);
        for change in CHANGES {
            let orders = scene.stages().iter().flat_map(|stage| [(*stage, true), (*stage, false)]);
            let ends: Vec<(String, _)> = orders
                .map(|(stage, before)| {
                    let world = World::of(stage);
                    let make = |now: bool| {
                        if now {
                            change.make(&world.folder(), &world.path())
                        }
                    };
                    make(before);
                    let outcome = work(&world.path());
                    make(!before);
                    (world.said(&outcome), world.snapshot())
                })
                .collect();
            let only_theirs = |stage: &Scene| {
                let world = World::of(*stage);
                change.make(&world.folder(), &world.path());
                world.snapshot()
            };
            let only_theirs: Vec<_> = scene.stages().iter().map(only_theirs).collect();
            for step in 0..steps {
                let world = World::of(scene);
                let (outcome, _) = at(&world, &[(step, change)], &work);
                let end = (world.said(&outcome), world.snapshot());
                let refused =
                    changed && matches!(outcome, Err(FileError::Changed { .. })) && only_theirs.contains(&end.1);
                assert!(ends.contains(&end) || refused, "{scene:?}, {change:?} at {step}:\n{end:#?}\nnot {ends:#?}");
            }
        }
    }
}

// F110
#[test]
fn whatever_changes_while_a_file_is_read_it_is_read_as_it_was_or_as_it_is() {
    serial(false, |path| DiskFiles.read(path));
}

// F110
#[test]
fn whatever_changes_while_a_file_is_replaced_it_happened_before_or_after() {
    serial(false, |path| DiskFiles.replace(path, None, NEW));
}

// F110
#[test]
fn whatever_changes_while_a_known_file_is_replaced_nothing_of_theirs_is_lost() {
    for expected in [None, Some(OLD)] {
        serial(true, |path| DiskFiles.replace(path, Some(expected), NEW));
    }
}

// F110
#[test]
fn whoever_writes_twice_while_we_replace_has_the_last_word() {
    let work = |path: &Path| DiskFiles.replace(path, Some(Some(OLD)), NEW);
    // Their first change leads us further.
    for first in 0..at(&World::of(Scene::File), &[], work).1 {
        let steps = at(&World::of(Scene::File), &[(first, Change::Create("first"))], work).1;
        for second in first..steps {
            let world = World::of(Scene::File);
            let changes = [(first, Change::Create("first")), (second, Change::Create("second"))];
            let (outcome, _) = at(&world, &changes, work);
            assert_eq!(fs::read_to_string(world.path()).unwrap(), "second", "{first}, {second}: {outcome:?}");
            let left: Vec<_> = fs::read_dir(world.folder())
                .unwrap()
                .flatten()
                .map(|e| (e.file_name(), fs::read_to_string(e.path())))
                .collect();
            assert_eq!(left.len(), 1, "{first}, {second}: {left:?} {outcome:?}");
        }
    }
}

// F110
#[test]
fn whatever_changes_while_folders_are_made_they_are_there_or_the_reason_is_true() {
    serial(false, |path| folders::make(path.parent().unwrap()));
}

// F110
#[test]
fn whatever_changes_while_a_lock_is_taken_two_never_have_it() {
    let lock = |path: &Path| DiskFiles.try_lock(path);
    for scene in SCENES {
        let steps = at(&World::of(scene), &[], lock).1;
        for change in CHANGES {
            let refusal = |(stage, changed): (Scene, bool)| {
                let world = World::of(stage);
                if changed {
                    change.make(&world.folder(), &world.path());
                }
                world.said(&lock(&world.path()))
            };
            let stages = scene.stages().iter().flat_map(|stage| [(*stage, true), (*stage, false)]);
            let may_fail: Vec<String> = stages.map(refusal).collect();
            for step in 0..steps {
                let world = World::of(scene);
                let (first, _) = at(&world, &[(step, change)], lock);
                let place = format!("{scene:?}, {change:?} at {step}: {first:?}");
                match &first {
                    Ok(LockAnswer::Taken(_)) => {
                        assert!(matches!(lock(&world.path()), Ok(LockAnswer::Held { .. })), "{place}");
                    }
                    Ok(LockAnswer::Held { .. }) => panic!("{place}, and nobody has it"),
                    Err(_) => assert!(may_fail.contains(&world.said(&first)), "{place}\nnot {may_fail:?}"),
                }
            }
        }
    }
}

// F110, F119
#[test]
fn a_lock_that_is_let_go_at_any_step_of_another_is_given_once_and_leaves_nothing() {
    let world = World::of(Scene::Nothing);
    let take = move |path: &Path| DiskFiles.try_lock(path).unwrap();
    let steps = {
        let _held = take(&world.path());
        at(&world, &[], take).1
    };
    for step in 0..steps + 3 {
        let path = world.path();
        let LockAnswer::Taken(guard) = take(&path) else { panic!("nobody has it") };
        let (mut held, mut count) = (Some(guard), 0);
        let standing = move |_: &'static str| {
            if count == step {
                drop(held.take());
            }
            count += 1;
        };
        let second = stand(standing, || take(&world.path()));
        if let LockAnswer::Taken(_) = &second {
            assert!(matches!(take(&path), LockAnswer::Held { .. }), "{step}: given twice");
        }
        drop(second);
        assert!(matches!(take(&path), LockAnswer::Taken(_)), "{step}: it stays locked");
        assert_eq!(fs::read_dir(world.folder()).unwrap().count(), 0, "{step}");
    }
}
