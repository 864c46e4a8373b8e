//! Which file of a crate uses which other one: names are followed to the file that defines them.

use std::collections::{BTreeMap, BTreeSet};

use crate::circles::Arrow;
use crate::uses::{What, read};

/// A crate: its modules by their paths, `[]` being its root.
#[derive(Debug, Default)]
pub struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
}

#[derive(Debug, Default)]
struct Module {
    /// The file it stands in.
    file: String,
    names: BTreeMap<String, Vec<Name>>,
    everything_of: Vec<Vec<String>>,
    /// Paths that stand in it, with their lines.
    said: Vec<(usize, Vec<String>)>,
}

/// What a name stands for. A module and a function may share one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Item,
    Module,
    Import(Vec<String>),
}

/// Where a path leads to: a module, or an item in this module.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Module(Vec<String>),
    Item(Vec<String>),
}

/// A path that stands in a file, and the module it leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct Use {
    pub file: String,
    pub line: usize,
    pub to: Vec<String>,
}

/// Imports of imports of imports: more is a circle of them.
const MOST_STEPS: usize = 24;

impl Crate {
    /// Reads `root` and the files its `mod` lines lead to, out of those given by path; a file that is not given is
    /// none that ships.
    pub fn of(root: &str, files: &BTreeMap<String, String>) -> Crate {
        let mut found = Crate::default();
        found.add(root, Vec::new(), files);
        found
    }

    fn add(&mut self, file: &str, path: Vec<String>, files: &BTreeMap<String, String>) {
        let Some(code) = files.get(file) else { return };
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let beside = match name {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => file.trim_end_matches(".rs").to_owned(),
        };
        self.modules.entry(path.clone()).or_default().file = file.to_owned();
        for stands in read(code) {
            let at = [path.clone(), stands.inside.clone()].concat();
            let module = self.modules.entry(at.clone()).or_default();
            module.file = file.to_owned();
            let said = match stands.what {
                What::Module(name) => {
                    module.names.entry(name.clone()).or_default().push(Name::Module);
                    let down: String = stands.inside.iter().map(|name| format!("{name}/")).collect();
                    let child = [at, vec![name.clone()]].concat();
                    for file in [format!("{beside}/{down}{name}.rs"), format!("{beside}/{down}{name}/mod.rs")] {
                        self.add(&file, child.clone(), files);
                    }
                    continue;
                }
                What::Item(name) => {
                    module.names.entry(name).or_default().push(Name::Item);
                    continue;
                }
                What::Import { path, name } => {
                    module.names.entry(name).or_default().push(Name::Import(path.clone()));
                    path
                }
                What::Everything { path } => {
                    module.everything_of.push(path.clone());
                    path
                }
                What::Mention { path } => path,
            };
            module.said.push((stands.line, said));
        }
    }

    /// The files that were read.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.values().map(|module| module.file.as_str()).collect()
    }

    /// The modules that the root declares.
    pub fn top(&self) -> Vec<&str> {
        let names = self.modules.get(&Vec::new()).into_iter().flat_map(|root| &root.names);
        names.filter(|(_, kinds)| kinds.contains(&Name::Module)).map(|(name, _)| name.as_str()).collect()
    }

    /// Everything in it that leads to a module of its own.
    pub fn uses(&self) -> Vec<Use> {
        let mut found = Vec::new();
        for (at, module) in &self.modules {
            for (line, path) in &module.said {
                if let Some(Place::Module(to) | Place::Item(to)) = self.follow(at, path, MOST_STEPS) {
                    found.push(Use { file: module.file.clone(), line: *line, to });
                }
            }
        }
        found
    }

    /// Which file uses which; a module and its own children may use each other.
    pub fn arrows(&self) -> Vec<Arrow> {
        let paths = self.paths();
        let mut found = Vec::new();
        for Use { file, line, to } in self.uses() {
            // A module with a body stands in the file of another one; one that does not ship stands in none.
            let Some(module) = self.modules.get(&to) else { continue };
            let (from, to) = (paths[file.as_str()], paths[module.file.as_str()]);
            let kin = |child: &[String], parent: &[String]| child.split_last().is_some_and(|(_, up)| up == parent);
            if from != to && !kin(from, to) && !kin(to, from) {
                found.push(Arrow { from: file, line, to: module.file.clone() });
            }
        }
        found
    }

    /// The module that each file is: of those that stand in it, the shortest path.
    fn paths(&self) -> BTreeMap<&str, &Vec<String>> {
        let mut found = BTreeMap::new();
        for (path, module) in &self.modules {
            found.entry(module.file.as_str()).or_insert(path);
        }
        found
    }

    fn follow(&self, from: &[String], path: &[String], steps: usize) -> Option<Place> {
        let steps = steps.checked_sub(1)?;
        let mut at = from.to_vec();
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate") => (at, rest) = (Vec::new(), &path[1..]),
            Some("self") => rest = &path[1..],
            _ => {}
        }
        while let Some((_, more)) = rest.split_first().filter(|(first, _)| *first == "super") {
            at.pop();
            rest = more;
        }
        // A name that is not known here is one of another crate; elsewhere it is one that a macro made.
        let here = rest.len() == path.len();
        while let Some((name, more)) = rest.split_first() {
            match self.find(&at, name, more.is_empty(), steps) {
                Some(Place::Module(next)) => at = next,
                Some(item) => return Some(item),
                None if here && rest.len() == path.len() => return None,
                None => return Some(Place::Item(at)),
            }
            rest = more;
        }
        Some(Place::Module(at))
    }

    /// What `name` stands for in a module; before a `::` rather a module.
    fn find(&self, at: &[String], name: &str, last: bool, steps: usize) -> Option<Place> {
        let module = self.modules.get(at)?;
        let mut kinds = module.names.get(name).cloned().unwrap_or_default();
        kinds.sort_by_key(|kind| (*kind == Name::Module) == last);
        let known = kinds.iter().find_map(|kind| match kind {
            Name::Item => Some(Place::Item(at.to_vec())),
            Name::Module => Some(Place::Module([at, &[name.to_owned()]].concat())),
            // `use x::x;` beside `mod x;` would lead to itself.
            Name::Import(path) => self.follow(at, path, steps),
        });
        known.or_else(|| {
            module.everything_of.iter().find_map(|path| match self.follow(at, path, steps)? {
                Place::Module(of) if of != at => self.find(&of, name, last, steps.checked_sub(1)?),
                _ => None,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circles::circles;

    fn made(files: &[(&str, &str)]) -> Crate {
        let files = files.iter().map(|(path, code)| ((*path).to_owned(), (*code).to_owned())).collect();
        Crate::of("x/lib.rs", &files)
    }

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        circles(&made(files).arrows())
    }

    #[test]
    fn two_files_that_use_each_other_are_a_circle_however_they_say_it() {
        for back in [
            "use crate::a::A;",
            "use super::a::A;",
            "use crate::{c, a::{A}};",
            "use crate::a;",
            "fn f() { crate::a::g() }",
            "fn f(_: super::a::A) {}",
            "use crate::*; fn f(_: a::A) {}",
            "mod inner { use super::super::a::A; }",
        ] {
            let files =
                [("x/lib.rs", "mod a; mod b;"), ("x/a.rs", "use crate::b::B;\npub struct A;"), ("x/b.rs", back)];
            assert_eq!(told(&files), ["a → b → a (x/a.rs:1, x/b.rs:1)"], "{back}");
        }
    }

    #[test]
    fn a_circle_of_three_is_found() {
        let files = [
            ("x/lib.rs", "mod a; mod b; mod c;"),
            ("x/a.rs", "use crate::b::B;"),
            ("x/b.rs", "\nuse crate::c::C;"),
            ("x/c.rs", "\n\nuse crate::a::A;"),
        ];
        assert_eq!(told(&files), ["a → b → c → a (x/a.rs:1, x/b.rs:2, x/c.rs:3)"]);
    }

    #[test]
    fn a_circle_does_not_hide_behind_a_parent_that_hands_on() {
        for handed in ["pub use b::B;", "pub use b::*;", "use b::B as C; pub use C as B;", "pub use self::b::{B};"] {
            let files = [
                ("x/lib.rs", "mod a; mod p;"),
                ("x/a.rs", "use crate::p::B;"),
                ("x/p/mod.rs", &format!("mod b; {handed}")),
                ("x/p/b.rs", "use crate::a; pub struct B;"),
            ];
            assert_eq!(told(&files), ["a → p/b → a (x/a.rs:1, x/p/b.rs:1)"], "{handed}");
        }
    }

    #[test]
    fn siblings_do_not_hide_behind_everything_of_their_parent() {
        let files = [
            ("x/lib.rs", "mod a; mod b; pub use b::B;"),
            ("x/a.rs", "use super::*; pub struct A(B);"),
            ("x/b.rs", "use crate::a::A; pub struct B;"),
        ];
        assert_eq!(told(&files), ["a → b → a (x/a.rs:1, x/b.rs:1)"]);
    }

    #[test]
    fn a_parent_and_its_own_child_may_use_each_other() {
        let files = [
            ("x/lib.rs", "mod p; fn f() { p::g() }"),
            ("x/p/mod.rs", "mod c; pub use c::C; pub fn g() { crate::f() } pub struct P;"),
            ("x/p/c.rs", "use super::P; pub struct C(P);"),
        ];
        assert!(told(&files).is_empty());
    }

    #[test]
    fn a_grandparent_may_not_know_a_grandchild_that_knows_it() {
        let files = [
            ("x/lib.rs", "mod p; use p::c::C; pub struct R;"),
            ("x/p/mod.rs", "pub mod c;"),
            ("x/p/c.rs", "use crate::R; pub struct C;"),
        ];
        assert_eq!(told(&files), ["lib → p/c → lib (x/lib.rs:1, x/p/c.rs:1)"]);
    }

    #[test]
    fn a_function_that_is_called_like_its_module_is_found() {
        let files = [
            ("x/lib.rs", "mod a; mod p;"),
            ("x/a.rs", "fn f() { crate::p::run() }"),
            ("x/p/mod.rs", "mod run; pub use run::run;"),
            ("x/p/run.rs", "use crate::a; pub fn run() {}"),
        ];
        assert_eq!(told(&files), ["a → p/run → a (x/a.rs:1, x/p/run.rs:1)"]);
    }

    #[test]
    fn tests_other_crates_and_names_of_ones_own_are_no_arrows() {
        let files = [
            ("x/lib.rs", "mod a; mod b;"),
            ("x/a.rs", "use serde::b; use std::fmt; pub struct A; fn f() { b::g(); fmt::h() }"),
            ("x/b.rs", "use crate::a::A; #[cfg(test)] use crate::a; #[cfg(test)] mod tests { use crate::a::A; }"),
        ];
        let arrow = Arrow { from: "x/b.rs".to_owned(), line: 1, to: "x/a.rs".to_owned() };
        assert_eq!(made(&files).arrows(), [arrow]);
    }

    #[test]
    fn imports_that_lead_to_each_other_come_to_an_end() {
        let files = [
            ("x/lib.rs", "mod a; mod b;"),
            ("x/a.rs", "pub use crate::b::X; pub use crate::b::*; fn f() { Y::g() }"),
            ("x/b.rs", "pub use crate::a::X; pub use crate::a::*;"),
        ];
        assert_eq!(told(&files), ["a → b → a (x/a.rs:1, x/b.rs:1)"]);
    }
}
