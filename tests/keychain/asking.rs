//! A process that asks the keychain, and what it is expected to hear on an ordinary day.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;

use keyfob_tests::support::keyring::{Keyring, PrivateKeyring};

/// The ids that the tests use.
pub const TEAM: &str = "teamaaaaaaaaaaaa";
pub const OTHER_TEAM: &str = "teambbbbbbbbbbbb";
pub const CREDENTIAL: &str = "teamaaaaaaaaaaaa.profcccccccccccc";

/// A running `keychain-probe`.
pub struct Probe {
    child: Child,
    asks: ChildStdin,
    hears: BufReader<ChildStdout>,
}

impl Probe {
    /// One that remembers in `state`, below the home.
    pub fn start(keyring: &PrivateKeyring, state: &str) -> Probe {
        Probe::start_with(keyring, state, &[])
    }

    /// One whose environment differs in these.
    pub fn start_with(keyring: &PrivateKeyring, state: &str, env: &[(&str, &str)]) -> Probe {
        let mut command = keyring.command(env!("CARGO_BIN_EXE_keychain-probe"));
        command.envs(env.iter().copied());
        command.arg(keyring.path().join(state)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (asks, hears) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Probe { child, asks, hears }
    }

    pub fn ask(&mut self, what: &str) -> String {
        self.begin(what);
        self.hear()
    }

    /// Asks without waiting for the answer.
    pub fn begin(&mut self, what: &str) {
        writeln!(self.asks, "{what}").unwrap();
    }

    pub fn hear(&mut self) -> String {
        let mut line = String::new();
        self.hears.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "the probe ended: {:?}", self.child.wait());
        line.pop();
        line
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks once, in a process of its own.
pub fn ask(keyring: &PrivateKeyring, what: &str) -> String {
    Probe::start(keyring, "state").ask(what)
}

#[test]
fn a_secret_is_kept_across_processes_until_it_is_removed() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "none");
    let long = "ü".repeat(40_000);
    for secret in ["s3cret", &long, "s3cret again"] {
        assert_eq!(ask(&keyring, &format!("put {TEAM} {secret}")), "ok");
        assert_eq!(ask(&keyring, &format!("get {TEAM}")), format!("some {secret}"));
    }
    assert_eq!(ask(&keyring, &format!("get {OTHER_TEAM}")), "none");
    assert_eq!(ask(&keyring, &format!("get {CREDENTIAL}")), "none");
    assert_eq!(ask(&keyring, &format!("remove {TEAM}")), "ok");
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "none");
    assert_eq!(ask(&keyring, &format!("remove {TEAM}")), "ok");
}

#[test]
fn many_processes_that_write_for_the_first_time_at_once_agree() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let mut probes: Vec<Probe> = (0..8).map(|_| Probe::start(&keyring, "state")).collect();
    for (n, probe) in probes.iter_mut().enumerate() {
        probe.begin(&format!("put teamnumber{n} secret{n}"));
    }
    for (n, probe) in probes.iter_mut().enumerate() {
        assert_eq!(probe.hear(), "ok", "process {n}");
    }
    for n in 0..8 {
        assert_eq!(ask(&keyring, &format!("get teamnumber{n}")), format!("some secret{n}"));
    }
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "none", "the mark is one and the same");
}

#[test]
fn the_bus_is_found_by_the_runtime_folder_alone() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    assert_eq!(ask(&keyring, &format!("put {TEAM} x")), "ok");
    let mut command = keyring.command(env!("CARGO_BIN_EXE_keychain-probe"));
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").arg(keyring.path().join("state"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut asks = child.stdin.take().unwrap();
    thread::spawn(move || writeln!(asks, "get {TEAM}"));
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), "some x\n");
}
