//! Which file may use which: the floors of core, and no circle anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::circles::{Arrow, circles};
use crate::imports;
use crate::modules::{Crate, Use};
use crate::sources::{all, hold, root};

/// The floors of core, the first one standing on nothing.
const FLOORS: &[&str] = &["words", "doors", "mind", "face", "hands"];

/// Stands on all floors, and no floor stands on it: it is there for tests.
const TESTKIT: &str = "testkit";

const WHY_FLOORS: &str = "A floor of core uses only those above it (words, doors, mind, face, hands), so that whoever \
                          reads one needs to know nothing of what stands on it. Move what is needed up to the floor \
                          where it belongs, or hand it in.";

const WHY_CIRCLES: &str = "Files that use each other can only be understood together: to read one must not mean to \
                           read seven. Move what both need to a file of its own, hand it in as a parameter, or turn \
                           one of these arrows round.";

#[test]
fn a_floor_of_core_uses_only_those_above_it() {
    let core = Crate::of("crates/core/src/lib.rs", &shipped());
    assert_eq!(
        core.top().into_iter().collect::<BTreeSet<_>>(),
        FLOORS.iter().copied().chain([TESTKIT]).collect(),
        "a new folder of core needs its place among the floors"
    );
    hold(WHY_FLOORS, going_down(&core, "crates/core/src/"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let files = shipped();
    let roots = files.keys().filter(|path| path.ends_with("/main.rs") || path.ends_with("/lib.rs"));
    let crates: Vec<Crate> = roots.map(|path| Crate::of(path, &files)).collect();
    let read: BTreeSet<&str> = crates.iter().flat_map(Crate::files).collect();
    // Some are declared for tests only.
    assert!(read.len() * 20 > files.len() * 19, "this rule sees only {} of {} files", read.len(), files.len());
    let arrows: Vec<Arrow> = crates.iter().flat_map(Crate::arrows).collect();
    assert!(arrows.len() > files.len(), "this rule sees only {} uses", arrows.len());
    hold(WHY_CIRCLES, circles(&arrows));
}

#[test]
fn no_files_of_the_page_import_each_other_in_a_circle() {
    let mut files = BTreeMap::new();
    collect(&root().join("ui/src"), &mut files);
    let arrows = imports::arrows(&files);
    assert!(arrows.len() > files.len(), "this rule sees only {} imports in {} files", arrows.len(), files.len());
    hold(WHY_CIRCLES, circles(&arrows));
}

/// What leads from a floor to one below it, or out of the floors.
fn going_down(core: &Crate, folder: &str) -> Vec<String> {
    let height = |name: &str| FLOORS.iter().position(|floor| *floor == name);
    let down = |used: Use| {
        let (from, _) = used.file.strip_prefix(folder)?.split_once('/')?;
        let to = used.to.first()?;
        let fine = height(to).is_some_and(|to| height(from).is_some_and(|from| to <= from));
        (!fine).then(|| format!("{}:{}: {from} → {to}", used.file, used.line))
    };
    let found: BTreeSet<String> = core.uses().into_iter().filter_map(down).collect();
    found.into_iter().collect()
}

/// The code that ships, by path.
fn shipped() -> BTreeMap<String, String> {
    let ships =
        |path: &str| path.starts_with("src-tauri/src/") || (path.starts_with("crates/") && path.contains("/src/"));
    all().into_iter().filter(|s| ships(&s.path) && s.tests_from > 0).map(|s| (s.path, s.code)).collect()
}

/// The files of the page by path. Those in `bindings/` are left out: Rust generates them, nobody reads them there, and
/// a type that holds another one is no circle of purposes.
fn collect(folder: &Path, into: &mut BTreeMap<String, String>) {
    for path in fs::read_dir(folder).expect("the page has files").filter_map(|e| e.ok()).map(|e| e.path()) {
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        if path.is_dir() && !name.ends_with("/bindings") {
            collect(&path, into);
        } else if name.ends_with(".ts") || name.ends_with(".svelte") {
            into.insert(name, fs::read_to_string(&path).expect("a file of the page is UTF-8"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(mind: &str) -> Vec<String> {
        let files = [
            ("x/lib.rs", "pub mod words; pub mod doors; pub mod mind; pub mod face; pub mod hands; pub mod testkit;"),
            ("x/words/mod.rs", "pub mod id;"),
            ("x/words/id.rs", "pub struct Id;"),
            ("x/doors/mod.rs", "pub struct Door;"),
            ("x/mind/mod.rs", "pub mod model; pub mod event;"),
            ("x/mind/model.rs", mind),
            ("x/mind/event.rs", "pub struct Event;"),
            ("x/face/mod.rs", "pub mod tray;"),
            ("x/face/tray.rs", "use crate::mind::model; use crate::words::id::Id; pub struct Tray;"),
            ("x/hands/mod.rs", "use crate::{face::tray::Tray, words::id::Id};"),
        ];
        let files = files.iter().map(|(path, code)| ((*path).to_owned(), (*code).to_owned())).collect();
        going_down(&Crate::of("x/lib.rs", &files), "x/")
    }

    #[test]
    fn a_floor_may_use_itself_and_those_above() {
        assert!(told("use crate::words::id::Id; use super::event::Event; use crate::doors::Door;").is_empty());
    }

    #[test]
    fn a_floor_that_uses_one_below_it_is_told_with_its_line() {
        for low in ["\nuse crate::face::tray::Tray;", "\nfn f() { super::super::face::g() }", "\nuse crate::face;"] {
            assert_eq!(told(low), ["x/mind/model.rs:2: mind → face"], "{low}");
        }
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        assert_eq!(told("use crate::testkit::at;"), ["x/mind/model.rs:1: mind → testkit"]);
        assert!(told("#[cfg(test)] mod tests { use crate::testkit::at; }").is_empty());
    }
}
