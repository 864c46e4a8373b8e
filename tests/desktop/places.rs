//! Where things open and what they are taken for: another display, a history of notices, a menu that is open while it
//! changes, a program that has moved, children that have ended.

use std::fs;

use keyfob_tests::support::desktop::until;
use keyfob_tests::support::peers;
use rustix::process::Signal;
use serde_json::Value;

use crate::stage::{ACME, Stage};
use crate::stand_in::{heard, until_heard};

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    stage
}

/// The windows that were started so far, with where they were.
fn windows(stage: &Stage) -> Vec<Value> {
    heard(stage).into_iter().filter(|line| line.get("born").is_some()).collect()
}

// F136
#[test]
fn the_window_opens_on_the_display_from_which_it_was_asked_for() {
    let stage = stage();
    let app = stage.app();
    app.activate();
    until_heard(&stage, "the window is raised", |line| line["down"] == "raise");
    assert_eq!(windows(&stage)[0]["DISPLAY"], stage.display);

    let other = stage.another_display();
    let mut second = stage.launch_with(&[], |command| {
        command.env("DISPLAY", &other.name).env("XAUTHORITY", "/tmp/other").env("XDG_ACTIVATION_TOKEN", "a token");
    });
    assert_eq!(second.end().0, Some(0), "{}", stage.log());
    until("there is a window on the other display", || match windows(&stage) {
        all if all.len() == 2 => Ok(()),
        all => Err(format!("{all:?}")),
    });
    let there = windows(&stage).pop().unwrap();
    assert_eq!((&there["DISPLAY"], &there["XAUTHORITY"]), (&other.name.clone().into(), &"/tmp/other".into()));
    assert_eq!(there["XDG_ACTIVATION_TOKEN"], "a token");
    until_heard(&stage, "and it is raised", |line| line["down"] == "raise");

    // One that is there already is brought to the front with the token of the next start.
    let mut third = stage.launch_with(&[], |command| {
        command.env("DISPLAY", &other.name).env("XAUTHORITY", "/tmp/other").env("XDG_ACTIVATION_TOKEN", "another");
    });
    assert_eq!(third.end().0, Some(0), "{}", stage.log());
    until_heard(&stage, "the token comes along", |line| line["down"] == "raise" && line["token"] == "another");
    assert_eq!(windows(&stage).len(), 2);
}

// F136
#[test]
fn when_the_display_has_gone_a_start_at_login_on_another_one_leads_everything_there() {
    let stage = stage();
    let app = stage.app();
    let other = stage.another_display();
    // While there is one, a start at login elsewhere changes nothing.
    for (gone, display) in [(false, &stage.display), (true, &other.name)] {
        if gone {
            stage.signal_display(Signal::KILL);
        }
        let mut second = stage.launch_with(&["--background"], |command| {
            command.env("DISPLAY", &other.name);
        });
        assert_eq!(second.end().0, Some(0), "{}", stage.log());
        let before = windows(&stage).len();
        if !gone {
            app.activate();
            until_heard(&stage, "the window is raised", |line| line["down"] == "raise");
            assert_eq!(windows(&stage)[before]["DISPLAY"], **display);
            continue;
        }
        let mut third = stage.launch_with(&[], |command| {
            command.env_remove("DISPLAY").env("DISPLAY", &other.name);
        });
        assert_eq!(third.end().0, Some(0), "{}", stage.log());
        until("there is a window", || if windows(&stage).len() > before { Ok(()) } else { Err(stage.log()) });
        assert_eq!(windows(&stage)[before]["DISPLAY"], **display);
    }
}

// F137
#[test]
fn a_notice_that_has_gone_by_itself_can_be_clicked_in_the_history() {
    let stage = Stage::new();
    stage.log_in();
    stage.ends_in(480, false);
    let app = stage.app();
    let said = stage.notice("acme ends in");
    for reason in [1, 4] {
        stage.close(&said, reason);
    }
    stage.press(&said, "Log in again");
    app.until_row("Check the page shows  ");
}

// F144
#[test]
fn a_click_in_a_menu_from_before_does_what_it_said_or_nothing() {
    let stage = Stage::new();
    let app = stage.app();
    app.until_row("my_pool · Logged out");
    let pid = app.pid();
    let same = stage.row(pid, &["acme", "Log in…"]);
    // The teams change places: the rows look as they did but for their names.
    let text = fs::read_to_string(stage.config()).unwrap();
    let (head, pool) = text.split_at(text.find("[team.my_pool]").unwrap());
    let (version, acme) = head.split_at(head.find("[team.acme]").unwrap());
    stage.write_config(&format!("{version}{pool}\n{acme}").replace("team.acme", "team.zebra"));
    app.until_row("zebra · Logged out");
    assert!(!stage.click_row(pid, same), "the old row was still there");
    assert!(app.menu().contains("my_pool · Logged out"), "{}", app.menu());
    // What only reads otherwise stays what it is.
    let zebra = stage.row(pid, &["zebra", "Log in…"]);
    stage.write_config(&format!("{version}{pool}\n{acme}").replace("team.acme", "team.zebu"));
    app.until_row("zebu · Logged out");
    assert!(stage.click_row(pid, zebra), "{ACME} is where it was");
    app.until_row("zebu · Check the page shows  ");
}

// F141
#[test]
fn a_start_at_login_whose_program_has_moved_is_led_to_it() {
    let stage = Stage::new();
    let folder = stage.home().join(".config/autostart");
    fs::create_dir_all(&folder).unwrap();
    let entry = folder.join("keyfob-desktop.desktop");
    fs::write(&entry, "[Desktop Entry]\nType=Application\nName=Mine\nExec=\"/gone/keyfob-desktop\" --background\n")
        .unwrap();
    let _app = stage.app();
    let own = format!("Exec=\"{}\" --background\n", peers::keyfob_desktop().display());
    until("it is led to the program", || match fs::read_to_string(&entry).unwrap() {
        text if text.contains(&own) && text.contains("Name=Mine") => Ok(()),
        text => Err(text),
    });
}

// F142
#[test]
fn the_desktop_entry_names_the_window_as_the_window_does() {
    let entry = fs::read_to_string(peers::root().join("src-tauri/keyfob-desktop.desktop")).unwrap();
    for line in ["StartupWMClass=keyfob-desktop", "Icon=keyfob-desktop"] {
        assert!(entry.lines().any(|found| found == line), "no {line} in {entry}");
    }
}

// F143
#[test]
fn whatever_was_started_is_waited_for() {
    let stage = stage();
    let app = stage.app();
    app.click(&["acme", "Log in…"]);
    app.until_row("Check the page shows  ");
    app.activate();
    until_heard(&stage, "the window is raised", |line| line["down"] == "raise");
    crate::stand_in::say(&stage, &serde_json::json!("die"));
    until("the browser was asked", || if stage.browsed().is_empty() { Err(stage.log()) } else { Ok(()) });
    until("no child of it is left", || {
        let tasks = fs::read_dir(format!("/proc/{}/task", app.pid())).unwrap().flatten();
        let children: Vec<String> =
            tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok()).collect();
        if children.iter().all(|all| all.trim().is_empty()) { Ok(()) } else { Err(format!("{children:?}")) }
    });
}
