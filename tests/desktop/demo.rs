//! The demo: on somebody's screen, and on a virtual one where there is none.

use std::fs;
use std::process::Stdio;

use keyfob_tests::support::desktop::{Desktop, Parts, until};
use keyfob_tests::support::keyring::{Keyring, PrivateKeyring};
use keyfob_tests::support::peers;

#[test]
fn the_demo_plays_a_day_and_leaves_a_picture_of_each_step() {
    let home = PrivateKeyring::start(Keyring::NoBus);
    let pictures = home.path().join("pictures");
    let mut demo = home.command(peers::keyfob());
    demo.args(["demo", "--pictures"]).arg(&pictures).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let out = demo.output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{said}{}", String::from_utf8_lossy(&out.stderr));

    let mut names: Vec<String> =
        fs::read_dir(&pictures).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 13, "{names:?}");
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:02}-")), "{names:?}");
        assert!(said.contains(name.as_str()), "{name} is not in: {said}");
        assert!(fs::metadata(pictures.join(name)).unwrap().len() > 10_000, "{name} is empty");
    }
    // Nothing of it stays: neither teams nor sessions.
    assert!(!home.path().join(".config/keyfob").exists());
    assert!(!home.path().join(".local/state/keyfob").exists());
}

#[test]
fn on_a_screen_the_demo_shows_four_teams_and_ends_with_whoever_started_it() {
    let desktop = Desktop::start(Parts { keyring: Keyring::NoService, ..Parts::default() });
    let mut demo = desktop.command(peers::keyfob());
    let mut demo = demo.arg("demo").stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let children = format!("/proc/{0}/task/{0}/children", demo.id());
    let mut tray = 0;
    until("the icon of the demo is there", || {
        tray = fs::read_to_string(&children).unwrap_or_default().trim().parse().unwrap_or(0);
        let shown = if tray == 0 { serde_json::Value::Null } else { desktop.tray_of(tray) };
        if shown.is_null() { Err(format!("{tray}")) } else { Ok(()) }
    });
    let shown = desktop.tray_of(tray);
    assert!(shown["tooltip"].as_str().unwrap().ends_with("(demo)"), "{shown}");
    let menu = shown["menu"].to_string();
    for row in ["● acme-prod · 7 h", "◔ acme-staging · ends in", "▲ field-lab · Ended", "○ sensors · Logged out"]
    {
        assert!(menu.contains(row), "no {row} in {menu}");
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
    until("the icon is gone", || if desktop.tray_of(tray).is_null() { Ok(()) } else { Err(String::new()) });
}
