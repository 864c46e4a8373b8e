//! Logging in and out by the tray's menu, and what is copied from it.

use keyfob_sandbox::Operation;
use keyfob_tests::support::desktop::until;

use crate::stage::Stage;

#[test]
fn a_click_logs_in_and_the_row_shows_the_time_that_is_left() {
    let stage = Stage::new();
    let app = stage.app();
    let tray = app.tray();
    assert_eq!(tray["status"], "Active");
    assert_eq!(tray["tooltip"], "Keyfob — logged out");
    assert_eq!(tray["title"], tray["tooltip"], "screen readers say the title");
    assert_eq!(tray["sizes"], serde_json::json!([22, 24, 32, 48]));
    assert!(app.menu().starts_with("○ acme · Logged out\n"), "{}", app.menu());

    app.click(&["acme", "Log in…"]);
    app.until_row("acme · Check the page shows  ");
    let code = stage.cloud.pending().pop().unwrap();
    assert!(app.menu().contains(&code), "{}", app.menu());
    let said = stage.notice("Check the code");
    assert!(said.title.contains(&code), "{said:?}");
    assert_eq!(said.actions, ["default", "Open", "0", "Open page", "1", "Copy code"]);
    assert!(stage.browsed().contains("/device"), "a person asked, so the page was opened: {:?}", stage.browsed());

    app.click(&["Check the page shows"]);
    until("the code is on the clipboard", || match stage.clipboard() {
        text if text == code => Ok(()),
        other => Err(other),
    });

    stage.cloud.approve(&code).unwrap();
    app.until_row("● acme");
    let tray = app.tray();
    assert_eq!(tray["status"], "Active");
    let menu = app.menu();
    assert!(menu.contains("● acme · renews itself"), "{menu}");
    assert!(menu.contains(&format!("Logged in at {} · until", stage.cloud.addr())), "{menu}");
    assert!(menu.contains("Renew now") && menu.contains("Log out"), "{menu}");

    app.click(&["Copy export IOT_TEAM=acme"]);
    until("the line is on the clipboard", || match stage.clipboard() {
        text if text == " export IOT_TEAM=acme" => Ok(()),
        other => Err(other),
    });
    until("it says what was copied", || {
        let all = stage.notices();
        let said = all.iter().any(|n| n.title == "Copied" && n.body == "export IOT_TEAM=acme" && n.urgency == 0);
        if said { Ok(()) } else { Err(format!("{all:?}")) }
    });
    app.click(&["acme", "Copy export line", "PowerShell"]);
    until("the line of the other shell is there", || match stage.clipboard() {
        text if text.contains("$env:IOT_TEAM") => Ok(()),
        other => Err(other),
    });

    let status = stage.keyfob("status acme --json");
    assert!(status.contains("\"fresh\""), "the CLI sees the tray's login: {status}");

    app.click(&["acme", "Renew now"]);
    until("the server renewed", || match stage.cloud.count(Operation::RefreshToken) {
        0 => Err("nobody asked".into()),
        _ => Ok(()),
    });
    app.click(&["acme", "Log out"]);
    app.until_row("○ acme · Logged out");
    assert_eq!(stage.cloud.count(Operation::Logout), 1);
}

#[test]
fn a_login_can_be_cancelled_and_begun_again_while_another_one_waits() {
    let stage = Stage::new();
    let app = stage.app();
    app.click(&["acme", "Log in…"]);
    app.until_row("Check the page shows  ");
    let first = stage.cloud.pending().pop().unwrap();
    app.click(&["my_pool", "Log in…"]);
    app.until_row("? my_pool");
    assert_eq!(app.tray()["status"], "NeedsAttention");
    let menu = app.menu();
    assert!(
        menu.starts_with("acme · Check the page shows  ") && menu.contains("\nmy_pool · "),
        "both are seen: {menu}"
    );
    app.click(&["acme", "Cancel"]);
    app.until_row("○ acme · Logged out");
    app.click(&["acme", "Log in…"]);
    until("there is another code", || {
        let codes = stage.cloud.pending();
        if codes.iter().any(|code| *code != first) && app.menu().contains("Check the page shows") {
            Ok(())
        } else {
            Err(app.menu())
        }
    });
    // F83: a second click starts no second login.
    let second: Vec<String> = stage.cloud.pending().into_iter().filter(|code| *code != first).collect();
    assert_eq!(second.len(), 1);
    assert!(app.menu().contains("? my_pool"), "the other one still waits: {}", app.menu());
}

// F286, F287, F289
#[test]
fn a_login_in_the_browser_comes_back_by_itself_or_goes_on_another_device() {
    let stage = Stage::new();
    let config = std::fs::read_to_string(stage.config()).unwrap();
    stage.write_config(&config.replace("flow = \"code\"\n", ""));
    let app = stage.app();
    let page = || stage.browsed().lines().rev().find(|line| line.contains("/authorize?")).map(str::to_owned);
    let row = format!("acme · Your browser opened a page of {}", stage.cloud.addr());
    app.click(&["acme", "Log in…"]);
    app.until_row(&row);
    let first = page().unwrap();

    app.click(&["Cancel"]);
    app.until_row("○ acme · Logged out");
    // Whoever closed the browser begins again at once.
    app.click(&["acme", "Log in…"]);
    app.until_row(&row);
    until("another page opened", || match page() {
        Some(next) if next != first => Ok(()),
        other => Err(format!("{other:?}")),
    });
    stage.cloud.approve_next().unwrap();
    let came = std::process::Command::new("curl").args(["-sfL", &page().unwrap()]).output().unwrap();
    let answer = String::from_utf8_lossy(&came.stdout);
    assert!(answer.contains("acme") && answer.contains("You are logged in"), "{answer}");
    app.until_row("● acme");

    app.click(&["acme", "New session"]);
    app.until_row(&row);
    assert_eq!(stage.cloud.count(Operation::Logout), 1);
    app.click(&["Use another device"]);
    app.until_row("acme · Check the page shows  ");
    app.click(&["Cancel"]);
    app.until_row("○ acme · Logged out");
}
