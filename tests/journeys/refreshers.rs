//! Many processes, one session: whoever comes first renews it, and everybody gets an answer.

use std::process::Child;

use keyfob_sandbox::{Operation, Rotation, Setup};
use keyfob_tests::support::keyring::Keyring;

use crate::stage::{Done, Stage};

fn at_once(stage: &Stage, count: usize, line: &str) -> Vec<Done> {
    let children: Vec<Child> = (0..count).map(|_| stage.command(line).spawn().unwrap()).collect();
    children.into_iter().map(|child| Done::of(&child.wait_with_output().unwrap())).collect()
}

// F74
#[test]
fn two_hundred_askers_cost_one_renewal_and_get_the_same_answer() {
    let mut setup = Setup::demo();
    setup.sso_rotation = Rotation::Strict;
    setup.lifetimes.access_token = 1;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    // The access token has less than a minute, so the session counts as over. What comes next is long.
    stage.cloud.change(|setup| setup.lifetimes.access_token = 3600);
    stage.cloud.clear_log();
    let answers = at_once(&stage, 200, "credential-process --team acme --profile admin");
    for answer in &answers {
        assert_eq!(answer.status, 0, "{}", answer.err);
        assert_eq!(answer.out, answers[0].out);
    }
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 1);
    assert_eq!(stage.cloud.count(Operation::GetRoleCredentials), 1);
}

// F19
#[test]
fn renewals_at_the_same_moment_never_use_a_token_twice() {
    let mut setup = Setup::demo();
    setup.sso_rotation = Rotation::Strict;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    for _ in 0..3 {
        for answer in at_once(&stage, 8, "renew acme") {
            assert_eq!(answer.status, 0, "{}", answer.err);
        }
    }
    // With strict rotation one reuse would have ended the whole family.
    stage.ok("renew acme");
    assert_eq!(stage.status_of("acme")["health"], "fresh");
}

// F83
#[test]
fn a_second_login_to_the_same_team_waits_for_nobody() {
    let stage = Stage::new();
    stage.add_portal("acme");
    let mut first = stage.terminal("login acme --no-open");
    first.wait_for("Waiting for the browser");
    let said = stage.run("login acme --no-open").fails(4, "LOGIN-BUSY");
    assert!(said.contains("process "), "{said}");
}

// F69
#[test]
fn the_holder_of_a_lock_is_named_after_thirty_seconds() {
    let stage = Stage::new();
    stage.log_in_to_pool("pool");
    let facts = std::fs::read_to_string(stage.state().join("facts.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let team = facts["teams"].as_object().unwrap().keys().next().unwrap().clone();
    let lock = stage.state().join("locks").join(format!("{team}.lock"));
    let file = std::fs::File::open(&lock).unwrap();
    file.lock().unwrap();
    let said = stage.run("renew pool").fails(9, "FILE-LOCKED");
    assert!(said.contains("30 seconds"), "{said}");
    drop(file);
    stage.ok("renew pool");
}
