//! Scripts of thousands of lines: what `env` shows afterwards must be what was meant, and nothing else ran.

use std::collections::BTreeMap;
use std::path::Path;

use keyfob_core::face::export::{Lines, assignment, unsetting};
use keyfob_core::words::shell::Shell;

use crate::programs::{ALL, NU, Program};
use crate::values::{HOSTILE, random};

/// The environment that `env -0` told, our variables only.
fn told(output: &[u8]) -> BTreeMap<String, String> {
    output
        .split(|b| *b == 0)
        .filter_map(|entry| std::str::from_utf8(entry).ok()?.split_once('='))
        .filter(|(name, _)| name.starts_with("KF_"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn values() -> BTreeMap<String, String> {
    let all = HOSTILE.iter().map(|v| (*v).to_owned()).chain(random(2000));
    all.enumerate().map(|(n, value)| (format!("KF_{n}"), value)).collect()
}

fn assignments(shell: Shell, values: &BTreeMap<String, String>) -> String {
    values.iter().map(|(name, value)| assignment(shell, name, value).unwrap() + shell.line_end()).collect()
}

fn env_command(program: &Program) -> &'static str {
    if program.shell == Shell::Nu { "^/usr/bin/env -0\n" } else { "/usr/bin/env -0\n" }
}

fn assert_same(program: &Program, how: &str, found: &BTreeMap<String, String>, meant: &BTreeMap<String, String>) {
    for (name, value) in meant {
        assert_eq!(found.get(name), Some(value), "{} {how}, {name}", program.name());
    }
    assert_eq!(found.len(), meant.len(), "{} {how}", program.name());
}

fn assert_nothing_else_ran(program: &Program, folder: &Path) {
    let files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        // Elvish and fish make their own folders at home.
        .filter(|name| !["script", "lines", ".local", ".config", ".cache"].contains(&name.as_str()))
        .collect();
    assert_eq!(files, [""; 0], "{} ran something", program.name());
}

fn hand_back(program: &Program, locale: &str) {
    let folder = tempfile::tempdir().unwrap();
    let meant = values();
    let script = assignments(program.shell, &meant) + env_command(program);
    let found = told(&program.run(folder.path(), &script, locale));
    assert_same(program, locale, &found, &meant);
    assert_nothing_else_ran(program, folder.path());
}

// P01: one test for each shell, so that a failure names it.
macro_rules! shells {
    ($($test:ident: $index:expr;)*) => {
        $(#[test]
        fn $test() {
            hand_back(&ALL[$index], "C.UTF-8");
            hand_back(&ALL[$index], "C");
        })*

        #[test]
        fn every_shell_is_asked() {
            assert_eq!([$($index),*], std::array::from_fn::<usize, { ALL.len() }, _>(|i| i));
        }
    };
}

shells! {
    bash_hands_back_every_value: 0;
    zsh_hands_back_every_value: 1;
    dash_hands_back_every_value: 2;
    mksh_hands_back_every_value: 3;
    ksh_hands_back_every_value: 4;
    busybox_hands_back_every_value: 5;
    fish_hands_back_every_value: 6;
    elvish_hands_back_every_value: 7;
    tcsh_hands_back_every_value: 8;
    nushell_hands_back_every_value: 9;
}

#[test]
fn lines_can_be_read_as_each_manual_tells() {
    let meant = values();
    for program in ALL {
        let Some(source) = program.source else { continue };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lines"), assignments(program.shell, &meant)).unwrap();
        let script = format!("{source}\n{}", env_command(&program));
        let found = told(&program.run(folder.path(), &script, "C.UTF-8"));
        assert_same(&program, source, &found, &meant);
        assert_nothing_else_ran(&program, folder.path());
    }
}

#[test]
fn nushell_loads_the_json_form() {
    let meant = values();
    let members: Vec<String> = meant.iter().map(|(n, v)| assignment(Shell::Json, n, v).unwrap()).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lines"), format!("{{{}}}", members.join(","))).unwrap();
    let script = "open --raw lines | from json | load-env\n^/usr/bin/env -0\n";
    assert_same(&NU, "load-env", &told(&NU.run(folder.path(), script, "C.UTF-8")), &meant);
}

#[test]
fn several_assignments_fit_on_one_line() {
    for program in ALL {
        let folder = tempfile::tempdir().unwrap();
        let meant: BTreeMap<String, String> =
            HOSTILE.iter().take(40).enumerate().map(|(n, v)| (format!("KF_{n}"), (*v).to_owned())).collect();
        let line: Vec<String> = meant.iter().map(|(n, v)| assignment(program.shell, n, v).unwrap()).collect();
        let script = format!(" {}\n{}", line.join("; "), env_command(&program));
        assert_same(&program, "on one line", &told(&program.run(folder.path(), &script, "C.UTF-8")), &meant);
    }
}

#[test]
fn unsetting_removes_a_variable_and_bears_one_that_is_not_there() {
    for program in ALL {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "{}\n{}\n{}\n{}\n{}",
            assignment(program.shell, "KF_A", "a").unwrap(),
            assignment(program.shell, "KF_B", "b").unwrap(),
            unsetting(program.shell, "KF_A").unwrap(),
            unsetting(program.shell, "KF_NEVER").unwrap(),
            env_command(&program),
        );
        let found = told(&program.run(folder.path(), &script, "C.UTF-8"));
        assert_eq!(found, BTreeMap::from([("KF_B".to_owned(), "b".to_owned())]), "{}", program.name());
    }
}

/// If this fails, the tripwire of all other tests proves nothing.
#[test]
fn an_unquoted_value_does_break_out() {
    for program in ALL.iter().filter(|p| matches!(p.shell, Shell::Bash | Shell::Zsh | Shell::Sh)) {
        let folder = tempfile::tempdir().unwrap();
        program.run(folder.path(), "export KF_A=;touch tripwire\n", "C.UTF-8");
        assert!(folder.path().join("tripwire").exists(), "{}", program.name());
    }
}

/// The lines that end a script at the first command that fails, or at a variable that is not there.
fn strict(program: &Program) -> &'static str {
    if matches!(program.shell, Shell::Bash | Shell::Zsh | Shell::Sh) { "set -eu\n" } else { "" }
}

/// Says how the last command ended.
fn last_status(program: &Program) -> &'static str {
    match program.shell {
        // There a command that fails is an exception, which the run itself tells.
        Shell::Nu | Shell::Elvish => "echo 0\n",
        Shell::Fish | Shell::Tcsh => "echo $status\n",
        _ => "echo $?\n",
    }
}

// F226
#[test]
fn what_is_not_there_is_taken_back_without_an_error() {
    for program in ALL {
        let unset = Lines::unset().printed(program.shell).unwrap();
        for how in [Some(unset.text.expose()), program.source] {
            let Some(how) = how else { continue };
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("lines"), unset.text.expose()).unwrap();
            let script = format!("{}{how}\n{}", strict(&program), last_status(&program));
            let said = program.run(folder.path(), &script, "C.UTF-8");
            assert_eq!(String::from_utf8_lossy(&said), "0\n", "{}", program.name());
        }
        // As one line, where it is followed by something that must run.
        let Some(separator) = program.shell.separator() else { continue };
        let folder = tempfile::tempdir().unwrap();
        let line = Lines::unset().copied(program.shell).unwrap();
        let script = format!("{}{}{separator}{}", strict(&program), line.text.expose(), last_status(&program));
        assert_eq!(
            String::from_utf8_lossy(&program.run(folder.path(), &script, "C.UTF-8")),
            "0\n",
            "{}",
            program.name()
        );
    }
}
