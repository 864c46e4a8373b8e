//! Interactive shells: what a paste does (security M11, P02), and what stays in the history (T15).

use std::collections::BTreeMap;
use std::fs::{read_to_string, write};
use std::path::Path;

use keyfob_core::face::export::{Asked, Lines, Unquotable, assignment};
use keyfob_core::words::id::Id;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::shell::Shell;
use keyfob_core::words::team::Team;
use keyfob_tests::support::terminal::Terminal;

use crate::programs::{BASH, FISH, Program, ZSH};
use crate::values::{HOSTILE, random};

const CANARY: &str = "canary0123456789abcdef";

/// The line that is copied for a team's token.
fn copied(shell: Shell) -> String {
    let team = Team {
        id: Id::from_random([7; 10]),
        name: "acme-prod".into(),
        provider: "cognito".into(),
        settings: BTreeMap::new(),
        pinned: false,
        profiles: Vec::new(),
    };
    let token = Secret::new(CANARY);
    let asked = Asked { team: &team, profile: None, keys: None, token: Some(&token) };
    Lines::new(asked).unwrap().copied(shell).unwrap().text.expose().to_owned()
}

/// bash at a prompt `ready>`, without anybody's settings but `rc`.
fn bash(home: &Path, rc: &str) -> Terminal {
    write(home.join(".bashrc"), format!("{rc}\nPS1='rea''dy> '\n")).unwrap();
    let mut terminal = Terminal::start(&format!("{} --noprofile -i", BASH.path().display()), home, &BTreeMap::new());
    terminal.wait_for("ready> ");
    terminal
}

#[test]
fn a_pasted_control_character_would_run_a_command_so_none_is_ever_written() {
    // M11: Ctrl-U empties the line before what follows it is read, whatever quotes stand around it.
    let home = tempfile::tempdir().unwrap();
    let mut terminal = bash(home.path(), "bind 'set enable-bracketed-paste off'");
    terminal.press(" export X='a\x15touch tripwire; echo do''ne #'\n");
    terminal.wait_for("done");
    assert!(home.path().join("tripwire").exists(), "bash is not fooled any more: this test needs another proof");

    for shell in Shell::ALL {
        for hostile in ["a\x15touch tripwire #", "a\x1b[201~\ntouch tripwire\n", "a\ntouch tripwire", "a\rb", "\x03b"] {
            assert_eq!(assignment(shell, "X", hostile), Err(Unquotable::Control), "{}", shell.name());
        }
    }
}

#[test]
fn bash_takes_pasted_lines_for_what_they_say() {
    for rc in ["bind 'set enable-bracketed-paste off'", "bind 'set enable-bracketed-paste on'"] {
        let home = tempfile::tempdir().unwrap();
        let mut terminal = bash(home.path(), rc);
        let (before, after) = if rc.ends_with("on'") { ("\x1b[200~", "\x1b[201~") } else { ("", "") };
        let meant: Vec<String> = HOSTILE.iter().map(|v| (*v).to_owned()).chain(random(150)).collect();
        for value in &meant {
            let line = assignment(Shell::Bash, "KF", value).unwrap();
            terminal.press(&format!("{before} {line}{after}\n"));
            terminal.press("printf '%s\\0' \"$KF\" >>told\n");
            terminal.wait_for(">>told");
        }
        terminal.press("exit\n");
        assert_eq!(terminal.status(), 0);
        let told = read_to_string(home.path().join("told")).unwrap();
        let told: Vec<&str> = told.split_terminator('\0').collect();
        assert_eq!(told, meant, "{rc}");
        assert!(!home.path().join("tripwire").exists(), "{rc}");
    }
}

/// Pastes the copied line and types a command of its own; gives the history that the shell wrote.
fn history_of(mut terminal: Terminal, program: Program, file: &Path) -> String {
    terminal.press(&format!("{}\n", copied(program.shell)));
    terminal.press("echo length-${#KEYFOB_TOKEN}-$KEYFOB_TOKEN | tr a-z A-Z\n");
    terminal.wait_for(&CANARY.to_uppercase());
    terminal.press("exit\n");
    assert_eq!(terminal.status(), 0);
    read_to_string(file).unwrap()
}

#[test]
fn bash_with_debians_settings_keeps_copied_secrets_out_of_its_history() {
    let home = tempfile::tempdir().unwrap();
    let settings =
        read_to_string("/etc/skel/.bashrc").expect("Debian's settings for new users are missing: install bash");
    let terminal = bash(home.path(), &settings);
    let history = history_of(terminal, BASH, &home.path().join(".bash_history"));
    assert!(history.contains("echo length-"), "nothing was kept at all: {history}");
    assert!(!history.contains(CANARY), "{history}");
}

#[test]
fn fish_keeps_copied_secrets_out_of_its_history() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".config/fish")).unwrap();
    write(home.path().join(".config/fish/config.fish"), "function fish_prompt; echo 'ready> '; end\n").unwrap();
    let mut terminal = Terminal::start(&format!("{} -i", FISH.path().display()), home.path(), &BTreeMap::new());
    terminal.wait_for("ready> ");
    terminal.press(&format!("{}\n", copied(Shell::Fish)));
    terminal.press("echo $KEYFOB_TOKEN | tr a-z A-Z\n");
    terminal.wait_for(&CANARY.to_uppercase());
    terminal.press("exit\n");
    assert_eq!(terminal.status(), 0);
    let history = read_to_string(home.path().join(".local/share/fish/fish_history")).unwrap();
    assert!(history.contains("echo $KEYFOB_TOKEN"), "nothing was kept at all: {history}");
    assert!(!history.contains(CANARY), "{history}");
}

#[test]
fn zsh_keeps_copied_secrets_out_of_its_history_only_with_hist_ignore_space() {
    // The manual says so; this shows that it is still true.
    for (option, kept) in [("setopt HIST_IGNORE_SPACE", false), ("", true)] {
        let home = tempfile::tempdir().unwrap();
        let settings = format!("PROMPT='ready> '\nHISTFILE=$HOME/history\nHISTSIZE=100\nSAVEHIST=100\n{option}\n");
        write(home.path().join(".zshrc"), settings).unwrap();
        let mut terminal = Terminal::start(&format!("{} -d -i", ZSH.path().display()), home.path(), &BTreeMap::new());
        terminal.wait_for("ready> ");
        let history = history_of(terminal, ZSH, &home.path().join("history"));
        assert!(history.contains("echo length-"), "nothing was kept at all: {history}");
        assert_eq!(history.contains(CANARY), kept, "{option}: {history}");
    }
}
