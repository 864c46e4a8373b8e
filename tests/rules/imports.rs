//! Which file of the page imports which other one.

use std::collections::BTreeMap;

use crate::circles::Arrow;

/// The bridge has a stand-in, and `#bridge` is either of them.
const BRIDGE: (&str, &[&str]) = ("#bridge", &["bridge.ts", "bridge.fake.ts"]);

/// The imports of the files given by path, as far as they lead to one of these; types count like everything else.
pub fn arrows(files: &BTreeMap<String, String>) -> Vec<Arrow> {
    let mut found = Vec::new();
    for (path, text) in files {
        for (line, wanted) in named(text) {
            for to in meant(path, &wanted).into_iter().filter(|to| files.contains_key(to) && to != path) {
                found.push(Arrow { from: path.clone(), line, to });
            }
        }
    }
    found
}

/// What is named in `import … from '…'`, `import '…'`, `export … from '…'` and `import('…')`, with its line.
fn named(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let mut rest = line.trim_start();
        if ["//", "*", "/*", "<!--"].iter().any(|mark| rest.starts_with(mark)) {
            continue;
        }
        while let Some(at) = rest.find(['\'', '"', '`']) {
            let (before, quoted) = rest.split_at(at);
            let Some((name, after)) = quoted[1..].split_once(&quoted[..1]) else { break };
            if ["from", "import", "import("].iter().any(|word| before.trim_end().ends_with(word)) {
                found.push((n + 1, name.to_owned()));
            }
            rest = after;
        }
    }
    found
}

/// The files that a name in an import may mean.
fn meant(importer: &str, name: &str) -> Vec<String> {
    let (name_of_bridge, bridges) = BRIDGE;
    if name == name_of_bridge {
        let top = importer.find("src/").map_or("", |at| &importer[..at + 4]);
        return bridges.iter().map(|file| format!("{top}{file}")).collect();
    }
    if !name.starts_with('.') {
        return Vec::new();
    }
    let mut folders: Vec<&str> = importer.split('/').collect();
    folders.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(folders.pop()),
            part => folders.push(part),
        }
    }
    let path = folders.join("/");
    ["", ".ts", ".svelte", ".svelte.ts", "/index.ts"].iter().map(|end| format!("{path}{end}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circles::circles;

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, text)| (format!("ui/src/{path}"), (*text).to_owned())).collect();
        circles(&arrows(&files))
    }

    #[test]
    fn files_of_the_page_that_import_each_other_are_a_circle_however_they_say_it() {
        for back in [
            "import A from '../A.svelte';",
            "import type { Shape } from \"../A.svelte\"",
            "import {\n  one,\n  two,\n} from '../A.svelte';",
            "export * from '../A.svelte';",
            "import '../A.svelte';",
            "const A = await import('../A.svelte');",
        ] {
            let files = [("A.svelte", "<script lang=\"ts\">\n  import { b } from './parts/b';"), ("parts/b.ts", back)];
            let line = back.lines().count();
            let circle = format!("A → parts/b → A (ui/src/A.svelte:2, ui/src/parts/b.ts:{line})");
            assert_eq!(told(&files), [circle], "{back}");
        }
    }

    #[test]
    fn the_bridge_is_found_behind_its_other_name() {
        let files = [("bridge.ts", "import { a } from './a';"), ("a.ts", "import { act } from '#bridge';")];
        assert_eq!(told(&files), ["a → bridge → a (ui/src/a.ts:1, ui/src/bridge.ts:1)"]);
    }

    #[test]
    fn packages_comments_and_texts_are_no_arrows() {
        let files = [
            ("a.ts", "import { b } from './b';"),
            ("b.ts", "import a from 'a';\n// import { a } from './a';\nconst t = \"from './a'\";\n * import './a'"),
        ];
        assert!(told(&files).is_empty());
    }
}
