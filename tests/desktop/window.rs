//! The door to the window, with a stand-in behind it: when it opens, what goes through, and how it heals.

use std::fs;

use keyfob_tests::support::desktop::{App, until};
use keyfob_tests::support::keyring::is_alive;
use rustix::process::{Pid, Signal};
use serde_json::json;

use crate::stage::{ACME, POOL, Stage};
use crate::stand_in::{answer, born, heard, page, say, until_heard};

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    stage
}

fn opened(stage: &Stage, app: &App<'_>) {
    app.activate();
    until_heard(stage, "the window is raised", |line| line["down"] == "raise");
}

#[test]
fn a_left_click_opens_the_window_and_a_password_typed_there_logs_in() {
    let stage = stage();
    let app = stage.app();
    assert_eq!(born(&stage), 0, "nobody asked for a window yet");
    opened(&stage, &app);
    let lines = heard(&stage);
    assert_eq!((page(&lines[1]), &lines[2]["down"]), ("home", &json!("raise")), "the view comes before the window");

    app.click(&["my_pool", "Log in…"]);
    let view =
        until_heard(&stage, "the login asks", |line| page(line) == "login" && line.to_string().contains("assword"));
    assert_eq!(view["view"]["page"]["team"], POOL);
    answer(
        &stage,
        POOL,
        0,
        json!({"answer": "filled", "values": {"username": "ann", "password": keyfob_sandbox::DEMO_PASSWORD}, "ticks": []}),
    );
    app.until_row("● my_pool");
    assert_eq!(born(&stage), 1, "one window for all of it");
    let text = fs::read_to_string(stage.home().join("window.heard")).unwrap();
    assert!(!text.contains(keyfob_sandbox::DEMO_PASSWORD) && !text.contains("eyJ"), "a secret went down the pipe");
}

#[test]
fn a_window_that_dies_is_told_and_the_next_click_opens_another_one() {
    let stage = stage();
    let app = stage.app();
    opened(&stage, &app);
    say(&stage, &json!("die"));
    stage.notice("The window closed unexpectedly");
    app.activate();
    until("there is another one", || if born(&stage) == 2 { Ok(()) } else { Err(stage.log()) });
    assert!(app.menu().contains("acme"), "the tray is untouched");
}

#[test]
fn the_window_goes_with_the_tray_program_even_when_that_is_killed() {
    let stage = stage();
    for signal in [Signal::TERM, Signal::KILL] {
        let mut app = stage.app();
        let before = born(&stage);
        app.activate();
        until("there is a window", || if born(&stage) > before { Ok(()) } else { Err(stage.log()) });
        let window = heard(&stage).iter().rev().find_map(|line| line["born"].as_i64()).unwrap();
        app.signal(signal);
        app.end();
        let pid = Pid::from_raw(window.try_into().unwrap()).unwrap();
        until("the window is gone", || if is_alive(pid) { Err(format!("{pid:?}")) } else { Ok(()) });
    }
}

#[test]
fn without_a_window_program_the_tray_says_what_to_do() {
    let stage = stage();
    fs::remove_file(stage.home().join("bin/keyfob-window")).unwrap();
    let app = stage.app();
    app.activate();
    let said = stage.notice("The window could not be opened");
    assert!(said.body.contains("install Keyfob again"), "{said:?}");
}

#[test]
fn a_team_is_added_pinned_and_removed_from_the_window() {
    let stage = stage();
    let app = stage.app();
    opened(&stage, &app);
    say(
        &stage,
        &json!({"up": "answer", "typed": {"typed": "team", "form": {"team": null, "name": "lab", "provider": "aws-sso",
            "settings": {"start-url": stage.cloud.start_url(), "region": "eu-west-1"}, "secrets": {}}}}),
    );
    app.until_row("○ lab · Logged out");
    say(&stage, &json!({"up": "act", "click": {"click": "pin", "team": ACME, "pinned": true}}));
    until("it is written down", || {
        let text = fs::read_to_string(stage.config()).unwrap();
        if text.contains("pinned = true") { Ok(()) } else { Err(text) }
    });
    say(&stage, &json!({"up": "act", "click": {"click": "start-at-login", "on": true}}));
    let entry = stage.home().join(".config/autostart/keyfob-desktop.desktop");
    until("it starts at login", || if entry.exists() { Ok(()) } else { Err(stage.log()) });
    say(&stage, &json!({"up": "act", "click": {"click": "start-at-login", "on": false}}));
    until("it does not start at login any more", || if entry.exists() { Err(stage.log()) } else { Ok(()) });
    say(&stage, &json!({"up": "act", "click": {"click": "set-theme", "theme": "dark"}}));
    until_heard(&stage, "it is dark", |line| line["view"]["theme"] == "dark");
    say(&stage, &json!({"up": "act", "click": {"click": "remove", "team": ACME}}));
    // Ending makes the removal final before its ten seconds are over.
    until_heard(&stage, "it can be undone", |line| line["view"]["said"].to_string().contains("Removed acme"));
    let mut app = app;
    app.signal(Signal::TERM);
    assert_eq!(app.end().0, Some(0));
    let text = fs::read_to_string(stage.config()).unwrap();
    assert!(!text.contains("[team.acme]") && text.contains("[team.lab]"), "{text}");
}
