//! The real window, opened by the tray: a person types in it, and its web process is killed.

use std::collections::BTreeSet;
use std::fs;

use keyfob_sandbox::{DEMO_PASSWORD, Operation};
use keyfob_tests::support::desktop::until;
use rustix::process::{Pid, Signal, kill_process};

use crate::stage::Stage;

#[test]
fn a_password_and_a_one_time_code_typed_into_the_real_window_log_in() {
    let stage = Stage::new();
    let (app, window) = stage.drive();
    window.until_text("my_pool");
    app.click(&["my_pool", "Log in…"]);
    window.type_into("input[autocomplete=username]", "tom");
    window.type_into("input[autocomplete=current-password]", DEMO_PASSWORD);
    window.click("form button[type=submit]");
    window.until_text("authenticator");
    app.until_row("? my_pool · Code needed");
    window.type_into("input[autocomplete=one-time-code]", &stage.cloud.totp("tom").unwrap());
    window.click("form button[type=submit]");
    app.until_row("● my_pool");
    window.until_text("Logged in as tom");
    assert!(stage.keyfob("status my_pool --json").contains("\"fresh\""));

    // The code of the other team: in the menu, in the notice and in the window.
    app.click(&["acme", "Log in…"]);
    app.until_row("acme · Check the page shows  ");
    let code = stage.cloud.pending().pop().unwrap();
    let row = app.menu();
    assert!(row.contains(&code), "{row}");
    stage.approve_on_the_page();
    app.until_row("● acme");
}

// F87
#[test]
fn a_web_process_that_is_killed_costs_the_window_at_most_and_the_tray_nothing() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    app.activate();
    until("the window is shown", || {
        let found = stage.command("xdotool").args(["search", "--onlyvisible", "--name", "Keyfob"]).output().unwrap();
        if found.status.success() { Ok(()) } else { Err(stage.log()) }
    });
    // F142: by this name a desktop finds our entry, and with it name and icon.
    let mut named = stage.command("xdotool");
    named.args(["search", "--onlyvisible", "--classname", "^keyfob-desktop$"]);
    assert!(named.output().unwrap().status.success(), "the window goes by another name");
    // It is loaded again, twice at most; then the window ends and that is told.
    let mut killed = BTreeSet::new();
    until("it is told", || {
        if let Some(pid) = web_process(app.pid())
            && killed.insert(pid)
        {
            kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        }
        let told = stage.notices().iter().any(|notice| notice.title == "The window closed unexpectedly");
        if told { Ok(()) } else { Err(format!("{killed:?} {}", stage.log())) }
    });
    assert!((2..=3).contains(&killed.len()), "{killed:?}");
    app.click(&["acme", "Renew now"]);
    until("the tray goes on renewing", || match stage.cloud.count(Operation::RefreshToken) {
        0 => Err(app.menu()),
        _ => Ok(()),
    });
    app.activate();
    until("there is another window", || match web_process(app.pid()) {
        Some(pid) if !killed.contains(&pid) => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

/// The process that shows the page, somewhere below this one.
fn web_process(above: u32) -> Option<i32> {
    let list = fs::read_to_string(format!("/proc/{above}/task/{above}/children")).ok()?;
    list.split_whitespace().find_map(|child| {
        let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
        if name.starts_with("WebKitWeb") { child.parse().ok() } else { web_process(child.parse().ok()?) }
    })
}
