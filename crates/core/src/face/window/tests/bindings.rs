//! What the page is compiled against: types and words, written from here and compared by a test.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "it writes files of the source tree, for which there is no port")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ts_rs::{Config, TS};

use crate::doors::pipe::Typed;
use crate::face::window::{View, words};

/// Where the page keeps them.
pub(super) fn ui(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui").join(folder)
}

/// Compares files with what they should hold; with `KEYFOB_WRITE_BINDINGS=1` writes them.
pub(super) fn check(folder: &Path, wanted: &BTreeMap<String, String>) {
    if std::env::var_os("KEYFOB_WRITE_BINDINGS").is_some() {
        fs::create_dir_all(folder).unwrap();
        for old in fs::read_dir(folder).unwrap() {
            fs::remove_file(old.unwrap().path()).unwrap();
        }
        for (name, text) in wanted {
            fs::write(folder.join(name), text).unwrap();
        }
        return;
    }
    let how = "KEYFOB_WRITE_BINDINGS=1 cargo test -p keyfob-core window:: writes them anew";
    let mut there: Vec<String> =
        fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    assert_eq!(there, wanted.keys().cloned().collect::<Vec<_>>(), "files of {}; {how}", folder.display());
    for (name, text) in wanted {
        let found = fs::read_to_string(folder.join(name)).unwrap();
        assert!(found == *text, "{name} in {} is not what Rust says; {how}", folder.display());
    }
}

#[test]
fn the_page_is_compiled_against_the_types_and_words_of_core() {
    let scratch = std::env::temp_dir().join(format!("keyfob-bindings-{}", std::process::id()));
    let config = Config::new().with_out_dir(&scratch);
    View::export_all(&config).unwrap();
    Typed::<String>::export_all(&config).unwrap();
    let mut files = BTreeMap::new();
    for file in fs::read_dir(&scratch).unwrap() {
        let file = file.unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        // The generator's first line is its own advertisement.
        let text = text.lines().skip_while(|line| line.starts_with("//")).map(str::trim_end).collect::<Vec<_>>();
        let text =
            format!("// Written by crates/core/src/face/window/tests/bindings.rs.\n{}\n", text.join("\n").trim());
        files.insert(file.file_name().into_string().unwrap(), text);
    }
    fs::remove_dir_all(&scratch).unwrap();
    let words: BTreeMap<&str, &str> = words::PAGE.iter().copied().collect();
    assert_eq!(words.len(), words::PAGE.len(), "a word has two texts");
    files.insert("words.json".into(), format!("{}\n", serde_json::to_string_pretty(&words).unwrap()));
    check(&ui("src/bindings"), &files);
}
