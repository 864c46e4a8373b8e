//! Who may know whom (architecture §4), as Cargo resolves it for every target.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::sources::{hold, root};

/// Which of our crates each of our crates may build on, and why not more.
const HOUSE: &[(&str, &[&str], &str)] = &[
    ("keyfob-core", &[], "core is the mind: everything knows it, it knows nobody"),
    ("keyfob-providers", &["keyfob-core"], "a provider reaches the world only through what core lends it"),
    ("keyfob-neighbours", &["keyfob-core"], "neighbours say what to store; platform stores it"),
    ("keyfob-platform", &["keyfob-core"], "platform is one file per port, and decides nothing"),
    ("keyfob-sandbox", &[], "the embedded cloud shares no code with the product, so that it cannot agree with a bug"),
    (
        "keyfob-cli",
        &["keyfob-core", "keyfob-providers", "keyfob-neighbours", "keyfob-platform", "keyfob-sandbox"],
        "the companion puts the parts together",
    ),
];

const WEB: &[&str] =
    &["tauri", "wry", "tao", "webkit2gtk", "webkit2gtk-sys", "gtk", "gtk-sys", "javascriptcore-rs", "webview2-com"];
const KEYCHAIN: &[&str] =
    &["keyring", "keyring-core", "zbus", "secret-service", "dbus-secret-service", "zbus-secret-service-keyring-store"];
const CLIENTS: &[&str] = &["reqwest", "hyper", "hyper-util", "ureq", "isahc", "curl", "rustls", "native-tls"];
const SERVERS: &[&str] = &["axum", "hyper", "tiny_http", "warp"];

/// What must not be in a crate's tree, however far down, and why.
const TREES: &[(&str, &[&[&str]], &str)] = &[
    ("keyfob-core", &[WEB, KEYCHAIN, CLIENTS, SERVERS], "no GUI, no operating system, no network library in the mind"),
    ("keyfob-providers", &[WEB, KEYCHAIN, CLIENTS], "one HTTP door for every SDK, and it is lent by core"),
    ("keyfob-neighbours", &[WEB, KEYCHAIN, CLIENTS], "files in, files out: no network, no keychain"),
    (
        "keyfob-platform",
        &[WEB, SERVERS_ONLY],
        "platform hears one answer of a browser, serves nobody and shows nothing",
    ),
    (
        "keyfob-sandbox",
        &[WEB, KEYCHAIN, &["aws-cognito-srp", "reqwest"]],
        "its own SRP, so that it cannot agree with a bug of ours",
    ),
    ("keyfob-cli", &[WEB], "the companion links no web view: it starts in milliseconds and runs where no screen is"),
];

/// A client brings hyper along, so only what is a server and nothing else counts.
const SERVERS_ONLY: &[&str] = &["axum", "tiny_http", "warp"];

#[test]
fn our_crates_know_only_whom_they_may() {
    let metadata = metadata();
    let mut breaches = Vec::new();
    for package in ours(metadata) {
        let name = text(package, "name");
        let Some((_, allowed, why)) = HOUSE.iter().find(|h| h.0 == name) else {
            if name != "keyfob-tests" && name != "keyfob-desktop" {
                breaches.push(format!("{name} is not in the table of architecture §4"));
            }
            continue;
        };
        for dependency in shipped_dependencies(package) {
            if dependency.starts_with("keyfob-") && !allowed.contains(&dependency) {
                breaches.push(format!("{name} uses {dependency}: {why}"));
            }
        }
    }
    hold("Each crate may know only the ones below it.", breaches);
}

#[test]
fn no_crate_carries_what_it_must_not_know() {
    let metadata = metadata();
    let mut breaches = Vec::new();
    for (name, bans, why) in TREES {
        let tree = tree(metadata, name);
        assert!(tree.len() > 5, "the tree of {name} was not understood");
        for banned in bans.iter().flat_map(|b| b.iter()).filter(|b| tree.contains(**b)) {
            breaches.push(format!("{name} carries {banned}: {why}"));
        }
    }
    hold("What a crate must not do, it must not even link.", breaches);
}

#[test]
fn the_mind_takes_no_timer_and_no_socket_from_its_runtime() {
    let metadata = metadata();
    let core = ours(metadata).find(|p| text(p, "name") == "keyfob-core").expect("core is a package");
    let tokio = list(core, "dependencies")
        .iter()
        .find(|d| text(d, "name") == "tokio" && d["kind"].is_null())
        .expect("core uses tokio");
    let found =
        list(tokio, "features").iter().filter_map(Value::as_str).filter(|f| !matches!(*f, "sync" | "rt" | "macros"));
    hold(
        "Core spawns and shares; timers, sockets, files and processes are ports.",
        found.map(|f| format!("keyfob-core uses tokio's {f}")).collect(),
    );
}

#[test]
fn a_dependency_that_two_crates_share_has_its_version_in_one_place() {
    let manifests: Vec<(&str, String)> = ours(metadata())
        .map(|p| (text(p, "name"), std::fs::read_to_string(text(p, "manifest_path")).expect("a manifest")))
        .collect();
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let shared = workspace.split("\n[").find(|t| t.starts_with("workspace.dependencies]")).expect("shared versions");
    let mut versions: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, manifest) in &manifests {
        // The root manifest is the desktop's and the workspace's at once: `[workspace.dependencies]` is the one place.
        let uses = |head: &str| head.contains("dependencies]") && !head.starts_with("workspace.");
        let tables = manifest.split("\n[").filter(|t| t.lines().next().is_some_and(uses));
        for line in
            tables.flat_map(|t| t.lines().skip(1)).filter(|l| l.contains("= \"") && !l.trim_start().starts_with('#'))
        {
            let key = line.split(['=', ' ']).next().unwrap_or("").to_owned();
            versions.entry(key).or_default().insert(name);
        }
    }
    let twice = versions.into_iter().filter(|(key, users)| users.len() > 1 || shared.contains(&format!("\n{key} = ")));
    hold(
        "Versions that more than one crate needs are set once, in the root Cargo.toml: `name.workspace = true`.",
        twice.map(|(key, users)| format!("{key}: {users:?}")).collect(),
    );
}

pub fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let out = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--all-features"])
            .current_dir(root())
            .output()
            .expect("cargo metadata runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).expect("cargo metadata is JSON")
    })
}

/// The packages of this workspace.
pub fn ours(metadata: &Value) -> impl Iterator<Item = &Value> {
    let members: BTreeSet<&str> = list(metadata, "workspace_members").iter().filter_map(Value::as_str).collect();
    list(metadata, "packages").iter().filter(move |p| members.contains(text(p, "id")))
}

/// Names of what a package is built from, development dependencies aside.
fn shipped_dependencies(package: &Value) -> impl Iterator<Item = &str> {
    list(package, "dependencies").iter().filter(|d| d["kind"] != "dev").map(|d| text(d, "name"))
}

/// Names of everything a package links, for any target, development dependencies aside.
fn tree<'a>(metadata: &'a Value, name: &str) -> BTreeSet<&'a str> {
    let names: BTreeMap<&str, &str> =
        list(metadata, "packages").iter().map(|p| (text(p, "id"), text(p, "name"))).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"], "nodes").iter().map(|n| (text(n, "id"), n)).collect();
    let start = names.iter().find(|(_, n)| **n == name).map(|(id, _)| *id).expect("the package is there");
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        for dependency in list(nodes[id], "deps") {
            let linked = list(dependency, "dep_kinds").iter().any(|k| k["kind"].is_null());
            let next = text(dependency, "pkg");
            if linked && seen.insert(next) {
                open.push(next);
            }
        }
    }
    seen.into_iter().map(|id| names[id]).collect()
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}
