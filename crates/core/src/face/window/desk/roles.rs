//! The part of the desk where accounts and roles come in, and where those that were chosen become profiles.

use jiff::Timestamp;

use super::{Desk, counted};
use crate::doors::provider::discovery::Found;
use crate::face::window::errand::{AddedProfiles, Errand};
use crate::face::window::{Tone, words};
use crate::mind::model::Model;
use crate::words::action::Page;
use crate::words::id::Id;
use crate::words::plain::clean;
use crate::words::problem::Problem;
use crate::words::profile::Profile;

#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::face::window) struct RolesWork {
    pub team: Option<Id>,
    pub looking: bool,
    pub adding: bool,
    /// Counts the looks: what an earlier one still says is not for this one.
    pub number: u64,
    pub found: Found,
    /// Why the look went no further.
    pub stopped: Option<Problem>,
}

impl Desk {
    pub(super) fn find_roles(&mut self, team: Id) -> Vec<Errand> {
        self.open(Page::Roles { team: team.clone() });
        let number = self.roles.number + 1;
        self.roles = RolesWork { team: Some(team.clone()), looking: true, number, ..RolesWork::default() };
        vec![Errand::FindRoles { team, look: number }]
    }

    /// Looks for the rest: what has come stays, and so does what was chosen of it.
    pub(super) fn look_on(&mut self, team: Id) -> Vec<Errand> {
        if self.roles.team.as_ref() != Some(&team) || self.roles.looking {
            return Vec::new();
        }
        (self.roles.looking, self.roles.stopped) = (true, None);
        vec![Errand::LookOn { team, look: self.roles.number }]
    }

    /// How far a look has come.
    pub fn roles_come(&mut self, look: u64, found: Found) {
        if self.roles.number == look {
            self.roles.found = found;
        }
    }

    /// A look has ended: well, because it was stopped, or for this reason.
    pub fn roles_found(&mut self, look: u64, found: Found, stopped: Option<Problem>) {
        if self.roles.number == look {
            self.roles.looking = false;
            (self.roles.found, self.roles.stopped) = (found, stopped);
        }
    }

    pub(super) fn add_roles(
        &mut self,
        team: Id,
        found: u64,
        keys: &[u32],
        model: &Model,
        now: Timestamp,
    ) -> Vec<Errand> {
        let work = &self.roles;
        let Some(entry) = model.entry(&team) else { return Vec::new() };
        if work.team.as_ref() != Some(&team) || work.number != found {
            return Vec::new();
        }
        let mut profiles: Vec<Profile> = Vec::new();
        for target in keys.iter().filter_map(|key| work.found.target(usize::try_from(*key).ok()?)) {
            if entry.team.profiles.iter().any(|profile| profile.target == target.fields) {
                continue;
            }
            let taken = |name: &str| entry.team.profile(name).is_some() || profiles.iter().any(|one| one.name == name);
            // The id is a stand-in: the tray program, which can draw random ones, gives each its own.
            profiles.push(Profile::new(team.clone(), target.profile_name(taken), target.fields.clone()));
        }
        if profiles.is_empty() {
            self.open(Page::Team { team });
            self.say(words::NO_NEW_PROFILES.into(), Tone::Idle, now);
            return Vec::new();
        }
        self.roles.adding = true;
        vec![Errand::AddProfiles { team, profiles }]
    }

    pub fn added_profiles(&mut self, team: &Id, outcome: Result<AddedProfiles, Problem>, now: Timestamp) {
        self.roles.adding = false;
        match outcome {
            Ok(AddedProfiles { count, left_out }) => {
                let added = format!("Added {}", counted(count, "profile"));
                match left_out.is_empty() {
                    true => self.say(added, Tone::Ok, now),
                    false => {
                        let names = clean(&left_out.join(", "));
                        self.say(format!("{added}; what the server calls {names} cannot be used"), Tone::Warn, now);
                    }
                }
                self.open(Page::Team { team: team.clone() });
            }
            Err(problem) => self.say_problem(&problem, now),
        }
    }
}
