//! What can go wrong around the tray program while it works: killed, refused, spoken to by strangers, ended too early.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use keyfob_core::doors::ports::{Files as _, LockAnswer};
use keyfob_platform::files::DiskFiles;
use keyfob_sandbox::{Fault, Operation, What};
use keyfob_tests::support::desktop::until;
use keyfob_tests::support::peers;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::stage::{ACME, POOL, Stage};
use crate::stand_in::{page, say, until_heard};

fn session_of_acme(stage: &Stage) -> Value {
    let facts: Value = serde_json::from_slice(&fs::read(stage.facts()).unwrap()).unwrap();
    facts["teams"][ACME]["session"].clone()
}

/// Where the tray program listens.
fn socket(stage: &Stage) -> PathBuf {
    let folder = stage.home().join("run/keyfob");
    let mut found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    found.next().expect("there is a socket")
}

// F72
#[test]
fn killed_at_any_moment_it_starts_again_at_once_and_knows_where_everything_stands() {
    let stage = Stage::new();
    stage.log_in();
    for round in 0..24 {
        let begin = Instant::now();
        let mut app = stage.app();
        // Nothing that a dead one left behind is waited for: a lock is for half a minute.
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
        let menu = app.menu();
        let good = ["● acme", "○ acme · Logged out", "▲ acme · Ended"];
        assert!(good.iter().any(|row| menu.contains(row)), "round {round}: {menu}\n{}", stage.log());
        if menu.contains("● acme") && round % 3 != 2 {
            app.click(&["acme", "Renew now"]);
        } else if menu.contains("● acme") {
            app.click(&["acme", "Log out"]);
        } else {
            stage.cloud.approve_next().unwrap();
            app.click(&["acme", "Log in"]);
        }
        // Some moments later, another one each time.
        for _ in 0..(round * 7) % 11 {
            app.tray();
        }
        app.signal(Signal::KILL);
        app.end();
        let status: Value = serde_json::from_str(&stage.keyfob("status --json")).unwrap();
        assert_eq!(status["teams"].as_array().unwrap().len(), 2, "{status}");
    }
    let app = stage.app();
    if !app.menu().contains("● acme") {
        stage.cloud.approve_next().unwrap();
        app.click(&["acme", "Log in"]);
    }
    app.until_row("● acme");
    app.click(&["acme", "Log out"]);
    app.until_row("○ acme · Logged out");
}

// F75
#[test]
fn a_tray_program_of_another_version_is_told_apart_politely_and_the_cli_works_alone() {
    let stage = Stage::new();
    stage.keyfob("profile add acme admin --account 111111111111 --role AdministratorAccess");
    // The running one is the older: it holds the lock and refuses what it does not know.
    let mut app = stage.app();
    let path = socket(&stage);
    app.signal(Signal::TERM);
    app.end();
    let lock = DiskFiles.try_lock(&stage.state().join("locks/desktop.lock")).unwrap();
    assert!(matches!(lock, LockAnswer::Taken(_)));
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    let old = std::thread::spawn(move || {
        let mut all = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = [0; 256];
            let length = stream.read(&mut heard).unwrap();
            stream.write_all(b"refused\n").unwrap();
            all.push(String::from_utf8_lossy(&heard[..length]).into_owned());
        }
        all
    });
    let mut second = stage.launch(&[]);
    assert_eq!(second.end().0, Some(1), "{}", stage.log());
    let mut keys = stage.command(peers::keyfob());
    let keys = keys.args(["credential-process", "--team", "acme", "--profile", "admin"]).output().unwrap();
    assert_eq!(keys.status.code(), Some(3), "nobody can be asked: {}", String::from_utf8_lossy(&keys.stderr));
    let said = old.join().unwrap();
    assert!(said[0].starts_with("{\"keyfob\":1,\"say\":{\"ask\":\"raise\"},\"from\":{\"DISPLAY\":"), "{said:?}");
    assert_eq!(said[1], format!("{{\"keyfob\":1,\"say\":{{\"ask\":\"need\",\"team\":\"{ACME}\"}}}}\n"));
    assert!(stage.log().contains("is of another version"), "{}", stage.log());
    stage.log_in();
    drop(lock);
    drop(second);

    // The running one is ours, and what comes is of another one.
    let app = stage.app();
    app.until_row("● acme");
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.write_all(b"{\"keyfob\":2,\"say\":{\"ask\":\"dance\"}}\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "refused\n");
    app.until_row("● acme");
}

// F76
#[test]
fn a_socket_left_by_a_dead_one_is_taken_over_and_what_is_no_socket_is_left_alone() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    let mut app = stage.app();
    let path = socket(&stage);
    app.signal(Signal::KILL);
    app.end();
    assert!(path.exists(), "it was left behind");
    let mut app = stage.app();
    let mut second = stage.launch(&[]);
    assert_eq!(second.end().0, Some(0), "{}", stage.log());
    until_heard(&stage, "the window was raised", |line| line["down"] == "raise");
    app.signal(Signal::KILL);
    app.end();

    fs::remove_file(&path).unwrap();
    fs::write(&path, "somebody's own").unwrap();
    let app = stage.app();
    app.until_row("acme · Logged out");
    let mut second = stage.launch(&[]);
    assert_eq!(second.end().0, Some(1), "{}", stage.log());
    assert!(stage.log().contains("Keyfob is running already"), "{}", stage.log());
    assert_eq!(fs::read_to_string(&path).unwrap(), "somebody's own");
}

// F82
#[test]
fn a_login_that_is_refused_on_the_page_is_told_and_leaves_everything_as_it_was() {
    let stage = Stage::new();
    let app = stage.app();
    app.click(&["acme", "Log in…"]);
    app.until_row("Check the page shows  ");
    let check = stage.notice("Check the code");
    stage.cloud.refuse(&stage.cloud.pending().pop().unwrap()).unwrap();
    let said = stage.notice("refused");
    assert!(!said.body.is_empty(), "{said:?}");
    until("the code is not on display any more", || match stage.closed() {
        closed if closed.contains(&check.number) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    app.click(&["acme", "Log in…"]);
    app.until_row("Check the page shows  ");
    stage.cloud.approve(&stage.cloud.pending().pop().unwrap()).unwrap();
    app.until_row("● acme");
}

// F83
#[test]
fn two_clicks_at_once_are_one_login_and_the_second_shows_it() {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    let app = stage.app();
    app.activate();
    until_heard(&stage, "the window is open", |line| line["down"] == "raise");
    let log_in = json!({"up": "act", "click": {"click": "act", "action": {"action": "log-in", "team": ACME}}});
    say(&stage, &log_in);
    say(&stage, &log_in);
    app.until_row("acme · Check the page shows  ");
    until_heard(&stage, "the second click shows the login", |line| page(line) == "login");
    say(&stage, &json!({"up": "act", "click": {"click": "act", "action": {"action": "log-in", "team": POOL}}}));
    app.until_row("? my_pool");
    assert_eq!(stage.cloud.pending().len(), 1);
    assert_eq!(stage.cloud.count(Operation::StartDeviceAuthorization), 1);
}

// F84
#[test]
fn who_quits_while_a_session_is_renewed_finds_it_renewed_afterwards() {
    let stage = Stage::new();
    stage.logged_in_an_hour_ago(3000);
    let before = session_of_acme(&stage);
    let mut app = stage.app();
    app.until_row("● acme");
    stage.cloud.faults().add(Fault::on(Operation::RefreshToken, What::Delay { millis: 8000 }));
    app.click(&["acme", "Renew now"]);
    until("the server was asked", || match stage.cloud.faults().waiting() {
        0 => Ok(()),
        _ => Err(stage.log()),
    });
    app.click(&["Quit (stay logged in)"]);
    // What is seen goes at once, and whoever starts the program again need not wait for the old one.
    until("the icon is gone", || if app.tray().is_null() { Ok(()) } else { Err(stage.log()) });
    let next = stage.app();
    next.until_row("● acme");
    let (status, took) = app.end();
    assert_eq!(status, Some(0), "{}", stage.log());
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_ne!(session_of_acme(&stage)["expires"], before["expires"], "what the server gave was lost");
    // The rotated token was kept as well: another renewal works.
    stage.keyfob("renew acme");
    assert_eq!(stage.cloud.count(Operation::RefreshToken), 2);
}

// F85
#[test]
fn a_team_renamed_or_taken_out_of_the_file_while_it_renews_ends_up_as_the_file_says() {
    let stage = Stage::new();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");
    let text = fs::read_to_string(stage.config()).unwrap();
    let renew_slowly = |name: &str| {
        stage.cloud.faults().add(Fault::on(Operation::RefreshToken, What::Delay { millis: 500 }));
        app.click(&[name, "Renew now"]);
        until("the server was asked", || match stage.cloud.faults().waiting() {
            0 => Ok(()),
            _ => Err(stage.log()),
        });
    };
    renew_slowly("acme");
    stage.write_config(&text.replace("team.acme", "team.other"));
    app.until_row("● other");
    until("it was renewed", || match stage.cloud.count(Operation::RefreshToken) {
        1 => Ok(()),
        n => Err(n.to_string()),
    });
    renew_slowly("other");
    let rest = text.split_once("[team.my_pool]").unwrap().1;
    stage.write_config(&format!("version = 1\n[team.my_pool]{rest}"));
    until("the team is gone", || {
        let menu = app.menu();
        if menu.contains("other") || menu.contains("acme") { Err(menu) } else { Ok(()) }
    });
    app.until_row("my_pool · Logged out");
    stage.write_config(&text);
    app.until_row("acme");
}
