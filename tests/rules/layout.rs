//! What lies where: the top level, the length of files, modules that nobody declared.

use std::collections::BTreeSet;
use std::process::Command;

use crate::sources::{all, has_word, hold, root};

/// The most lines a file may have, its own tests not counted.
const LONGEST: usize = 500;

/// The top level as the user fixed it, then the files that tools insist on finding there.
const TOP: &[&str] = &["Cargo.toml", "src-tauri", "ui", "icons", "tests", "tauri.conf.json"];
const BESIDE: &[&str] = &["README.md", "Makefile", "LICENSE", "crates", "docs", ".ci", ".github"];
const TOOLS: &[&str] = &[
    "Cargo.lock",
    ".gitignore",
    ".gitattributes",
    ".taurignore",
    "rustfmt.toml",
    "clippy.toml",
    "rust-toolchain.toml",
    "deny.toml",
    "scripts",
];

#[test]
fn the_top_level_is_as_the_user_fixed_it() {
    let out = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().expect("git runs");
    let listed = String::from_utf8(out.stdout).expect("names are UTF-8");
    let found: BTreeSet<&str> =
        listed.split('\0').filter(|p| !p.is_empty()).filter_map(|p| p.split('/').next()).collect();
    assert!(!found.is_empty(), "git lists no file here");
    let strangers =
        found.iter().filter(|name| ![TOP, BESIDE, TOOLS].iter().any(|set| set.contains(*name))).map(|s| s.to_string());
    hold(
        "The top level is fixed: people find their way by it. Move this below one of the known folders.",
        strangers.collect(),
    );
    let missing = ["Cargo.toml", "tests"].iter().chain(BESIDE).filter(|name| !found.contains(**name));
    hold("The top level promises these, and they are gone.", missing.map(|s| s.to_string()).collect());
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let long = all().into_iter().filter_map(|s| {
        let lines = if s.tests_from == 0 { s.text.lines().count() } else { s.tests_from };
        (lines > LONGEST).then(|| format!("{}: {lines} lines", s.path))
    });
    hold("A file has one purpose and can be read in one go: split it by purpose.", long.collect());
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let silent = all().into_iter().filter_map(|s| {
        let first: Vec<&str> = s.text.lines().map_while(|l| l.strip_prefix("//! ")).collect();
        let sentence = first.join(" ");
        (first.is_empty() || !sentence.contains(['.', ':', ';'])).then_some(s.path)
    });
    hold("Every file opens with a `//!` sentence on what it is for, so that nobody has to guess.", silent.collect());
}

#[test]
fn every_file_is_part_of_the_program() {
    let sources = all();
    let manifest = std::fs::read_to_string(root().join("tests/Cargo.toml")).expect("tests/Cargo.toml");
    let forgotten = sources.iter().filter_map(|s| {
        let (folder, file) = s.path.rsplit_once('/')?;
        let stem = file.strip_suffix(".rs")?;
        if matches!(stem, "main" | "lib" | "build") || folder.ends_with("/examples") || folder.ends_with("/bin") {
            return None;
        }
        let (name, beside) = match stem {
            "mod" => folder.rsplit_once('/').map(|(up, name)| (name, up))?,
            stem => (stem, folder),
        };
        // `mod name;` stands in the file that owns the folder: main, lib, mod or build in it, or its namesake beside it.
        let owners = ["main.rs", "lib.rs", "mod.rs", "build.rs"].map(|f| format!("{beside}/{f}"));
        let namesake = format!("{beside}.rs");
        let declared = sources.iter().any(|o| {
            (owners.contains(&o.path) || o.path == namesake)
                && o.code.lines().any(|l| has_word(l, "mod") && has_word(l, name) && l.trim_end().ends_with(';'))
        });
        let by_path =
            sources.iter().any(|o| o.text.lines().any(|l| l.contains("#[path") && l.contains(&format!("\"{file}\""))));
        let target = || s.path.strip_prefix("tests/").is_some_and(|path| manifest.contains(&format!("\"{path}\"")));
        (!declared && !by_path && !target()).then(|| s.path.clone())
    });
    hold(
        "Nobody declares these files, so the compiler never reads them and their tests never run.",
        forgotten.collect(),
    );
}

#[test]
fn every_folder_of_tests_has_its_target() {
    let manifest = std::fs::read_to_string(root().join("tests/Cargo.toml")).expect("tests/Cargo.toml");
    let forgotten = all().into_iter().filter_map(|s| {
        let path = s.path.strip_prefix("tests/")?;
        (path.ends_with("/main.rs") && !manifest.contains(&format!("\"{path}\""))).then_some(s.path)
    });
    hold("A main.rs without a [[test]] in tests/Cargo.toml never runs.", forgotten.collect());
}

#[test]
fn every_crate_keeps_the_lints_of_the_house() {
    let lax = std::fs::read_dir(root().join("crates")).expect("crates/").filter_map(|e| {
        let manifest = e.ok()?.path().join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).ok()?;
        (!text.contains("[lints]\nworkspace = true")).then(|| manifest.display().to_string())
    });
    hold("Lints are set once, in the root Cargo.toml: `[lints] workspace = true`.", lax.collect());
}
