//! Looking through the accounts of a portal: what has come is shown however it ends, and what is missing is named.

use keyfob_sandbox::{Expire, Fault, Limit, Operation, Setup, What};
use keyfob_tests::support::keyring::{Keyring, wait_until};
use keyfob_tests::support::stage::{Done, Stage};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

fn crowd(accounts: usize, limit: Option<Limit>) -> Stage {
    let stage = Stage::with(Setup { portal_limit: limit, ..Setup::crowded(accounts, 5) }, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage
}

/// A portal that bears a little at once, and then nearly nothing: no look at it ends by itself.
fn sluggish() -> Stage {
    crowd(60, Some(Limit { a_second: 0.2, burst: 20, ..Limit::default() }))
}

fn profiles(stage: &Stage) -> usize {
    let list: Value = serde_json::from_str(&stage.ok("profile list acme --json")).unwrap();
    list["profiles"].as_array().unwrap().len()
}

// F240
#[test]
fn a_portal_that_bears_little_is_asked_as_it_bears_and_nobody_hears_of_it() {
    let stage = crowd(50, Some(Limit { a_second: 20.0, burst: 8, ..Limit::default() }));
    let (listed, said) = stage.run("profile discover acme").ok_with_words();
    assert_eq!(listed.lines().count(), 1 + 250);
    assert_eq!(said, "", "nothing of the progress goes into a pipe");
}

// F243
#[test]
fn an_account_that_is_closed_costs_itself_and_is_named_with_the_reason() {
    let mut setup = Setup::demo();
    setup.portals[0].accounts[1].closed = true;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");

    let done = stage.run("profile discover acme");
    assert_eq!(done.status, 8, "a script must not take it for all there is");
    assert_eq!(done.out.lines().count(), 1 + 4, "{}", done.out);
    for part in ["Not looked through: acme-staging (222222222222)", "ForbiddenException", "No access"] {
        assert!(done.err.contains(part), "no {part} in: {}", done.err);
    }
    let done = stage.run("profile discover acme --json");
    let found: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((done.status, found["targets"].as_array().unwrap().len()), (8, 4));
    let [left_out] = found["left_out"].as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!((&left_out["account"], &left_out["code"]), (&"222222222222".into(), &"SERVER-REFUSED".into()));

    assert_eq!(stage.run("profile discover acme --add").status, 8);
    assert_eq!(profiles(&stage), 4);
}

// F242
#[test]
fn whoever_stops_it_sees_what_has_come_and_nothing_is_added() {
    let stage = sluggish();
    let child = stage.command("profile discover acme --json --add").spawn().unwrap();
    wait_until("the portal has had enough", || stage.cloud.log().iter().any(|seen| seen.status == 429));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let done = Done::of(&child.wait_with_output().unwrap());
    assert_eq!(done.status, 130, "{}{}", done.out, done.err);
    let found: Value = serde_json::from_str(&done.out).unwrap();
    let (come, missing) = (found["targets"].as_array().unwrap(), found["left_out"].as_array().unwrap());
    assert!(!come.is_empty() && come.len() / 5 + missing.len() == 60, "{found}");
    let said = format!("Stopped: {} of 60 accounts were looked through. Nothing was added.", come.len() / 5);
    assert!(done.err.contains(&said), "{}", done.err);
    assert_eq!(profiles(&stage), 0);
}

// F242
#[test]
fn a_person_at_a_terminal_sees_how_far_it_is() {
    let stage = sluggish();
    let mut terminal = stage.terminal("profile discover acme");
    terminal.wait_for("Looking through accounts: ");
    terminal.wait_for(" of 60");
    terminal.press("\u{3}");
    terminal.wait_for("Stopped: ");
}

// F242
#[test]
fn a_token_that_is_refused_in_the_middle_is_renewed_and_no_account_is_asked_twice_for_it() {
    let stage = crowd(60, None);
    stage.cloud.faults().add(Fault::on(Operation::ListAccountRoles, What::Delay { millis: 60 }).always());
    let child = stage.command("profile discover acme").spawn().unwrap();
    wait_until("some have come", || stage.cloud.count(Operation::ListAccountRoles) >= 24);
    stage.cloud.expire(Expire::AccessTokens);
    let listed = Done::of(&child.wait_with_output().unwrap()).ok();
    assert_eq!(listed.lines().count(), 1 + 300);
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 1);
    assert_eq!(stage.cloud.count(Operation::ListAccounts), 1);
    assert!(stage.cloud.count(Operation::ListAccountRoles) <= 60 + 16);
}
