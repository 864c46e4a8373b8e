//! The mark beside others who write it for the first time too, and beside a person who tidies up.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::sync::Barrier;

use super::super::tests::twin::Twin;
use super::*;
use crate::files::steps::stand;

/// What the file and the keychain say.
fn copies(state: &Path, twin: &Twin) -> (Option<String>, Option<String>) {
    (Mark::new(state).read().unwrap(), twin.inside().items.get("canary").cloned())
}

// F110
#[test]
fn many_that_write_for_the_first_time_at_once_agree_on_one_mark_and_nobody_reads_another_keychain() {
    const WRITERS: usize = 40;
    for _ in 0..20 {
        let (state, twin) = (tempfile::tempdir().unwrap(), Twin::holding(usize::MAX));
        let mark = Mark::new(&state.path().join("state"));
        let start = Barrier::new(2 * WRITERS);
        std::thread::scope(|threads| {
            for number in 0..2 * WRITERS {
                let (mark, start, mut items) = (mark.clone(), &start, twin.clone());
                threads.spawn(move || {
                    start.wait();
                    let said =
                        if number % 2 == 0 { mark.settle(&mut items, false) } else { mark.prove_absent(&mut items) };
                    assert_eq!(said, Ok(()));
                });
            }
        });
        let (file, canary) = copies(&state.path().join("state"), &twin);
        assert!(file.is_some() && file == canary, "{file:?} {canary:?}");
        assert_eq!(twin.inside().writes, ["put canary"]);
    }
}

// F110
#[test]
fn whatever_happens_to_the_file_while_the_mark_settles_both_copies_agree_in_the_end() {
    let changes: [fn(&Path); 5] = [
        |file| drop(fs::remove_file(file)),
        |file| drop(fs::write(file, "{")),
        |file| drop(fs::remove_dir_all(file.parent().unwrap())),
        |file| drop(fs::rename(file, file.with_file_name("aside")).and_then(|()| fs::create_dir(file))),
        |file| drop(fs::remove_file(file).and_then(|()| std::os::unix::fs::symlink("nowhere", file))),
    ];
    for (which, change) in changes.into_iter().enumerate() {
        for step in 0.. {
            let (home, twin) = (tempfile::tempdir().unwrap(), Twin::holding(usize::MAX));
            let state = home.path().join("state");
            let (mark, file) = (Mark::new(&state), state.join("keychain.json"));
            let seen = Rc::new(Cell::new(0));
            let count = seen.clone();
            let standing = move |_: &'static str| {
                if count.get() == step {
                    change(&file);
                }
                count.set(count.get() + 1);
            };
            let said = stand(standing, || mark.settle(&mut twin.clone(), true));
            let place = format!("change {which} at {step}: {said:?}");
            match said {
                // It came back before the change, or after it as if there had been none.
                Ok(()) => assert!(mark.settle(&mut twin.clone(), true).is_ok() || which > 2, "{place}"),
                Err(StoreError::Failed { why }) => {
                    assert!(which > 2 && why.contains("keychain.json"), "{place}: {why}")
                }
                Err(other) => panic!("{place}: {other}"),
            }
            if which <= 2 {
                let (file, canary) = copies(&state, &twin);
                assert!(file.is_some() && file == canary, "{place}: {file:?} {canary:?}");
            }
            if seen.get() <= step {
                break;
            }
        }
    }
}
