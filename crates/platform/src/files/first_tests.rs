//! Many that start for the first time at once, where nothing is yet.

#![allow(clippy::unwrap_used)]

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use keyfob_core::doors::ports::{FileError, Files, LockAnswer};

use super::DiskFiles;

// F111
#[test]
fn of_many_that_write_one_file_first_nobody_s_line_is_lost() {
    const WRITERS: usize = 50;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/keyfob/file");
    let start = Barrier::new(WRITERS);
    std::thread::scope(|threads| {
        for number in 0..WRITERS {
            let (path, start) = (&path, &start);
            threads.spawn(move || {
                start.wait();
                loop {
                    let before = DiskFiles.read(path).unwrap();
                    let mut text = before.clone().unwrap_or_default();
                    text.extend_from_slice(format!("{number}\n").as_bytes());
                    match DiskFiles.replace(path, Some(before.as_deref()), &text) {
                        Ok(()) => break,
                        Err(FileError::Changed { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            });
        }
    });
    let text = String::from_utf8(DiskFiles.read(&path).unwrap().unwrap()).unwrap();
    let mut lines: Vec<usize> = text.lines().map(|line| line.parse().unwrap()).collect();
    lines.sort_unstable();
    assert_eq!(lines, (0..WRITERS).collect::<Vec<_>>());
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

// F111
#[test]
fn of_many_that_take_one_lock_first_each_has_it_alone_and_none_is_left() {
    const TAKERS: usize = 200;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/keyfob/locks/x.lock");
    let (start, inside) = (Barrier::new(TAKERS), AtomicUsize::new(0));
    std::thread::scope(|threads| {
        for number in 0..TAKERS {
            let (path, start, inside) = (&path, &start, &inside);
            threads.spawn(move || {
                start.wait();
                let guard = match number % 2 {
                    0 => DiskFiles::lock(path).unwrap(),
                    _ => loop {
                        match DiskFiles.try_lock(path).unwrap() {
                            LockAnswer::Taken(guard) => break guard,
                            LockAnswer::Held { .. } => std::thread::yield_now(),
                        }
                    },
                };
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two have it");
                std::thread::yield_now();
                inside.fetch_sub(1, Ordering::SeqCst);
                drop(guard);
            });
        }
    });
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
}
