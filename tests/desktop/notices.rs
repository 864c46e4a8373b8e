//! Notices before the end and after it, and what their buttons do.

use keyfob_sandbox::Operation;
use keyfob_tests::support::desktop::{Parts, until};
use serde_json::Value;

use crate::stage::Stage;

#[test]
fn a_session_that_ends_soon_is_told_and_renewed_by_the_notice() {
    let stage = Stage::new();
    stage.logged_in_an_hour_ago(470);
    stage.set(false);
    let app = stage.app();
    let said = stage.notice("acme ends in 7 min");
    assert!(said.body.starts_with(&format!("Logged in as {} until", stage.cloud.addr())), "{said:?}");
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
