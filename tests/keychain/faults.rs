//! Faults of keyring and bus: each is an answer in time, and nothing is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use keyfob_tests::support::keyring::{Keyring, PrivateKeyring};

use crate::asking::{CREDENTIAL, OTHER_TEAM, Probe, TEAM, ask};

// F33, F34
#[test]
fn without_bus_or_service_the_reason_comes_at_once_and_nothing_is_started() {
    for (kind, reason) in
        [(Keyring::NoBus, "there is no D-Bus session"), (Keyring::NoService, "org.freedesktop.secrets")]
    {
        let keyring = PrivateKeyring::start(kind);
        // If anybody called it, it would say so.
        let launch = keyring.path().join("dbus-launch");
        fs::write(&launch, "#!/bin/sh\ntouch \"$0.called\"\n").unwrap();
        fs::set_permissions(&launch, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", keyring.path().display(), std::env::var("PATH").unwrap());
        let mut probe = Probe::start_with(&keyring, "state", &[("PATH", &path)]);
        for what in
            [format!("get {TEAM}"), format!("put {TEAM} x"), format!("remove {TEAM}"), "person ready".to_owned()]
        {
            let begun = Instant::now();
            let answer = probe.ask(&what);
            assert!(answer.starts_with("no-keychain: ") && answer.contains(reason), "{what}: {answer}");
            // D-Bus itself would wait for 25 seconds.
            assert!(begun.elapsed() < Duration::from_secs(20), "{what}: {:?}", begun.elapsed());
        }
        assert!(!keyring.path().join("dbus-launch.called").exists());
    }
}

// F33
#[test]
fn a_bus_address_that_leads_nowhere_is_no_keychain() {
    let keyring = PrivateKeyring::start(Keyring::NoBus);
    for address in ["unix:path=/nowhere/bus", "nonsense", "autolaunch:", "unix:abstract=/tmp/keyfob-nobody"] {
        let mut probe = Probe::start_with(&keyring, "state", &[("DBUS_SESSION_BUS_ADDRESS", address)]);
        let answer = probe.ask(&format!("get {TEAM}"));
        assert!(answer.starts_with("no-keychain: "), "{address}: {answer}");
    }
}

// F35, F36, M2
#[test]
fn a_locked_keyring_is_locked_for_what_is_there_and_for_what_never_was() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} x")), "ok");
    keyring.lock();
    let listening = keyring.listen();
    for mut probe in [probe, Probe::start(&keyring, "state"), Probe::start(&keyring, "fresh-state")] {
        let questions = [
            format!("get {TEAM}"),
            format!("get {OTHER_TEAM}"),
            format!("put {OTHER_TEAM} y"),
            format!("put {TEAM} y"),
            format!("remove {TEAM}"),
        ];
        for what in questions {
            assert!(probe.ask(&what).starts_with("locked: "), "{what}");
        }
    }
    assert!(!listening.end().contains("member=Prompt\n"), "a prompt was asked for, and no person asked");

    // A person did: there is no screen for the prompt, so the service dismisses it.
    let listening = keyring.listen();
    assert!(ask(&keyring, "person ready").starts_with("dismissed: "));
    assert!(listening.end().contains("member=Prompt\n"), "the test above must be able to fail");
}

// F38, M3
#[test]
fn a_hung_keyring_costs_all_callers_together_no_more_than_one_and_comes_back() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let mut open = Probe::start(&keyring, "state");
    assert_eq!(open.ask(&format!("put {TEAM} x")), "ok");
    let mut probes = [open, Probe::start(&keyring, "state"), Probe::start(&keyring, "state")];
    keyring.stop();
    let begun = Instant::now();
    for (probe, what) in
        probes.iter_mut().zip([format!("get {TEAM}"), format!("put {TEAM} y"), format!("remove {TEAM}")])
    {
        probe.begin(&what);
    }
    for probe in &mut probes {
        assert!(probe.hear().starts_with("timed-out: "));
    }
    // Each has two and a half seconds: together they have the same ones.
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    keyring.cont();
    for probe in &mut probes {
        assert_eq!(probe.ask(&format!("get {TEAM}")), "some x", "what came too late was dropped, not done");
    }
}

/// How many moments of a write are tried.
const ROUNDS: u32 = 12;

// F39
#[test]
fn a_daemon_killed_in_the_middle_of_a_write_leaves_the_old_secret_or_the_new_one() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let secret = |round: u32| format!("{round}-").repeat(10_000);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} first")), "ok");
    // How long a write takes here: the kills are spread over it and a little beyond.
    let begun = Instant::now();
    assert_eq!(probe.ask(&format!("put {TEAM} {}", secret(0))), "ok");
    let whole = begun.elapsed();
    let (mut kept, mut cut) = (secret(0), 0);
    for round in 1..=ROUNDS {
        let mut probe = Probe::start(&keyring, "state");
        // Opens the connection, so that the delays below fall into the write.
        assert_eq!(probe.ask(&format!("get {TEAM}")), format!("some {kept}"));
        let (next, daemon) = (secret(round), keyring.pid());
        probe.begin(&format!("put {TEAM} {next}"));
        // The first one at once: it is met however much quicker the machine has become since.
        thread::sleep(whole * (round - 1) * 3 / (ROUNDS * 2));
        kill_process(daemon, Signal::KILL).unwrap();
        let writing = probe.hear();
        cut += u32::from(writing != "ok");
        drop(probe);
        keyring.restart();
        let found = ask(&keyring, &format!("get {TEAM}"));
        let found = found.strip_prefix("some ").unwrap_or_else(|| panic!("round {round}: {found}"));
        assert!(found == next || (found == kept && writing != "ok"), "round {round}, {writing}: {} bytes", found.len());
        kept = found.to_owned();
    }
    assert!(cut > 0, "no write was met by a kill: the test proves nothing");
}

// M4, F47
#[test]
fn a_daemon_reborn_in_the_same_home_is_locked_also_for_those_who_were_connected() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} x")), "ok");
    keyring.kill();
    for _ in 0..2 {
        assert!(probe.ask(&format!("get {TEAM}")).starts_with("locked: "));
        assert!(ask(&keyring, &format!("get {OTHER_TEAM}")).starts_with("locked: "));
    }
}

// F47
#[test]
fn who_was_connected_goes_on_after_a_restart_of_the_daemon() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} x")), "ok");
    keyring.restart();
    assert_eq!(probe.ask(&format!("get {TEAM}")), "some x");
    keyring.restart();
    assert_eq!(probe.ask(&format!("put {TEAM} y")), "ok");
    keyring.kill_bus();
    assert!(probe.ask(&format!("get {TEAM}")).starts_with("no-keychain: "));
}

// F40, M4
#[test]
fn a_daemon_reborn_in_another_home_is_a_different_keychain_and_gets_no_write() {
    let keyring = PrivateKeyring::start(Keyring::UnlockedOnce);
    let mut open = Probe::start(&keyring, "state");
    assert_eq!(open.ask(&format!("put {TEAM} x")), "ok");
    keyring.kill();
    for mut probe in [open, Probe::start(&keyring, "state")] {
        for what in [
            format!("get {TEAM}"),
            format!("get {OTHER_TEAM}"),
            format!("remove {TEAM}"),
            format!("put {CREDENTIAL} c"),
        ] {
            assert!(probe.ask(&what).starts_with("different-keychain: "), "{what}");
        }
    }
    let keyrings = keyring.path().join("other/.local/share/keyrings");
    let written = fs::read_dir(&keyrings).map(|found| found.count()).unwrap_or_default();
    assert_eq!(written, 0, "something was written to {}", keyrings.display());
}

// F41
#[test]
fn an_account_without_a_keyring_is_told_when_something_is_to_be_kept() {
    let keyring = PrivateKeyring::start(Keyring::UnlockedOnce);
    keyring.kill();
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "none");
    let answer = ask(&keyring, &format!("put {TEAM} x"));
    assert!(answer.starts_with("no-keychain: ") && answer.contains("default collection"), "{answer}");
}
