//! Many processes, one session: whoever comes first renews it, and everybody gets an answer.

use keyfob_sandbox::{Rotation, Setup};
use keyfob_tests::support::keyring::Keyring;

use keyfob_tests::support::stage::Stage;

/// `KEYFOB_ROUNDS` asks for more of them.
fn rounds() -> usize {
    std::env::var("KEYFOB_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap())
}

/// From two processes to fifty.
fn many(round: usize) -> usize {
    2 + round * 11 % 49
}

// F19
#[test]
fn renewals_at_the_same_moment_never_use_a_token_twice() {
    let mut setup = Setup::demo();
    setup.sso_rotation = Rotation::Strict;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    for round in 0..rounds() {
        for answer in stage.at_once(many(round), "renew acme") {
            assert_eq!(answer.status, 0, "{}", answer.err);
        }
    }
    // With strict rotation one reuse would have ended the whole family.
    stage.ok("renew acme");
    assert_eq!(stage.status_of("acme")["health"], "fresh");
}

// F105
#[test]
fn processes_that_keep_their_files_elsewhere_renew_one_after_the_other_too() {
    let mut setup = Setup::demo();
    setup.sso_rotation = Rotation::Strict;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    let elsewhere = stage.home().join("elsewhere");
    let places: [&[(&str, &str)]; 4] = [
        &[],
        &[("XDG_STATE_HOME", "state")],
        &[("XDG_STATE_HOME", "state"), ("XDG_RUNTIME_DIR", "")],
        &[("HOME", ""), ("XDG_CONFIG_HOME", "../.config"), ("TMPDIR", "tmp")],
    ];
    for round in 0..rounds() {
        let one = |number: usize| {
            let mut command = stage.command("renew acme");
            for (name, folder) in places[number % places.len()] {
                command.env(name, elsewhere.join(folder));
            }
            command
        };
        for done in stage.all("renew acme", (0..many(round)).map(one).collect()) {
            assert_eq!(done.status, 0, "{}", done.err);
        }
    }
    // With strict rotation one reuse would have ended the whole family.
    stage.ok("renew acme");
}

// F83
#[test]
fn a_second_login_to_the_same_team_waits_for_nobody() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let mut first = stage.terminal("login acme --no-open");
    first.wait_for("Waiting for the browser");
    let said = stage.run("login acme --no-open").fails(4, "LOGIN-BUSY");
    assert!(said.contains("process "), "{said}");
}

// F69
#[test]
fn the_holder_of_a_lock_is_named_after_thirty_seconds() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    let facts = std::fs::read_to_string(stage.state().join("facts.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let team = facts["teams"].as_object().unwrap().keys().next().unwrap().clone();
    let lock = stage.state().join("locks").join(format!("{team}.lock"));
    let file = std::fs::File::create(&lock).unwrap();
    file.lock().unwrap();
    let said = stage.run("renew pool").fails(9, "FILE-LOCKED");
    assert!(said.contains("30 seconds"), "{said}");
    drop(file);
    stage.ok("renew pool");
}
