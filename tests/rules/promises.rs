//! The oldest Rust and Node that the README promises are the ones that build it (F97).

use std::fs;

use serde_json::Value;

use crate::dependencies::{list, metadata, ours, text};
use crate::sources::{hold, root};

/// Packages that ask for a newer Node than they need, and how we know.
const ASKS_TOO_MUCH: &[(&str, &str)] = &[(
    "node_modules/@axe-core/playwright",
    "asks for 22.12 because it is required as a module, which Node 20.19 does as well: the page's tests run on 20.19",
)];

// F97
#[test]
fn the_oldest_rust_that_is_promised_is_one_that_builds() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let promised = between(&workspace, "\nrust-version = \"", "\"").expect("Cargo.toml promises a Rust");
    let mut breaches = Vec::new();
    let said = readme("Rust (");
    if said != format!("{promised} or newer") {
        breaches.push(format!("README.md says {said}, Cargo.toml says {promised}"));
    }
    for package in ours(metadata()).filter(|p| text(p, "rust_version") != promised) {
        breaches.push(format!(
            "{} says {}: `rust-version.workspace = true`",
            text(package, "name"),
            package["rust_version"]
        ));
    }
    let packages = list(metadata(), "packages");
    let asking: Vec<&Value> = packages.iter().filter(|p| p["rust_version"].is_string()).collect();
    assert!(asking.len() > 50, "only {} packages name a Rust: the metadata was not understood", asking.len());
    for package in asking.into_iter().filter(|p| version(text(p, "rust_version")) > version(promised)) {
        let [name, has, wants] = ["name", "version", "rust_version"].map(|key| text(package, key));
        breaches.push(format!("{name} {has} needs Rust {wants}, and {promised} is promised"));
    }
    hold("Whoever has just the Rust that the README names must be able to build: raise the promise.", breaches);
}

// F97
#[test]
fn every_node_that_is_promised_is_one_that_the_page_is_built_and_tested_with() {
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(root().join("ui").join(name)).expect("a file of the page");
        serde_json::from_str(&text).expect("JSON")
    };
    let (package, lock) = (read("package.json"), read("package-lock.json"));
    let promised = package["engines"]["node"].as_str().expect("ui/package.json promises a Node");
    let mut breaches = Vec::new();
    let said = readme("Node (");
    if said != in_words(promised) {
        breaches.push(format!("README.md says “{said}”, ui/package.json says “{}”", in_words(promised)));
    }
    if lock["packages"][""]["engines"]["node"] != promised {
        breaches.push("ui/package-lock.json promises another Node than ui/package.json: run npm install".to_owned());
    }
    let packages = lock["packages"].as_object().expect("packages in the lock file");
    let mut asking = 0;
    for (name, package) in packages.iter().filter(|(name, package)| !name.is_empty() && package["optional"] != true) {
        let Some(wants) = package["engines"]["node"].as_str() else { continue };
        asking += 1;
        let fits = ranges(promised).iter().all(|ours| ranges(wants).iter().any(|theirs| within(*ours, *theirs)));
        let excused = ASKS_TOO_MUCH.iter().any(|(who, _)| who == name);
        if !fits && !excused {
            breaches.push(format!("{name} {} needs Node {wants}, and {promised} is promised", package["version"]));
        }
        if fits && excused {
            breaches.push(format!("{name} needs no excuse any more: take it off the list"));
        }
    }
    assert!(asking > 10, "only {asking} packages name a Node: the lock file was not understood");
    hold(
        "Whoever has just the Node that the README names must be able to build and test: say the right one.",
        breaches,
    );
}

/// What the README says in parentheses behind this.
fn readme(of: &str) -> String {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    between(&readme, of, ")").unwrap_or_else(|| panic!("README.md has no “{of}…)”")).replace('\n', " ")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}

type Version = (u64, u64, u64);

/// `1.94` is `1.94.0`.
fn version(text: &str) -> Version {
    let mut numbers = text.trim().split('.').map(|n| n.parse().expect("a version of numbers"));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next())
}

/// What an npm range allows, each part from a version up to one that is no longer in it.
fn ranges(text: &str) -> Vec<(Version, Version)> {
    let part = |part: &str| match part.trim() {
        part if part.starts_with(">=") => (version(&part[2..]), (u64::MAX, 0, 0)),
        part if part.starts_with('^') => (version(&part[1..]), (version(&part[1..]).0 + 1, 0, 0)),
        other => panic!("a range of npm that this rule does not read yet: {other}"),
    };
    text.split("||").map(part).collect()
}

fn within(inner: (Version, Version), outer: (Version, Version)) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

/// `^20.19 || ^22.12 || >=24` as a person says it.
fn in_words(range: &str) -> String {
    let words = range.split("||").map(|part| match part.trim() {
        part if part.starts_with(">=") => format!("{} and newer", &part[2..]),
        part => part.trim_start_matches('^').to_owned(),
    });
    let words: Vec<String> = words.collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[test]
fn ranges_of_node_are_compared_by_what_they_allow() {
    let fits = |ours: &str, theirs: &str| {
        ranges(ours).iter().all(|ours| ranges(theirs).iter().any(|theirs| within(*ours, *theirs)))
    };
    assert!(fits("^20.19 || >=24", "^20.19.0 || >= 22.12.0"));
    assert!(!fits(">=20", "^20.19.0 || >=22.12.0"));
    assert!(!fits("^20.18", "^20.19.0"));
    assert_eq!(in_words("^20.19 || ^22.12 || >=24"), "20.19, 22.12 or 24 and newer");
}
