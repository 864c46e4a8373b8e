//! What is said when teams are looked for in the files of other programs.

use super::counted;
use crate::face::chain::stands_for;
use crate::words::change::Change;
use crate::words::plain::clean;
use crate::words::profile::Profile;

pub const NOTHING_FOUND: &str = "Nothing to import was found.\n";
pub const NOTHING_NEW: &str = "Nothing new to import.\n";
pub const IMPORT_ALL: &str = "Import these? [y/N] ";
pub const NOTHING_IMPORTED: &str = "Nothing was imported.\n";
/// Profiles that are gone are taken away only where that was asked for.
pub const PRUNE: &str = "Profiles that are gone from their file stay: `keyfob import --prune` takes them away.\n";

/// Asks about settings and profiles that are different at their source.
pub fn take_over(count: usize) -> String {
    format!("Follow {} of the files? [y/N] ", counted(count, "change"))
}

/// Asks about profiles that are gone from their source.
pub fn remove_gone(count: usize) -> String {
    format!("Remove {} that the files have no more? [y/N] ", counted(count, "profile"))
}

/// How much of each kind was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub teams: usize,
    pub profiles: usize,
    pub changes: usize,
    pub removed: usize,
}

impl Imported {
    pub fn count(teams: usize, changes: &[&Change]) -> Self {
        let mut all = Imported { teams, ..Imported::default() };
        for change in changes {
            match change {
                Change::Add(_) => all.profiles += 1,
                Change::Set { .. } | Change::Replace { .. } => all.changes += 1,
                Change::Remove(_) => all.removed += 1,
            }
        }
        all
    }

    /// Such as `Imported 1 team, followed 2 changes`.
    pub fn words(self) -> String {
        let parts = [
            ("imported", "team", self.teams),
            ("added", "profile", self.profiles),
            ("followed", "change", self.changes),
            ("removed", "profile", self.removed),
        ];
        let parts = parts.into_iter().filter(|(.., count)| *count > 0);
        let said: Vec<String> = parts.map(|(did, what, count)| format!("{did} {}", counted(count, what))).collect();
        let mut said = said.join(", ");
        if let Some(first) = said.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        said
    }
}

pub fn imported(all: Imported) -> String {
    format!("{}. `keyfob status` shows all teams.\n", all.words())
}

pub const TAKE_KEYS: &str = "Take these lines out? Keyfob keeps the keys in the keychain. [y/N] ";
pub const KEYS_STAY: &str = "The keys stay where they are.\n";
pub const NO_KEYS_TO_TAKE: &str = "There are no keys to take out of a file.\n";
pub const NOTHING_TO_UNDO: &str = "There is nothing to take back: no keys were taken out of a file.\n";
/// A team was made of keys, and the keys are not in it.
pub const NO_KEYS_YET: &str = "No key was taken in. `keyfob import --from aws-credentials --take-keys` shows what it would \
    change: the keys go into the keychain and out of the file.\n";

/// What would go out of a file for a profile, and what takes its place.
pub fn keys_go(place: &str, profile: &str, gone: &[(usize, String)], line: &str) -> String {
    let gone: String = gone.iter().map(|(number, text)| format!("  {number:>5} - {}\n", clean(text))).collect();
    format!("{place}, profile {}:\n{gone}        + {line}\n", clean(profile))
}

pub fn key_stays(place: &str, profile: &str, why: &str) -> String {
    format!("  ! {place}: the keys of {} stay there: {why}.\n", clean(profile))
}

pub fn keys_taken(place: &str) -> String {
    format!("The keys are in the keychain, and {place} has them no more. `keyfob import --undo` puts them back.\n")
}

pub fn keys_are_back(place: &str, team: &str) -> String {
    format!("The keys of {team} are in {place} again, as they were.\n")
}

/// A well-known place holds a pipe, or something else that reading could wait for.
pub const NAME_IT: &str = "Name it yourself to have it read once: `keyfob import PATH`.";

/// Why a team that was found is not imported.
pub fn already_there(name: &str) -> String {
    format!("already here as {name}")
}

/// A team whose source has it no more.
pub fn gone(name: &str, place: &str) -> String {
    format!("no longer in {place}: `keyfob team remove {name}` takes it away")
}

/// What an import would change in a team that is there.
pub fn change(change: &Change) -> String {
    match change {
        Change::Set { key, old, new } => format!("{key}: {} → {new}", old.as_deref().unwrap_or("none")),
        Change::Add(profile) => format!("profile {}: {}", profile.name, stands_for(profile)),
        Change::Remove(profile) => {
            format!("profile {}: no longer in {}", profile.name, profile.from.as_deref().unwrap_or("its file"))
        }
        Change::Replace { old, new } => format!("profile {}: {}", new.name, differences(old, new).join(", ")),
    }
}

fn differences(old: &Profile, new: &Profile) -> Vec<String> {
    let mut said = Vec::new();
    let mut differ = |what: &str, old: Option<&str>, new: Option<&str>| {
        if old != new {
            said.push(format!("{what} {} → {}", old.unwrap_or("none"), new.unwrap_or("none")));
        }
    };
    if old.is_chained() || new.is_chained() {
        differ("role", Some(&stands_for(old)), Some(&stands_for(new)));
        if old.chain != new.chain && stands_for(old) == stands_for(new) {
            differ("role", Some("as it was"), Some("other details"));
        }
    } else {
        for key in old.target.keys().chain(new.target.keys().filter(|key| !old.target.contains_key(*key))) {
            differ(key, old.field(key), new.field(key));
        }
    }
    differ("region", old.region.as_deref(), new.region.as_deref());
    said
}

/// A place in a file that could not be used, and what to do about it.
pub fn warning(place: &str, line: Option<usize>, field: Option<&str>, why: &str, next: &str) -> String {
    let line = line.map_or(String::new(), |l| format!(", line {l}"));
    let field = field.map_or(String::new(), |f| format!(", {f}"));
    let next = if next.is_empty() { String::new() } else { format!("\n    {next}") };
    format!("  ! {place}{line}{field}: {why}{next}\n")
}

/// Profiles that are none of Keyfob's, each with its line; why, as the end of a sentence; and what serves them.
pub fn left_out(place: &str, names: &[(&str, usize)], why: &str, next: &str) -> String {
    let listed: Vec<String> = names.iter().map(|(name, line)| format!("{name} (line {line})")).collect();
    let count = counted(names.len(), "profile");
    format!("  - {place}: {count} left out: {why}: {}\n    {next}\n", listed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::profile;

    // F173
    #[test]
    fn a_change_is_told_with_what_was_and_what_will_be() {
        let old = Profile { from: Some("~/.aws/config".into()), ..profile("admin", "123456789012", "Reader") };
        let new = Profile { region: None, ..profile("admin", "210987654321", "Admin") };
        for (offered, said) in [
            (
                Change::Set { key: "region".into(), old: Some("eu-west-1".into()), new: "eu-north-1".into() },
                "region: eu-west-1 → eu-north-1",
            ),
            (
                Change::Replace { old: Box::new(old.clone()), new: Box::new(new.clone()) },
                "profile admin: account 123456789012 → 210987654321, role Reader → Admin, region eu-west-1 → none",
            ),
            (Change::Add(Box::new(new)), "profile admin: Admin in 210987654321"),
            (Change::Remove(Box::new(old)), "profile admin: no longer in ~/.aws/config"),
        ] {
            assert_eq!(change(&offered), said);
        }
        let all = Imported { teams: 1, changes: 2, ..Imported::default() };
        assert_eq!(imported(all), "Imported 1 team, followed 2 changes. `keyfob status` shows all teams.\n");
    }
}
