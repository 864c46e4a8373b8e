//! The demo: on somebody's screen, and on a virtual one where there is none.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keyfob_tests::support::desktop::{Desktop, Parts, until};
use keyfob_tests::support::keyring::{Keyring, PrivateKeyring};
use keyfob_tests::support::peers;

// F95, F96: on a machine that is busy with other things, and has another server for each name.
#[test]
fn the_demo_plays_a_day_and_leaves_a_picture_of_each_step() {
    let home = PrivateKeyring::start(Keyring::NoBus);
    let luck = services_of_others(home.path());
    let busy: Vec<Busy> = (0..2).map(|_| Busy::start(&home)).collect();
    let pictures = home.path().join("pictures");
    let mut demo = home.command(peers::keyfob());
    demo.args(["demo", "--pictures"]).arg(&pictures).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    demo.env("XDG_DATA_DIRS", format!("{}:/usr/local/share:/usr/share", luck.display()));
    let out = demo.output().unwrap();
    drop(busy);
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{said}{}", String::from_utf8_lossy(&out.stderr));
    assert!(!luck.join("started").exists(), "the bus has started somebody else's server");

    let mut names: Vec<String> =
        fs::read_dir(&pictures).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 13, "{names:?}");
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:02}-")), "{names:?}");
        assert!(said.contains(name.as_str()), "{name} is not in: {said}");
        assert!(fs::metadata(pictures.join(name)).unwrap().len() > 10_000, "{name} is empty");
    }
    // The menu with its submenu, and not just a tooltip: that many pixels differ.
    let changed = differing(&pictures.join(&names[0]), &pictures.join(&names[1]));
    assert!(changed > 60_000, "{changed} pixels of {} are not in {}", names[1], names[0]);
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

/// A folder of services for `XDG_DATA_DIRS`: a notification server, a keychain and the like, which note that they were
/// started.
fn services_of_others(home: &Path) -> std::path::PathBuf {
    let luck = home.join("luck");
    let services = luck.join("dbus-1/services");
    fs::create_dir_all(&services).unwrap();
    for name in
        ["org.freedesktop.Notifications", "org.freedesktop.secrets", "org.xfce.Xfconf", "org.kde.StatusNotifierWatcher"]
    {
        let started = luck.join("started");
        let service = format!("[D-BUS Service]\nName={name}\nExec=/usr/bin/touch {}\n", started.display());
        fs::write(services.join(format!("{name}.service")), service).unwrap();
    }
    luck
}

/// How many pixels of two pictures differ.
fn differing(one: &Path, other: &Path) -> u64 {
    let out = Command::new("compare").args(["-metric", "AE"]).args([one, other]).arg("null:").output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    said.trim().parse().unwrap_or_else(|_| panic!("compare said {said}"))
}

/// A program that is never done.
struct Busy(Child);

impl Busy {
    fn start(home: &PrivateKeyring) -> Self {
        Busy(home.command("sh").args(["-c", "while :; do :; done"]).spawn().unwrap())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
