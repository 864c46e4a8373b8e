//! Profiles that assume roles on top of others: to which team each belongs, followed from source to source.

use std::collections::BTreeMap;

/// Where the sources of a profile end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End<'c> {
    /// In a profile of the draft with this number.
    Team(usize),
    /// In a profile that is not in the file.
    Missing(&'c str),
    /// In one that was left out, or could not be read.
    LeftOut(&'c str),
    /// Nowhere: they go round in a circle.
    Circle,
}

/// The end of each profile of `sources`, which names the source of each. `placed` are the profiles that have a team, and
/// `known` says whether there is a profile of that name at all. Every step is gone once, however many begin with it.
pub fn ends<'c>(
    sources: &BTreeMap<&'c str, &'c str>,
    placed: &BTreeMap<&'c str, usize>,
    known: impl Fn(&str) -> bool,
) -> BTreeMap<&'c str, End<'c>> {
    let mut ends: BTreeMap<&'c str, End<'c>> = BTreeMap::new();
    for first in sources.keys() {
        let (mut way, mut at) = (Vec::new(), *first);
        let end = loop {
            if let Some(end) = ends.get(at) {
                break end.clone();
            }
            let Some(source) = sources.get(at) else {
                break match placed.get(at) {
                    Some(team) => End::Team(*team),
                    None if known(at) => End::LeftOut(at),
                    None => End::Missing(at),
                };
            };
            way.push(at);
            // Until it is known better: who comes by again goes round.
            ends.insert(at, End::Circle);
            at = source;
        };
        ends.extend(way.into_iter().map(|name| (name, end.clone())));
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    // F174
    #[test]
    fn sources_are_followed_to_their_end_however_long_the_way_is() {
        let sources = BTreeMap::from([
            ("a", "sso"),
            ("b", "a"),
            ("c", "b"),
            ("d", "keys"),
            ("e", "d"),
            ("f", "gone"),
            ("g", "h"),
            ("h", "g"),
            ("i", "g"),
            ("j", "j"),
        ]);
        let ends = ends(&sources, &BTreeMap::from([("sso", 3)]), |name| name == "keys");
        let of = |name: &str| ends[name].clone();
        assert_eq!([of("a"), of("b"), of("c")], [End::Team(3), End::Team(3), End::Team(3)]);
        assert_eq!([of("d"), of("e")], [End::LeftOut("keys"), End::LeftOut("keys")]);
        assert_eq!(of("f"), End::Missing("gone"));
        assert_eq!([of("g"), of("h"), of("i"), of("j")], [End::Circle, End::Circle, End::Circle, End::Circle]);

        let names: Vec<String> = (0..100_000).map(|n| format!("{n:06}")).collect();
        let long = names.windows(2).map(|two| (two[0].as_str(), two[1].as_str())).collect();
        let ends = super::ends(&long, &BTreeMap::from([("099999", 0)]), |_| true);
        assert!(ends.values().all(|end| *end == End::Team(0)));
    }
}
