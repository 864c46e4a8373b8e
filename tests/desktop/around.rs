//! The world around the tray: its host comes and goes, others write the files, the keychain is locked.

use std::fs;
use std::time::{Duration, Instant};

use keyfob_tests::support::desktop::{Parts, until};
use keyfob_tests::support::keyring::Keyring;

use crate::stage::Stage;

/// Whatever is not told is found by a look around each half minute. This is less, however busy the machine.
const AT_ONCE: Duration = Duration::from_secs(20);

// F89
#[test]
fn a_tray_host_that_comes_late_goes_and_comes_back_gets_the_icon_each_time() {
    let mut stage = Stage::with(Parts { tray_host: false, ..Parts::default() });
    stage.desktop.with_stand_in_window();
    let mut app = stage.desktop.launch(&["--background"]);
    until("it listens", || match fs::read_dir(stage.home().join("run/keyfob")).map(Iterator::count) {
        Ok(1) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    // Until there is an icon, a second start is the way in.
    let mut second = stage.desktop.launch(&[]);
    assert_eq!(second.end().0, Some(0));
    drop(second);
    let child = std::mem::replace(&mut app.child, std::process::Command::new("true").spawn().unwrap());
    drop(app);
    for _ in 0..2 {
        stage.desktop.start_panel();
        let begin = Instant::now();
        let pid = child.id();
        until("the icon is there", || match stage.desktop.tray_of(pid) {
            tray if tray.is_null() => Err(stage.desktop.log()),
            _ => Ok(()),
        });
        // Not only when it looks for a host again by itself, every half minute.
        assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
        stage.desktop.stop_panel();
    }
    let mut child = child;
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_a_person_writes_into_the_config_file_appears_at_once() {
    let stage = Stage::new();
    let app = stage.app();
    app.until_row("my_pool · Logged out");
    let text = fs::read_to_string(stage.config()).unwrap();
    let begin = Instant::now();
    stage.write_config(&text.replace("team.my_pool", "team.other"));
    app.until_row("other · Logged out");
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    stage.write_config("version = 1\n[team.broken");
    app.until_row("The config file needs mending — ");
    assert!(app.menu().contains("other · Logged out"), "the last good teams stay: {}", app.menu());
    let said = stage.notice("config.toml, line 2");
    assert!(said.body.contains("Mend that line"), "{said:?}");
    stage.write_config(&text);
    app.until_row("my_pool · Logged out");
    assert!(!app.menu().contains("mending"));
}

// F140
#[test]
fn a_config_folder_that_is_put_back_and_a_link_that_leads_elsewhere_are_noticed_at_once() {
    let stage = Stage::new();
    let app = stage.app();
    app.until_row("my_pool · Logged out");
    let text = fs::read_to_string(stage.config()).unwrap();
    let folder = stage.config().parent().unwrap().to_owned();
    let mut took = Vec::new();
    let mut appears = |name: &str| {
        let begin = Instant::now();
        app.until_row(&format!("{name} · Logged out"));
        took.push(begin.elapsed());
    };
    // Put back from a copy, edited afterwards.
    let aside = folder.with_file_name("aside");
    fs::rename(&folder, &aside).unwrap();
    fs::rename(&aside, &folder).unwrap();
    stage.write_config(&text.replace("team.my_pool", "team.back"));
    appears("back");
    fs::remove_dir_all(&folder).unwrap();
    stage.write_config(&text.replace("team.my_pool", "team.anew"));
    appears("anew");
    // A link to somebody's dotfiles takes its place, and then leads to others.
    for name in ["one", "two"] {
        fs::create_dir(stage.home().join(name)).unwrap();
        let config = text.replace("team.my_pool", &format!("team.{name}"));
        fs::write(stage.home().join(name).join("config.toml"), config).unwrap();
    }
    fs::remove_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(stage.home().join("one"), &folder).unwrap();
    appears("one");
    std::os::unix::fs::symlink(stage.home().join("two"), stage.home().join("new")).unwrap();
    fs::rename(stage.home().join("new"), &folder).unwrap();
    appears("two");
    assert!(took.iter().all(|took| *took < AT_ONCE), "{took:?}");
}

#[test]
fn what_the_cli_does_appears_at_once() {
    let stage = Stage::new();
    let app = stage.app();
    let mut took = Vec::new();
    for _ in 0..2 {
        stage.log_in();
        let begin = Instant::now();
        app.until_row("● acme");
        took.push(begin.elapsed());
        stage.keyfob("logout acme");
        let begin = Instant::now();
        app.until_row("○ acme · Logged out");
        took.push(begin.elapsed());
    }
    assert!(took.iter().all(|took| *took < AT_ONCE), "{took:?}");
    app.click(&["acme", "Log in…"]);
    app.until_row("Check the page shows  ");
    stage.cloud.approve(&stage.cloud.pending().pop().unwrap()).unwrap();
    app.until_row("● acme");
    assert!(stage.keyfob("status acme --json").contains("\"fresh\""), "and the other way round");
}

#[test]
fn a_locked_keychain_is_a_state_with_a_way_out_and_no_prompt_comes_unasked() {
    let stage = Stage::new();
    stage.log_in();
    // Due for renewal, so that the keychain is needed.
    stage.ends_in(90, true);
    stage.keyring.lock();
    let listening = stage.keyring.listen();
    let app = stage.app();
    app.until_row("Keychain locked — unlock…");
    let tray = app.until("the tray asks for attention", |tray| tray["status"] == "NeedsAttention");
    assert_eq!(tray["tooltip"], "Keychain locked — click to unlock");
    let said = stage.notice("Unlock your keychain");
    assert_eq!(said.actions, ["default", "Open", "0", "Unlock", "1", "Later"]);
    let heard = listening.end();
    assert!(!heard.contains("member=Prompt"), "a prompt appeared unasked");

    let mut monitor = stage.command("dbus-monitor");
    let log = stage.home().join("prompts");
    monitor.args(["--session", "interface='org.freedesktop.Secret.Prompt'"]).stdout(fs::File::create(&log).unwrap());
    let mut monitor = monitor.spawn().unwrap();
    let until_said = |what: &str| {
        until(what, || match fs::read_to_string(&log).unwrap() {
            text if text.contains(what) => Ok(()),
            other => Err(other),
        });
    };
    until_said("NameAcquired");
    stage.press(&said, "Unlock");
    until_said("member=Prompt");
    monitor.kill().unwrap();
    monitor.wait().unwrap();
}

#[test]
fn without_a_keychain_a_login_lasts_as_long_as_the_program_and_the_tray_says_so() {
    let stage = Stage::with(Parts { keyring: Keyring::NoService, ..Parts::default() });
    let app = stage.app();
    app.click(&["acme", "Log in…"]);
    app.until_row("Check the page shows  ");
    stage.cloud.approve(&stage.cloud.pending().pop().unwrap()).unwrap();
    app.until_row("● acme");
    app.until_row("No keychain — sessions end with Keyfob");
}
