//! Every spelling that TOML has for a team, generated: ids stick, and an edit does the same whatever the spelling.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use proptest::prelude::*;

use super::{Config, Edit, parse, write_ids};
use crate::testkit;
use crate::words::profile::Profile;
use crate::words::settings::Settings;

/// A team to be spelled.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    name: &'static str,
    id: bool,
    pinned: bool,
    profiles: Vec<(&'static str, bool)>,
    /// How its profiles are spelled, where there is a choice.
    inner: u8,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Spelling {
    /// `[team.a]`
    Headers,
    /// `[team]`, then `a = { … }`
    Inline,
    /// `[team]`, then `a.provider = …`
    Dotted,
    /// `team = { a = { … } }`
    AllInline,
    /// `team.a.provider = …` at the top
    TopDotted,
}

/// With an id, pinned, its profiles and whether each has an id, how these are spelled.
type Raw = (bool, bool, Vec<(usize, bool)>, u8);

const NAMES: [&str; 4] = ["acme", "lab-2", "with space", "日本"];
const PROFILES: [&str; 3] = ["admin", "Prod/Admin", "R&D (prod)"];

pub(super) fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    let profiles = proptest::collection::vec((0..PROFILES.len(), any::<bool>()), 0..3);
    let one = (any::<bool>(), any::<bool>(), profiles, 0_u8..3);
    proptest::collection::vec(one, 1..4).prop_map(|all| {
        let sketch = |(place, (id, pinned, profiles, inner)): (usize, Raw)| {
            let mut names: Vec<(&'static str, bool)> = profiles.iter().map(|(at, id)| (PROFILES[*at], *id)).collect();
            names.sort_unstable();
            names.dedup_by_key(|(name, _)| *name);
            Sketch { name: NAMES[place], id, pinned, profiles: names, inner }
        };
        all.into_iter().enumerate().map(sketch).collect()
    })
}

pub(super) fn spelling() -> impl Strategy<Value = Spelling> {
    use Spelling as S;
    prop::sample::select(vec![S::Headers, S::Inline, S::Dotted, S::AllInline, S::TopDotted])
}

fn id_line(owner: &str) -> String {
    format!("id = \"{}\"", testkit::id(owner))
}

/// The pairs of a profile.
fn pairs_of_profile(team: &Sketch, (name, id): &(&str, bool)) -> Vec<String> {
    let mut pairs = vec!["account = \"123456789012\"".to_owned(), "role = \"Admin\"".into()];
    if *id {
        pairs.insert(0, id_line(&format!("{}{name}", team.name)));
    }
    pairs
}

fn inline(team: &Sketch) -> String {
    let mut pairs = own_pairs(team);
    let profiles: Vec<String> = team
        .profiles
        .iter()
        .map(|profile| format!("\"{}\" = {{ {} }}", profile.0, pairs_of_profile(team, profile).join(", ")))
        .collect();
    if !profiles.is_empty() {
        pairs.push(format!("profile = {{ {} }}", profiles.join(", ")));
    }
    format!("{{ {} }}", pairs.join(", "))
}

fn own_pairs(team: &Sketch) -> Vec<String> {
    let mut pairs = vec!["provider = \"aws-sso\"".to_owned(), "region = \"eu-west-1\"".into()];
    if team.pinned {
        pairs.push("pinned = true".into());
    }
    if team.id {
        pairs.push(id_line(team.name));
    }
    pairs
}

/// `prefix` goes before each key.
fn dotted(text: &mut String, team: &Sketch, prefix: &str) {
    for pair in own_pairs(team) {
        writeln!(text, "{prefix}\"{}\".{pair}", team.name).unwrap();
    }
    for profile in &team.profiles {
        for pair in pairs_of_profile(team, profile) {
            writeln!(text, "{prefix}\"{}\".profile.\"{}\".{pair}", team.name, profile.0).unwrap();
        }
    }
}

fn headers(text: &mut String, team: &Sketch) {
    writeln!(text, "# about {}\n[team.\"{}\"]\n{}", team.name, team.name, own_pairs(team).join(" # by hand\n"))
        .unwrap();
    for profile in &team.profiles {
        let pairs = pairs_of_profile(team, profile);
        match team.inner {
            0 => writeln!(text, "\n[team.\"{}\".profile.'{}']\n{}", team.name, profile.0, pairs.join("\n")).unwrap(),
            1 => writeln!(text, "profile.\"{}\" = {{ {} }}", profile.0, pairs.join(", ")).unwrap(),
            _ => pairs.iter().for_each(|pair| writeln!(text, "profile.\"{}\".{pair}", profile.0).unwrap()),
        }
    }
}

pub(super) fn spelled(teams: &[Sketch], spelling: Spelling) -> String {
    let mut text = String::from("# mine\nversion = 1\n");
    match spelling {
        Spelling::Headers => teams.iter().for_each(|team| headers(&mut text, team)),
        Spelling::Inline => {
            text.push_str("[team]\n");
            teams.iter().for_each(|team| writeln!(text, "\"{}\" = {} # inline", team.name, inline(team)).unwrap());
        }
        Spelling::Dotted => {
            text.push_str("[team]\n");
            teams.iter().for_each(|team| dotted(&mut text, team, ""));
        }
        Spelling::AllInline => {
            let all: Vec<String> = teams.iter().map(|team| format!("\"{}\" = {}", team.name, inline(team))).collect();
            writeln!(text, "team = {{ {} }} # all of them", all.join(", ")).unwrap();
        }
        Spelling::TopDotted => teams.iter().for_each(|team| dotted(&mut text, team, "team.")),
    }
    text
}

fn read(text: &str) -> (Config, bool) {
    parse(text, &|_, _| Ok(())).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

/// Comments and values that an edit has nothing to do with are still there.
fn keeps_comments(before: &str, after: &str) -> bool {
    before.lines().filter_map(|line| line.split_once('#')).all(|(_, comment)| after.contains(comment))
}

proptest! {
    // F98
    #[test]
    fn whatever_the_spelling_ids_are_written_once_and_stay(teams in sketches(), spelling in spelling()) {
        let text = spelled(&teams, spelling);
        let (config, _) = read(&text);
        let written = write_ids(&text, &config).unwrap();
        let (again, made) = read(&written);
        prop_assert!(!made, "{written}");
        prop_assert_eq!(&again, &config);
        prop_assert_eq!(write_ids(&written, &again).unwrap(), written.clone());
        prop_assert!(keeps_comments(&text, &written), "{}", written);
    }

    // F98
    #[test]
    fn whatever_the_spelling_an_edit_does_the_same(teams in sketches(), spelling in spelling(), which in 0_u8..7) {
        let text = spelled(&teams, spelling);
        let (mut config, _) = read(&text);
        let text = write_ids(&text, &config).unwrap();
        let mut edit = Edit::of(&text).unwrap();
        let first = config.teams[0].name.clone();
        match which {
            0 => {
                edit.pin(&first, true).unwrap();
                config.teams[0].pinned = true;
            }
            1 => {
                edit.set(&first, "region", "us-east-1").unwrap();
                config.teams[0].settings.insert("region".into(), "us-east-1".into());
            }
            2 => {
                edit.set(&first, "region", "").unwrap();
                config.teams[0].settings.remove("region");
            }
            3 => {
                let target = Settings::from([("account".into(), "210987654321".into()), ("role".into(), "Reader".into())]);
                let new = Profile::new(testkit::id("new"), "a new/one", target);
                edit.add_profile(&first, &new).unwrap();
                config.teams[0].profiles.push(new);
            }
            4 => {
                edit.rename_team(&first, "renamed").unwrap();
                config.teams[0].name = "renamed".into();
            }
            5 => {
                edit.remove_team(&first).unwrap();
                config.teams.remove(0);
            }
            _ => {
                let new = testkit::team("one-more");
                edit.add_team(&new).unwrap();
                config.teams.push(new);
            }
        }
        let text = edit.text();
        let (after, made) = read(&text);
        prop_assert!(!made, "{text}");
        let sorted = |config: Config| {
            let mut teams = config.teams;
            teams.sort_by(|a, b| a.name.cmp(&b.name));
            teams.iter_mut().for_each(|team| team.profiles.sort_by(|a, b| a.name.cmp(&b.name)));
            teams
        };
        prop_assert_eq!(sorted(after), sorted(config), "{}", text);
    }
}

#[test]
fn an_id_between_braces_stands_as_a_person_would_write_it() {
    let text = "team = { lab = { provider = \"aws-sso\" } }\n";
    let config = parse(text, &|_, _| Ok(())).unwrap().0;
    let id = config.teams[0].id.as_str();
    assert_eq!(
        write_ids(text, &config).unwrap(),
        format!("team = {{ lab = {{ provider = \"aws-sso\", id = \"{id}\" }} }}\n")
    );
}
