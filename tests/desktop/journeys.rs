//! Whole stories, from a person's first look to the day after, with every real program that takes part.

use std::fs;

use keyfob_sandbox::{DEMO_PASSWORD, Operation};
use keyfob_tests::support::desktop::until;
use keyfob_tests::support::keyring::is_alive;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::stage::{POOL, Stage};
use crate::stand_in::{answer, heard, page, say, until_heard};

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.desktop.with_stand_in_window();
    stage
}

#[test]
fn a_newcomer_adds_a_team_in_the_window_and_logs_in_by_the_tray() {
    let stage = stage();
    fs::remove_file(stage.config()).unwrap();
    let app = stage.app();
    assert!(app.menu().starts_with("Welcome — add your first team…\n"), "{}", app.menu());
    assert_eq!(app.tray()["tooltip"], "Keyfob — no teams yet");
    app.click(&["Welcome"]);
    until_heard(&stage, "the form is shown", |line| page(line) == "add-team");
    say(
        &stage,
        &json!({"up": "answer", "typed": {"typed": "team", "form": {"team": null, "name": "first", "provider": "aws-sso",
            "settings": {"start-url": stage.cloud.start_url(), "region": "eu-west-1", "flow": "code",
                "oidc-endpoint": stage.cloud.url(), "portal-endpoint": stage.cloud.url()}, "secrets": {}}}}),
    );
    app.until_row("○ first · Logged out");
    app.click(&["first", "Log in…"]);
    let code = {
        app.until_row("first · Check the page shows  ");
        stage.cloud.pending().pop().unwrap()
    };
    let host = stage.cloud.addr();
    assert!(app.menu().contains(&format!("Check the page shows  {code}  at {host}")), "{}", app.menu());
    let said = stage.notice(&format!("Check the code: {code}"));
    assert!(said.body.contains(&host.to_string()), "{said:?}");
    stage.press(&said, "");
    until_heard(&stage, "a click on the body shows the code in the window", |line| {
        page(line) == "login" && line.to_string().contains(&code)
    });
    stage.approve_on_the_page();
    app.until_row("● first");
    assert!(stage.keyfob("status first --json").contains("\"fresh\""));
}

#[test]
fn a_password_and_a_one_time_code_are_typed_in_the_window_that_opens_for_them() {
    let stage = stage();
    let app = stage.app();
    app.click(&["my_pool", "Log in…"]);
    app.until_row("my_pool · ");
    let view = until_heard(&stage, "it asks for the password", |line| line.to_string().contains("assword"));
    assert_eq!(page(&view), "login");
    answer(
        &stage,
        POOL,
        0,
        json!({"answer": "filled", "values": {"username": "tom", "password": DEMO_PASSWORD}, "ticks": []}),
    );
    app.until_row("? my_pool · Code needed");
    assert_eq!(app.tray()["status"], "NeedsAttention");
    until_heard(&stage, "it asks for the code", |line| line.to_string().contains("authenticator"));
    let wrong = json!({"answer": "filled", "values": {"code": "000000"}, "ticks": []});
    answer(&stage, POOL, 0, wrong);
    until_heard(&stage, "it asks again", |line| line.to_string().contains("not right"));
    let code = stage.cloud.totp("tom").unwrap();
    answer(&stage, POOL, 0, json!({"answer": "filled", "values": {"code": code}, "ticks": []}));
    app.until_row("● my_pool");
    assert!(app.menu().contains("Logged in as tom"), "{}", app.menu());
    let text = fs::read_to_string(stage.home().join("window.heard")).unwrap();
    assert!(!text.contains(DEMO_PASSWORD) && !text.contains("eyJ"), "a secret went down the pipe");
}

#[test]
fn after_the_end_a_click_on_the_notice_logs_in_again_and_a_log_out_is_the_last_word() {
    let stage = stage();
    stage.log_in();
    stage.ends_in(-60, false);
    let app = stage.app();
    let said = stage.notice("acme has ended");
    stage.press(&said, "Log in again");
    app.until_row("acme · Check the page shows  ");
    stage.approve_on_the_page();
    app.until_row("● acme");
    until("what has ended is not on display any more", || match stage.closed() {
        closed if closed.contains(&said.number) => Ok(()),
        _ if stage.notices().iter().any(|notice| notice.replaces == said.number) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    app.click(&["acme", "Log out"]);
    app.until_row("○ acme · Logged out");
    assert_eq!(stage.cloud.count(Operation::Logout), 1);
    let status: Value = serde_json::from_str(&stage.keyfob("status --json")).unwrap();
    assert_eq!(status["teams"][0]["health"], "signed-out", "{status}");
}

#[test]
fn tray_window_and_keyring_are_killed_one_after_another_and_everything_carries_on() {
    let stage = stage();
    stage.log_in();
    let app = stage.app();
    app.until_row("● acme");

    app.activate();
    let window = |stage: &Stage| heard(stage).iter().rev().find_map(|line| line["born"].as_i64());
    until("there is a window", || window(&stage).map(drop).ok_or_else(|| stage.log()));
    let first = Pid::from_raw(window(&stage).unwrap().try_into().unwrap()).unwrap();
    kill_process(first, Signal::KILL).unwrap();
    stage.notice("The window closed unexpectedly");
    app.activate();
    until("there is another window", || match window(&stage) {
        Some(pid) if pid != i64::from(first.as_raw_nonzero().get()) => Ok(()),
        other => Err(format!("{other:?}")),
    });

    let second = Pid::from_raw(window(&stage).unwrap().try_into().unwrap()).unwrap();
    app.signal(Signal::KILL);
    until("its window is gone with it", || if is_alive(second) { Err(stage.log()) } else { Ok(()) });
    drop(app);

    stage.keyring.restart();
    let app = stage.app();
    app.until_row("● acme");
    app.click(&["acme", "Renew now"]);
    until("it renews with the new keyring", || match stage.cloud.count(Operation::RefreshToken) {
        0 => Err(format!("{}{}", app.menu(), stage.log())),
        _ => Ok(()),
    });
    app.until_row("● acme");
    // And once more while the tray runs: the one that takes its place is locked.
    stage.keyring.kill();
    app.click(&["acme", "Log out"]);
    let said = stage.notice("Your keychain is locked");
    assert!(said.actions.contains(&"Unlock".to_owned()), "{said:?}");
    app.until_row("Keychain locked — unlock…");
    assert_eq!(app.tray()["status"], "NeedsAttention");
    stage.keyring.restart();
    stage.press(&said, "Unlock");
    app.until_row("● acme");
    app.click(&["acme", "Log out"]);
    app.until_row("○ acme · Logged out");
}
