//! What people do with their accounts at a terminal: sign up, confirm, choose a new password, set up an authenticator.

use keyfob_sandbox::{DEMO_PASSWORD, Operation, SRP_CLIENT};
use keyfob_tests::support::stage::Stage;
use keyfob_tests::support::terminal::Terminal;

const NEW: &str = "Brand-New-9";

fn answer(terminal: &mut Terminal, prompt: &str, typed: &str) {
    terminal.wait_for(prompt);
    terminal.press(&format!("{typed}\r"));
}

/// A new password is typed twice.
fn choose(terminal: &mut Terminal, password: &str) {
    answer(terminal, "New password", password);
    answer(terminal, "The same again: ", password);
}

fn log_in(stage: &Stage, user: &str, password: &str) {
    stage.pipe(&format!("login pool --username {user} --password-stdin"), password).ok();
}

#[test]
fn somebody_new_signs_up_has_the_code_sent_again_confirms_and_logs_in() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    let mut terminal = stage.terminal("account pool sign-up");
    // A name that is taken and a weak password are asked for again, with the reason.
    answer(&mut terminal, "User name for pool: ", "ann");
    answer(&mut terminal, "E-mail: ", "zoe@acme.example");
    choose(&mut terminal, NEW);
    terminal.wait_for("That user name is taken.");
    answer(&mut terminal, "User name for pool [ann]: ", "zoe");
    answer(&mut terminal, "E-mail [zoe@acme.example]: ", "");
    choose(&mut terminal, "weak");
    terminal.wait_for("The server says: ");
    answer(&mut terminal, "User name for pool [zoe]: ", "");
    answer(&mut terminal, "E-mail [zoe@acme.example]: ", "");
    choose(&mut terminal, NEW);
    terminal.wait_for("A code was sent to z***@a***.");
    terminal.wait_for("(type ? for other ways)");
    answer(&mut terminal, "Code that you were sent (step 2 of 2, as zoe): ", "?");
    terminal.wait_for("1  Send the code again");
    answer(&mut terminal, "Which one? Enter alone goes back. ", "1");
    terminal.wait_for("A new code was sent to z***@a***.");
    answer(&mut terminal, "Code that you were sent", "000000");
    terminal.wait_for("That code is not right.");
    terminal.wait_for("Code that you were sent");
    let code = stage.cloud.last_code("zoe").unwrap();
    terminal.press(&format!("{code}\r"));
    let shown = terminal.wait_for("Your account is there. Log in with `keyfob login pool`.");
    assert!(!shown.contains(NEW) && !shown.contains(&code), "{shown}");
    assert_eq!(terminal.status(), 0);
    assert_eq!(stage.cloud.count(Operation::ResendConfirmationCode), 1);
    // The name is known by now; the password is not kept.
    assert!(!stage.all_files().contains(NEW));
    let mut terminal = stage.terminal("login pool");
    answer(&mut terminal, "Password of zoe: ", NEW);
    terminal.wait_for("Logged in to pool as zoe");
    assert_eq!(terminal.status(), 0);
}

#[test]
fn an_account_that_is_not_confirmed_says_how_and_a_forgotten_password_is_replaced() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    let told =
        stage.pipe("login pool --username unc --password-stdin", DEMO_PASSWORD).fails(8, "ACCOUNT-NOT-CONFIRMED");
    assert!(told.contains("keyfob account pool confirm"), "{told}");
    // The name of that login is offered.
    let mut terminal = stage.terminal("account pool resend");
    answer(&mut terminal, "User name for pool [unc]: ", "");
    terminal.wait_for("A new code is on its way.");
    assert_eq!(terminal.status(), 0);
    let mut terminal = stage.terminal("account pool confirm");
    answer(&mut terminal, "User name for pool [unc]: ", "");
    answer(&mut terminal, "Code that you were sent", &stage.cloud.last_code("unc").unwrap());
    terminal.wait_for("Your account is confirmed.");
    assert_eq!(terminal.status(), 0);
    log_in(&stage, "unc", DEMO_PASSWORD);

    let mut terminal = stage.terminal("account pool forgot");
    answer(&mut terminal, "User name for pool [unc]: ", "res");
    terminal.wait_for("Code that you were sent");
    terminal.press(&format!("{}\r", stage.cloud.last_code("res").unwrap()));
    choose(&mut terminal, NEW);
    terminal.wait_for("Your new password is set.");
    assert_eq!(terminal.status(), 0);
    log_in(&stage, "res", NEW);
}

#[test]
fn a_password_is_changed_by_who_is_logged_in_and_by_nobody_else() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    let mut terminal = stage.terminal("account pool change-password");
    terminal.wait_for("NOT-LOGGED-IN");
    assert_eq!(terminal.status(), 3);
    log_in(&stage, "ann", DEMO_PASSWORD);
    let mut terminal = stage.terminal("account pool change-password");
    answer(&mut terminal, "Password that you have now", "wrong");
    choose(&mut terminal, NEW);
    terminal.wait_for("That is not the password you have now.");
    answer(&mut terminal, "Password that you have now", DEMO_PASSWORD);
    choose(&mut terminal, NEW);
    terminal.wait_for("Your password is changed.");
    assert_eq!(terminal.status(), 0);
    assert_eq!(stage.status_of("pool")["health"], "fresh");
    log_in(&stage, "ann", NEW);
}

#[test]
fn a_script_is_told_that_a_person_is_needed_and_a_team_what_it_has() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    stage.add_portal("acme");
    for deed in ["sign-up", "confirm", "resend", "forgot"] {
        let told = stage.run(&format!("account pool {deed}")).fails(4, "PERSON-NEEDED");
        assert!(told.contains(&format!("keyfob account pool {deed}")), "{told}");
    }
    assert!(stage.cloud.log().is_empty(), "something was sent for nobody");
    stage.run("account acme sign-up").fails(2, "ACCOUNT-UNSUPPORTED");
    assert_eq!(stage.run("account pool vanish").status, 2);
}

#[test]
fn an_authenticator_is_set_up_in_the_middle_of_a_login_and_its_seed_is_kept_nowhere() {
    let stage = Stage::demo();
    stage.add_pool("pool", SRP_CLIENT);
    let mut terminal = stage.terminal("login pool");
    answer(&mut terminal, "User name for pool: ", "set");
    answer(&mut terminal, "Password of set: ", DEMO_PASSWORD);
    terminal.wait_for("The key, shown only now:");
    let seed: String = terminal.wait_for("Code that the app shows").split_whitespace().take(8).collect();
    assert_eq!(seed.len(), 32, "{seed}");
    terminal.press("000000\r");
    let again = terminal.wait_for("That code is not right.");
    assert!(again.replace(' ', "").contains(&seed), "another seed is shown: {again}");
    terminal.wait_for("Code that the app shows");
    terminal.press(&format!("{}\r", stage.cloud.totp("set").unwrap()));
    terminal.wait_for("Logged in to pool as set");
    assert_eq!(terminal.status(), 0);
    let files = stage.all_files();
    assert!(!files.contains(&seed) && !files.replace(' ', "").contains(&seed));
    // In a script it is never written out.
    stage.cloud.change(|setup| {
        for user in setup.pools[0].users.iter_mut().filter(|user| user.name == "set") {
            (user.must_set_up, user.mfa) = (true, Vec::new());
        }
    });
    let told = stage.pipe("login pool --username set --password-stdin", DEMO_PASSWORD).fails(4, "PERSON-NEEDED");
    assert!(!told.contains("The key"), "{told}");
}
