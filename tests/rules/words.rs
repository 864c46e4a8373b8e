//! What may not stand in shipped code, where words for people are made, and which module may do what.

use crate::sources::{Source, all, has_word, hold, root};

/// Every shipped line in which one of the words stands, of the files that `which` picks.
fn lines_with(which: impl Fn(&Source) -> bool, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in all().iter().filter(|s| s.house() != "tests" && which(s)) {
        for (n, line) in source.shipped() {
            if let Some(word) = words.iter().find(|word| has_word(line, word)) {
                found.push(format!("{}:{n}: {word}", source.path));
            }
        }
    }
    found
}

fn in_house<'a>(houses: &'a [&'a str]) -> impl Fn(&Source) -> bool + 'a {
    move |s| houses.contains(&s.house()) && !s.path.contains("/examples/")
}

/// The one good reason to ignore a test: others run it in a process of its own.
const CHILD: &str = "#[ignore = \"run by";

#[test]
fn nothing_is_left_for_later() {
    let mut found = lines_with(|_| true, &["todo!", "unimplemented!"]);
    for source in all().iter().filter(|s| !s.path.starts_with("tests/rules/")) {
        for (n, line) in source.text.lines().enumerate() {
            let waiting = ["TODO", "FIXME", "XXX", "HACK"].iter().find(|word| has_word(line, word));
            let skipped =
                ["#[ignore", "allow(dead_code)"].iter().find(|word| line.contains(**word) && !line.contains(CHILD));
            if let Some(word) = waiting.or(skipped) {
                found.push(format!("{}:{}: {word}", source.path, n + 1));
            }
        }
    }
    hold(
        "Unfinished work, skipped tests and unused code do not land: finish it, or open an issue and leave it out.",
        found,
    );
}

#[test]
fn maps_are_ordered_everywhere() {
    hold(
        "An ordered map gives the same output, menu and file every time: BTreeMap and BTreeSet.",
        lines_with(|_| true, &["HashMap", "HashSet"]),
    );
}

#[test]
fn only_the_companion_prints() {
    hold(
        "Results go to stdout and talk to stderr, and only the CLI knows which is which; a library that prints leaks.",
        lines_with(
            in_house(&["core", "providers", "neighbours", "platform", "sandbox"]),
            &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
        ),
    );
}

#[test]
fn the_mind_touches_neither_files_nor_environment_nor_clock() {
    hold(
        "Core reaches the world through its ports only: that is what lets every journey run on virtual time in tests.",
        lines_with(
            in_house(&["core"]),
            &[
                "std::fs",
                "std::env",
                "std::net",
                "std::process",
                "thread::sleep",
                "thread::spawn",
                "SystemTime",
                "Instant::now",
                "Timestamp::now",
                "Zoned::now",
                "tokio::time",
                "tokio::fs",
                "tokio::net",
            ],
        ),
    );
}

#[test]
fn the_compiler_seals_the_mind_too() {
    let path = root().join("crates/core/clippy.toml");
    let seal = std::fs::read_to_string(&path).expect("core has its own clippy.toml");
    let open = ["SystemTime::now", "Instant::now", "Timestamp::now", "thread::sleep", "std::env::var"]
        .iter()
        .filter(|w| !seal.contains(**w));
    hold(
        "Names can be imported under other names; clippy sees through that, so core's clippy.toml bans these.",
        open.map(|w| w.to_string()).collect(),
    );
}

#[test]
fn providers_see_no_file_no_environment_and_no_real_clock() {
    hold(
        "A provider is lent clock, HTTP, person, browser and random, and not the keychain (architecture §3): it takes nothing else.",
        lines_with(
            in_house(&["providers"]),
            &[
                "std::fs",
                "std::env",
                "TcpStream",
                "UdpSocket",
                "ToSocketAddrs",
                "std::process",
                "SystemTime::now",
                "Instant::now",
                "Timestamp::now",
                "tokio::time",
                "tokio::net",
            ],
        ),
    );
}

#[test]
fn neighbours_reach_no_network_and_no_keychain() {
    hold(
        "Neighbours turn bytes of other programs' files into words and back; platform reads, writes and stores.",
        lines_with(
            in_house(&["neighbours"]),
            &["std::net", "std::process", "tokio", "reqwest", "keyring_core", "SecretStore"],
        ),
    );
}

#[test]
fn the_mind_and_the_face_never_wait() {
    // Invariants 1 and 2: what decides and what is shown are plain functions of what they are given.
    let pure = |s: &Source| {
        ["words", "mind", "face"].iter().any(|floor| s.path.starts_with(&format!("crates/core/src/{floor}/")))
    };
    hold(
        "Words, mind and face are pure: no await, no port in hand, no panic. The engine performs what they decide.",
        lines_with(
            pure,
            &[
                "async",
                "await",
                "dyn Clock",
                "dyn Http",
                "dyn SecretStore",
                "dyn Files",
                "dyn Browser",
                "panic!",
                "unreachable!",
                "tokio",
            ],
        ),
    );
}

#[test]
fn only_sessions_renews_a_session() {
    // Invariant 4.
    let outside = |s: &Source| s.house() != "providers" && !s.path.starts_with("crates/core/src/hands/sessions");
    let found = all().into_iter().filter(|s| s.path.starts_with("crates/") && outside(s)).flat_map(|s| {
        let calls = s.shipped().filter(|(_, l)| {
            l.contains("provider.refresh(") || l.contains(".refresh(&team") || l.contains(".refresh(team")
        });
        calls.map(|(n, _)| format!("{}:{n}", s.path)).collect::<Vec<_>>()
    });
    hold(
        "Read, refresh and write of a session happen under its lock, in sessions.rs alone: anything else loses sessions.",
        found.collect(),
    );
}

#[test]
fn only_a_provider_says_that_a_session_is_over() {
    // Invariant 9: elsewhere the word may be matched, never made.
    let found = all().into_iter().filter(|s| s.path.starts_with("crates/") && s.house() != "providers").flat_map(|s| {
        let made = s.shipped().filter(|(_, l)| l.contains("SessionEnded {") && l.contains("Err(") && !l.contains(".."));
        made.map(|(n, _)| format!("{}:{n}", s.path)).collect::<Vec<_>>()
    });
    hold("Only a closed list of server answers ends a session, and only providers read answers.", found.collect());
}

#[test]
fn only_the_clock_sleeps() {
    // Invariant 8.
    const CLOCKS: &[&str] =
        &["crates/platform/src/clock.rs", "crates/cli/src/commands/demo/world.rs", "src-tauri/src/demo.rs"];
    // The window program knows no port: its threads only wait for its own end.
    let window = |s: &Source| s.path.starts_with("src-tauri/src/window/");
    let elsewhere = |s: &Source| !CLOCKS.contains(&s.path.as_str()) && s.house() != "sandbox" && !window(s);
    hold(
        "Sleeping is a port: that keeps every wait under 30 s, cancellable, and testable on virtual time.",
        lines_with(
            |s| elsewhere(s) && !s.path.contains("/examples/"),
            &["tokio::time::sleep", "thread::sleep", "time::sleep"],
        ),
    );
}

#[test]
fn only_the_browser_port_opens_a_browser() {
    // Invariant 7: one door, so that one test can prove that nobody else goes through it.
    hold(
        "A page is opened by the Browser port only, and only when a person asked.",
        lines_with(|s| !s.path.starts_with("crates/platform/src/browser"), &["webbrowser"]),
    );
}

#[test]
fn problems_are_worded_in_one_place() {
    // Invariant 10.
    let elsewhere = |s: &Source| !s.path.starts_with("crates/core/src/face/problem");
    hold(
        "Every error text lives in core's problem module, so that tray, window, notice and CLI say the same.",
        lines_with(elsewhere, &["Problem::new"]),
    );
}
