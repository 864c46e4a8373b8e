//! The session bus comes late, dies and comes back: icon and notices come with it, and nothing that is still true is lost.

use std::path::Path;
use std::process::{Child, Command};

use keyfob_tests::support::desktop::{Parts, until};
use keyfob_tests::support::keyring::is_alive;
use keyfob_tests::support::peers;
use rustix::process::{Pid, Signal, kill_process};

use crate::stage::Stage;
use crate::stand_in::heard;

/// The tray program, apart from the desktop that it was started on.
struct Tray(Child);

impl Tray {
    fn start(stage: &Stage) -> Self {
        Tray::start_with(stage, |_| {})
    }

    fn start_with(stage: &Stage, change: impl FnOnce(&mut Command)) -> Self {
        let mut app = stage.launch_with(&["--background"], change);
        Tray(std::mem::replace(&mut app.child, Command::new("true").spawn().unwrap()))
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    fn until_icon(&self, stage: &Stage) {
        until("the icon is there", || match stage.tray_of(self.pid()) {
            tray if tray.is_null() => Err(stage.log()),
            _ => Ok(()),
        });
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until_logged(stage: &Stage, text: &str) {
    until(text, || match stage.log() {
        log if log.contains(text) => Ok(()),
        log => Err(log),
    });
}

// F134
#[test]
fn a_bus_that_dies_is_told_and_the_next_one_gets_the_icon_and_what_still_has_to_be_seen() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    stage.log_in();
    stage.ends_in(-60, false);
    let tray = Tray::start(&stage);
    tray.until_icon(&stage);
    stage.notice("acme has ended");
    let raised = |stage: &Stage| heard(stage).iter().filter(|line| line["down"] == "raise").count();
    for time in 1..=2 {
        stage.desktop.lose_bus();
        until_logged(&stage, "The session bus is gone");
        assert!(is_alive(Pid::from_raw(tray.pid().try_into().unwrap()).unwrap()));
        stage.desktop.find_bus_again();
        tray.until_icon(&stage);
        let said = stage.notice("acme has ended");
        stage.press(&said, "");
        until("the click is heard", || if raised(&stage) == time { Ok(()) } else { Err(stage.log()) });
    }
    assert_eq!(stage.log().matches("The session bus is gone").count(), 2, "{}", stage.log());
}

// F134
#[test]
fn a_tray_that_was_there_before_its_bus_shows_icon_and_notices_as_soon_as_there_is_one() {
    let mut stage = Stage::new();
    stage.log_in();
    stage.ends_in(-60, false);
    stage.desktop.lose_bus();
    let tray = Tray::start(&stage);
    until("it is at work", || match std::fs::read_dir(stage.home().join("run/keyfob")).map(Iterator::count) {
        Ok(1) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    stage.desktop.find_bus_again();
    tray.until_icon(&stage);
    stage.notice("acme has ended");
}

// F89, F315
#[test]
fn a_tray_host_that_comes_between_the_question_for_it_and_the_listening_for_it_gets_the_icon() {
    let mut stage = Stage::with(Parts { tray_host: false, ..Parts::default() });
    let (home, slow) = (stage.home().to_owned(), stage.home().join("run/slow"));
    let mut relay = stage.command("/usr/bin/python3");
    relay.arg(peers::root().join("tests/desktop/slow_answer.py")).arg(&slow).arg(home.join("run/bus"));
    let mut relay = relay.args(["org.kde.StatusNotifierWatcher".as_ref(), home.as_os_str()]).spawn().unwrap();
    let there = |path: &Path| if path.exists() { Ok(()) } else { Err(format!("no {}", path.display())) };
    until("the relay listens", || there(&slow));
    let address = format!("unix:path={}", slow.display());
    let tray = Tray::start_with(&stage, |command| {
        command.env("DBUS_SESSION_BUS_ADDRESS", address);
    });
    until("the tray asked for a host", || there(&home.join("held")));
    stage.desktop.start_panel();
    std::fs::write(home.join("go"), "").unwrap();
    tray.until_icon(&stage);
    relay.kill().unwrap();
    relay.wait().unwrap();
}

// F135
#[test]
fn when_the_display_is_gone_with_the_bus_the_session_is_over_and_whoever_started_the_tray_hears_it() {
    let mut stage = Stage::new();
    let mut tray = Tray::start(&stage);
    tray.until_icon(&stage);
    stage.signal_display(Signal::KILL);
    stage.desktop.lose_bus();
    let mut status = None;
    until("it ends", || {
        status = tray.0.try_wait().unwrap();
        if status.is_some() { Ok(()) } else { Err(stage.log()) }
    });
    assert_eq!(status.unwrap().code(), Some(1));
    assert!(stage.log().contains("(SESSION-OVER)"), "{}", stage.log());
}

// F139
#[test]
fn what_no_notification_server_could_show_is_shown_by_the_one_that_comes() {
    let mut stage = Stage::with(Parts { notices: None, ..Parts::default() });
    stage.log_in();
    stage.ends_in(480, false);
    let tray = Tray::start(&stage);
    until("the tray asks for attention", || match stage.tray_of(tray.pid()) {
        tray if tray["status"] == "NeedsAttention" => Ok(()),
        _ => Err(stage.log()),
    });
    stage.desktop.start_notices("actions body persistence");
    let said = stage.notice("acme ends in");
    // It has ended, and the server goes before anybody saw it: the next one shows it as it stands by then.
    stage.ends_in(-60, false);
    let ended = stage.notice("acme has ended");
    assert_eq!((ended.urgency, ended.expires), (2, 0), "F138: it stays until it is seen; {said:?}");
    stage.signal_notices(Signal::KILL);
    until("the server is gone", || if stage.has("org.freedesktop.Notifications") { Err(stage.log()) } else { Ok(()) });
    stage.desktop.start_notices("actions body persistence");
    let again = stage.notice("acme has ended");
    stage.press(&again, "Log in again");
    until("the click is heard", || if stage.cloud.pending().is_empty() { Err(stage.log()) } else { Ok(()) });
    kill_process(Pid::from_raw(tray.pid().try_into().unwrap()).unwrap(), Signal::TERM).unwrap();
}
