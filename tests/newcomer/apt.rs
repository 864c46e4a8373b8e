//! Installing while another program is at it: apt's own locks, on folders of the test's own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keyfob_tests::support::peers;
use rustix::fs::{FlockOperation, fcntl_lock};
use tempfile::TempDir;

/// The locks of apt: of the lists, of the packages, and of what was fetched; and who takes each.
const LOCKS: &[(&str, &[&str])] =
    &[("lists/lock", &["update"]), ("dpkg/lock-frontend", &["install"]), ("archives/lock", &["install"])];

// F93
#[test]
fn setup_waits_for_whoever_holds_a_lock_of_apt_and_says_for_whom() {
    for (lock, task) in LOCKS {
        let folder = folders();
        let held = hold(&folder.path().join(lock));
        let mut apt = start(&folder, task, "600");
        let mut lines = BufReader::new(apt.stderr.take().unwrap()).lines();
        let said = lines.next().unwrap().unwrap();
        let us = format!("waiting for process {} (", std::process::id());
        assert!(said.contains(&us) && said.ends_with(lock), "{lock}: {said}");
        drop(held);
        // It says so once, however often it looks.
        assert_eq!(lines.map(Result::unwrap).collect::<Vec<_>>(), [] as [&str; 0], "{lock}");
        assert!(apt.wait().unwrap().success(), "{lock}");
    }
}

// F93
#[test]
fn setup_that_waited_too_long_says_who_is_in_the_way_and_what_to_do() {
    let folder = folders();
    let _held = hold(&folder.path().join("lists/lock"));
    let out = start(&folder, &["update"], "0").wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains(&format!("process {} (", std::process::id())), "{said}");
    assert!(said.contains("Let it finish or end it, then try again."), "{said}");
}

// F93
#[test]
fn what_apt_refuses_for_another_reason_is_told_at_once_in_its_own_words() {
    let out = start(&folders(), &["install", "no-such-package"], "600").wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("Unable to locate package no-such-package") && !said.contains("waiting"), "{said}");
}

/// What apt keeps its state in, with nothing in it.
fn folders() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path();
    for inner in ["lists/partial", "archives/partial", "dpkg", "bin"] {
        fs::create_dir_all(top.join(inner)).unwrap();
    }
    fs::write(top.join("dpkg/status"), "").unwrap();
    fs::write(top.join("sources.list"), "").unwrap();
    let [lists, status, sources] = ["lists", "dpkg/status", "sources.list"].map(|name| top.join(name));
    let config = format!(
        "Dir::State::Lists {lists:?};\nDir::State::status {status:?};\nDir::Cache {top:?};\n\
         Dir::Etc::sourcelist {sources:?};\nDir::Etc::sourceparts \"-\";\n"
    );
    fs::write(top.join("apt.conf"), config).unwrap();
    // These folders are ours: nobody needs to become root for them.
    let sudo = top.join("bin/sudo");
    fs::write(&sudo, "#!/bin/sh\nexec \"$@\"\n").unwrap();
    assert!(Command::new("chmod").arg("755").arg(&sudo).status().unwrap().success());
    folder
}

/// Holds a lock as dpkg and apt do, until this is dropped.
fn hold(lock: &Path) -> File {
    let file = File::create(lock).unwrap();
    fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
    file
}

fn start(folder: &TempDir, task: &[&str], patience: &str) -> Child {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(peers::root().join("scripts/apt.sh"));
    command.args(task).args(["-qq", "-y"]).env("APT_CONFIG", folder.path().join("apt.conf"));
    command.env("PATH", format!("{}:{path}", folder.path().join("bin").display()));
    command.env("KEYFOB_APT_PATIENCE", patience).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}
