//! Names: of tests, of types, of files.

use crate::sources::{all, hold};

#[test]
fn the_name_of_every_test_is_a_sentence() {
    let short =
        all().into_iter().flat_map(|s| s.tests()).filter(|t| t.name.split('_').filter(|w| !w.is_empty()).count() < 3);
    hold(
        "A test's name says what holds, so that a red line in a log explains itself (a_cancelled_login_stays_cancelled).",
        short.map(|t| format!("{}:{}: {}", t.path, t.line, t.name)).collect(),
    );
}

#[test]
fn no_type_is_named_by_a_word_that_says_nothing() {
    const EMPTY: &[&str] = &["Manager", "Helper", "Util", "Handler"];
    let mut vague = Vec::new();
    for source in all() {
        for (n, line) in source.code.lines().enumerate() {
            let mut words = line.split_whitespace().skip_while(|w| w.starts_with("pub"));
            if !matches!(words.next(), Some("struct" | "enum" | "trait" | "type" | "union")) {
                continue;
            }
            let name: String = words.next().unwrap_or("").chars().take_while(|c| c.is_alphanumeric()).collect();
            if EMPTY.iter().any(|word| name.contains(word)) {
                vague.push(format!("{}:{}: {name}", source.path, n + 1));
            }
        }
        let file = source.path.rsplit('/').next().unwrap_or("").to_lowercase();
        if EMPTY.iter().any(|word| file.contains(&word.to_lowercase())) {
            vague.push(source.path.clone());
        }
    }
    hold("Such a word fits everything, so it says nothing: name the type by what it is in the field.", vague);
}
