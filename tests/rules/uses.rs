//! What one Rust file declares, defines, imports and mentions; its tests aside.

/// One thing that stands in a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Stands {
    /// The modules with a body that it stands in, from the file's own; mostly none.
    pub inside: Vec<String>,
    /// From 1.
    pub line: usize,
    pub what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// `mod name;` and `mod name {`
    Module(String),
    /// An item that has this name.
    Item(String),
    /// `use path;`, `use path as name;`
    Import { path: Vec<String>, name: String },
    /// `use path::*;`
    Everything { path: Vec<String> },
    /// A path in the code, or a single name with a capital, which an import of everything may have brought.
    Mention { path: Vec<String> },
}

/// Reads code whose comments and texts are blanked.
pub fn read(code: &str) -> Vec<Stands> {
    let mut reader = Reader { tokens: tokens(code), at: 0, depth: 0, inside: Vec::new(), found: Vec::new() };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    reader.found
}

/// Words, `::` and single characters, each with its line.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (n, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if part(first) {
                rest.find(|c| !part(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            found.push((n + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    found
}

struct Reader<'c> {
    tokens: Vec<(usize, &'c str)>,
    at: usize,
    /// How many braces are open.
    depth: usize,
    /// The modules with a body that are open, and how many braces were with theirs.
    inside: Vec<(String, usize)>,
    found: Vec<Stands>,
}

impl<'c> Reader<'c> {
    fn token(&self, ahead: usize) -> &'c str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.1)
    }

    fn is_word(&self, ahead: usize) -> bool {
        self.token(ahead).starts_with(|c: char| c.is_alphabetic() || c == '_')
    }

    fn note(&mut self, what: What) {
        let line = self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |token| token.0);
        let inside = self.inside.iter().map(|(name, _)| name.clone()).collect();
        self.found.push(Stands { inside, line, what });
    }

    fn step(&mut self) {
        let among_items = self.inside.last().map_or(0, |(_, depth)| *depth) == self.depth;
        match self.token(0) {
            "#" => return self.attribute(),
            "use" if self.token(1) != "<" => {
                self.at += 1;
                return self.tree(&mut Vec::new());
            }
            "mod" if self.is_word(1) => {
                let name = self.token(1).to_owned();
                self.note(What::Module(name.clone()));
                if self.token(2) == "{" {
                    self.depth += 1;
                    self.inside.push((name, self.depth));
                }
                self.at += 2;
            }
            "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static"
                if among_items && self.is_word(1) && !matches!(self.token(1), "fn" | "unsafe" | "extern" | "mut") =>
            {
                self.note(What::Item(self.token(1).to_owned()));
                self.at += 1;
            }
            "{" => self.depth += 1,
            "}" => {
                self.inside.pop_if(|(_, depth)| *depth == self.depth);
                self.depth = self.depth.saturating_sub(1);
            }
            // What follows `::` hangs on something else, what follows `.` is a field or a method.
            "::" | "." if self.is_word(1) => self.at += 1,
            _ if self.is_word(0) => return self.path(),
            _ => {}
        }
        self.at += 1;
    }

    /// Jumps over an attribute, and over the item below when only tests have it.
    fn attribute(&mut self) {
        let from = self.at;
        while !matches!(self.token(0), "[" | "") {
            self.at += 1;
        }
        self.jump();
        let words: Vec<&str> = self.tokens[from..self.at].iter().map(|token| token.1).collect();
        let of_tests = words.contains(&"cfg") && words.contains(&"test");
        if of_tests && !words.contains(&"not") && !words.contains(&"any") {
            while self.token(0) == "#" {
                self.at += 1;
                self.jump();
            }
            self.item();
        }
    }

    /// Jumps over an item, a field or a variant.
    fn item(&mut self) {
        let field = !matches!(
            self.token(if self.token(0) == "pub" { 1 } else { 0 }),
            "(" | "fn" | "async" | "unsafe" | "const" | "static" | "struct" | "enum" | "impl" | "use" | "mod" | "type"
        );
        while self.at < self.tokens.len() {
            match self.token(0) {
                "{" => return self.jump(),
                "(" | "[" => self.jump(),
                "}" => return,
                "," if field => return self.at += 1,
                ";" => return self.at += 1,
                _ => self.at += 1,
            }
        }
    }

    /// From an opening bracket to behind the one that closes it.
    fn jump(&mut self) {
        let mut open = 0_usize;
        while self.at < self.tokens.len() {
            match self.token(0) {
                "(" | "[" | "{" => open += 1,
                ")" | "]" | "}" => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    /// The tree of a `use`, or a branch of it, up to what ends it.
    fn tree(&mut self, before: &mut Vec<String>) {
        let length = before.len();
        loop {
            match self.token(0) {
                "*" => {
                    self.note(What::Everything { path: before.clone() });
                    self.at += 1;
                    before.clear();
                }
                "{" => {
                    self.at += 1;
                    while !matches!(self.token(0), "}" | "") {
                        self.tree(&mut before.clone());
                        self.at += usize::from(self.token(0) == ",");
                    }
                    self.at += 1;
                    before.clear();
                }
                "::" => self.at += 1,
                // `{self}` is the module itself.
                "self" if length > 0 && before.len() == length => self.at += 1,
                "as" => {
                    self.note(What::Import { path: before.clone(), name: self.token(1).to_owned() });
                    before.clear();
                    self.at += 2;
                }
                _ if self.is_word(0) => {
                    before.push(self.token(0).to_owned());
                    self.at += 1;
                }
                _ => break,
            }
        }
        if let Some(name) = before.last().cloned() {
            self.at -= 1;
            self.note(What::Import { path: before.clone(), name });
            self.at += 1;
        }
    }

    fn path(&mut self) {
        let mut path = vec![self.token(0).to_owned()];
        let mut ahead = 1;
        while self.token(ahead) == "::" && self.is_word(ahead + 1) {
            path.push(self.token(ahead + 1).to_owned());
            ahead += 2;
        }
        if path.len() > 1 || self.token(0).starts_with(char::is_uppercase) {
            self.note(What::Mention { path });
        }
        self.at += ahead;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: &str) -> Vec<String> {
        let tell = |stands: Stands| {
            let what = match stands.what {
                What::Module(name) => format!("mod {name}"),
                What::Item(name) => format!("item {name}"),
                What::Import { path, name } => format!("use {} as {name}", path.join("::")),
                What::Everything { path } => format!("use {}::*", path.join("::")),
                What::Mention { path } => path.join("::"),
            };
            let inside: String = stands.inside.iter().map(|name| format!("{name}/")).collect();
            format!("{}: {inside}{what}", stands.line)
        };
        read(code).into_iter().map(tell).collect()
    }

    #[test]
    fn every_leaf_of_a_tree_is_an_import_on_its_own_line() {
        let code = "pub(crate) use a::{\n  self,\n  b::{C as D, e::*},\n  super_f,\n};\nuse g;";
        let leaves = [
            "2: use a as a",
            "3: use a::b::C as D",
            "3: use a::b::e::*",
            "4: use a::super_f as super_f",
            "6: use g as g",
        ];
        assert_eq!(told(code), leaves);
    }

    #[test]
    fn paths_in_code_are_mentions_and_fields_and_methods_are_none() {
        let code = "fn f(x: super::A<crate::b::C>) -> D { x.e::<F>(); g::h(); x.Y.z }";
        assert_eq!(told(code), ["1: item f", "1: super::A", "1: crate::b::C", "1: D", "1: F", "1: g::h"]);
    }

    #[test]
    fn what_stands_in_a_module_with_a_body_is_told_with_it() {
        let code = "mod a { use super::B; fn c() { d::e() } }\nmod f;\nstruct G { h: u8 }";
        let told = told(code);
        let there = ["1: mod a", "1: a/use super::B as B", "1: a/item c", "1: a/d::e", "2: mod f", "3: item G"];
        assert_eq!(told, there);
    }

    #[test]
    fn what_only_tests_have_is_not_there() {
        let code = "#[cfg(test)]\n#[path = \"\"]\nmod tests;\n#[cfg(test)] use a::{B, C};\n\
                    #[cfg(all(test, unix))] mod more { use d::E; }\n\
                    #[cfg(test)] pub fn f<A, B>(x: [u8; 2]) -> G { h::i() }\n\
                    struct J { #[cfg(test)] k: L, m: N }\n#[cfg(not(test))] fn o() {}";
        assert_eq!(told(code), ["7: item J", "7: N", "8: item o"]);
    }
}
