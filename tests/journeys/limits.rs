//! A computer with too little to give: the program says so, and what was kept stays whole.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use keyfob_tests::support::stage::{Done, Stage};

/// Runs a command under a limit of the shell's `ulimit`; also the signal that ended it.
fn under(stage: &Stage, limit: &str, line: &str) -> (Done, Option<i32>) {
    let inner = stage.command(line);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\"")]).arg(inner.get_program());
    shell.args(inner.get_args()).env_clear().envs(&stage.env).current_dir(stage.home());
    let output = shell.output().unwrap();
    (Done::of(&output), output.status.signal())
}

// F62
#[test]
fn a_command_without_file_handles_fails_cleanly_and_works_again_with_them() {
    let stage = Stage::demo();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    for line in ["credential-process --team acme --profile admin", "renew acme", "profile discover acme"] {
        let mut seen = [0; 2];
        for handles in (3..=12).chain([16, 20, 24]) {
            let (done, signal) = under(&stage, &format!("-n {handles}"), line);
            let told = format!("{line}, {handles} handles: {} {}", done.status, done.err);
            assert!(!done.err.contains("panicked") && signal.is_none(), "{told}");
            match done.status {
                0 => seen[0] += 1,
                // The system's own loader needs a handle, too.
                127 => assert!(done.err.contains("error while loading shared libraries"), "{told}"),
                1 => {
                    assert!(done.err.contains("(SYSTEM)"), "{told}");
                    seen[1] += 1;
                }
                _ => panic!("{told}"),
            }
        }
        assert!(seen.iter().all(|n| *n > 0), "{line}: the limits are all too high or all too low: {seen:?}");
        stage.ok(line);
    }
    assert_eq!(stage.status_of("acme")["health"], "fresh");
}

// F78
#[test]
fn a_command_without_memory_leaves_everything_whole() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    for line in ["renew pool", "token pool --reveal"] {
        let mut seen = Vec::new();
        for megabytes in [4, 16, 28, 32, 36, 40, 44, 48, 64, 256] {
            let (done, signal) = under(&stage, &format!("-v {}", megabytes * 1024), line);
            seen.push(done.status == 0);
            assert!(done.status != 0 || signal.is_none());
            assert!(!done.err.contains("eyJ"), "a token was told");
            assert_eq!(stage.status_of("pool")["health"], "fresh", "{line} with {megabytes} MiB: {}", done.err);
        }
        assert!(seen.contains(&true) && seen.contains(&false), "{line}: the limits prove nothing");
        stage.ok(line);
    }
}

// F115
#[test]
fn a_command_that_may_write_no_file_says_so_and_loses_nothing() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    let files = stage.all_files();
    for line in ["team pin pool", "team rename pool other", "profile remove pool x"] {
        let (done, signal) = under(&stage, "-f 0", line);
        assert!(signal.is_none() && done.err.contains("✕"), "{line}: {signal:?} {}", done.err);
    }
    assert_eq!(stage.all_files(), files);
    for line in ["status", "token pool", "team list"] {
        let (done, _) = under(&stage, "-f 0", line);
        done.ok();
    }
    // What was renewed is in the keychain; only the facts could not be told.
    let (done, signal) = under(&stage, "-f 0", "renew pool");
    assert!(signal.is_none(), "{}", done.err);
    stage.ok("token pool");
    stage.ok("renew pool");
}

// F115, F245
#[test]
fn a_command_that_may_start_no_thread_says_so() {
    if !rustix::process::geteuid().is_root() {
        // Only root can become somebody who has no other process
        return;
    }
    const NOBODY: u32 = 46116;
    let stage = Stage::demo();
    stage.add_pool("pool", keyfob_sandbox::SRP_CLIENT);
    let folders = [
        ".",
        ".config",
        ".config/keyfob",
        ".local",
        ".local/state",
        ".local/state/keyfob",
        ".local/state/keyfob/locks",
    ];
    for folder in folders.map(|folder| stage.home().join(folder)) {
        std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    std::os::unix::fs::chown(stage.config(), Some(NOBODY), Some(NOBODY)).unwrap();
    let mut named = 0;
    for threads in 1..8 {
        for (line, status) in [("status", [0, 0]), ("token pool", [6, 3])] {
            let inner = stage.command(line);
            let mut shell = Command::new("setpriv");
            // Somebody nobody else is: their processes are counted together.
            shell.args(["--reuid", "46116", "--regid", "46116", "--clear-groups", "bash", "-c"]);
            shell.arg(format!("ulimit -u {threads} && exec \"$0\" \"$@\"")).arg(inner.get_program());
            shell.args(inner.get_args()).env_clear().envs(&stage.env);
            let done = Done::of(&shell.output().unwrap());
            let told = format!("{line} with {threads}: {} {}", done.status, done.err);
            assert!(status.contains(&done.status) && !done.err.contains("panicked"), "{told}");
            assert!(!done.err.contains("(KC-FAILED)"), "the keychain is not to blame: {told}");
            named += usize::from(done.err.contains("(KC-LIMITS)") && done.err.contains("`ulimit -a`"));
        }
    }
    assert!(named > 0, "the limits are all too high");
}
