//! No edit makes a file that the next reading refuses: files in every spelling, and edits with whatever somebody types.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::tests::{Disk, PATH};
use crate::hands::config::spellings_tests::{sketches, spelled, spelling};
use crate::hands::config::{Config, Edit};
use crate::testkit;
use crate::words::mistake::EditError;
use crate::words::profile::Profile;
use crate::words::settings::Settings;

#[derive(Debug, Clone)]
enum Deed {
    Set(String, String, String),
    Pin(String, bool),
    Rename(String, String),
    AddTeam(String, String, String),
    AddProfile(String, String, String),
    ReplaceProfile(String, String, String),
    RemoveTeam(String),
    RemoveProfile(String, String),
}

impl Deed {
    fn perform(&self, edit: &mut Edit) -> Result<(), EditError> {
        match self {
            Deed::Set(team, key, value) => edit.set(team, key, value),
            Deed::Pin(team, pinned) => edit.pin(team, *pinned),
            Deed::Rename(from, to) => edit.rename_team(from, to),
            Deed::AddTeam(name, key, value) => {
                let mut team = testkit::team("added");
                team.name.clone_from(name);
                team.settings.insert(key.clone(), value.clone());
                edit.add_team(&team)
            }
            Deed::AddProfile(team, name, value) => {
                let target = Settings::from([("role".to_owned(), value.clone())]);
                edit.add_profile(team, &Profile::new(testkit::id("new"), name, target))
            }
            Deed::ReplaceProfile(team, name, value) => {
                let target = Settings::from([("role".to_owned(), value.clone())]);
                let profile = Profile { from: Some("~/x".into()), ..Profile::new(testkit::id("new"), name, target) };
                edit.replace_profile(team, &profile)
            }
            Deed::RemoveTeam(team) => edit.remove_team(team),
            Deed::RemoveProfile(team, profile) => edit.remove_profile(team, profile),
        }
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["acme", "lab-2", "with space", "日本", "admin", "Prod/Admin"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["id", "provider", "pinned", "profile", "team", "a.b", "a\"b", "a\\", "", " ", "\u{feff}"])
            .prop_map(str::to_owned),
        1 => "\\PC{0,20}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z0-9./:-]{0,20}",
        1 => any::<String>(),
        1 => prop::sample::select(vec!["'''", "\"\"\"", "a\nb", "\r", "\0", "\u{7f}", "\u{202e}", "\\u0000"]).prop_map(str::to_owned),
        1 => (1_usize << 21..1 << 23).prop_map(|length| "x".repeat(length)),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (name(), name(), value()).prop_map(|(team, key, value)| Deed::Set(team, key, value)),
        (name(), any::<bool>()).prop_map(|(team, pinned)| Deed::Pin(team, pinned)),
        (name(), name()).prop_map(|(from, to)| Deed::Rename(from, to)),
        (name(), name(), value()).prop_map(|(name, key, value)| Deed::AddTeam(name, key, value)),
        (name(), name(), value()).prop_map(|(team, name, value)| Deed::AddProfile(team, name, value)),
        (name(), name(), value()).prop_map(|(team, name, value)| Deed::ReplaceProfile(team, name, value)),
        name().prop_map(Deed::RemoveTeam),
        (name(), name()).prop_map(|(team, profile)| Deed::RemoveProfile(team, profile)),
    ]
}

fn now<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// The ids of a team, by which its session and its credentials are found.
fn ids(config: &Config) -> Vec<String> {
    let of = |team: &crate::words::team::Team| {
        std::iter::once(team.id.to_string())
            .chain(team.profiles.iter().map(|profile| profile.id.to_string()))
            .collect::<Vec<_>>()
    };
    config.teams.iter().flat_map(of).collect()
}

proptest! {
    // F114, F173
    #[test]
    fn whatever_is_edited_can_be_read_or_was_not_written(
        teams in sketches(),
        spelling in spelling(),
        head in prop::sample::select(vec!["", "\u{feff}", "# mine\r\n", "\r\n\r\n"]),
        deeds in proptest::collection::vec(deed(), 1..5),
    ) {
        let disk = Disk::new(&format!("{head}{}", spelled(&teams, spelling)));
        let mut config = now(disk.file.load()).unwrap();
        for deed in deeds {
            let before = disk.text(PATH);
            let done = now(disk.file.edit(|edit| deed.perform(edit)));
            match done {
                Ok(()) => {
                    let read = now(disk.file.load());
                    prop_assert!(read.is_ok(), "{deed:?} made {read:?} of\n{before}");
                    let read = read.unwrap();
                    // Nobody else lost an id, and none is made anew.
                    if !matches!(deed, Deed::RemoveTeam(_) | Deed::RemoveProfile(..)) {
                        let (old, new) = (ids(&config), ids(&read));
                        prop_assert!(old.iter().all(|id| new.contains(id)), "{deed:?}: {old:?} {new:?}");
                    }
                    config = read;
                }
                Err(problem) => {
                    prop_assert!(!problem.title.is_empty());
                    prop_assert_eq!(disk.text(PATH), before);
                }
            }
        }
    }
}
