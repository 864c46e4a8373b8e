//! A computer with too little to give: the tray program says so, or does without.

use std::process::Command;

use keyfob_tests::support::peers;

// F115
#[test]
fn without_file_handles_it_ends_with_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    for handles in [8, 12, 16, 24, 32, 40] {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {handles} && exec \"$0\"")]).arg(peers::keyfob_desktop());
        let done = shell.env_clear().env("HOME", home.path()).env("DISPLAY", ":99").output().unwrap();
        let err = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(err.contains("(SYSTEM)") && done.status.code() == Some(1), "{handles}: {err}");
    }
}

// F115
#[test]
fn without_threads_it_ends_with_a_sentence() {
    if !rustix::process::geteuid().is_root() {
        // Only root can become somebody who has no other process
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut shell = Command::new("setpriv");
    // Somebody nobody else is: their processes are counted together.
    shell.args(["--reuid", "46115", "--regid", "46115", "--clear-groups", "bash", "-c", "ulimit -u 2 && exec \"$0\""]);
    let done = shell.arg(peers::keyfob_desktop()).env_clear().env("HOME", home.path()).env("DISPLAY", ":99").output();
    let done = done.unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(err.contains("(SYSTEM)") && done.status.code() == Some(1), "{err}");
}
