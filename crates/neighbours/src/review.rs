//! What was found beside the teams that are there: what is new, what changed at its source, and what is gone from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use keyfob_core::face::problem;
use keyfob_core::face::talk::import;
use keyfob_core::words::change::Change;
use keyfob_core::words::id::Id;
use keyfob_core::words::mistake::EditError;
use keyfob_core::words::name::as_iot_folder;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::team::Team;

use crate::look::Ground;
use crate::portal::identity;
use crate::{Found, Source, TeamDraft};

/// One thing that a person may agree to, or is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub source: Source,
    pub from: PathBuf,
    /// The new team, or the one that is there: without its profiles where only a part of it would change.
    pub team: Team,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The team is not here yet.
    New,
    /// It is here, and as it is at its source.
    There,
    Change(Change),
    /// It was imported once, and its source has it no more.
    Gone,
    /// Its name is another team's.
    Clash(EditError),
    /// Its provider would not take it.
    Refused(Problem),
}

impl Offer {
    /// What a person reads of it; nothing for a new team, which says it by itself. `from` is the file as it is shown.
    pub fn words(&self, from: &str) -> String {
        match &self.what {
            What::New => String::new(),
            What::There => import::already_there(&self.team.name),
            What::Change(change) => import::change(change),
            What::Gone => import::gone(&self.team.name, from),
            What::Clash(error) => problem::of_edit(error).title,
            What::Refused(problem) => problem.title.clone(),
        }
    }
}

/// What is lent to the comparison.
pub struct Review<'a> {
    pub ground: Ground<'a>,
    pub new_id: &'a dyn Fn() -> Id,
    /// What the team's provider says of its settings and profiles.
    pub check: &'a dyn Fn(&Team) -> Option<Problem>,
}

impl Review<'_> {
    /// Everything that the sources say, in their order.
    pub fn of(&self, found: Vec<Found>, teams: &[Team]) -> Vec<Offer> {
        let mut offers = Vec::new();
        let mut names: BTreeMap<String, String> =
            teams.iter().map(|team| (as_iot_folder(&team.name), team.name.clone())).collect();
        let mut matched: BTreeSet<&Id> = BTreeSet::new();
        for found in found {
            let (source, whole) = (found.source, found.whole);
            let place = self.ground.mark(&found.path);
            let pairs = pairs(&found.teams, teams, place.as_deref());
            let mut here: BTreeMap<&Id, BTreeSet<String>> = BTreeMap::new();
            for (draft, pair) in found.teams.into_iter().zip(pairs) {
                let (from, mark) = (draft.from.clone(), self.ground.mark(&draft.from));
                let offer = |team: Team, what: What| Offer { source, from: from.clone(), team, what };
                let names_there = draft.profiles.iter().map(|profile| profile.name.clone());
                let Some(team) = pair else {
                    let new = self.team(draft, mark.as_deref());
                    let what = self.new_team(&new, &mut names);
                    offers.push(offer(new, what));
                    continue;
                };
                matched.insert(&team.id);
                here.entry(&team.id).or_default().extend(names_there);
                let changes = self.changes(draft, team, mark.as_deref());
                if changes.is_empty() {
                    offers.push(offer(team.clone(), What::There));
                }
                offers.extend(changes.into_iter().map(|change| offer(head(team), What::Change(change))));
            }
            let (Some(place), true) = (place, whole) else { continue };
            for team in teams {
                let offer = |what: What| Offer { source, from: found.path.clone(), team: head(team), what };
                let is_gone = |profile: &&Profile| {
                    profile.from.as_ref() == Some(&place)
                        && !found.unsure.contains(&profile.name)
                        && !here.get(&team.id).is_some_and(|names| names.contains(&profile.name))
                };
                let gone: Vec<&Profile> = team.profiles.iter().filter(is_gone).collect();
                let folder_is_gone = source == Source::SimpleIot
                    && team.setting("iot-team").is_some_and(|folder| !found.unsure.contains(folder));
                let all_are_gone = !gone.is_empty() && gone.len() == team.profiles.len();
                if !here.contains_key(&team.id) && (folder_is_gone || all_are_gone) {
                    offers.push(offer(What::Gone));
                }
                offers.extend(
                    gone.into_iter().map(|profile| offer(What::Change(Change::Remove(Box::new(profile.clone()))))),
                );
            }
        }
        offers
    }

    fn new_team(&self, team: &Team, names: &mut BTreeMap<String, String>) -> What {
        if let Some(problem) = (self.check)(team) {
            return What::Refused(problem);
        }
        match names.get(&as_iot_folder(&team.name)) {
            Some(taken) if *taken == team.name => What::Clash(EditError::Taken(taken.clone())),
            Some(taken) => What::Clash(EditError::Alike(team.name.clone(), taken.clone())),
            None => {
                names.insert(as_iot_folder(&team.name), team.name.clone());
                What::New
            }
        }
    }

    fn team(&self, draft: TeamDraft, mark: Option<&str>) -> Team {
        let profile = |profile: crate::ProfileDraft| profile.into_profile((self.new_id)(), mark.map(str::to_owned));
        Team {
            id: (self.new_id)(),
            name: draft.name,
            provider: draft.provider.to_owned(),
            settings: draft.settings,
            pinned: false,
            profiles: draft.profiles.into_iter().map(profile).collect(),
        }
    }

    fn changes(&self, draft: TeamDraft, team: &Team, mark: Option<&str>) -> Vec<Change> {
        let mut changes = Vec::new();
        for (key, value) in &draft.settings {
            if !is_same(key, team.setting(key), value, team) {
                let old = team.setting(key).map(str::to_owned);
                changes.push(Change::Set { key: key.clone(), old, new: value.clone() });
            }
        }
        let by_name: BTreeMap<&str, &Profile> = team.profiles.iter().map(|p| (p.name.as_str(), p)).collect();
        for profile in draft.profiles {
            let Some(old) = by_name.get(profile.name.as_str()) else {
                let new = profile.into_profile((self.new_id)(), mark.map(str::to_owned));
                changes.push(Change::Add(Box::new(new)));
                continue;
            };
            let new = profile.into_profile(old.id.clone(), mark.map(str::to_owned));
            // A region that was added by hand is no change at the source.
            let region = new.region.clone().or_else(|| old.region.clone().filter(|_| old.from.is_none()));
            let new = Profile { region, ..new };
            let as_before = Profile { from: old.from.clone(), ..new.clone() };
            if as_before != **old {
                changes.push(Change::Replace { old: Box::new((*old).clone()), new: Box::new(new) });
            }
        }
        changes
    }
}

/// The team without its profiles: thousands of changes of one with thousands are told.
fn head(team: &Team) -> Team {
    let Team { id, name, provider, settings, pinned, profiles: _ } = team;
    Team {
        id: id.clone(),
        name: name.clone(),
        provider: provider.clone(),
        settings: settings.clone(),
        pinned: *pinned,
        profiles: Vec::new(),
    }
}

/// Whether a setting says what it said, however it is written.
fn is_same(key: &str, old: Option<&str>, new: &str, team: &Team) -> bool {
    match (key, old) {
        ("start-url", Some(old)) => identity(old) == identity(new),
        // Without any, these are asked for.
        ("scopes", None) => new == "sso:account:access",
        ("iot-team", None) => true,
        ("iot-team", Some(_)) => team.iot_team() == new,
        (_, old) => old == Some(new),
    }
}

/// The team that each draft is, if it is there: by the place of logging in with its region, else without, else by where
/// its profiles came from. No team is two drafts.
fn pairs<'t>(drafts: &[TeamDraft], teams: &'t [Team], place: Option<&str>) -> Vec<Option<&'t Team>> {
    let mut pairs: Vec<Option<&Team>> = vec![None; drafts.len()];
    let mut taken: BTreeSet<&Id> = BTreeSet::new();
    for (level, key_of_draft, key_of_team) in [
        (0, where_of_draft as fn(&TeamDraft) -> Option<Where>, where_of as fn(&Team) -> Option<Where>),
        (
            1,
            |draft| Some(Where { region: None, ..where_of_draft(draft)? }),
            |team| Some(Where { region: None, ..where_of(team)? }),
        ),
    ] {
        let mut by_key: BTreeMap<Where, Vec<&Team>> = BTreeMap::new();
        for team in teams {
            if let Some(key) = key_of_team(team) {
                by_key.entry(key).or_default().push(team);
            }
        }
        for (pair, draft) in pairs.iter_mut().zip(drafts).filter(|(pair, _)| pair.is_none()) {
            let folder = draft.settings.get("iot-team").map(String::as_str);
            let mut fit: Vec<&&Team> =
                key_of_draft(draft).and_then(|key| by_key.get(&key)).into_iter().flatten().collect();
            fit.retain(|team| !taken.contains(&team.id));
            fit.retain(|team| folder.is_none() || team.setting("iot-team").is_none_or(|theirs| Some(theirs) == folder));
            // The one that is another program's as well comes last, and the one of this folder first.
            fit.sort_by_key(|team| match folder {
                Some(folder) => team.iot_team() != folder,
                None => team.setting("iot-team").is_some(),
            });
            // Without the region only a single one is clear enough.
            if let Some(team) = fit.first().filter(|_| level == 0 || fit.len() == 1) {
                taken.insert(&team.id);
                *pair = Some(**team);
            }
        }
    }
    let mut by_profile: BTreeMap<&str, &Team> = BTreeMap::new();
    for team in teams.iter().filter(|team| !taken.contains(&team.id)) {
        let marked = team.profiles.iter().filter(|profile| place.is_some() && profile.from.as_deref() == place);
        by_profile.extend(marked.map(|profile| (profile.name.as_str(), team)));
    }
    for (pair, draft) in pairs.iter_mut().zip(drafts).filter(|(pair, _)| pair.is_none()) {
        let of_folder = draft.settings.get("iot-team").and_then(|folder| {
            teams.iter().find(|team| team.setting("iot-team") == Some(folder) && team.provider == draft.provider)
        });
        let of_profiles = draft.profiles.iter().find_map(|profile| by_profile.get(profile.name.as_str()).copied());
        let found = of_folder.or(of_profiles.filter(|team| team.provider == draft.provider));
        if let Some(team) = found.filter(|team| !taken.contains(&team.id)) {
            taken.insert(&team.id);
            *pair = Some(team);
        }
    }
    pairs
}

/// Where people log in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Where {
    provider: String,
    door: String,
    region: Option<String>,
}

fn where_of_draft(draft: &TeamDraft) -> Option<Where> {
    place_of(draft.provider, |key| draft.settings.get(key).map(String::as_str))
}

fn where_of(team: &Team) -> Option<Where> {
    place_of(&team.provider, |key| team.setting(key))
}

fn place_of<'s>(provider: &str, setting: impl Fn(&str) -> Option<&'s str>) -> Option<Where> {
    let door = match provider {
        "aws-sso" => identity(setting("start-url")?),
        "aws-signin" => setting("login-session")?.to_owned(),
        "aws-keys" => setting("access-key-id")?.to_owned(),
        _ => format!("{} {}", setting("user-pool-id")?, setting("client-id")?),
    };
    Some(Where { provider: provider.to_owned(), door, region: setting("region").map(str::to_owned) })
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
