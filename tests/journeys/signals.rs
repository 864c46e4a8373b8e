//! Signals in the middle of a renewal: what the server has answered is kept before anything ends.

use std::io::Read;
use std::process::Child;

use keyfob_sandbox::{Fault, Operation, Rotation, Setup, What};
use keyfob_tests::support::keyring::{Keyring, wait_until};
use keyfob_tests::support::stage::Stage;
use rustix::process::{Pid, Signal, kill_process};

const SIGNALS: [(Signal, i32); 4] = [(Signal::INT, 2), (Signal::TERM, 15), (Signal::HUP, 1), (Signal::QUIT, 3)];

/// Logged in where each token is taken once, and where an hour is over at once.
fn strict() -> Stage {
    let mut setup = Setup::demo();
    setup.sso_rotation = Rotation::Strict;
    setup.lifetimes.access_token = 1;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage
}

fn is_over(stage: &Stage) -> bool {
    let ends: jiff::Timestamp = stage.status_of("acme")["session_ends"].as_str().unwrap().parse().unwrap();
    ends <= jiff::Timestamp::now()
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Starts it and waits until the server has rotated: its answer comes a byte at a time.
fn asked(stage: &Stage, line: &str) -> Child {
    let before = stage.cloud.count(Operation::RefreshToken);
    stage.cloud.faults().add(Fault::on(Operation::RefreshToken, What::Drip { millis: 1 }));
    let child = stage.command(line).spawn().unwrap();
    wait_until("the server is asked", || stage.cloud.count(Operation::RefreshToken) > before);
    child
}

// F101
#[test]
fn no_signal_ends_a_command_between_the_answer_and_the_keychain() {
    let stage = strict();
    for (signal, number) in SIGNALS {
        ended_by(&stage, "renew acme", signal, number);
    }
}

// F101
#[test]
fn every_command_that_renews_is_ended_so() {
    let stage = strict();
    for line in ["token acme", "env acme --with token", "renew --all"] {
        wait_until("the session is due", || is_over(&stage));
        ended_by(&stage, line, Signal::TERM, 15);
    }
}

fn ended_by(stage: &Stage, line: &str, signal: Signal, number: i32) {
    let child = asked(stage, line);
    send(&child, signal);
    let status = child.wait_with_output().unwrap().status.code();
    // It may have been done before it looked.
    assert!([Some(128 + number), Some(0)].contains(&status), "{line} {signal:?}: {status:?}");
    stage.ok("renew acme");
}

// F101
#[test]
fn a_second_signal_waits_only_for_what_the_server_has_answered() {
    let stage = strict();
    let child = asked(&stage, "renew acme");
    send(&child, Signal::INT);
    send(&child, Signal::TERM);
    child.wait_with_output().unwrap();
    stage.cloud.faults().clear();
    // The answer was lost on its way, by the person's own wish: then a person is needed, and that is told.
    let said = stage.run("renew acme");
    assert!([0, 3].contains(&said.status), "{}", said.err);
}

// F102
#[test]
fn a_keychain_that_hangs_after_the_server_rotated_costs_nothing_but_time() {
    let stage = strict();
    let mut child = asked(&stage, "renew acme");
    stage.keyring.stop();
    wait_until("the new session is held, for all to see", || {
        let said = stage.status_of("acme");
        said["problem"]["detail"].as_str().is_some_and(|detail| detail.contains("The server did renew it"))
    });
    send(&child, Signal::INT);
    stage.keyring.cont();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let status = child.wait().unwrap().code();
    assert!([Some(130), Some(0)].contains(&status), "{said}");
    assert!(said.contains("it is held here and tried again"), "{said}");
    stage.ok("renew acme");
}
