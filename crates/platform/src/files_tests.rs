//! Files on a real disk, with everything that can lie in the way.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use super::orphans::ORPHAN_AGE;
use super::*;

const FILES: DiskFiles = DiskFiles;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_was_written_is_read_and_nothing_else_is_left() {
    let dir = folder();
    let path = dir.path().join("a/b/config.toml");
    assert_eq!(FILES.read(&path), Ok(None));
    FILES.replace(&path, None, b"one").unwrap();
    FILES.replace(&path, Some(Some(b"one")), b"two").unwrap();
    assert_eq!(FILES.read(&path), Ok(Some(b"two".to_vec())));
    assert_eq!(names(path.parent().unwrap()), ["config.toml"]);
}

// F65
#[test]
fn a_file_that_others_may_change_is_told_from_one_that_is_ours() {
    let dir = folder();
    let path = dir.path().join("f");
    assert_eq!(FILES.open_to(&path), None);
    FILES.replace(&path, None, b"x").unwrap();
    for (mode, expected) in [(0o600, None), (0o664, None), (0o666, Some(OpenTo::Everybody))] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(FILES.open_to(&path), expected, "{mode:o}");
    }
    // Only root can give a file away.
    if std::os::unix::fs::chown(&path, Some(4242), None).is_ok() {
        assert_eq!(FILES.open_to(&path), Some(OpenTo::Owner(4242)));
    }
}

// F66
#[test]
fn a_file_that_is_no_longer_what_was_read_is_left_alone() {
    let dir = folder();
    let path = dir.path().join("f");
    FILES.replace(&path, Some(None), b"theirs").unwrap();
    let changed = Err(FileError::Changed { path: path.clone() });
    assert_eq!(FILES.replace(&path, Some(Some(b"ours")), b"x"), changed);
    assert_eq!(FILES.replace(&path, Some(None), b"x"), changed);
    assert_eq!(FILES.read(&path), Ok(Some(b"theirs".to_vec())));
    assert_eq!(names(dir.path()), ["f"]);
}

// F63
#[test]
fn a_symbolic_link_stays_and_its_target_is_replaced() {
    let dir = folder();
    let real = dir.path().join("dotfiles/config");
    FILES.replace(&real, None, b"old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
    symlink(&real, dir.path().join("middle")).unwrap();
    let link = dir.path().join("link");
    symlink("middle", &link).unwrap();
    FILES.replace(&link, Some(Some(b"old")), b"new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"new");
    assert_eq!(mode(&real), 0o644, "the person's own mode is kept");
}

// F63, F66
#[test]
fn a_file_that_appears_just_now_is_read_or_not_there_and_never_a_mistake() {
    let dir = folder();
    let path = dir.path().join("state.json");
    std::thread::scope(|threads| {
        let others = threads.spawn(|| {
            for _ in 0..3_000 {
                fs::write(&path, "{}").unwrap();
                fs::remove_file(&path).unwrap();
            }
        });
        while !others.is_finished() {
            let read = FILES.read(&path);
            assert!(read.is_ok(), "{read:?}");
        }
    });
}

// F63
#[test]
fn a_link_in_a_circle_or_to_nothing_is_an_error_with_the_path() {
    let dir = folder();
    let (circle, nothing) = (dir.path().join("circle"), dir.path().join("nothing"));
    symlink("circle", &circle).unwrap();
    symlink("gone", &nothing).unwrap();
    for path in [&circle, &nothing] {
        for error in [FILES.read(path).unwrap_err(), FILES.replace(path, None, b"x").unwrap_err()] {
            assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
            assert!(error.to_string().contains("symbolic link"), "{error}");
        }
    }
    assert_eq!(names(dir.path()), ["circle", "nothing"]);
}

// F64
#[test]
fn pipes_folders_and_devices_are_refused_without_waiting() {
    let dir = folder();
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), dir.path(), Path::new("/dev/zero")] {
        let refused = FileError::NotAFile { path: path.to_owned() };
        assert_eq!(FILES.read(path).unwrap_err(), refused);
        assert_eq!(FILES.replace(path, None, b"x").unwrap_err(), refused);
    }
    assert_eq!(FILES.try_lock(&pipe).unwrap_err(), FileError::NotAFile { path: pipe });
}

// F67
#[test]
fn a_file_over_the_limit_is_not_read() {
    let dir = folder();
    let path = dir.path().join("big");
    File::create(&path).unwrap().set_len(LIMIT + 1).unwrap();
    assert_eq!(FILES.read(&path), Err(FileError::TooLarge { path: path.clone(), limit: LIMIT }));
    File::create(&path).unwrap().set_len(LIMIT).unwrap();
    assert_eq!(FILES.read(&path).unwrap().unwrap().len() as u64, LIMIT);
}

// F61
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let path = Path::new("/proc/keyfob/config.toml");
    let error = FILES.replace(path, None, b"x").unwrap_err();
    assert!(error.to_string().starts_with("/proc/keyfob"), "{error}");
    let below_a_file = Path::new("/etc/passwd/x");
    assert!(FILES.read(below_a_file).unwrap_err().to_string().starts_with("/etc/passwd/x"));
}

// F59
#[test]
fn temporary_files_of_dead_processes_are_swept_and_young_ones_are_not() {
    let dir = folder();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let named = |name: &str, age: u64| dir.path().join(format!(".{name}.keyfob-{:x}-a1.tmp", now - age));
    let (old, young, other) = (named("f", 2 * ORPHAN_AGE.as_secs()), named("f", 1), named("g", 3600));
    let folder = dir.path().join(format!(".f.keyfob-{:x}-b2.tmp", now - 3600));
    fs::create_dir(&folder).unwrap();
    for path in [&old, &young, &other] {
        // The age of what is in it says nothing: it may be the old text that somebody is just exchanging.
        fs::write(path, b"").unwrap();
        File::options().write(true).open(path).unwrap().set_modified(UNIX_EPOCH).unwrap();
    }
    FILES.replace(&dir.path().join("f"), None, b"x").unwrap();
    assert!(!old.exists() && !folder.exists() && young.exists() && other.exists(), "{:?}", names(dir.path()));
}

#[test]
fn a_lock_is_held_by_one_and_tells_by_whom() {
    let dir = folder();
    let path = dir.path().join("locks/team");
    let LockAnswer::Taken(guard) = FILES.try_lock(&path).unwrap() else { panic!("a free lock was not given") };
    let LockAnswer::Held { pid } = FILES.try_lock(&path).unwrap() else { panic!("the lock was given twice") };
    assert_eq!(pid, Some(std::process::id()));
    assert_eq!(mode(&path), 0o600);
    drop(guard);
    assert_eq!(names(path.parent().unwrap()), [""; 0], "nothing is left of a lock that nobody holds");
    assert!(matches!(FILES.try_lock(&path).unwrap(), LockAnswer::Taken(_)));
}

#[test]
fn a_lock_goes_with_the_process_that_held_it_even_when_killed() {
    let dir = folder();
    let path = dir.path().join("lock");
    let mut holder =
        in_child("files::tests::holds_a_lock", &path, "").stdout(std::process::Stdio::piped()).spawn().unwrap();
    // The test harness prints on the same line, so the word is looked for, not a line.
    let mut out = holder.stdout.take().unwrap();
    let (mut said, mut byte) = (String::new(), [0]);
    while !said.ends_with("HELD") {
        assert_eq!(out.read(&mut byte).unwrap(), 1, "{said}");
        said.push(char::from(byte[0]));
    }
    let LockAnswer::Held { pid } = FILES.try_lock(&path).unwrap() else { panic!("the lock was given twice") };
    assert_eq!(pid, Some(holder.id()));
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(matches!(FILES.try_lock(&path).unwrap(), LockAnswer::Taken(_)));
}

// F71
#[test]
fn files_and_folders_of_ours_are_private_under_any_umask() {
    for umask in ["000", "022", "077", "777"] {
        let dir = folder();
        let path = dir.path().join("new/deep/file");
        assert!(in_child("files::tests::writes_a_file", &path, &format!("umask {umask};")).status().unwrap().success());
        assert_eq!(mode(&path), 0o600, "umask {umask}");
        for folder in ["new", "new/deep"] {
            assert_eq!(mode(&dir.path().join(folder)), 0o700, "umask {umask}");
        }
    }
}

// F60: the first write of a full file system is short, not an error (M8)
#[test]
fn a_write_that_does_not_fit_leaves_the_old_file_alone() {
    let dir = folder();
    let path = dir.path().join("file");
    FILES.replace(&path, None, b"old").unwrap();
    // One block is 1,024 bytes; without the trap the signal would end the process, which is F59.
    for limit in ["trap '' XFSZ; ulimit -f 1;", "ulimit -f 1;"] {
        let status = in_child("files::tests::writes_a_file", &path, limit).status().unwrap();
        assert!(!status.success(), "{limit} was no limit");
        assert_eq!(fs::read(&path).unwrap(), b"old", "{limit}");
    }
    assert_eq!(names(dir.path()).len(), 2, "only the killed one leaves its temporary file");
}

// F57, F58, F59: every call that touches the disk fails, or is the last one of the process
#[cfg(target_os = "linux")]
#[test]
fn whatever_call_fails_or_is_the_last_one_the_file_is_the_old_one_or_the_new_one() {
    const CALLS: [&str; 7] = ["getdents64", "openat", "write", "fchmod", "fsync", "renameat2", "unlink"];
    let new = [b'x'; 5000];
    let mut seen = [0, 0];
    for call in CALLS {
        for fault in ["error=EIO", "error=ENOSPC", "signal=KILL"] {
            // The test harness opens and writes too; the last calls are the ones of the replacement.
            let most = if matches!(call, "openat" | "write") { calls_of(call) } else { 2 };
            for when in most.saturating_sub(4).max(1)..=most {
                let dir = folder();
                let path = dir.path().join("file");
                FILES.replace(&path, None, b"old").unwrap();
                let mut child = in_child(
                    "files::tests::writes_a_file",
                    &path,
                    &traced(&format!("inject={call}:{fault}:when={when}")),
                );
                let ok = child.status().unwrap().success();
                let found = fs::read(&path).unwrap();
                let place = format!("{call} {when}: {fault}");
                assert!(found == b"old" || (found == new), "{place} left {} bytes", found.len());
                assert!(!ok || found == new, "{place}: success was said, and the file is the old one");
                seen[usize::from(found == new)] += 1;
            }
        }
    }
    assert!(seen[0] > 10 && seen[1] > 1, "faults must fall before and after the rename: {seen:?}");
}

// F110
#[cfg(target_os = "linux")]
#[test]
fn a_file_system_that_cannot_exchange_names_gets_new_files_and_replaced_ones() {
    let dir = folder();
    let path = dir.path().join("new/file");
    for _ in 0..2 {
        let mut child = in_child("files::tests::writes_a_file", &path, &traced("inject=renameat2:error=EINVAL"));
        assert!(child.status().unwrap().success());
        assert_eq!(fs::read(&path).unwrap(), [b'x'; 5000]);
        fs::write(&path, "old").unwrap();
    }
    assert_eq!(names(dir.path()), ["new"]);
    assert_eq!(names(path.parent().unwrap()), ["file"]);
}

// F70
#[cfg(target_os = "linux")]
#[test]
fn a_file_system_without_locks_is_an_error_and_no_lock() {
    let dir = folder();
    let path = dir.path().join("lock");
    let mut child = in_child("files::tests::holds_a_lock", &path, &traced("inject=flock:error=ENOLCK"));
    assert!(!child.status().unwrap().success());
}

/// The words that put strace before a program.
#[cfg(target_os = "linux")]
fn traced(expression: &str) -> String {
    format!("exec strace -f -qq -o /dev/null -e {expression} \"$0\" \"$@\";")
}

/// How often a whole replacement makes that call, with all that the test harness does around it.
#[cfg(target_os = "linux")]
fn calls_of(call: &str) -> usize {
    let dir = folder();
    let (path, log) = (dir.path().join("file"), dir.path().join("log"));
    let trace = traced(&format!("trace={call}")).replace("/dev/null", log.to_str().unwrap());
    assert!(
        in_child("files::tests::writes_a_file", &path, &trace).status().unwrap().success(),
        "strace does not run here"
    );
    fs::read_to_string(log).unwrap().lines().count()
}

/// This test binary again, running one ignored test below, behind shell commands that set its limits.
pub(crate) fn in_child(test: &str, path: &Path, before: &str) -> Command {
    let mut shell = Command::new("bash");
    shell
        .args(["-c", &format!("{before} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env("KEYFOB_TEST_PATH", path)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    shell
}

pub(crate) fn given_path() -> PathBuf {
    std::env::var_os("KEYFOB_TEST_PATH").unwrap().into()
}

#[test]
#[ignore = "run by the tests above"]
fn writes_a_file() {
    FILES.replace(&given_path(), None, &[b'x'; 5000]).unwrap();
}

#[test]
#[ignore = "run by the tests above"]
fn holds_a_lock() {
    let LockAnswer::Taken(_guard) = FILES.try_lock(&given_path()).unwrap() else { panic!("not free") };
    let mut out = io::stdout().lock();
    out.write_all(b"HELD").unwrap();
    out.flush().unwrap();
    std::thread::park();
}
