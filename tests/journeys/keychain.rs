//! The keychain in each of its states, as the person at the terminal meets it.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use keyfob_sandbox::{DEMO_PASSWORD, SRP_CLIENT, Setup};
use keyfob_tests::support::keyring::Keyring;

use keyfob_tests::support::stage::Stage;

// F33, F34
#[test]
fn without_a_keychain_a_login_says_so_before_anything_is_asked() {
    for kind in [Keyring::NoBus, Keyring::NoService] {
        let stage = Stage::with(Setup::demo(), kind);
        stage.add_portal("acme");
        let begun = Instant::now();
        let said = stage.run("login acme --no-open").fails(6, "KC-NONE");
        // D-Bus itself would wait for 25 seconds.
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert!(said.contains("never writes secrets to a file"), "{said}");
        assert_eq!(stage.cloud.log().len(), 0, "the server was asked in vain");
        // What needs no keychain works.
        stage.ok("status");
        stage.ok("env acme --shell bash");
    }
}

// F35
#[test]
fn a_locked_keychain_is_told_and_nothing_is_lost() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    stage.keyring.lock();
    stage.run("token pool").fails(6, "KC-LOCKED");
    stage.run("renew pool").fails(6, "KC-LOCKED");
    stage.run("logout pool").fails(6, "KC-LOCKED");
    // A login may ask the system to unlock it; here nobody can be asked.
    let begun = Instant::now();
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).fails(6, "KC-LOCKED");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!(stage.status_of("pool")["who"], "ann");
}

// F38
#[test]
fn a_keychain_that_hangs_holds_nobody_up() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    stage.keyring.stop();
    let begun = Instant::now();
    stage.run("token pool").fails(6, "KC-TIMEOUT");
    // One look without the lock and one under it.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let listening = stage.keyring.listen();
    stage.ok("status");
    assert!(!listening.end().contains("org.freedesktop.secrets"), "status asked the keychain");
    stage.keyring.cont();
    stage.ok("token pool");
}

// F48
#[test]
fn an_entry_that_somebody_deleted_costs_that_team_its_session_only() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    stage.log_in_to_portal("acme");
    let facts = std::fs::read_to_string(stage.state().join("facts.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let teams = facts["teams"].as_object().unwrap();
    let id = teams.iter().find(|(_, t)| t["name"] == "pool").unwrap().0;
    let cleared = std::process::Command::new("secret-tool")
        .args(["clear", "service", "keyfob", "username", id])
        .envs(&stage.env)
        .status()
        .unwrap();
    assert!(cleared.success());
    stage.run("token pool").fails(3, "SESSION-ENDED");
    stage.ok("profile discover acme");
}

// F45
#[test]
fn an_entry_that_cannot_be_read_is_set_aside_by_the_next_login() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    let facts = std::fs::read_to_string(stage.state().join("facts.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let id = facts["teams"].as_object().unwrap().keys().next().unwrap().clone();
    let tool = |args: &[&str], input: &str| {
        let mut child = std::process::Command::new("secret-tool")
            .args(args)
            .envs(&stage.env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    // Writing over an entry takes all of its attributes.
    let found = tool(&["search", "service", "keyfob", "username", &id], "");
    let mut store = vec!["store", "--label=x"];
    for line in found.lines() {
        if let Some((key, value)) = line.strip_prefix("attribute.").and_then(|l| l.split_once(" = ")) {
            store.extend([key, value]);
        }
    }
    tool(&store, "{\"version\":99,\"from\":\"the future\"}");
    stage.run("token pool").fails(6, "KC-DAMAGED");
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).ok();
    stage.ok("token pool");
    let aside = tool(&["lookup", "service", "keyfob", "username", &format!("{id}.aside")], "");
    assert!(aside.contains("the future"), "{aside:?}");
}

#[test]
fn two_teams_never_share_an_entry_whatever_their_names_are() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    stage.add_pool("pool2", SRP_CLIENT);
    stage.run("token pool2").fails(3, "NOT-LOGGED-IN");
    stage.ok("team rename pool other");
    stage.ok("token other");
    assert_eq!(stage.ok("status other --prompt").split(' ').next(), Some("other"));
}
