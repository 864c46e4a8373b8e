//! An OpenID provider by browser and by code, from the first login to the last log out.

use std::os::unix::fs::PermissionsExt;

use keyfob_sandbox::{Fault, IDP_CLIENT, Operation, Setup, What};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::stage::Stage;
use serde_json::Value;

/// A stage with a team, and with a browser that goes wherever it is sent.
fn stage(more: &str) -> Stage {
    let mut stage = Stage::with(Setup::demo(), Keyring::Unlocked);
    let browser = stage.home().join("browser");
    let seen = stage.home().join("pages");
    let script = format!(
        "#!/bin/sh\necho \"$1\" >>{}\nexec curl --silent --location --output /dev/null \"$1\"\n",
        seen.display()
    );
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).unwrap();
    stage.env.insert("BROWSER".into(), browser.display().to_string());
    let issuer = format!("{}/idp", stage.cloud.url());
    stage.ok(&format!(
        "team add acme --provider oidc --set issuer={issuer} --set client-id={IDP_CLIENT} --set flow=browser --set scopes=email{more}"
    ));
    stage
}

fn pages(stage: &Stage) -> String {
    std::fs::read_to_string(stage.home().join("pages")).unwrap_or_default()
}

#[test]
fn a_browser_logs_in_and_the_session_renews_is_told_and_ends() {
    let stage = stage("");
    let done = stage.run("login acme");
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.err.contains("Logged in to acme") && done.err.contains("ada@acme.example"), "{}", done.err);
    assert_eq!(stage.cloud.count(Operation::IdpAuthorize), 1);
    assert_eq!(stage.cloud.count(Operation::IdpToken), 1);

    let who: Value = serde_json::from_str(&stage.ok("whoami acme --json")).unwrap();
    assert_eq!(who["issuer"], format!("{}/idp", stage.cloud.url()));
    assert_eq!(who["claims"]["email"], "ada@acme.example");
    assert_eq!(who["subject"], who["claims"]["sub"]);
    assert!(stage.ok("whoami acme").contains("ada@acme.example"));

    stage.ok("renew acme");
    stage.ok("renew acme");
    assert_eq!(stage.cloud.count(Operation::IdpRefresh), 2);
    assert_eq!(stage.cloud.count(Operation::IdpDiscovery), 1, "a renewal is one round trip");

    stage.ok("logout acme");
    assert_eq!(stage.cloud.count(Operation::IdpRevoke), 1);
    // Nobody sits at a terminal here, so no page opens.
    assert!(!pages(&stage).contains("/logout"), "{}", pages(&stage));
    let secrets = stage.all_files();
    assert!(!secrets.contains("refresh_token") && !secrets.contains("eyJ"), "a token lies in a file");
}

#[test]
fn a_code_is_shown_where_a_team_is_set_to_it_or_somebody_asks_for_one() {
    let stage = stage(" --set flow=code");
    stage.cloud.approve_next().unwrap();
    let done = stage.run("login acme --no-open");
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.err.contains("Check that the page shows this code"), "{}", done.err);
    assert!(done.err.contains("/idp/activate?user_code="), "{}", done.err);
}

// F10
#[test]
fn an_answer_lost_after_the_provider_rotated_is_asked_for_once_more() {
    let stage = stage("");
    stage.ok("login acme");
    stage.cloud.change(|setup| setup.idp.rotation = keyfob_sandbox::Rotation::Grace(60));
    stage.cloud.faults().add(Fault::on(Operation::IdpRefresh, What::LostAnswer));
    stage.ok("renew acme");
    assert_eq!(stage.cloud.count(Operation::IdpRefresh), 2);
    stage.ok("renew acme");
}

// F18
#[test]
fn a_session_that_the_provider_ended_is_told_once_and_asks_for_a_login() {
    let stage = stage("");
    stage.ok("login acme");
    stage.cloud.expire_sessions();
    stage.run("renew acme").fails(3, "SESSION-ENDED");
    assert_eq!(stage.cloud.count(Operation::IdpRefresh), 1);
    stage.ok("login acme");
}

// F274
#[test]
fn a_clock_ten_minutes_off_is_told_with_both_times() {
    let stage = stage("");
    stage.cloud.shift(600);
    let told = stage.run("login acme").fails(1, "CLOCK-WRONG");
    assert!(told.contains("10 minutes behind that of 127.0.0.1"), "{told}");
    stage.cloud.shift(-400);
    stage.ok("login acme");
}

// F278
#[test]
fn a_person_at_a_terminal_who_logs_out_sees_the_page_that_ends_the_browsers_session() {
    let stage = stage("");
    stage.ok("login acme");
    let mut terminal = stage.terminal("logout acme");
    terminal.wait_for("Logged out of acme");
    assert!(pages(&stage).contains(&format!("/idp/logout?client_id={IDP_CLIENT}")), "{}", pages(&stage));
    stage.ok("login acme");
    let before = pages(&stage);
    let mut terminal = stage.terminal("logout acme --no-open");
    terminal.wait_for("Logged out of acme");
    assert_eq!(pages(&stage), before);
}

#[test]
fn what_the_provider_asks_for_is_listed_for_programs() {
    let stage = Stage::demo();
    let list: Value = serde_json::from_str(&stage.ok("provider list --json")).unwrap();
    assert_eq!(list["version"], 1);
    let provider = list["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == "oidc").unwrap();
    assert_eq!((&provider["name"], &provider["renews"]), (&"OpenID Connect".into(), &true.into()));
    assert_eq!(provider["flows"], serde_json::json!(["browser", "code"]));
    let fields = provider["fields"].as_array().unwrap();
    let mut keys: Vec<&str> = fields[0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["example", "key", "label", "required", "secret"]);
    assert!(fields.iter().any(|field| field["key"] == "client-secret" && field["secret"] == true));
    assert_eq!(provider["profile_fields"][0]["key"], "role-arn");
    let shown: Value = serde_json::from_str(&stage.ok("provider show oidc --json")).unwrap();
    assert_eq!(shown["fields"], provider["fields"]);
}
