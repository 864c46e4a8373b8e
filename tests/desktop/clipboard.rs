//! The clipboard on a real display: secrets are marked, and taken back only while they are ours.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use keyfob_tests::support::desktop::{Desktop, Parts, until};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::peers;
use keyfob_tests::support::system_bus::Logind;
use rustix::process::Signal;

use crate::stage::Stage;

struct Probe {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Probe {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Probe { child, said }
    }

    fn say(&mut self, line: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
        let mut answer = String::new();
        self.said.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn display() -> Desktop {
    Desktop::start(Parts { keyring: Keyring::NoBus, tray_host: false, notices: None })
}

fn targets(desktop: &Desktop) -> String {
    let out =
        desktop.command("timeout").args(["60", "xclip", "-o", "-selection", "clipboard", "-t", "TARGETS"]).output();
    String::from_utf8(out.unwrap().stdout).unwrap()
}

// T16
#[test]
fn a_secret_is_marked_and_gone_after_a_while_and_what_others_copied_stays() {
    let desktop = display();
    let mut probe = Probe::start(desktop.command(peers::clipboard_probe()));
    assert_eq!(probe.say("plain a line"), "ok");
    assert_eq!(desktop.clipboard(), "a line");
    assert!(!targets(&desktop).contains("x-kde-passwordManagerHint"));

    assert_eq!(probe.say("secret 600 s3cret"), "ok");
    assert_eq!(desktop.clipboard(), "s3cret");
    assert!(targets(&desktop).contains("x-kde-passwordManagerHint"), "{}", targets(&desktop));
    until("the secret is gone", || match desktop.clipboard() {
        text if text.is_empty() => Ok(()),
        other => Err(other),
    });

    // Another one in its place takes no part in the first one's end.
    assert_eq!(probe.say("secret 100 first"), "ok");
    assert_eq!(probe.say("plain second"), "ok");
    assert_eq!(probe.say("secret 60000 third"), "ok");
    let mut foreign = desktop.command("xclip").args(["-selection", "clipboard"]).stdin(Stdio::piped()).spawn().unwrap();
    write!(foreign.stdin.take().unwrap(), "of somebody else").unwrap();
    foreign.wait().unwrap();
    until("the other program has it", || match desktop.clipboard() {
        text if text == "of somebody else" => Ok(()),
        other => Err(other),
    });
    assert_eq!(probe.say("end"), "ok");
    assert_eq!(desktop.clipboard(), "of somebody else");

    assert_eq!(probe.say("secret 60000 fourth"), "ok");
    assert_eq!(desktop.clipboard(), "fourth");
    assert_eq!(probe.say("end"), "ok");
    assert_eq!(desktop.clipboard(), "", "an end takes a secret along");
}

// F91
#[test]
fn a_display_that_is_gone_costs_the_copy_and_nothing_else() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.launch_with(&["--background"], |command| {
        command.env("DISPLAY", ":4711");
    });
    app.until_row("● acme");
    app.click(&["Copy export IOT_TEAM=acme"]);
    let said = stage.notice("Nothing could be copied");
    assert!(said.body.contains("keyfob env"), "it offers to print: {said:?}");
    app.click(&["acme", "Log out"]);
    app.until_row("○ acme · Logged out");
}

fn is_on_the_clipboard(stage: &Stage, is_it: impl Fn(&str) -> bool) {
    until("it is on the clipboard", || match stage.clipboard() {
        text if is_it(&text) => Ok(()),
        other => Err(format!("{other}\n{}", stage.log())),
    });
}

/// The person leaves, and the secret goes: long before the half minute is over in which it goes by itself. Who listens
/// for it may need a moment to begin.
fn goes_when(stage: &Stage, leaves: impl Fn()) {
    let begin = Instant::now();
    until("the secret is gone", || {
        leaves();
        let left = stage.clipboard();
        if left.is_empty() { Ok(()) } else { Err(left) }
    });
    assert!(begin.elapsed() < Duration::from_secs(25), "{:?}", begin.elapsed());
}

// T16, F92
#[test]
fn a_secret_is_copied_by_the_tray_on_request_only_and_goes_when_the_person_leaves() {
    let stage = Stage::new();
    let logind = Logind::start(&stage.keyring);
    stage.log_in();
    stage.keyfob("profile add acme admin --account 111111111111 --role AdministratorAccess");
    let app = stage.launch_with(&["--background"], |command| {
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &logind.address);
    });
    app.until_row("AWS keys of admin");

    app.click(&["acme", "Copy a secret", "Token"]);
    is_on_the_clipboard(&stage, |text| text.len() > 20 && !text.contains("export"));
    let token = stage.clipboard();
    assert!(targets(&stage).contains("x-kde-passwordManagerHint"), "{}", targets(&stage));
    let said = stage.notice("Copied a secret");
    assert_eq!(said.body, "Token of acme. The clipboard is cleared in 30 seconds.");
    assert!(!app.menu().contains(&token), "{}", app.menu());
    stage.screen_saver(false);
    assert_eq!(stage.clipboard(), token, "coming back is no leaving");
    goes_when(&stage, || stage.screen_saver(true));

    app.click(&["acme", "Copy a secret", "AWS keys of admin"]);
    is_on_the_clipboard(&stage, |text| text.contains("AWS_SECRET_ACCESS_KEY="));
    goes_when(&stage, || logind.emit("org.freedesktop.login1.Manager", "PrepareForSleep", Some(true)));

    app.click(&["acme", "Copy a secret", "Token"]);
    is_on_the_clipboard(&stage, |text| text == token);
    goes_when(&stage, || logind.emit("org.freedesktop.login1.Session", "Lock", None));

    // What is no secret stays.
    app.click(&["Copy export IOT_TEAM=acme"]);
    is_on_the_clipboard(&stage, |text| text.contains("IOT_TEAM"));
    stage.screen_saver(true);
    is_on_the_clipboard(&stage, |text| text.contains("IOT_TEAM"));
    app.click(&["acme", "Copy a secret", "Token"]);
    is_on_the_clipboard(&stage, |text| text == token);
    let mut app = app;
    app.signal(Signal::TERM);
    assert_eq!(app.end().0, Some(0));
    assert_eq!(stage.clipboard(), "", "a secret outlived the program");
}
