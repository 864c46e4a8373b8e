//! Why something failed, as the real `keyfob` says it: in one line where other programs pass it on.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keyfob_sandbox::{Clock, Fault, Operation, Setup, What};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::stage::{Done, Stage};

const MINT: &str = "credential-process --team acme --profile admin";

/// A stage with a profile to mint credentials for.
fn with_profile(setup: Setup) -> Stage {
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    stage
}

/// One line and no more, with what happened, the code, the reason and the next step.
#[track_caller]
fn in_one_line(done: &Done, code: &str, parts: &[&str]) {
    assert_ne!(done.status, 0);
    assert_eq!((done.out.as_str(), done.err.lines().count()), ("", 1), "{}", done.err);
    assert!(done.err.starts_with("keyfob: ") && done.err.contains(&format!("({code}).")), "{}", done.err);
    for part in parts {
        assert!(done.err.contains(part), "no {part} in: {}", done.err);
    }
}

// F193
#[test]
fn whatever_stands_in_the_way_of_credentials_is_told_in_one_line_with_reason_and_next_step() {
    let stage = with_profile(Setup::demo());
    let without = |name: &str| {
        let mut command = stage.command(MINT);
        Done::of(&command.env_remove(name).env_remove("XDG_RUNTIME_DIR").output().unwrap())
    };
    let with = |name: &str, value: &str| Done::of(&stage.command(MINT).env(name, value).output().unwrap());
    let bus = "DBUS_SESSION_BUS_ADDRESS";
    in_one_line(&without(bus), "KC-NONE", &["Keyfob never writes secrets to a file", "Start one"]);
    in_one_line(&with(bus, "unix:path=/nowhere"), "KC-NONE", &["/nowhere", "Start one"]);
    in_one_line(&without("HOME"), "NO-HOME", &["HOME is not set", "Set HOME"]);
    let config = stage.config().display().to_string();
    let elsewhere = with("XDG_CONFIG_HOME", "/nowhere");
    in_one_line(&elsewhere, "TEAM-UNKNOWN", &["/nowhere/keyfob/config.toml", "`keyfob team add`"]);
    let run = |line: &str| stage.run(line);
    in_one_line(
        &run("credential-process --team acne --profile admin"),
        "TEAM-UNKNOWN",
        &["Did you mean acme?", &config],
    );
    in_one_line(
        &run("credential-process --team acme --profile amdin"),
        "PROFILE-UNKNOWN",
        &["It has: admin.", &config],
    );
    let usage = run("credential-process --team acme");
    assert_eq!((usage.status, usage.err.lines().count()), (2, 1), "{}", usage.err);
    assert!(usage.err.contains("--profile is missing") && usage.err.contains("--help"), "{}", usage.err);

    let refused = |status: u16, kind: &str| What::Error {
        kind: kind.into(),
        message: "its own words".into(),
        status,
        headers: vec![],
    };
    for (what, code, parts) in [
        (
            refused(400, "InvalidRequestException"),
            "SERVER-REFUSED",
            ["The server says: its own words.", "administrator"],
        ),
        (refused(403, "ForbiddenException"), "ROLE-GONE", ["The server says: its own words.", "profile discover"]),
        (refused(429, "TooManyRequestsException"), "NET-BUSY", ["The server says: its own words.", "Try again"]),
        (refused(503, "ServiceUnavailable"), "NET-SERVER", ["status 503", "Try again"]),
        (What::Html200, "NET-PORTAL", ["could not be reached", "sign in to the network"]),
        (What::EmptyBody, "NET-UNEXPECTED", ["The answer has no credentials.", "portal-endpoint=…"]),
    ] {
        stage.cloud.faults().clear();
        stage.cloud.faults().add(Fault::on(Operation::GetRoleCredentials, what).always());
        in_one_line(&run(MINT), code, &parts);
    }
    stage.cloud.faults().clear();
    stage.ok("team edit acme --set portal-endpoint=http://127.0.0.1:9");
    in_one_line(&run(MINT), "NET-OFFLINE", &["refused", "portal-endpoint http://127.0.0.1:9 (set for the team)"]);
    stage.cloud.expire_sessions();
    stage.ok(&format!("team edit acme --set portal-endpoint={}", stage.cloud.url()));
    in_one_line(&run(MINT), "SESSION-ENDED", &["The server says: ", "`keyfob login acme`"]);
    in_one_line(&run(MINT), "SESSION-ENDED", &["`keyfob login acme`"]);

    // A warning on the way is a line of its own.
    let text = fs::read_to_string(stage.config()).unwrap();
    fs::write(stage.config(), format!("{text}\n[team\n")).unwrap();
    let broken = run(MINT);
    assert_eq!(broken.err.lines().count(), 3, "{}", broken.err);
    assert!(broken.err.lines().next().unwrap().contains("Mend that line"), "{}", broken.err);
}

// F193
#[test]
fn a_state_folder_that_cannot_be_written_is_named_in_that_line() {
    let stage = with_profile(Setup::demo());
    let done = crate::homes::without_writing(&stage, &[&stage.state()], MINT);
    in_one_line(&done, "FILE-READ-ONLY", &["/keyfob/locks/", "Let Keyfob write there"]);
}

// F56, F191
#[test]
fn a_clock_that_is_two_hours_ahead_of_the_server_is_told_to_be() {
    let behind = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap() - Duration::from_secs(7200);
    let stage = with_profile(Setup { clock: Clock::new(behind), ..Setup::demo() });
    let done = stage.run(MINT);
    let host = stage.cloud.addr().to_string();
    let told = format!("This computer's clock is 2 hours ahead of that of {host}");
    in_one_line(&done, "CLOCK-WRONG", &[&told, "Set date, time and time zone"]);
    // It has no part in what works, nor in what fails for another reason.
    assert!(!stage.run("renew acme").err.contains("clock"));
    stage.ok("profile add acme gone --account 111111111111 --role Nobody");
    let gone = stage.run("credential-process --team acme --profile gone");
    assert!(gone.err.contains("(ROLE-GONE)") && !gone.err.contains("clock"), "{}", gone.err);
}

// F190
#[test]
fn a_start_url_that_the_server_refuses_is_told_with_the_lines_that_change_it() {
    let stage = Stage::demo();
    let url = stage.cloud.url();
    stage.ok(&format!(
        "team add acme --provider aws-sso --set start-url=https://acme.awsapps.com/start --set region=eu-west-1 --set oidc-endpoint={url}"
    ));
    let said = stage.run("login acme --no-open").fails(8, "SERVER-REFUSED");
    for part in [
        "The server says: Invalid start URL (invalid_request).",
        "start-url https://acme.awsapps.com/start (set for the team)",
        "region eu-west-1 (set for the team)",
        &format!("oidc-endpoint {url} (set for the team)"),
        "`keyfob team edit acme --set start-url=…`",
        "`keyfob team edit acme --set region=…`",
    ] {
        assert!(said.contains(part), "no {part} in: {said}");
    }
    stage.ok(&format!("team edit acme --set start-url={}", stage.cloud.start_url()));
    stage.cloud.approve_next().unwrap();
    stage.ok("login acme --no-open");
}

// F194
#[test]
fn a_browser_that_cannot_be_opened_is_told_with_the_reason_and_the_page() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    stage.cloud.approve_next().unwrap();
    let done = stage.run("login acme");
    assert_eq!(done.status, 0, "{}", done.err);
    let why = "No browser was opened: there is no display, and BROWSER is not set.";
    assert!(done.err.contains(why) && done.err.contains("/device?user_code="), "{}", done.err);
    assert!(!done.err.contains("was opened in your browser"), "{}", done.err);
}
