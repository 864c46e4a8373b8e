//! Homes that cannot be written, homes of somebody else, and what is left in one of a team that is gone.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use keyfob_sandbox::{DEMO_PASSWORD, DEMO_POOL, SRP_CLIENT, Setup};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::stage::{Done, Stage};
use rustix::process::geteuid;

/// Runs a command while nobody can write these folders, root included.
pub fn without_writing(stage: &Stage, folders: &[&Path], line: &str) -> Done {
    let inner = stage.command(line);
    if !geteuid().is_root() {
        let allow = |mode| {
            for folder in folders {
                fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        allow(0o555);
        let done = stage.run(line);
        allow(0o755);
        return done;
    }
    let mounts: String = folders
        .iter()
        .map(|folder| format!("mount --bind '{0}' '{0}' && mount -o remount,ro,bind '{0}' && ", folder.display()))
        .collect();
    let mut shell = Command::new("unshare");
    shell.args(["-m", "sh", "-c", &format!("{mounts} exec \"$0\" \"$@\"")]).arg(inner.get_program());
    shell.args(inner.get_args()).env_clear().envs(&stage.env).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Done::of(&shell.current_dir(stage.home()).output().unwrap())
}

/// A config without ids among somebody's dotfiles: the folder of these.
fn dotfiles(stage: &Stage) -> PathBuf {
    let dotfiles = stage.home().join("dotfiles");
    fs::create_dir_all(&dotfiles).unwrap();
    fs::create_dir_all(stage.config().parent().unwrap()).unwrap();
    let text = format!(
        "[team.pool]\nprovider = \"cognito\"\nregion = \"eu-west-1\"\nuser-pool-id = \"{DEMO_POOL}\"\n\
         client-id = \"{SRP_CLIENT}\"\nendpoint = \"{url}\"\n\n[team.acme]\nprovider = \"aws-sso\"\nregion = \"eu-west-1\"\n\
         start-url = \"https://acme.example/start\"\n\n[team.acme.profile.\"Prod/Admin\"]\naccount = \"111111111111\"\nrole = \"Admin\"\n",
        url = stage.cloud.url()
    );
    fs::write(dotfiles.join("keyfob.toml"), text).unwrap();
    symlink(dotfiles.join("keyfob.toml"), stage.config()).unwrap();
    dotfiles
}

const READING: [&str; 8] = [
    "status",
    "status pool",
    "team list",
    "team show acme",
    "profile show acme Prod/Admin",
    "env acme --profile Prod/Admin",
    "token pool",
    "provider list",
];

// F113
#[test]
fn a_config_that_cannot_be_written_works_and_nothing_is_lost_when_it_can_be() {
    let stage = Stage::demo();
    let dotfiles = dotfiles(&stage);
    let read_only = [dotfiles.as_path()];
    let before = fs::read(stage.config()).unwrap();
    // Reads the password from the file, because a pipe of ours would end outside.
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).ok();
    let ids = fs::read_to_string(stage.config()).unwrap();
    assert_ne!(ids.as_bytes(), before);
    // The same file again, as whoever keeps it wrote it, and now for ever so.
    fs::write(dotfiles.join("keyfob.toml"), &before).unwrap();
    for line in READING {
        without_writing(&stage, &read_only, line).ok();
    }
    without_writing(&stage, &read_only, "renew pool").ok();
    let files = stage.all_files();
    for line in [
        "team pin acme",
        "team edit pool --set region=eu-west-1",
        "profile remove acme Prod/Admin",
        "team remove pool --yes",
    ] {
        let said = without_writing(&stage, &read_only, line).fails(1, "FILE-READ-ONLY");
        assert!(said.contains("config.toml") && said.contains("Read-only") || !geteuid().is_root(), "{line}: {said}");
    }
    assert_eq!(stage.all_files(), files, "an edit that could not be made changed something");
    assert_eq!(fs::read(stage.config()).unwrap(), before);
    assert_eq!(stage.status_of("pool")["health"], "fresh");
    assert_eq!(fs::read_to_string(stage.config()).unwrap(), ids, "other ids were written than those that were used");
    stage.ok("token pool");
}

// F113
#[test]
fn a_state_folder_that_cannot_be_written_is_read_and_named_by_what_needs_it() {
    let stage = Stage::demo();
    dotfiles(&stage);
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).ok();
    let state = stage.state();
    for line in READING {
        without_writing(&stage, &[&state], line).ok();
    }
    for line in ["renew pool", "logout pool", "team pin acme"] {
        let said = without_writing(&stage, &[&state], line).fails(1, "FILE-READ-ONLY");
        assert!(said.contains("/keyfob/locks/"), "{line}: {said}");
    }
    // Without a place for any state at all, too.
    fs::remove_dir_all(&state).unwrap();
    let above = state.parent().unwrap().to_owned();
    for line in ["status", "team list", "provider list"] {
        without_writing(&stage, &[&above], line).ok();
    }
}

// F112
#[test]
fn what_root_does_in_somebody_s_home_stays_theirs() {
    const ANN: u32 = 4242;
    if !geteuid().is_root() {
        // Only root can work in somebody else's home
        return;
    }
    let stage = Stage::with(Setup::demo(), Keyring::NoBus);
    chown(stage.home(), Some(ANN), Some(ANN)).unwrap();
    stage.add_portal("acme");
    stage.ok("team pin acme");
    let mut folders = vec![stage.home().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.file_name() != "runtime") {
            let meta = entry.metadata().unwrap();
            let ours = entry.path().starts_with(stage.home().join(".config"))
                || entry.path().starts_with(stage.home().join(".local"));
            assert!(!ours || (meta.uid(), meta.gid()) == (ANN, ANN), "{} is not Ann's", entry.path().display());
            if meta.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    for line in ["team pin acme --off", "status", "team remove acme --yes"] {
        let inner = stage.command(line);
        let mut ann = Command::new("setpriv");
        ann.args(["--reuid", "4242", "--regid", "4242", "--clear-groups"]).arg(inner.get_program());
        let done = ann.args(inner.get_args()).env_clear().envs(&stage.env).current_dir(stage.home()).output().unwrap();
        let done = Done::of(&done);
        // Without a keychain she gets as far as that, and not to a file that root shut her out of.
        assert!(done.status == 0 || done.err.contains("(KC-"), "{line}: {}", done.err);
    }
}

// F119
#[test]
fn of_a_team_that_is_removed_nothing_is_left() {
    let stage = Stage::demo();
    stage.log_in_to_pool("first");
    stage.log_in_to_pool("second");
    let text = fs::read_to_string(stage.config()).unwrap();
    let id = |name: &str| {
        let team = text.split(&format!("[team.{name}]")).nth(1).unwrap();
        team.split('"').nth(1).unwrap().to_owned()
    };
    let gone = id("first");
    // A lock that a process left which was killed.
    fs::create_dir_all(stage.state().join("locks")).unwrap();
    fs::write(stage.state().join(format!("locks/{gone}.login.lock")), "1").unwrap();
    stage.ok("team remove first --yes");
    let ours =
        Command::new("grep").args(["-rlE", &format!("first|{gone}")]).arg(stage.state()).arg(stage.config()).output();
    assert_eq!(String::from_utf8(ours.unwrap().stdout).unwrap(), "");
    let locks: Vec<_> = fs::read_dir(stage.state().join("locks")).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(locks.is_empty(), "{locks:?}");
    stage.ok("token second");
}
