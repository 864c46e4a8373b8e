//! Starting, ending, being killed, starting twice; and what the program is made of.

use std::fs;
use std::process::Command;
use std::time::Duration;

use keyfob_tests::support::desktop::{Parts, until};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::peers;
use rustix::process::Signal;
use serde_json::json;

use crate::stage::Stage;
use crate::stand_in::{say, until_heard};

#[test]
fn a_signal_ends_it_cleanly_and_takes_icon_and_notices_along() {
    let stage = Stage::new();
    stage.log_in();
    for (minutes, signal) in [(9, Signal::TERM), (8, Signal::INT), (7, Signal::HUP)] {
        stage.ends_in(minutes * 60, false);
        let mut app = stage.app();
        let said = stage.notice(&format!("acme ends in {} min", minutes - 1));
        app.signal(signal);
        let (status, took) = app.end();
        assert_eq!(status, Some(0), "{}", stage.log());
        assert!(took < Duration::from_secs(20), "{took:?}");
        assert!(app.tray().is_null(), "the icon stayed");
        assert!(stage.closed().contains(&said.number), "the notice stayed: {:?}", stage.closed());
    }
}

#[test]
fn quitting_in_the_menu_leaves_people_logged_in() {
    let stage = Stage::new();
    stage.log_in();
    let mut app = stage.app();
    app.click(&["Quit (stay logged in)"]);
    assert_eq!(app.end().0, Some(0));
    assert!(stage.keyfob("status acme --json").contains("\"fresh\""));
}

#[test]
fn killed_and_started_again_it_is_where_it_was() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    app.signal(Signal::KILL);
    drop(app);
    let app = stage.app();
    app.until_row("● acme");
    app.click(&["acme", "Log out"]);
    app.until_row("○ acme · Logged out");
}

// T41
#[test]
fn a_second_start_raises_the_window_and_a_second_start_at_login_does_nothing() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    let _app = stage.app();
    let mut second = stage.launch(&["--background"]);
    assert_eq!(second.end().0, Some(0), "{}", stage.log());
    assert!(!stage.home().join("window.heard").exists());
    let mut second = stage.launch(&[]);
    assert_eq!(second.end().0, Some(0), "{}", stage.log());
    until("the window was raised", || {
        let heard = fs::read_to_string(stage.home().join("window.heard")).unwrap_or_default();
        if heard.contains("\"down\":\"raise\"") { Ok(()) } else { Err(heard) }
    });
}

// F73
#[test]
fn of_many_starts_at_once_one_stays() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    let mut all: Vec<_> = (0..100).map(|_| stage.launch(&["--background"])).collect();
    until("all but one have ended", || match all.iter_mut().filter_map(|app| app.child.try_wait().unwrap()).count() {
        99 => Ok(()),
        other => Err(format!("{other} have ended")),
    });
    for app in &mut all {
        if let Some(status) = app.child.try_wait().unwrap() {
            assert!(status.success(), "{}", stage.log());
        }
    }
}

// F80
#[test]
fn a_program_that_was_replaced_while_it_ran_keeps_working() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    let app = stage.app();
    let bin = stage.home().join("bin");
    for name in ["keyfob-desktop", "keyfob-window"] {
        fs::copy(bin.join(name), bin.join("new")).unwrap();
        fs::rename(bin.join("new"), bin.join(name)).unwrap();
    }
    app.activate();
    until_heard(&stage, "the new window opens", |line| line["down"] == "raise");
    say(&stage, &json!({"up": "act", "click": {"click": "start-at-login", "on": true}}));
    let entry = stage.home().join(".config/autostart/keyfob-desktop.desktop");
    until("it starts at login", || if entry.exists() { Ok(()) } else { Err(stage.log()) });
    let entry = fs::read_to_string(entry).unwrap();
    let program = bin.join("keyfob-desktop");
    assert!(entry.contains(&format!("Exec=\"{}\" --background\n", program.display())), "{entry}");
    app.until_row("acme · Logged out");
}

// F88
#[test]
fn without_a_display_it_ends_with_a_sentence() {
    let stage = Stage::with(Parts { tray_host: false, notices: None, ..Parts::default() });
    let mut app = stage.launch_with(&[], |command| {
        command.env_remove("DISPLAY");
    });
    assert_eq!(app.end().0, Some(1));
    assert!(stage.log().contains("There is no display"), "{}", stage.log());
    let mut app = stage.launch(&["--bogus"]);
    assert_eq!(app.end().0, Some(2));
}

#[test]
fn without_a_bus_it_lives_and_the_window_is_the_way_in() {
    let mut stage = Stage::with(Parts { keyring: Keyring::NoBus, tray_host: false, notices: None });
    stage.desktop.with_stand_in_window();
    let mut app = stage.launch(&[]);
    until("the window is open", || {
        let heard = fs::read_to_string(stage.home().join("window.heard")).unwrap_or_default();
        if heard.contains("\"down\":\"raise\"") { Ok(()) } else { Err(format!("{heard}{}", stage.log())) }
    });
    app.signal(Signal::TERM);
    assert_eq!(app.end().0, Some(0));
}

#[test]
fn on_linux_it_links_no_toolkit_and_no_web_engine() {
    let out = Command::new("ldd").arg(peers::keyfob_desktop()).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let linked: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| !name.contains("ld-linux"))
        .collect();
    let fine = ["linux-vdso.so.1", "libgcc_s.so.1", "libm.so.6", "libc.so.6"];
    assert!(linked.contains(&"libc.so.6"), "{text}");
    assert!(linked.iter().all(|name| fine.contains(name)), "{text}");
}

// T20, T21
#[test]
fn nobody_can_dump_it() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    let limits = fs::read_to_string(format!("/proc/{}/limits", app.pid())).unwrap();
    let core: Vec<&str> =
        limits.lines().find(|line| line.starts_with("Max core")).unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"]);
}
