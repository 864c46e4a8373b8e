//! Where secrets may be read, and that nothing can show them.

use crate::sources::{all, has_word, hold, root};

#[test]
fn a_secret_cannot_be_serialised_or_displayed() {
    // Invariant 3: the compiler refuses a Secret in anything that derives Serialize only as long as this holds.
    let found = all().into_iter().flat_map(|s| {
        let bad = s.shipped().filter(|(_, l)| {
            l.contains("impl")
                && has_word(l, "for Secret")
                && ["Serialize", "Display", "ToString"].iter().any(|t| l.contains(t))
        });
        bad.map(|(n, _)| format!("{}:{n}", s.path)).collect::<Vec<_>>()
    });
    hold("A Secret that can be written somewhere will be: it has no Serialize, no Display.", found.collect());
    let secret = std::fs::read_to_string(root().join("crates/core/src/words/secret.rs")).expect("secret.rs");
    let derives = secret.lines().find(|l| l.starts_with("#[derive")).expect("Secret derives something");
    assert!(
        !derives.contains("Serialize") && !derives.contains("Debug"),
        "Secret derives what would show it: {derives}"
    );
}

#[test]
fn no_serialised_type_holds_a_secret_behind_the_compilers_back() {
    let found = all().into_iter().flat_map(|s| {
        let bad = s.shipped().filter(|(_, l)| {
            l.contains("serde")
                && ["serialize_with", "skip_serializing", "skip)", "serde(with"].iter().any(|t| l.contains(t))
        });
        let near = |n: usize| s.code.lines().skip(n).take(2).any(|l| has_word(l, "Secret"));
        bad.filter(|(n, _)| near(*n)).map(|(n, _)| format!("{}:{n}", s.path)).collect::<Vec<_>>()
    });
    hold("A serde attribute on a Secret field gets around the compiler's refusal.", found.collect());
}

#[test]
fn what_is_shown_never_opens_a_secret() {
    // Model, events, views, notices and problems are shown, logged and sent; only export lines may carry a secret.
    const SHOWN: &[&str] = &["words/", "mind/", "face/", "hands/config"];
    const OPENED: &[&str] = &["words/secret.rs", "face/export/"];
    let found = all().into_iter().flat_map(|s| {
        let path = s.path.strip_prefix("crates/core/src/").unwrap_or_default();
        let within = |places: &[&str]| places.iter().any(|place| path.starts_with(place));
        let shown = within(SHOWN) && !within(OPENED);
        let bad = s.shipped().filter(|(_, l)| shown && l.contains(".expose()"));
        bad.map(|(n, _)| format!("{}:{n}", s.path)).collect::<Vec<_>>()
    });
    hold(
        "This module's output is shown to people or written to plain files: no secret may be opened in it.",
        found.collect(),
    );
}

#[test]
fn unsafe_code_stays_in_platform() {
    let found = all().into_iter().filter(|s| s.house() != "platform" && !s.path.starts_with("tests/")).flat_map(|s| {
        let bad = s.shipped().filter(|(_, l)| l.contains("allow(unsafe_code)"));
        bad.map(|(n, _)| format!("{}:{n}", s.path)).collect::<Vec<_>>()
    });
    hold(
        "Unsafe code is for what the operating system offers no other way for, reviewed in one place.",
        found.collect(),
    );
}

// F150
#[test]
fn every_program_that_holds_a_token_wipes_the_memory_that_it_gives_back() {
    // The tray's memory is looked into; a command is gone before anybody could.
    let programs = ["crates/cli/src/main.rs", "src-tauri/src/main.rs"];
    let wipes = "#[global_allocator]\nstatic MEMORY: ZeroAlloc<System> = ZeroAlloc(System);";
    let text = |path: &&str| std::fs::read_to_string(root().join(path)).expect("a program");
    let bad = programs.iter().filter(|path| !text(path).contains(wipes));
    hold("Libraries leave copies of tokens in what they give back.", bad.map(ToString::to_string).collect());
}
