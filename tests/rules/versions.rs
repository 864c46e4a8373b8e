//! Versions below which a dependency has a published hole that would reach us (security D20).

use crate::sources::{hold, root};

const FLOORS: &[(&str, [u64; 3], &str)] = &[
    ("quick-xml", [0, 41, 0], "RUSTSEC-2026-0194, RUSTSEC-2026-0195"),
    ("shlex", [1, 3, 0], "RUSTSEC-2024-0006"),
    ("tauri", [2, 11, 1], "CVE-2026-42184"),
    ("time", [0, 3, 47], "RUSTSEC-2026-0009"),
    ("webbrowser", [1, 2, 2], "RUSTSEC-2026-0257"),
];

const BANNED: &[(&str, &str)] = &[
    ("tauri-plugin-shell", "opens and runs what a page names: CVE-2025-31477"),
    ("tauri-plugin-http", "lets a page reach the network"),
    ("openssl-sys", "one TLS library, rustls: no second one to patch"),
];

#[test]
fn no_dependency_is_older_than_its_last_known_hole() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let mut breaches = Vec::new();
    let mut seen = 0;
    for package in lock.split("[[package]]").skip(1) {
        let field =
            |key: &str| package.lines().find_map(|l| l.strip_prefix(key)).map(|v| v.trim_matches([' ', '=', '"']));
        let (Some(name), Some(version)) = (field("name"), field("version")) else { continue };
        seen += 1;
        let numbers: Vec<u64> = version.split(['.', '-', '+']).take(3).map(|n| n.parse().unwrap_or(0)).collect();
        if let Some((_, floor, why)) = FLOORS.iter().find(|f| f.0 == name && numbers.as_slice() < f.1.as_slice()) {
            breaches.push(format!("{name} {version} is below {floor:?}: {why}"));
        }
        if let Some((_, why)) = BANNED.iter().find(|b| b.0 == name) {
            breaches.push(format!("{name}: {why}"));
        }
    }
    assert!(seen > 50, "Cargo.lock was not understood: {seen} packages seen");
    hold("These versions have a published hole, or have no place here.", breaches);
}
