//! Faults and invariants, and the tests that carry their numbers: the lists in docs/ say what the tests say.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Test, all, hold, root};

/// The number of faults that the threat model names, and the first minutes of a newcomer.
const FAULTS: usize = 97;

#[test]
fn the_list_of_faults_says_what_the_tests_say() {
    let path = root().join("docs/faults.md");
    let text = std::fs::read_to_string(&path).expect("docs/faults.md");
    let mut covered: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for test in all().iter().filter(|s| s.path != "tests/rules/faults.rs").flat_map(|s| s.tests()) {
        for number in numbers_of(&test) {
            covered.entry(number).or_default().insert(test.name.clone());
        }
    }
    let mut breaches: Vec<String> = Vec::new();
    let mut listed = BTreeSet::new();
    let mut renewed = Vec::new();
    for line in text.lines() {
        let Some(row) = Row::read(line) else {
            renewed.push(line.to_owned());
            continue;
        };
        listed.insert(row.number);
        let tests = covered.get(&row.number).cloned().unwrap_or_default();
        if tests != row.tests {
            breaches.push(row.with(&tests));
        }
        renewed.push(row.with(&tests));
    }
    if std::env::var_os("KEYFOB_WRITE").is_some() {
        std::fs::write(&path, renewed.join("\n") + "\n").expect("docs/faults.md can be written");
        breaches.clear();
    }
    let missing: Vec<usize> = (1..=FAULTS).filter(|n| !listed.contains(n)).collect();
    assert!(missing.is_empty(), "docs/faults.md has no row for F{missing:?}");
    let unknown: Vec<usize> = covered.into_keys().filter(|n| !listed.contains(n)).collect();
    assert!(unknown.is_empty(), "tests carry numbers that docs/faults.md does not list: F{unknown:?}");
    hold(
        "docs/faults.md must name, for each fault, exactly the tests that carry its number. The rows should be as below;\n\
         `KEYFOB_WRITE=1 cargo test -p keyfob-tests --test rules` writes them.",
        breaches,
    );
}

#[test]
fn every_test_that_a_document_names_exists() {
    let tests: BTreeSet<String> = all().iter().flat_map(|s| s.tests()).map(|t| t.name).collect();
    let mut breaches = Vec::new();
    for name in ["architecture.md", "security.md", "known-issues.md", "performance.md"] {
        let Ok(text) = std::fs::read_to_string(root().join("docs").join(name)) else { continue };
        for (n, line) in text.lines().enumerate() {
            // A name of a test in these documents is a code span of three words or more.
            let spans = line
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|s| s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
            for span in spans.filter(|s| s.split('_').count() >= 4 && !tests.contains(*s)) {
                breaches.push(format!("docs/{name}:{}: {span}", n + 1));
            }
        }
    }
    hold("A document promises a test that does not exist: write it, or take the promise back.", breaches);
}

/// One row of the table: number, fault, tests or what is still to come.
struct Row {
    number: usize,
    fault: String,
    tests: BTreeSet<String>,
    note: String,
}

impl Row {
    fn read(line: &str) -> Option<Row> {
        let cells: Vec<&str> = line.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [number, fault, tests, note] = cells.as_slice() else { return None };
        let number = number.strip_prefix('F')?.parse().ok()?;
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Some(Row { number, fault: (*fault).to_owned(), tests, note: (*note).to_owned() })
    }

    fn with(&self, tests: &BTreeSet<String>) -> String {
        let tests: Vec<String> = tests.iter().map(|t| format!("`{t}`")).collect();
        let covered = if tests.is_empty() { "to come".to_owned() } else { tests.join(" ") };
        format!("| F{:02} | {} | {covered} | {} |", self.number, self.fault, self.note)
    }
}

/// The fault numbers in a test's name and comments: `F18`, `F130`, `f18_…`, and ranges as in `F15–F17`.
fn numbers_of(test: &Test) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let upper = test.name.split('_').map(str::to_uppercase).collect::<Vec<_>>().join(" ");
    let text = format!("{} {upper}", test.comments).replace("–F", "-F");
    let chars: Vec<char> = text.chars().collect();
    // A number of two digits or more, and where it ends.
    let number_at = |i: usize| -> Option<(usize, usize)> {
        let digits: String = chars.iter().skip(i + 1).take_while(|c| c.is_ascii_digit()).collect();
        let end = i + 1 + digits.len();
        let free = |k: Option<usize>| k.and_then(|k| chars.get(k)).is_none_or(|c| !c.is_alphanumeric() && *c != '_');
        let is_one = chars.get(i) == Some(&'F') && digits.len() > 1 && free(i.checked_sub(1)) && free(Some(end));
        Some((digits.parse().ok().filter(|_| is_one)?, end))
    };
    for i in 0..chars.len() {
        let Some((number, end)) = number_at(i) else { continue };
        found.insert(number);
        if chars.get(end) == Some(&'-')
            && let Some((last, _)) = number_at(end + 1)
        {
            found.extend(number..=last);
        }
    }
    found
}

#[test]
fn fault_numbers_are_read_from_names_comments_and_ranges() {
    let read = |name: &str, comments: &str| {
        let test = Test { name: name.into(), path: String::new(), line: 0, comments: comments.into() };
        numbers_of(&test).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(read("f18_ends_a_session", "// see also F19, 0xF20 and F5"), [18, 19]);
    assert_eq!(read("a_b_c", "// F15–F17"), [15, 16, 17]);
    assert_eq!(read("a_b_c", "// F130, F099 and F5: of one digit there are none"), [99, 130]);
}
