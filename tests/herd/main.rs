//! Two hundred processes at once: a target of its own, so that no other test shares the machine with them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod first;

use std::collections::BTreeSet;

use keyfob_sandbox::{Operation, Rotation, Setup};
use keyfob_tests::support::keyring::Keyring;

use keyfob_tests::support::stage::{Done, Stage};

const ASK: &str = "credential-process --team acme --profile admin";

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
    let answers = stage.at_once(200, ASK).into_iter().map(Done::ok);
    let answers: BTreeSet<String> = answers.collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 1);
    assert_eq!(stage.cloud.count(Operation::GetRoleCredentials), 1);
}
