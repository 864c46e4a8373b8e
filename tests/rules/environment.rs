//! Every variable that the programs read stands in the one table, and every one in the table is read.

use std::collections::BTreeSet;

use crate::sources::{all, hold, root};

/// `NAME`, `NAME_AND_MORE` or the same in small letters.
fn is_variable(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    word.contains('_')
        && word.chars().all(fits)
        && (!word.chars().any(|c| c.is_ascii_lowercase()) || word.ends_with("_proxy"))
}

/// What stands between quotes in shipped code.
fn literals() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in all() {
        // They set variables for others; the window hears of its web view's alone.
        let apart = ["/demo/", "/demo.rs", "/build.rs", "/window/"].iter().any(|part| source.path.contains(part));
        let reads = matches!(source.house(), "platform" | "cli" | "src-tauri")
            || ["wire/endpoint.rs", "neighbours/src/places.rs"].iter().any(|file| source.path.ends_with(file));
        if apart || !reads {
            continue;
        }
        for ((_, code), text) in
            source.shipped().zip(source.text.lines()).filter(|((_, code), _)| !code.contains("env!("))
        {
            // The quotes stand in the code, what is between them in the text.
            let quotes: Vec<usize> = code.chars().enumerate().filter(|(_, c)| *c == '"').map(|(at, _)| at).collect();
            for pair in quotes.chunks_exact(2) {
                found.insert(text.chars().skip(pair[0] + 1).take(pair[1] - pair[0] - 1).collect());
            }
        }
    }
    found
}

#[test]
fn the_table_of_variables_is_what_the_programs_read() {
    let text = std::fs::read_to_string(root().join("docs/environment.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let named: BTreeSet<String> = rows
        .flat_map(|row| row.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| is_variable(word) || word.chars().all(|c| c.is_ascii_uppercase()))
        .collect();
    let read = literals();
    let untold = read.iter().filter(|word| is_variable(word) && !named.contains(*word));
    hold("A variable that is read stands in docs/environment.md.", untold.cloned().collect());
    let unread = named.iter().filter(|name| !read.contains(*name));
    hold("docs/environment.md names a variable that nobody reads.", unread.cloned().collect());
}
