//! Circles among files that use each other, whatever language they are in.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One file uses another, first on this line (from 1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: String,
    pub line: usize,
    pub to: String,
}

/// For each file that is in a circle a shortest one through it, each told once: `a → b → a (path/a:1, path/b:2)`.
pub fn circles(arrows: &[Arrow]) -> Vec<String> {
    let mut out: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for arrow in arrows {
        let line = out.entry(&arrow.from).or_default().entry(&arrow.to).or_insert(arrow.line);
        *line = (*line).min(arrow.line);
    }
    let found: BTreeSet<Vec<&str>> = out.keys().filter_map(|file| shortest(file, &out)).collect();
    found.iter().map(|circle| tell(circle, &out)).collect()
}

/// The files of a shortest circle through `file`, the first name in the alphabet first.
fn shortest<'a>(file: &'a str, out: &BTreeMap<&'a str, BTreeMap<&'a str, usize>>) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = VecDeque::from([file]);
    while let Some(at) = open.pop_front() {
        for next in out.get(at).into_iter().flat_map(BTreeMap::keys) {
            if *next == file {
                let mut circle = vec![at];
                while let Some(earlier) = circle.last().filter(|last| **last != file).and_then(|last| before.get(last))
                {
                    circle.push(earlier);
                }
                circle.reverse();
                let first = (0..circle.len()).min_by_key(|at| circle[*at]).unwrap_or(0);
                circle.rotate_left(first);
                return Some(circle);
            }
            if !before.contains_key(next) {
                before.insert(next, at);
                open.push_back(next);
            }
        }
    }
    None
}

fn tell(circle: &[&str], out: &BTreeMap<&str, BTreeMap<&str, usize>>) -> String {
    // What all have in common says nothing, up to the folder.
    let folder = circle.iter().skip(1).fold(circle[0], |same, file| {
        let length = same.bytes().zip(file.bytes()).take_while(|(a, b)| a == b).count();
        &same[..same[..length].rfind('/').map_or(0, |at| at + 1)]
    });
    let short = |file: &str| {
        let stem = file[folder.len()..].rsplit_once('.').map_or(file, |(stem, _)| stem);
        stem.strip_suffix("/mod").unwrap_or(stem).to_owned()
    };
    let round: Vec<&str> = circle.iter().copied().chain(circle.first().copied()).collect();
    let names: Vec<String> = round.iter().map(|file| short(file)).collect();
    let lines = round.windows(2).map(|two| format!("{}:{}", two[0], out[two[0]][two[1]]));
    format!("{} ({})", names.join(" → "), lines.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arrows: &[(&str, usize, &str)]) -> Vec<String> {
        let arrow = |(from, line, to): &(&str, usize, &str)| Arrow {
            from: format!("x/{from}.rs"),
            line: *line,
            to: format!("x/{to}.rs"),
        };
        circles(&arrows.iter().map(arrow).collect::<Vec<_>>())
    }

    #[test]
    fn arrows_that_lead_one_way_are_no_circle() {
        assert!(told(&[("a", 1, "b"), ("a", 2, "c"), ("b", 1, "c")]).is_empty());
    }

    #[test]
    fn two_that_use_each_other_are_told_once_with_their_first_lines() {
        assert_eq!(told(&[("b", 7, "a"), ("b", 3, "a"), ("a", 1, "b")]), ["a → b → a (x/a.rs:1, x/b.rs:3)"]);
    }

    #[test]
    fn a_circle_of_three_is_told_in_its_order() {
        let three = [("c", 3, "a"), ("b", 2, "c"), ("a", 1, "b"), ("d", 4, "a")];
        assert_eq!(told(&three), ["a → b → c → a (x/a.rs:1, x/b.rs:2, x/c.rs:3)"]);
    }

    #[test]
    fn a_longer_circle_does_not_hide_behind_a_shorter_one() {
        let both = [("a", 1, "b"), ("b", 1, "a"), ("b", 2, "c"), ("c", 2, "d"), ("d", 2, "b")];
        assert_eq!(told(&both).len(), 2);
    }
}
