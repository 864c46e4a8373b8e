//! Cognito user pools: name and password, one more step, keeping and forgetting.

use keyfob_sandbox::{
    CLIENT_SECRET, DEMO_PASSWORD, Expire, Operation, PASSWORD_CLIENT, ROTATING_CLIENT, SECRET_CLIENT, SRP_CLIENT,
};
use keyfob_tests::support::terminal::Terminal;

use keyfob_tests::support::stage::Stage;

#[test]
fn a_password_from_stdin_logs_in_by_srp_and_never_travels() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    let status = stage.status_of("pool");
    assert_eq!((status["who"].as_str(), status["health"].as_str()), (Some("ann"), Some("fresh")));
    let sent: String = stage.cloud.log().iter().map(|seen| seen.body.clone()).collect();
    assert!(!sent.contains(DEMO_PASSWORD));
    assert_eq!(stage.ok("token pool").trim().split('.').count(), 3);
    assert_ne!(stage.ok("token pool --type id"), stage.ok("token pool --type access"));
}

#[test]
fn the_environment_stands_in_for_flags_as_the_iot_cli_promises() {
    let mut stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    stage.add_portal("other");
    stage.env.insert("IOT_TEAM".into(), "pool".into());
    stage.env.insert("IOT_USERNAME".into(), "ann".into());
    stage.env.insert("IOT_PASSWORD".into(), DEMO_PASSWORD.into());
    let done = stage.run("login");
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.err.contains("--remember"), "no hint to keep it instead: {}", done.err);
    assert_eq!(stage.ok("env --shell bash"), "export IOT_TEAM=pool\n");
}

#[test]
fn a_wrong_password_is_refused_and_nothing_of_it_is_kept() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    stage.pipe("login pool --username ann --password-stdin --remember", "wrong").fails(8, "PASSWORD-WRONG");
    assert_eq!(stage.status_of("pool")["health"], "signed-out");
    // Nothing is left to try again with.
    stage.run("login pool --username ann").fails(4, "PERSON-NEEDED");
}

#[test]
fn a_remembered_password_logs_in_again_and_clear_forgets_it() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    stage.pipe("login pool --username ann --password-stdin --remember", DEMO_PASSWORD).ok();
    stage.ok("logout pool");
    stage.ok("login pool");
    stage.ok("logout pool --clear");
    stage.run("login pool").fails(4, "PERSON-NEEDED");
}

#[test]
fn the_password_kept_for_somebody_is_not_tried_for_somebody_else() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    stage.pipe("login pool --username ann --password-stdin --remember", DEMO_PASSWORD).ok();
    let before = stage.cloud.count(Operation::InitiateAuth);
    stage.run("login pool --username tom").fails(4, "PERSON-NEEDED");
    assert_eq!(stage.cloud.count(Operation::InitiateAuth), before);
    // Ann's own is still there.
    stage.ok("login pool --username ann");
}

#[test]
fn a_password_that_nobody_asked_to_remember_is_not_kept() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    stage.ok("logout pool");
    stage.run("login pool").fails(4, "PERSON-NEEDED");
}

#[test]
fn login_with_clear_forgets_first_and_then_logs_in() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    stage.pipe("login pool --username ann --password-stdin --remember", DEMO_PASSWORD).ok();
    stage.pipe("login pool --clear --username tom --password-stdin", "wrong").fails(8, "PASSWORD-WRONG");
    assert_eq!(stage.status_of("pool")["health"], "signed-out");
    stage.run("login pool").fails(4, "PERSON-NEEDED");
}

#[test]
fn a_client_secret_goes_by_stdin_into_the_keychain() {
    let stage = Stage::demo();
    let add = format!(
        "team add pool --provider cognito --set region=eu-west-1 --set user-pool-id={} --set client-id={SECRET_CLIENT} --set endpoint={} --client-secret-stdin",
        keyfob_sandbox::DEMO_POOL,
        stage.cloud.url()
    );
    stage.pipe(&add, CLIENT_SECRET).ok();
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).ok();
    // The secret hash of a renewal needs the real user name (I20).
    stage.ok("renew pool");
    assert!(!stage.all_files().contains(CLIENT_SECRET));
    stage.run("team edit pool --set client-secret=oops").fails(2, "SECRET-IN-ARGV");
}

// F29
#[test]
fn a_pool_that_rotates_its_tokens_is_renewed_twice_and_more() {
    let stage = Stage::demo();
    stage.add_pool("pool", ROTATING_CLIENT);
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).ok();
    stage.ok("renew pool");
    stage.ok("renew pool");
    assert_eq!(stage.cloud.count(Operation::GetTokensFromRefreshToken), 2);
}

#[test]
fn logging_out_revokes_the_refresh_token() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    stage.ok("logout pool");
    assert_eq!(stage.cloud.count(Operation::RevokeToken), 1);
}

#[test]
fn a_password_is_not_sent_as_it_is_unless_somebody_approved_the_host() {
    let stage = Stage::demo();
    stage.add_pool("pool", PASSWORD_CLIENT);
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).fails(4, "PASSWORD-NOT-SENT");
    let sent: String = stage.cloud.log().iter().map(|seen| seen.body.clone()).collect();
    assert!(!sent.contains(DEMO_PASSWORD));

    let mut terminal = stage.terminal("login pool --username ann");
    terminal.wait_for("Password of ann: ");
    terminal.press(&format!("{DEMO_PASSWORD}\r"));
    terminal.wait_for("Send it there, now and from now on? [y/N]");
    terminal.press("y\r");
    terminal.wait_for("Logged in to pool as ann");
    // Approved once, it is not asked again, not even of a script.
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).ok();
    // Another address is another host to approve (threat T08).
    let other = stage.cloud.url().replace("127.0.0.1", "localhost");
    stage.ok(&format!("team edit pool --set endpoint={other}"));
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).fails(4, "PASSWORD-NOT-SENT");
}

/// Types a password at a terminal, then answers each prompt; returns the terminal after the login.
fn log_in_at_terminal(stage: &Stage, user: &str, answers: &[(&str, String)]) -> Terminal {
    stage.add_pool("pool", SRP_CLIENT);
    let mut terminal = stage.terminal("login pool");
    terminal.wait_for("User name for pool: ");
    terminal.press(&format!("{user}\r"));
    terminal.wait_for(&format!("Password of {user}: "));
    terminal.press(&format!("{DEMO_PASSWORD}\r"));
    for (prompt, answer) in answers {
        terminal.wait_for(prompt);
        let answer = match answer.as_str() {
            "SENT" => stage.cloud.last_code(user).unwrap(),
            "TOTP" => stage.cloud.totp(user).unwrap(),
            typed => typed.to_owned(),
        };
        terminal.press(&format!("{answer}\r"));
    }
    terminal
}

#[test]
fn a_code_from_an_authenticator_is_asked_for_without_echo() {
    let stage = Stage::demo();
    let code = stage.cloud.totp("tom").unwrap();
    let mut terminal = log_in_at_terminal(
        &stage,
        "tom",
        &[("Code from your authenticator app (step 2 of 2, as tom): ", "TOTP".into())],
    );
    let shown = terminal.wait_for("Logged in to pool as tom");
    assert!(!shown.contains(DEMO_PASSWORD) && !shown.contains(&code), "{shown}");
}

// F27
#[test]
fn a_wrong_code_is_asked_for_again_without_the_password() {
    let stage = Stage::demo();
    let mut terminal = log_in_at_terminal(
        &stage,
        "sam",
        &[("Code sent by SMS", "000000".into()), ("That code is not right.", "SENT".into())],
    );
    terminal.wait_for("Logged in to pool as sam");
}

#[test]
fn a_code_by_mail_may_be_typed_with_the_spaces_it_was_shown_with() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    let mut terminal = stage.terminal("login pool --username eve");
    terminal.wait_for("Password of eve: ");
    terminal.press(&format!("{DEMO_PASSWORD}\r"));
    terminal.wait_for("Code sent by e-mail");
    let code = stage.cloud.last_code("eve").unwrap();
    let (first, second) = code.split_at(3);
    terminal.press(&format!("{first} {second}\r"));
    terminal.wait_for("Logged in to pool as eve");
}

#[test]
fn a_new_password_is_typed_twice_and_its_rules_are_told() {
    let stage = Stage::demo();
    let mut terminal = log_in_at_terminal(
        &stage,
        "new",
        &[
            ("New password (step 2 of 2, as new): ", "short".into()),
            ("The same again: ", "short".into()),
            ("The server refused it", String::new()),
        ],
    );
    drop(terminal);
    let stage = Stage::demo();
    terminal = log_in_at_terminal(
        &stage,
        "new",
        &[
            ("New password (step 2 of 2, as new): ", "Another-Horse-8".into()),
            ("The same again: ", "Another-Horse-9".into()),
            ("The two are not the same.", "Another-Horse-8".into()),
            ("The same again: ", "Another-Horse-8".into()),
        ],
    );
    terminal.wait_for("Logged in to pool as new");
}

#[test]
fn somebody_with_two_second_factors_chooses_one() {
    let stage = Stage::demo();
    let mut terminal = log_in_at_terminal(
        &stage,
        "sel",
        &[("Which one? ", "1".into()), ("Code from your authenticator", "TOTP".into())],
    );
    terminal.wait_for("Logged in to pool as sel");
}

// F26
#[test]
fn accounts_that_cannot_log_in_yet_are_told_why() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    stage.pipe("login pool --username unc --password-stdin", DEMO_PASSWORD).fails(8, "ACCOUNT-NOT-CONFIRMED");
    stage.pipe("login pool --username res --password-stdin", DEMO_PASSWORD).fails(8, "PASSWORD-RESET");
}

#[test]
fn ctrl_c_at_a_prompt_cancels_cleanly() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    let mut terminal = stage.terminal("login pool --username ann");
    terminal.wait_for("Password of ann: ");
    terminal.press("\u{3}");
    terminal.wait_for("(LOGIN-CANCELLED)");
    assert_eq!(terminal.status(), 130);
}

// F82
#[test]
fn ctrl_c_while_the_browser_is_waited_for_cancels_at_once() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let mut terminal = stage.terminal("login acme --no-open");
    terminal.wait_for("Waiting for the browser");
    terminal.press("\u{3}");
    terminal.wait_for("(LOGIN-CANCELLED)");
    assert_eq!(terminal.status(), 130);
    // The way is free for the next login (F83).
    stage.cloud.expire(Expire::DeviceCodes);
    stage.cloud.approve_next().unwrap();
    stage.ok("login acme --no-open");
}
