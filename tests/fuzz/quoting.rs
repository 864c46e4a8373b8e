//! Quoting, asked of real shells: a value that is written comes back as it was, nothing else runs, and a word that is
//! quoted for a command line is that one word.

use std::collections::BTreeMap;

use keyfob_core::face::export::{assignment, sh_word};
use keyfob_core::words::shell::Shell;

use crate::driver::Target;
use crate::shell_programs::{ALL, Program};
use crate::shell_values::{HOSTILE, random};

/// An input: many values, one in each line, so that a shell is worth its start.
pub const TARGET: Target = Target {
    seeds: || {
        let hostile = HOSTILE.join("\n").into_bytes();
        vec![hostile, random(200).join("\n").into_bytes()]
    },
    words: HOSTILE,
    changes: 200,
    inputs: 4,
    holds,
};

fn holds(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let values: Vec<&str> = text.split('\n').collect();
    for program in &ALL {
        hands_back(program, &values);
    }
}

fn hands_back(program: &Program, values: &[&str]) {
    let (mut script, mut meant) = (String::new(), BTreeMap::new());
    for (n, value) in values.iter().enumerate() {
        // What cannot be written for a shell is refused.
        let Ok(line) = assignment(program.shell, &format!("KF_{n}"), value) else { continue };
        script += &line;
        script += program.shell.line_end();
        meant.insert(format!("KF_{n}"), (*value).to_owned());
        if matches!(program.shell, Shell::Bash | Shell::Zsh | Shell::Sh) {
            script += &format!("printf 'KF_W{n}=%s\\0' {}\n", sh_word(value));
            meant.insert(format!("KF_W{n}"), (*value).to_owned());
        }
    }
    script += if program.shell == Shell::Nu { "^/usr/bin/env -0\n" } else { "/usr/bin/env -0\n" };
    let folder = tempfile::tempdir().unwrap();
    let output = program.run(folder.path(), &script, "C.UTF-8");
    let told = output.split(|b| *b == 0).filter_map(|entry| std::str::from_utf8(entry).ok()?.split_once('='));
    let told: BTreeMap<&str, &str> = told.filter(|(name, _)| name.starts_with("KF_")).collect();
    for (name, value) in &meant {
        assert_eq!(told.get(name.as_str()), Some(&value.as_str()), "{} reads {name} otherwise", program.name());
    }
    assert_eq!(told.len(), meant.len(), "{} has something else", program.name());
    assert!(!folder.path().join("tripwire").exists(), "{} ran something", program.name());
}
