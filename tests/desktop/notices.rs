//! Notices before the end and after it, and what their buttons do.

use keyfob_sandbox::{Fault, Operation, What};
use keyfob_tests::support::desktop::{Parts, until};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::stage::{POOL, Stage};
use crate::stand_in::{page, say, until_heard};

#[test]
fn a_session_that_ends_soon_is_told_and_renewed_by_the_notice() {
    let stage = Stage::new();
    stage.logged_in_an_hour_ago(470);
    stage.set(false);
    let app = stage.app();
    let said = stage.notice("acme ends in 7 min");
    assert!(said.body.starts_with(&format!("Logged in at {} until", stage.cloud.addr())), "{said:?}");
    assert_eq!(said.actions, ["default", "Open", "0", "Renew now", "1", "Remind me in 5 min"]);
    assert_eq!((said.urgency, said.category.as_str()), (1, "x-keyfob.session"));
    let tray = app.until("the tray asks for attention", |tray| tray["status"] == "NeedsAttention");
    assert_eq!(tray["tooltip"], "acme ends in 7 min");

    stage.press(&said, "Renew now");
    until("the server renewed", || match stage.cloud.count(Operation::RefreshToken) {
        0 => Err("nobody asked".into()),
        _ => Ok(()),
    });
    let tray = app.until("all is well", |tray| tray["tooltip"] == "acme — 1 h 7 min left");
    assert_eq!(tray["status"], "Active");
    until("what is said is that it was renewed, in the same place", || {
        let all = stage.notices();
        let last = all.last().unwrap();
        let replaced = last.title == "acme renewed" && last.replaces == said.number;
        if replaced || stage.closed().contains(&said.number) { Ok(()) } else { Err(format!("{all:?}")) }
    });
}

#[test]
fn a_session_that_cannot_be_renewed_asks_for_a_login_and_reminds_again() {
    let stage = Stage::new();
    stage.log_in();
    stage.ends_in(480, false);
    let app = stage.app();
    let said = stage.notice("acme ends in 7 min");
    assert_eq!(said.body, "You will need your browser to stay logged in.");
    stage.press(&said, "Remind me in 5 min");
    until("the notice is closed", || match stage.closed() {
        closed if closed.contains(&said.number) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    assert_eq!(stage.cloud.count(Operation::StartDeviceAuthorization), 1, "the one at the terminal");
    app.click(&["acme", "Log in again"]);
    app.until_row("Check the page shows  ");
    stage.cloud.approve(&stage.cloud.pending().pop().unwrap()).unwrap();
    app.until("all is well", |tray| tray["status"] == "Active" && tray["tooltip"].as_str().unwrap().contains("acme —"));
}

#[test]
fn a_session_that_has_ended_says_so_once_and_a_click_on_the_button_logs_in() {
    let stage = Stage::new();
    stage.log_in();
    stage.ends_in(-60, false);
    let app = stage.app();
    let said = stage.notice("acme has ended");
    assert!(said.actions.contains(&"Log in again".to_owned()), "{said:?}");
    app.until_row("▲ acme · Ended");
    stage.press(&said, "Log in again");
    app.until_row("Check the page shows  ");
    assert_eq!(stage.notices().iter().filter(|notice| notice.title == "acme has ended").count(), 1);
}

#[test]
fn a_server_without_buttons_gets_the_same_in_words() {
    let stage = Stage::with(Parts { notices: Some("body body-markup"), ..Parts::default() });
    stage.log_in();
    stage.ends_in(480, false);
    let _app = stage.app();
    let said = stage.notice("acme ends in");
    assert!(said.actions.is_empty(), "{said:?}");
    assert!(said.body.ends_with("Open Keyfob to log in."), "{said:?}");
}

// F90
#[test]
fn without_a_notification_server_the_tray_still_says_it() {
    let stage = Stage::with(Parts { notices: None, ..Parts::default() });
    stage.log_in();
    stage.ends_in(480, false);
    let app = stage.app();
    let tray = app.until("the tray asks for attention", |tray| tray["status"] == "NeedsAttention");
    assert_eq!(tray["tooltip"], "acme ends in 7 min");
    app.click(&["acme", "Copy export line", "bash/zsh"]);
    until("copying works without a word", || match stage.clipboard() {
        text if text == " export IOT_TEAM=acme" => Ok(()),
        other => Err(other),
    });
    assert_ne!(app.tray(), Value::Null);
}

#[test]
fn two_teams_that_end_together_are_told_in_one_notice_and_a_click_on_it_opens_the_window() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    stage.log_in();
    stage.log_in_to_pool();
    stage.ends_in(480, false);
    stage.team_ends_in(POOL, 540, false);
    let app = stage.app();
    let said = stage.notice("2 teams end soon");
    assert_eq!(said.body, "acme, my_pool");
    app.until_row("2 teams need you");
    assert_eq!(app.tray()["tooltip"], "2 teams end soon");
    assert_eq!(stage.notices().len(), 1, "{:?}", stage.notices());
    stage.press(&said, "");
    until_heard(&stage, "a click on the body raises the window", |line| line["down"] == "raise");
    assert_eq!(page(&until_heard(&stage, "a view", |line| line["down"] == "view")), "home");

    // One of them ends: that replaces what was said.
    stage.team_ends_in(POOL, -1, false);
    let ended = stage.notice("2 teams need you");
    assert!(ended.replaces == said.number || stage.closed().contains(&said.number), "{ended:?}");
}

#[test]
fn nobody_is_told_twice_when_the_program_starts_again() {
    let stage = Stage::new();
    stage.log_in();
    stage.ends_in(480, false);
    let told = |title: &str| stage.notices().iter().filter(|notice| notice.title.starts_with(title)).count();
    for signal in [Signal::TERM, Signal::KILL] {
        let mut app = stage.app();
        stage.notice("acme ends in");
        app.signal(signal);
        app.end();
    }
    let app = stage.app();
    app.until("the tray asks for attention", |tray| tray["status"] == "NeedsAttention");
    assert_eq!(told("acme ends in"), 1, "{:?}", stage.notices());
    // The end is another matter, and that too is told once.
    stage.ends_in(-1, false);
    stage.notice("acme has ended");
    drop(app);
    let app = stage.app();
    app.until_row("▲ acme · Ended");
    assert_eq!(told("acme has ended"), 1, "{:?}", stage.notices());
}

#[test]
fn a_session_renews_itself_without_a_word_and_without_a_page() {
    let stage = Stage::new();
    stage.logged_in_an_hour_ago(90);
    let app = stage.app();
    until("the server renewed", || match stage.cloud.count(Operation::RefreshToken) {
        0 => Err(app.menu()),
        _ => Ok(()),
    });
    let tray =
        app.until("all is well", |tray| tray["tooltip"].as_str().is_some_and(|text| text.contains("renews itself")));
    assert_eq!(tray["status"], "Active");
    assert_eq!(stage.notices(), []);
    assert_eq!(stage.browsed(), "");
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 1);
}

#[test]
fn a_renewal_that_was_asked_for_and_does_not_work_is_told_with_the_way_on() {
    let stage = Stage::new();
    stage.logged_in_an_hour_ago(3000);
    let app = stage.app();
    app.until_row("● acme");
    let trouble = What::Status { status: 503, headers: Vec::new(), body: String::new() };
    stage.cloud.faults().add(Fault::on(Operation::RefreshToken, trouble).always());
    app.click(&["acme", "Renew now"]);
    let said = stage.notice("Could not renew acme");
    assert!(said.body.contains("left"), "{said:?}");
    assert!(app.menu().contains("acme"), "{}", app.menu());
    stage.cloud.faults().clear();
    stage.press(&said, "Try again");
    stage.notice("acme renewed");
}

#[test]
fn while_the_window_has_the_focus_it_says_itself_what_a_notice_would() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    stage.log_in();
    let app = stage.app();
    app.activate();
    until_heard(&stage, "the window is there", |line| line["down"] == "raise");
    say(&stage, &json!({"up": "focus", "focused": true}));
    app.click(&["acme", "Copy export line", "bash/zsh"]);
    until_heard(&stage, "it says what was copied", |line| line["view"]["said"].to_string().contains("Copied"));
    stage.ends_in(480, false);
    until_heard(&stage, "it says that the team ends", |line| line["view"]["banners"].to_string().contains("acme"));
    assert_eq!(stage.notices(), []);
}
