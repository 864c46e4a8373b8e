//! The source files as the rules see them: code without comments and texts, comments with their lines, tests.

use std::fs;
use std::path::{Path, PathBuf};

/// The top of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_owned()
}

/// One Rust file.
pub struct Source {
    /// From the top of the repository, with `/`.
    pub path: String,
    pub text: String,
    /// The text with comments and the insides of string and character literals blanked; same lines.
    pub code: String,
    /// The line (from 0) where its own test module begins; the number of lines when there is none.
    pub tests_from: usize,
}

impl Source {
    fn read(path: &Path) -> Source {
        let text = fs::read_to_string(path).expect("a source file is UTF-8");
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        let code = blank(&text);
        let lines: Vec<&str> = code.lines().collect();
        let is_test_file = name.starts_with("tests/")
            || name.ends_with("/tests.rs")
            || name.ends_with("_tests.rs")
            || name.split('/').any(|part| part == "tests" || part == "testkit");
        // `#[cfg(test)]` or `#[cfg(all(test, unix))]` over a module with a body.
        let own = (0..lines.len()).find(|n| {
            let over = lines[*n].trim_start();
            let below = lines[n + 1..].iter().map(|l| l.trim_start()).find(|l| !l.starts_with("#["));
            over.starts_with("#[cfg(")
                && has_word(over, "test")
                && below.is_some_and(|l| has_word(l, "mod") && l.trim_end().ends_with('{'))
        });
        let tests_from = if is_test_file { 0 } else { own.unwrap_or(lines.len()) };
        Source { path: name, text, code, tests_from }
    }

    /// The lines of code that ship, numbered from 1.
    pub fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().take(self.tests_from).enumerate().map(|(n, line)| (n + 1, line))
    }

    /// The crate it belongs to, such as `core`, or `tests`.
    pub fn house(&self) -> &str {
        let mut parts = self.path.split('/');
        match (parts.next(), parts.next()) {
            (Some("crates"), Some(name)) => name,
            (first, _) => first.unwrap_or(""),
        }
    }

    /// The test functions in it.
    pub fn tests(&self) -> Vec<Test> {
        let code: Vec<&str> = self.code.lines().collect();
        let text: Vec<&str> = self.text.lines().collect();
        let mut found: Vec<(usize, usize, String)> = Vec::new();
        for (n, line) in code.iter().enumerate() {
            let attribute = line.trim();
            if !(attribute.starts_with("#[test]")
                || (attribute.starts_with("#[") && attribute.contains("::test") && !attribute.contains("cfg")))
            {
                continue;
            }
            let Some(name) = code[n..].iter().take(8).find_map(|l| function_name(l)) else { continue };
            let above = text[..n].iter().rev().take_while(|l| {
                let l = l.trim();
                l.starts_with("//") || l.starts_with("#[")
            });
            found.push((n - above.count(), n, name));
        }
        let ends: Vec<usize> = found.iter().skip(1).map(|f| f.0).chain([text.len()]).collect();
        found
            .into_iter()
            .zip(ends)
            .map(|((from, line, name), end)| {
                let comments = text[from..end].iter().filter_map(|l| l.find("//").map(|at| &l[at..]));
                Test {
                    name,
                    line: line + 1,
                    path: self.path.clone(),
                    comments: comments.collect::<Vec<_>>().join("\n"),
                }
            })
            .collect()
    }
}

/// One test function, with all comments from above its attributes to the next test.
pub struct Test {
    pub name: String,
    pub path: String,
    pub line: usize,
    pub comments: String,
}

/// Every Rust file of ours.
pub fn all() -> Vec<Source> {
    let mut paths = Vec::new();
    for folder in ["crates", "tests", "src-tauri"] {
        collect(&root().join(folder), &mut paths);
    }
    paths.sort();
    paths.iter().map(|p| Source::read(p)).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|e| e.ok()).map(|e| e.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | "gen") {
            collect(&path, into);
        } else if name.ends_with(".rs") {
            into.push(path);
        }
    }
}

/// The name in `fn name(`, if the line has one.
fn function_name(line: &str) -> Option<String> {
    let at = line.find("fn ")?;
    let name: String = line[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// Fails with one line for each breach, under the reason.
pub fn hold(why: &str, breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{why}\n  {}\n", breaches.join("\n  "));
}

/// Whether `word` stands in `line` with no letter, digit or `_` beside it.
pub fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(part) && !line[at + word.len()..].chars().next().is_some_and(part)
    })
}

/// Replaces comments and the insides of literals by blanks, keeping lines and columns of what remains.
fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    let hide = |out: &mut String, c: char| out.push(if c == '\n' { '\n' } else { ' ' });
    while i < chars.len() {
        let next = chars.get(i + 1).copied();
        match chars[i] {
            '/' if next == Some('/') => {
                while i < chars.len() && chars[i] != '\n' {
                    out.push(' ');
                    i += 1;
                }
            }
            '/' if next == Some('*') => {
                while i < chars.len() && !(chars[i] == '*' && chars.get(i + 1) == Some(&'/')) {
                    hide(&mut out, chars[i]);
                    i += 1;
                }
                out.push_str("  ");
                i += 2;
            }
            'r' if matches!(next, Some('"' | '#')) && raw_hashes(&chars[i + 1..]).is_some() => {
                let hashes = raw_hashes(&chars[i + 1..]).unwrap_or(0);
                let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                i += hashes + 2;
                out.push('"');
                while i < chars.len() && !chars[i..].starts_with(&close) {
                    hide(&mut out, chars[i]);
                    i += 1;
                }
                out.push('"');
                i += close.len();
            }
            '"' => {
                out.push('"');
                i += 1;
                while i < chars.len() && chars[i] != '"' {
                    if chars[i] == '\\' {
                        out.push(' ');
                        i += 1;
                    }
                    if let Some(c) = chars.get(i) {
                        hide(&mut out, *c);
                    }
                    i += 1;
                }
                out.push('"');
                i += 1;
            }
            // A character literal, not a lifetime: 'x' or '\…'.
            '\'' if next == Some('\\') || chars.get(i + 2) == Some(&'\'') => {
                out.push('\'');
                i += if next == Some('\\') { 3 } else { 2 };
                while i < chars.len() && chars[i] != '\'' && chars[i] != '\n' {
                    i += 1;
                }
                out.push('\'');
                i += 1;
            }
            c => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

/// How many `#` a raw string begins with, if this is the beginning of one.
fn raw_hashes(after_r: &[char]) -> Option<usize> {
    let hashes = after_r.iter().take_while(|c| **c == '#').count();
    (after_r.get(hashes) == Some(&'"')).then_some(hashes)
}

#[test]
fn comments_and_texts_are_not_taken_for_code() {
    let code = blank("let a = \"todo!()\"; // todo!()\nlet b = r#\"x \" y\"#; let c = '\"'; fn f<'a>() {} /* z */ end");
    assert!(!code.contains("todo!") && !code.contains('y') && !code.contains('z'), "{code}");
    assert!(code.contains("fn f<'a>() {}") && code.contains("end"), "{code}");
    assert_eq!(code.lines().count(), 2);
}

#[test]
fn a_word_is_found_only_as_a_whole() {
    assert!(has_word("use std::fs;", "std::fs"));
    assert!(!has_word("use std::fsx;", "std::fs"));
    assert!(!has_word("MyHashMap", "HashMap"));
}
