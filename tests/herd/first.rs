//! Two hundred first starts at once in a home where nothing is yet.

use std::collections::BTreeSet;
use std::fs;
use std::process::Child;

use keyfob_sandbox::{DEMO_POOL, SECRET_CLIENT};
use keyfob_tests::support::stage::{Done, Stage};

const ADDING: usize = 40;
const ALL: usize = 200;

/// What one of them does: every fifth adds a team and its secret, the others look around or ask for a token.
fn line(number: usize) -> String {
    match number % 5 {
        0 => format!(
            "team add t{number} --provider cognito --set region=eu-west-1 --set user-pool-id={DEMO_POOL} --set client-id={SECRET_CLIENT} --set client-secret-stdin"
        ),
        1 => "status".into(),
        2 => "team list".into(),
        _ => "token t0".into(),
    }
}

// F111
#[test]
fn two_hundred_first_starts_at_once_all_work_and_leave_one_mark_and_one_config() {
    let stage = Stage::demo();
    let begin = |number: usize| -> Child {
        let mut command = stage.command(&line(number));
        command.stdin(fs::File::open("/etc/hostname").unwrap()).spawn().unwrap()
    };
    let children: Vec<(usize, Child)> = (0..ALL).map(|number| (number, begin(number))).collect();
    for (number, child) in children {
        let mut done = Done::of(&child.wait_with_output().unwrap());
        // A keychain on a busy machine may need longer for two hundred than anybody waits for it.
        while done.err.contains("(KC-TIMEOUT)") {
            done = Done::of(&begin(number).wait_with_output().unwrap());
        }
        let told = format!("{}: {} {}", line(number), done.status, done.err);
        match number % 5 {
            // The team is there or not yet; nobody has logged in.
            3 | 4 => assert!(done.err.contains("(TEAM-UNKNOWN)") || done.err.contains("(NOT-LOGGED-IN)"), "{told}"),
            _ => assert_eq!(done.status, 0, "{told}"),
        }
    }
    let config = fs::read_to_string(stage.config()).unwrap();
    let ids: BTreeSet<&str> = config.lines().filter(|line| line.starts_with("id = ")).collect();
    assert_eq!((config.matches("[team.").count(), ids.len()), (ADDING, ADDING), "{config}");
    // One mark, and the same on both sides: what is not there is proven absent.
    assert!(stage.run("token t0").err.contains("(NOT-LOGGED-IN)"));
    for folder in [stage.config().parent().unwrap(), &stage.state()] {
        let left = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
        assert!(!left.into_iter().any(|name| name.ends_with(".tmp")), "a temporary file was left");
    }
    assert_eq!(fs::read_dir(stage.state().join("locks")).unwrap().count(), 0);
}
