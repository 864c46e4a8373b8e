//! How a name reads where there is little room, and where its script runs the other way.

use crate::face::chain;
use crate::mind::model::Model;
use crate::words::name::is_mark;
use crate::words::plain::{APART, clean};
use crate::words::profile::Profile;
use crate::words::team::Team;

/// The longest a name is in a menu, a tooltip or a notice, in letters.
const ROOM: usize = 24;
/// Of a name whose middle matters, so much of its head and of its tail is shown.
const END: usize = 5;

/// A team's name as it fits a menu, other than every other team's.
pub fn team_name(team: &Team, model: &Model) -> String {
    menu_name(&team.name, model.teams.iter().map(|entry| entry.team.name.as_str()))
}

/// A profile's name likewise, among those of its team, with what it begins with where it is behind another one.
pub fn profile_name(profile: &Profile, team: &Team) -> String {
    let (behind, plain): (Vec<&Profile>, Vec<&Profile>) = team.profiles.iter().partition(|one| one.is_chained());
    let behind: Vec<String> = behind.into_iter().map(chain::label).collect();
    let others = plain.iter().map(|one| one.name.as_str()).chain(behind.iter().map(String::as_str));
    menu_name(&chain::label(profile), others)
}

/// A name that fits a menu. The middle of a long one is left out, unless one of the others would read the same then: of
/// those that do, what makes them differ is kept.
pub fn menu_name<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> String {
    let letters = letters(name);
    if letters.len() <= ROOM {
        return apart(name);
    }
    let (head, tail) = ends(&letters);
    let alike: Vec<Vec<&str>> = others
        .filter(|other| *other != name && other.starts_with(&head) && other.ends_with(&tail))
        .map(self::letters)
        .filter(|other| other.len() > ROOM && ends(other) == (head.clone(), tail.clone()))
        .collect();
    if alike.is_empty() {
        return apart(&format!("{head}…{tail}"));
    }
    let same = |other: &Vec<&str>| letters.iter().zip(other).take_while(|(a, b)| a == b).count();
    let from = alike.iter().map(same).min().unwrap_or_default();
    // All that are alike are cut at the same places, so that what is seen of them can be compared.
    let fits = |room: &usize| {
        let mine = around(&letters, from, *room);
        alike.iter().all(|other| around(other, from, *room) != mine)
    };
    let room = (ROOM - 2 * END - 2..letters.len()).find(fits);
    apart(&room.map_or_else(|| name.to_owned(), |room| around(&letters, from, room)))
}

/// A name whose letters run from right to left is kept to itself, so that a time beside it stays where it is.
pub fn apart(name: &str) -> String {
    let name = clean(name);
    if name.chars().any(runs_left) { format!("{}{name}{}", APART[0], APART[1]) } else { name }
}

/// Whether it is of a script that runs from right to left (Unicode's blocks for them, assigned or not).
fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Each letter with the marks it carries: it is cut between them only.
fn letters(name: &str) -> Vec<&str> {
    let starts: Vec<usize> = name.char_indices().filter(|(at, c)| *at == 0 || !is_mark(*c)).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    starts.iter().zip(ends).map(|(start, end)| &name[*start..end]).collect()
}

/// What is shown of a long name whose middle does not matter.
fn ends(letters: &[&str]) -> (String, String) {
    let half = ROOM / 2;
    (letters[..half].concat(), letters[letters.len() + half + 1 - ROOM..].concat())
}

/// Head and tail, and `room` letters from `from` on.
fn around(letters: &[&str], from: usize, room: usize) -> String {
    let tail = letters.len().saturating_sub(END);
    let from = from.min(tail);
    let to = (from + room).min(tail);
    let gap = if to < tail { "…" } else { "" };
    format!("{}…{}{gap}{}", letters[..END].concat(), letters[from..to].concat(), letters[tail..].concat())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn all(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| menu_name(name, names.iter().copied())).collect()
    }

    #[test]
    fn a_long_name_has_both_its_ends_in_a_menu() {
        assert_eq!(all(&["twenty-four-characters-x"]), ["twenty-four-characters-x"]);
        assert_eq!(all(&["production-observability-eu-western-region-2"]), ["production-o…rn-region-2"]);
    }

    // F225
    #[test]
    fn names_that_differ_in_the_middle_look_different() {
        assert_eq!(
            all(&["acme-platform-eu-production-account", "acme-platform-us-production-account", "lab"]),
            ["acme-…eu-productio…count", "acme-…us-productio…count", "lab"]
        );
        let far = |what: &str| format!("acme-platform-eu-first-and-{what}-then-production-account");
        let (a, b, c) = (far("a"), far("b"), far("a").replace("-eu-", "-us-"));
        let shown: BTreeSet<String> = all(&[&a, &b, &c]).into_iter().collect();
        assert_eq!(shown.len(), 3, "{shown:?}");
    }

    // F223
    #[test]
    fn a_name_is_never_cut_between_a_letter_and_its_mark() {
        let name = "ก\u{e48}".repeat(30);
        let [shown] = all(&[&name]).try_into().unwrap_or_default();
        assert_eq!(letters(&shown).len(), ROOM);
        assert!(shown.split('…').all(|part| part.ends_with('\u{e48}') && !part.starts_with('\u{e48}')), "{shown}");
    }

    // F224
    #[test]
    fn a_name_that_runs_the_other_way_is_kept_to_itself() {
        assert_eq!(all(&["שלום 2"]), ["\u{2068}שלום 2\u{2069}"]);
        assert_eq!(all(&["हिन्दी"]), ["हिन्दी"]);
    }

    proptest! {
        // F225
        #[test]
        fn whatever_they_are_called_names_that_differ_look_different(
            names in prop::collection::btree_set("[ab]{0,3}-common-part-of-all-[ab]{0,20}-[ab]{0,9}-common-part-of-all-[ab]{0,2}", 2..9)
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let shown: BTreeSet<String> = all(&names).into_iter().collect();
            prop_assert_eq!(shown.len(), names.len(), "{:?}", shown);
        }
    }
}
