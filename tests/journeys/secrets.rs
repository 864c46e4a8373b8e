//! Where secrets must never be: files, arguments, other programs' memory, words.

use keyfob_sandbox::{DEMO_PASSWORD, Fault, Operation, What};

use keyfob_tests::support::stage::Stage;

// T20, T22
#[test]
fn after_a_whole_day_no_file_and_no_word_holds_a_secret() {
    let stage = Stage::demo();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    let keys: serde_json::Value =
        serde_json::from_str(&stage.ok("credential-process --team acme --profile admin")).unwrap();
    stage.log_in_to_pool("pool");
    let token = stage.ok("token pool");
    let access = stage.ok("token acme");
    let mut words = String::new();
    for line in ["renew --all", "status", "status --json", "team list --json", "logout pool", "logout acme"] {
        let done = stage.run(line);
        words.push_str(&done.out);
        words.push_str(&done.err);
    }
    let secrets = [
        keys["SecretAccessKey"].as_str().unwrap(),
        keys["SessionToken"].as_str().unwrap(),
        token.trim(),
        access.trim(),
    ];
    let files = stage.all_files();
    assert!(files.contains("acme"), "the search must be able to find something");
    for secret in secrets.into_iter().chain([DEMO_PASSWORD]) {
        assert!(!files.contains(secret), "a secret lies in a file");
        assert!(!words.contains(secret), "a secret was said");
    }
}

#[test]
fn files_and_folders_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&stage.config()), 0o600);
    assert_eq!(mode(&stage.state()), 0o700);
    assert_eq!(mode(&stage.state().join("facts.json")), 0o600);
}

// T21
#[test]
fn the_running_program_cannot_be_looked_into() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let mut login = stage.terminal("login acme --no-open");
    login.wait_for("Waiting for the browser");
    let pid = std::process::Command::new("pgrep").args(["-n", "-f", "login acme --no-open$"]).output().unwrap();
    let pid = String::from_utf8(pid.stdout).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", pid.trim())).unwrap();
    let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}

#[test]
fn a_token_is_not_shown_on_a_screen_by_mistake() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    let mut terminal = stage.terminal("token pool");
    terminal.wait_for("(WOULD-REVEAL)");
    assert_eq!(terminal.status(), 2);
    let mut terminal = stage.terminal("token pool --reveal");
    terminal.wait_for("eyJ");
    let mut terminal = stage.terminal("env pool --with token");
    terminal.wait_for("(WOULD-REVEAL)");
}

// F151
#[test]
fn a_token_that_would_act_on_the_screen_is_not_shown_and_goes_down_a_pipe_as_it_is() {
    let stage = Stage::demo();
    stage.log_in_to_portal("acme");
    let forged =
        r#"{"accessToken": "aoa\u001b]0;mine\u0007", "refreshToken": "aor", "tokenType": "Bearer", "expiresIn": 3600}"#;
    let forged = What::Status { status: 200, headers: vec![], body: forged.into() };
    stage.cloud.faults().add(Fault::on(Operation::RefreshToken, forged));
    stage.ok("renew acme");
    let mut terminal = stage.terminal("token acme --reveal");
    terminal.wait_for("(TOKEN-NOT-PLAIN)");
    assert_eq!(terminal.status(), 8);
    assert_eq!(stage.run("token acme").out, "aoa\u{1b}]0;mine\u{7}\n");
}
