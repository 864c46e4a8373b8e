//! IAM Identity Center in the browser of this computer: the page comes back by itself, and what can be in its way.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use keyfob_sandbox::{Operation, Setup};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::stage::{Done, Stage};

/// Makes a program of the stage that does this.
fn program(stage: &Stage, name: &str, lines: &str) -> PathBuf {
    let path = stage.home().join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// A stage whose usual browser goes wherever the pages lead, and writes down that it was opened.
fn stage() -> Stage {
    with(Setup::demo())
}

fn with(setup: Setup) -> Stage {
    let mut stage = Stage::with(setup, Keyring::Unlocked);
    let browser = program(&stage, "browser", "echo \"$1\" >>\"$HOME/opened\"\nexec curl -sL -o /dev/null \"$1\"");
    stage.env.insert("BROWSER".into(), browser.display().to_string());
    stage.env.insert("PATH".into(), "/usr/bin:/bin".into());
    stage.env.insert("HOME".into(), stage.home().display().to_string());
    stage
}

fn add(stage: &Stage, name: &str, more: &str) {
    stage.add_portal(name);
    let sts = stage.cloud.url();
    stage.ok(&format!("team edit {name} --set flow=browser --set sts-endpoint={sts} {more}"));
}

fn opened(stage: &Stage) -> usize {
    fs::read_to_string(stage.home().join("opened")).unwrap_or_default().lines().count()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::yield_now();
    }
}

fn log_in(stage: &Stage, line: &str) -> Done {
    stage.cloud.approve_next().unwrap();
    stage.run(line)
}

// F286, F287, F288
#[test]
fn a_login_in_the_browser_comes_back_by_itself_and_is_known_by_name() {
    let stage = stage();
    add(&stage, "acme", "");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    let done = log_in(&stage, "login acme");
    assert_eq!(done.status, 0, "{}", done.err);
    let host = stage.cloud.addr();
    assert!(done.err.contains(&format!("Logging in to acme. Your browser opened a page of {host}.")), "{}", done.err);
    assert!(done.err.contains("Logged in to acme as alice until"), "{}", done.err);
    assert!(!done.err.contains("Check that") && !done.err.contains("type the code"), "{}", done.err);
    let counted = |operations: &[Operation]| operations.iter().map(|one| stage.cloud.count(*one)).collect::<Vec<_>>();
    let all = [
        Operation::RegisterClient,
        Operation::TradeCode,
        Operation::GetRoleCredentials,
        Operation::GetCallerIdentity,
        Operation::StartDeviceAuthorization,
    ];
    assert_eq!(counted(&all), [1, 1, 1, 1, 0]);
    // The first tool finds its credential, and a second login needs no other client.
    stage.ok("credential-process --team acme --profile admin");
    assert_eq!(counted(&all), [1, 1, 1, 1, 0]);
    assert_eq!(stage.status_of("acme")["who"], "alice");
    log_in(&stage, "login acme").ok();
    assert_eq!(counted(&all), [1, 2, 2, 2, 0]);
    stage.ok("renew acme");
    assert_eq!((opened(&stage), stage.cloud.count(Operation::RefreshToken)), (2, 1));
}

// F288
#[test]
fn where_only_the_portal_is_known_it_is_named_until_a_credential_tells_who() {
    let stage = stage();
    add(&stage, "acme", "");
    let done = log_in(&stage, "login acme");
    assert!(done.err.contains(&format!("Logged in to acme at {} until", stage.cloud.addr())), "{}", done.err);
    for role in ["AdministratorAccess", "ReadOnly"] {
        stage.ok(&format!("profile add acme {role} --account 111111111111 --role {role}"));
        stage.ok(&format!("credential-process --team acme --profile {role}"));
        assert_eq!(stage.status_of("acme")["who"], "alice");
    }
    assert_eq!(stage.cloud.count(Operation::GetCallerIdentity), 1);
}

// F289
#[test]
fn a_login_goes_on_with_the_session_at_the_portal_unless_a_new_one_is_asked_for() {
    let mut setup = Setup { one_session: true, ..Setup::demo() };
    setup.lifetimes.session = 3000;
    let stage = with(setup);
    add(&stage, "acme", "");
    let left = || {
        let ends: jiff::Timestamp = stage.status_of("acme")["session_ends"].as_str().unwrap().parse().unwrap();
        ends.duration_since(jiff::Timestamp::now()).as_secs()
    };
    log_in(&stage, "login acme").ok();
    stage.cloud.shift(2000);
    log_in(&stage, "login acme").ok();
    assert!(left() <= 1000, "{}", left());
    log_in(&stage, "login acme --new-session").ok();
    assert!(left() > 2000, "{}", left());
    assert_eq!(stage.cloud.count(Operation::Logout), 1);
    stage.ok("logout acme");
    let done = log_in(&stage, "login acme --new-session");
    assert!(done.status == 0 && done.err.contains("There was no session here to end."), "{}", done.err);
}

// F285
#[test]
fn the_browser_of_the_team_opens_its_pages_and_none_that_others_may_have_written_down() {
    let stage = stage();
    let mine = program(&stage, "my fox", "echo mine >>\"$HOME/mine\"\nexec curl -sL -o /dev/null \"$2\"");
    add(&stage, "acme", "");
    let set = format!("browser='{}' --work %u", mine.display());
    let edited = stage.command("team edit acme --set").arg(&set).output().unwrap();
    Done::of(&edited).ok();
    log_in(&stage, "login acme").ok();
    assert_eq!((opened(&stage), fs::read_to_string(stage.home().join("mine")).unwrap().as_str()), (0, "mine\n"));
    // F65
    fs::set_permissions(stage.config(), fs::Permissions::from_mode(0o646)).unwrap();
    let done = log_in(&stage, "login acme");
    assert!(done.status == 0 && done.err.contains("No browser that it names is started."), "{}", done.err);
    assert_eq!((opened(&stage), fs::read_to_string(stage.home().join("mine")).unwrap().as_str()), (1, "mine\n"));
    let bad = stage.command("team edit acme --set").arg("browser=chrome profile").output().unwrap();
    let told = Done::of(&bad).fails(2, "SETTING-MALFORMED");
    assert!(told.contains("browser names no profile after the word"), "{told}");
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A login whose browser stays on its page.
fn waiting(stage: &Stage, line: &str) -> Child {
    let before = opened(stage);
    let lingers = program(stage, "lingers", "echo \"$1\" >>\"$HOME/opened\"");
    let login = stage.command(line).env("BROWSER", lingers).spawn().unwrap();
    until("the page opens", || opened(stage) > before);
    login
}

fn interrupt(login: Child) -> Done {
    let pid = i32::try_from(login.id()).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::INT).unwrap();
    Done::of(&login.wait_with_output().unwrap())
}

// F293
#[test]
fn of_two_logins_at_one_port_the_second_is_told_of_the_first_and_no_page_opens() {
    let stage = stage();
    let port = free_port();
    for team in ["acme", "other"] {
        add(&stage, team, &format!("--set redirect-port={port}"));
    }
    let first = waiting(&stage, "login acme");
    let told = stage.run("login other").fails(4, "LOGIN-BUSY");
    assert!(told.contains(&format!("waits for your browser on port {port}")), "{told}");
    stage.run("login acme").fails(4, "LOGIN-BUSY");
    assert_eq!(opened(&stage), 1);
    assert_eq!(interrupt(first).status, 130);
    // F292: what was cancelled is in nobody's way, and a browser that was closed in neither.
    log_in(&stage, "login other").ok();
    log_in(&stage, "login acme").ok();

    let somebody = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let asked = stage.cloud.log().len();
    let told = stage.run("login acme").fails(1, "PORT-TAKEN");
    assert!(told.contains(&port.to_string()), "{told}");
    assert_eq!((opened(&stage), stage.cloud.log().len()), (3, asked));
    drop(somebody);
}

// F287
#[test]
fn without_a_browser_to_open_the_address_is_shown_or_a_code_as_the_person_says() {
    let stage = stage();
    add(&stage, "acme", "");
    let done = log_in(&stage, "login acme --no-open");
    assert!(done.status == 0 && done.err.contains("Check that the page shows this code"), "{}", done.err);
    stage.add_pool("pool", keyfob_sandbox::SRP_CLIENT);
    stage.run("login pool --flow browser").fails(2, "FLOW-UNKNOWN");

    let mut terminal = stage.terminal("login acme --flow browser --no-open");
    let shown = terminal.wait_for("To use another device: Ctrl-C, then `keyfob login acme --flow code`.");
    assert!(shown.contains("Open this page of") && !shown.contains("shows this code"), "{shown}");
    terminal.wait_for("Waiting for the browser; there are 9 min left");
    let page = shown.split_whitespace().find(|word| word.contains("/authorize?")).unwrap();
    stage.cloud.approve_next().unwrap();
    assert!(std::process::Command::new("curl").args(["-sfL", "-o", "/dev/null", page]).status().unwrap().success());
    terminal.wait_for("Logged in to acme");
    assert_eq!(terminal.status(), 0);
}
