//! IAM Identity Center by device code, from the first login to the last log out.

use keyfob_sandbox::{Fault, Operation, Setup, What};
use keyfob_tests::support::keyring::Keyring;
use serde_json::Value;

use crate::stage::Stage;

#[test]
fn a_code_is_shown_and_approved_and_a_profile_gets_credentials() {
    let stage = Stage::new();
    stage.add_portal("acme");
    stage.cloud.approve_next().unwrap();
    let done = stage.run("login acme --no-open");
    assert_eq!(done.status, 0, "{}", done.err);
    assert_eq!(done.out, "", "talk belongs on stderr");
    let host = stage.cloud.addr().to_string();
    assert!(done.err.contains("Check that the page shows this code"), "{}", done.err);
    assert!(done.err.contains(&format!("http://{host}/device?user_code=")), "{}", done.err);
    assert!(done.err.contains("Logged in to acme"), "{}", done.err);

    let targets: Value = serde_json::from_str(&stage.ok("profile discover acme --json")).unwrap();
    assert_eq!(targets["targets"].as_array().unwrap().len(), 7);
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    let keys: Value = serde_json::from_str(&stage.ok("credential-process --team acme --profile admin")).unwrap();
    assert_eq!(keys["Version"], 1);
    assert!(keys["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    assert!(keys["Expiration"].as_str().unwrap().ends_with('Z'));
    assert_eq!(keys["AccountId"], "111111111111");

    let status = stage.status_of("acme");
    assert_eq!(status["health"], "fresh");
    assert_eq!(status["renews"], true);
    assert_eq!(status["credentials"][0]["profile"], "admin");
    let ends: jiff::Timestamp = status["session_ends"].as_str().unwrap().parse().unwrap();
    assert!(ends > jiff::Timestamp::now());
}

#[test]
fn a_kept_credential_is_handed_out_without_asking_the_server() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    let first = stage.ok("credential-process --team acme --profile admin");
    let second = stage.ok("credential-process --team acme --profile admin");
    assert_eq!(first, second);
    assert_eq!(stage.cloud.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn the_client_registration_is_kept_for_the_next_login() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.ok("logout acme");
    stage.cloud.approve_next().unwrap();
    stage.ok("login acme --no-open");
    assert_eq!(stage.cloud.count(Operation::RegisterClient), 1);
}

// F20
#[test]
fn a_registration_that_expired_is_made_anew_without_a_word() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.cloud.forget_clients();
    stage.cloud.approve_next().unwrap();
    let done = stage.run("login acme --no-open");
    assert_eq!(done.status, 0, "{}", done.err);
    assert_eq!(stage.cloud.count(Operation::RegisterClient), 2);
}

#[test]
fn every_page_of_a_large_directory_is_listed() {
    let stage = Stage::with(Setup::crowded(130, 3), Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    let targets: Value = serde_json::from_str(&stage.ok("profile discover acme --json")).unwrap();
    assert_eq!(targets["targets"].as_array().unwrap().len(), 390);
    stage.ok("profile discover acme --add");
    let profiles: Value = serde_json::from_str(&stage.ok("profile list acme --json")).unwrap();
    assert_eq!(profiles["profiles"].as_array().unwrap().len(), 390);
}

#[test]
fn a_session_renews_silently_when_it_is_used() {
    let mut setup = Setup::demo();
    setup.lifetimes.access_token = 50;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage.ok("profile discover acme");
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 1, "50 s are nearly over");
    let renewed = stage.run("renew acme");
    assert_eq!(renewed.status, 0);
    assert!(renewed.err.contains("Renewed acme"), "{}", renewed.err);
}

// F17
#[test]
fn a_refused_code_ends_the_login_and_nothing_else() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.cloud.faults().add(Fault::on(
        Operation::PollToken,
        What::Error { kind: "AccessDeniedException".into(), message: "no".into(), status: 400, headers: vec![] },
    ));
    stage.run("login acme --no-open").fails(8, "CODE-REFUSED");
    assert_eq!(stage.status_of("acme")["health"], "fresh");
}

// F16, F17
#[test]
fn a_code_that_nobody_approves_runs_out() {
    let mut setup = Setup::demo();
    setup.lifetimes.device_code = 2;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.add_portal("acme");
    stage.run("login acme --no-open").fails(9, "CODE-EXPIRED");
    assert_eq!(stage.status_of("acme")["health"], "signed-out");
}

#[test]
fn the_persons_own_time_limit_is_kept() {
    let stage = Stage::new();
    stage.add_portal("acme");
    stage.run("login acme --no-open --timeout 1s").fails(9, "LOGIN-TIMED-OUT");
}

// F23
#[test]
fn a_token_refused_before_its_time_is_renewed_once() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    let refused = || What::Error {
        kind: "UnauthorizedException".into(),
        message: "Session token not found or invalid".into(),
        status: 401,
        headers: vec![],
    };
    stage.cloud.faults().add(Fault::on(Operation::GetRoleCredentials, refused()));
    stage.ok("credential-process --team acme --profile admin");
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 1);
}

// F24
#[test]
fn a_role_that_is_gone_is_named_and_the_session_stays() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme gone --account 111111111111 --role Nobody");
    let done = stage.run("credential-process --team acme --profile gone");
    assert_eq!((done.status, done.out.as_str(), done.err.lines().count()), (8, "", 1), "{}", done.err);
    assert!(done.err.contains("(ROLE-GONE)"), "{}", done.err);
    assert_eq!(stage.status_of("acme")["health"], "fresh");
}

// F18
#[test]
fn a_session_that_the_server_ended_is_told_once_and_asks_for_a_login() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.cloud.expire_sessions();
    stage.run("renew acme").fails(3, "SESSION-ENDED");
    let before = stage.cloud.count(Operation::RefreshToken);
    stage.run("renew acme").fails(3, "SESSION-ENDED");
    assert_eq!(stage.cloud.count(Operation::RefreshToken), before, "the server was asked again in vain");
    assert_eq!(stage.status_of("acme")["health"], "ended");
    assert_eq!(stage.run("status acme").status, 3);
    assert_eq!(stage.run("status acme --prompt").status, 3);
}

// F10
#[test]
fn an_answer_lost_after_the_server_rotated_is_asked_for_once_more() {
    let mut setup = Setup::demo();
    setup.sso_rotation = keyfob_sandbox::Rotation::Grace(60);
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage.cloud.faults().add(Fault::on(Operation::RefreshToken, What::LostAnswer));
    stage.ok("renew acme");
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 2);
}

// F14
#[test]
fn a_server_in_trouble_keeps_the_session_and_the_kept_credential_goes_on() {
    let mut setup = Setup::demo();
    setup.lifetimes.role_credentials = 600;
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    let first = stage.ok("credential-process --team acme --profile admin");
    let broken = What::Status { status: 503, headers: vec![], body: String::new() };
    stage.cloud.faults().add(Fault::anywhere(broken).always());
    // Ten minutes are less than SDKs like, so new ones were tried for; what is kept is still good.
    assert_eq!(stage.ok("credential-process --team acme --profile admin"), first);
    stage.run("renew acme").fails(5, "NET-SERVER");
    assert_eq!(stage.status_of("acme")["renews"], true);
}

#[test]
fn logging_out_tells_the_server_and_empties_the_keychain() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    stage.ok("credential-process --team acme --profile admin");
    stage.ok("logout acme");
    assert_eq!(stage.cloud.count(Operation::Logout), 1);
    assert_eq!(stage.run("credential-process --team acme --profile admin").status, 3);
    assert_eq!(stage.status_of("acme")["health"], "signed-out");
}
