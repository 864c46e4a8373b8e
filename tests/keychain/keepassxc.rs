//! KeePassXC as it comes: it asks before a program reads an entry, and opens a dialog for who searches what is locked.

use std::time::{Duration, Instant};

use keyfob_tests::support::keepassxc::{ACCESS, KeePassXc, UNLOCK};
use keyfob_tests::support::keyring::{Keyring, PrivateKeyring};

use crate::asking::{CREDENTIAL, OTHER_TEAM, Probe, TEAM, ask};

/// What a script may ask; none of it may show anything.
fn questions() -> [String; 6] {
    [
        format!("get {TEAM}"),
        format!("get {OTHER_TEAM}"),
        format!("put {TEAM} y"),
        format!("put {OTHER_TEAM} y"),
        format!("remove {TEAM}"),
        "ready".into(),
    ]
}

// F120, F125, K1
#[test]
fn what_a_person_allows_holds_for_all_work_of_that_process_and_for_no_other() {
    let keyring = PrivateKeyring::start(Keyring::NoService);
    let keepassxc = KeePassXc::start(&keyring);
    assert_eq!(ask(&keyring, &format!("put {TEAM} x")), "ok");

    let mut probe = Probe::start(&keyring, "state");
    for what in questions() {
        assert!(probe.ask(&what).starts_with("not-granted: "), "{what}");
    }
    assert_eq!(keepassxc.dialogs(), "", "nobody asked for one");

    probe.begin("person ready");
    keepassxc.wait_for(ACCESS);
    assert!(ask(&keyring, &format!("get {TEAM}")).starts_with("not-granted: "), "others hear it at once");
    keepassxc.answer(ACCESS, &["Return"]);
    assert_eq!(probe.hear(), "ok");
    // In the background, by the same connection.
    assert_eq!(probe.ask(&format!("get {TEAM}")), "some x");
    assert_eq!(probe.ask(&format!("put {TEAM} y")), "ok");
    assert_eq!(probe.ask(&format!("put {CREDENTIAL} c")), "ok");
    assert_eq!(probe.ask("ready"), "ok");
    // KeePassXC asks before it deletes: the entry is emptied instead.
    assert_eq!(probe.ask(&format!("remove {CREDENTIAL}")), "ok");
    assert_eq!(probe.ask(&format!("get {CREDENTIAL}")), "none");
    assert_eq!(probe.ask(&format!("put {CREDENTIAL} again")), "ok");
    assert_eq!(probe.ask(&format!("get {CREDENTIAL}")), "some again");
    assert_eq!(keepassxc.dialogs(), "");
    assert!(ask(&keyring, &format!("get {TEAM}")).starts_with("not-granted: "));
}

// F120
#[test]
fn a_refusal_is_no_end_of_it_and_what_is_allowed_once_is_asked_for_again() {
    let keyring = PrivateKeyring::start(Keyring::NoService);
    let keepassxc = KeePassXc::start(&keyring);
    assert_eq!(ask(&keyring, &format!("put {TEAM} x")), "ok");
    let mut probe = Probe::start(&keyring, "state");
    // Closed, and then "Deny All & Future": the next time it asks anew.
    for keys in [&["Escape"][..], &["Tab", "Tab", "Tab", "space"]] {
        probe.begin("person ready");
        keepassxc.answer(ACCESS, keys);
        let heard = probe.hear();
        assert!(heard.starts_with("not-granted: "), "{keys:?}: {heard}");
        assert!(probe.ask(&format!("get {TEAM}")).starts_with("not-granted: "));
    }
    // Without "Remember", as often as something is read.
    for expected in ["some x", "some x"] {
        probe.begin(&format!("person get {TEAM}"));
        keepassxc.answer(ACCESS, &["Tab", "Tab", "space", "shift+Tab", "shift+Tab", "Return"]);
        assert_eq!(probe.hear(), expected);
    }
    probe.begin(&format!("person get {TEAM}"));
    keepassxc.answer(ACCESS, &["Return"]);
    assert_eq!(probe.hear(), "some x");
    assert_eq!(probe.ask(&format!("person get {TEAM}")), "some x");
}

// F122, F123, F124, K3, K4
#[test]
fn a_locked_database_shows_nothing_to_a_script_and_waits_for_a_slow_typist() {
    let keyring = PrivateKeyring::start(Keyring::NoService);
    let keepassxc = KeePassXc::start(&keyring);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} x")), "ok");
    keepassxc.lock();
    let listening = keyring.listen();
    for mut probe in [Probe::start(&keyring, "state"), Probe::start(&keyring, "fresh-state")] {
        for what in questions() {
            assert!(probe.ask(&what).starts_with("locked: "), "{what}");
        }
    }
    assert!(!listening.end().contains("member=SearchItems"), "KeePassXC opens a dialog for it");
    assert_eq!(keepassxc.dialogs(), "");

    probe.begin("person ready");
    keepassxc.answer(UNLOCK, &["Escape"]);
    assert!(probe.hear().starts_with("dismissed: "));
    assert!(probe.ask(&format!("get {TEAM}")).starts_with("locked: "), "locked is not absent");

    // Longer than anything in the background may take; the others have their answer meanwhile.
    probe.begin("person ready");
    keepassxc.wait_for(UNLOCK);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        let asked = Instant::now();
        assert!(ask(&keyring, &format!("get {TEAM}")).starts_with("locked: "));
        assert!(asked.elapsed() < Duration::from_secs(20));
    }
    keepassxc.unlock();
    assert_eq!(probe.hear(), "ok", "what this process wrote itself it may read");
    assert_eq!(probe.ask(&format!("get {TEAM}")), "some x");

    // Somebody who may read nothing yet is asked for both, one after the other.
    keepassxc.lock();
    let mut other = Probe::start(&keyring, "state");
    other.begin(&format!("person put {TEAM} y"));
    keepassxc.unlock();
    keepassxc.answer(ACCESS, &["Return"]);
    assert_eq!(other.hear(), "ok");
    assert_eq!(other.ask(&format!("get {TEAM}")), "some y");
}
