//! Other programs at the same keyring: they read what we keep, change it behind our back, and listen.

use std::io::Write;
use std::process::{Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use keyfob_tests::support::keyring::{Keyring, PrivateKeyring, wait_until};
use keyfob_tests::support::peers::venv;

use crate::asking::{Probe, TEAM, ask};

/// Runs `secret-tool` with this on its stdin.
fn secret_tool(keyring: &PrivateKeyring, args: &[&str], input: &str) -> Output {
    let mut command = keyring.command("secret-tool");
    let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The store's own clock has seconds: what is written next is newer than what was written before.
pub fn next_second() {
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let begun = second();
    wait_until("a second is over", || second() > begun);
}

#[test]
fn secret_tool_and_python_keyring_read_what_we_keep() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    assert_eq!(ask(&keyring, &format!("put {TEAM} s3cret-ü")), "ok");
    let found = secret_tool(&keyring, &["lookup", "service", "keyfob", "username", TEAM], "");
    assert_eq!(String::from_utf8(found.stdout).unwrap(), "s3cret-ü");

    let mut python = keyring.command(venv("python"));
    python.args(["-c", &format!("import keyring; print(keyring.get_password('keyfob', '{TEAM}'))")]);
    python.env("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring");
    assert_eq!(String::from_utf8(python.output().unwrap().stdout).unwrap(), "s3cret-ü\n");
}

// F48
#[test]
fn an_item_cleared_by_another_program_is_proven_absent() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} x")), "ok");
    assert!(secret_tool(&keyring, &["clear", "service", "keyfob", "username", TEAM], "").status.success());
    assert_eq!(probe.ask(&format!("get {TEAM}")), "none");
    assert!(secret_tool(&keyring, &["clear", "service", "keyfob", "username", "canary"], "").status.success());
    assert!(probe.ask(&format!("get {TEAM}")).starts_with("different-keychain: "));
}

// F42
#[test]
fn of_two_items_for_one_entry_the_newest_counts_and_both_are_removed() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let attributes = ["service", "keyfob", "username", TEAM, "other", "program"];
    let store = [&["store", "--label=x"], &attributes[..]].concat();

    assert_eq!(ask(&keyring, &format!("put {TEAM} ours")), "ok");
    next_second();
    assert!(secret_tool(&keyring, &store, "theirs").status.success());
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "some theirs");
    next_second();
    assert_eq!(ask(&keyring, &format!("put {TEAM} newest")), "ok");
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "some newest");
    assert_eq!(ask(&keyring, &format!("remove {TEAM}")), "ok");
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "none");
}

#[test]
fn bytes_that_are_no_text_are_called_damaged_and_left_alone() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let mut python = keyring.command(venv("python"));
    python.args(["-c", &format!("import secretstorage as s; s.get_default_collection(s.dbus_init()).create_item('x', {{'service': 'keyfob', 'username': '{TEAM}'}}, b'\\xff\\xfe')")]);
    assert!(python.status().unwrap().success());
    for _ in 0..2 {
        assert!(ask(&keyring, &format!("get {TEAM}")).starts_with("damaged: "));
    }
}

// T24
#[test]
fn whoever_listens_on_the_bus_reads_no_secret() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let listening = keyring.listen();
    let secret = "CANARY-5f2d9c-must-not-be-heard";
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} {secret}")), "ok");
    assert_eq!(probe.ask(&format!("get {TEAM}")), format!("some {secret}"));
    let heard = listening.end();
    assert!(heard.contains(TEAM) && heard.contains("GetSecret"), "the monitor must hear what is not secret");
    let hex: Vec<String> = secret.bytes().take(12).map(|b| format!("{b:02x}")).collect();
    assert!(!heard.contains(secret) && !heard.contains(&hex.join(" ")), "the secret went over the bus as it is");
}
