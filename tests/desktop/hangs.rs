//! Other programs hang: whoever owns the clipboard, the notification server, the browser's opener, the display server,
//! the bus. The tray goes on answering, and ends when it is told to.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use keyfob_tests::support::desktop::{App, until};
use rustix::process::Signal;

use crate::stage::Stage;

/// What a person takes for an answer at once is a tenth of a second. A machine that is busy with other tests may take
/// longer for anything; whatever hangs here takes longer still.
const AT_ONCE: Duration = Duration::from_millis(2800);
/// The end is within two seconds on a machine of one's own.
const SOON: Duration = Duration::from_secs(8);

/// Takes the clipboard, says who asks for what lies there, and answers nobody.
const HANGING_OWNER: &str = r"
from Xlib import X, display
d = display.Display()
window = d.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
window.set_selection_owner(d.intern_atom('CLIPBOARD'), X.CurrentTime)
d.sync()
print('owner', flush=True)
while True:
    if d.next_event().type == X.SelectionRequest:
        print('asked', flush=True)
";

struct Owner(Child, BufReader<std::process::ChildStdout>);

impl Owner {
    fn start(mut python: Command) -> Self {
        let mut owner = python.args(["-c", HANGING_OWNER]).stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(owner.stdout.take().unwrap());
        let mut owner = Owner(owner, said);
        owner.until("owner");
        owner
    }

    fn until(&mut self, word: &str) {
        let mut line = String::new();
        while line.trim() != word {
            line.clear();
            assert_ne!(self.1.read_line(&mut line).unwrap(), 0, "python3-xlib is missing");
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks for the menu a few times while something hangs.
fn answers(stage: &Stage, app: &App<'_>, what: &str) {
    let took: Vec<_> = (0..5).map(|_| stage.answers_in(app.pid())).collect();
    let longest = took.iter().max().unwrap();
    assert!(*longest < AT_ONCE, "while {what} hangs: {took:?}");
}

fn ends(mut app: App<'_>, what: &str) {
    app.signal(Signal::TERM);
    let (status, took) = app.end();
    assert_eq!(status, Some(0), "{what}");
    assert!(took < SOON, "while {what} hangs: {took:?}");
}

// F130
#[test]
fn a_program_that_owns_the_clipboard_and_hangs_holds_nobody_up() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    app.click(&["acme", "Copy a secret", "Token"]);
    stage.notice("Copied a secret");
    let mut owner = Owner::start(stage.command("/usr/bin/python3"));
    // The person leaves: whose text lies on the clipboard has to be asked.
    let locks = std::thread::scope(|scope| {
        let asked = scope.spawn(|| owner.until("asked"));
        until("the owner is asked", || {
            let mut lock = stage.command("gdbus");
            lock.args(["emit", "--session", "--object-path", "/org/freedesktop/ScreenSaver", "--signal"]);
            assert!(lock.args(["org.freedesktop.ScreenSaver.ActiveChanged", "true"]).status().unwrap().success());
            if asked.is_finished() { Ok(()) } else { Err(stage.log()) }
        });
        asked.join()
    });
    locks.unwrap();
    answers(&stage, &app, "the clipboard's owner");
    // And the next copy takes the clipboard back.
    app.click(&["acme", "Copy export line", "bash/zsh"]);
    until("it is copied", || match stage.clipboard() {
        text if text == " export IOT_TEAM=acme" => Ok(()),
        other => Err(other),
    });
    ends(app, "the clipboard's owner");
}

// F131
#[test]
fn a_notification_server_that_hangs_holds_nobody_up_and_what_it_takes_late_can_be_clicked() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    stage.signal_notices(Signal::STOP);
    stage.ends_in(480, false);
    app.until("the tray asks for attention", |tray| tray["status"] == "NeedsAttention");
    app.click(&["acme", "Copy export line", "bash/zsh"]);
    answers(&stage, &app, "the notification server");
    // What was answered to the click is said in a window, after a while.
    until("the window says what was copied", || {
        let heard = fs::read_to_string(stage.home().join("window.heard")).unwrap_or_default();
        let menu = app.menu();
        if heard.contains("raise") || menu.contains("acme") { Ok(()) } else { Err(heard) }
    });
    stage.signal_notices(Signal::CONT);
    let said = stage.notice("acme ends in");
    stage.press(&said, "Log in again");
    app.until_row("Check the page shows  ");
    stage.signal_notices(Signal::STOP);
    ends(app, "the notification server");
    stage.signal_notices(Signal::CONT);
}

// F132
#[test]
fn an_opener_that_hangs_holds_nobody_up() {
    let stage = Stage::new();
    let bin = stage.home().join("path");
    fs::create_dir(&bin).unwrap();
    for program in ["xdg-open", "xdg-settings"] {
        let opened = stage.home().join("opened");
        fs::write(bin.join(program), format!("#!/bin/sh\necho $$ >>{}\nexec sleep 600\n", opened.display())).unwrap();
        fs::set_permissions(bin.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let app = stage.launch_with(&["--background"], |command| {
        command.env_remove("BROWSER").env("PATH", path);
    });
    app.until_row("acme · Logged out");
    app.click(&["acme", "Log in…"]);
    until("the opener was started", || match fs::read_to_string(stage.home().join("opened")) {
        Ok(pid) if !pid.is_empty() => Ok(()),
        other => Err(format!("{other:?}")),
    });
    answers(&stage, &app, "the opener");
    app.until_row("Check the page shows  ");
    ends(app, "the opener");
    let opener = fs::read_to_string(stage.home().join("opened")).unwrap();
    let _ = Command::new("kill").args(opener.split_whitespace()).status();
}

// F133
#[test]
fn a_display_server_that_hangs_holds_nobody_up_and_the_copy_is_told_to_have_failed() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    stage.signal_display(Signal::STOP);
    app.click(&["acme", "Copy export line", "bash/zsh"]);
    answers(&stage, &app, "the display server");
    let said = stage.notice("Nothing could be copied");
    assert!(said.body.contains("does not answer") && said.body.contains("keyfob env"), "{said:?}");
    ends(app, "the display server");
    stage.signal_display(Signal::CONT);
}

// F131
#[test]
fn a_bus_that_hangs_does_not_hold_up_the_end() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    stage.keyring.stop_bus();
    ends(app, "the bus");
}
