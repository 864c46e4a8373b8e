//! Profiles that assume roles on top of others: to which team each belongs, followed from source to source.

use std::collections::BTreeMap;

use keyfob_core::words::profile::{AssumedRole, partition_of};

use crate::Reason;

/// More names of a circle than a person reads.
const MOST_NAMES: usize = 8;

/// Where the sources of a profile end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End<'c> {
    /// In a profile of the draft with this number.
    Team(usize),
    /// In a profile that is not in the file.
    Missing(&'c str),
    /// In one that was left out, or could not be read.
    LeftOut(&'c str),
    /// Nowhere: they go round in a circle, and this one is in it.
    Circle(&'c str),
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
            ends.insert(at, End::Circle(at));
            at = source;
        };
        ends.extend(way.into_iter().map(|name| (name, end.clone())));
    }
    ends
}

impl End<'_> {
    /// Why a profile that does not lead to a team is left out.
    pub fn reason(&self, sources: &BTreeMap<&str, &str>) -> Reason {
        let reason = |why: String, next: &str| Reason { why, next: next.into() };
        match self {
            End::LeftOut(root) => reason(
                format!("a role is taken on top of the profile {root}, which was left out"),
                "Keyfob can begin with a profile of an access portal: make that the source_profile, and import again.",
            ),
            End::Missing(root) => reason(
                format!("a role is taken on top of the profile {root}, which is not there"),
                "Correct source_profile, then import again.",
            ),
            End::Circle(member) => {
                let mut names = circle(sources, member);
                if names.len() > MOST_NAMES {
                    names.splice(MOST_NAMES - 1..names.len() - 1, ["…"]);
                }
                reason(
                    format!("the source_profile lines lead round in a circle ({})", names.join(" → ")),
                    "Let one of them begin with a profile that signs in.",
                )
            }
            End::Team(_) => reason(String::new(), ""),
        }
    }
}

/// The key that keeps a role from being assumed by what signs in at a portal of this region, and why.
pub fn unfit(role: &AssumedRole, region: &str) -> Option<(&'static str, Reason)> {
    let (here, there) = (partition_of(region), role.partition());
    if role.mfa_serial.is_some() {
        let why = "the role wants an MFA code, and a role's session can bring none (mfa_serial)";
        let next = "Where the role's trust policy does not ask for MFA, take mfa_serial away, then import again; else go on with access keys.";
        return Some(("mfa_serial", Reason { why: why.into(), next: next.into() }));
    }
    let why = format!("its role is in another part of AWS ({there}) than what it begins with ({here})");
    let next = "Begin with a profile that signs in there, then import again.".into();
    (here != there).then_some(("role_arn", Reason { why, next }))
}

/// The names of a circle, the first one of the alphabet at its beginning and again at its end.
pub fn circle<'c>(sources: &BTreeMap<&'c str, &'c str>, member: &'c str) -> Vec<&'c str> {
    let next = |name: &&'c str| sources.get(name).copied().filter(|next| *next != member);
    let mut names: Vec<&str> = std::iter::successors(Some(member), next).collect();
    let first = (0..names.len()).min_by_key(|place| names[*place]).unwrap_or(0);
    names.rotate_left(first);
    names.extend(names.first().copied());
    names
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
        assert_eq!([of("g"), of("h"), of("i"), of("j")], ["g", "g", "g", "j"].map(End::Circle));
        assert_eq!(circle(&sources, "h"), ["g", "h", "g"]);
        assert_eq!(circle(&sources, "j"), ["j", "j"]);

        let names: Vec<String> = (0..100_000).map(|n| format!("{n:06}")).collect();
        let long = names.windows(2).map(|two| (two[0].as_str(), two[1].as_str())).collect();
        let ends = super::ends(&long, &BTreeMap::from([("099999", 0)]), |_| true);
        assert!(ends.values().all(|end| *end == End::Team(0)));
    }
}
