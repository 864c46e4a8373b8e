//! What the window asks for beyond clicks: each errand runs beside everything else, and the desk hears how it went.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use keyfob_core::doors::ports::{Clock, Files};
use keyfob_core::doors::provider::Cx;
use keyfob_core::face::problem;
use keyfob_core::face::talk::import::Imported;
use keyfob_core::face::window::{AddedProfiles, Errand, Trouble};
use keyfob_core::hands::config::Edit;
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::engine::Door;
use keyfob_core::hands::sessions::Sessions;
use keyfob_core::mind::event::Event;
use keyfob_core::words::action::Action;
use keyfob_core::words::change::Change;
use keyfob_core::words::id::Id;
use keyfob_core::words::mistake::EditError;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_core::words::way;

use crate::looks::{Look, Looks};
use crate::say::Outcome;
use crate::settings::{self, Set};
use crate::shell::Desktop;
use crate::{beside, config, neighbours};

/// The whole page is drawn anew each time.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// What errands are run with.
#[derive(Debug, Clone)]
pub struct Errands {
    pub config: ConfigFile,
    pub sessions: Arc<Sessions>,
    /// For work without a person.
    pub cx: Cx,
    pub door: Door,
    pub shell: Arc<Desktop>,
    pub files: Arc<dyn Files>,
    pub env: BTreeMap<String, OsString>,
    pub clock: Arc<dyn Clock>,
    pub looks: Looks,
    pub demo: bool,
    /// The file of what was set in the window.
    pub settings: PathBuf,
}

impl Errands {
    /// Runs one; quick ones at once, the others as tasks.
    pub fn run(&self, errand: Errand, done: impl Fn(Outcome) + Send + Sync + 'static) {
        match errand {
            Errand::Tell(action) => self.door.click(action),
            Errand::Focus(focused) => self.door.send(Event::FocusChanged { focused }),
            Errand::Answer { team: _, login, answer } => {
                self.door.answer(login, answer);
            }
            Errand::LeaveDemo => self.door.click(Action::Quit),
            Errand::StopLooking { team } => self.looks.stop(&team),
            Errand::FindRoles { team, look } => self.look(self.looks.begin(&team), team, look, done),
            Errand::LookOn { team, look } => self.look(self.looks.go_on(&team), team, look, done),
            errand => {
                let all = self.clone();
                tokio::spawn(async move {
                    if let Some(outcome) = all.finish(errand).await {
                        done(outcome);
                    }
                });
            }
        }
    }

    /// Looks for accounts and roles until the end, or until it is stopped, and tells now and then how far it is.
    fn look(&self, look: Look, team: Id, number: u64, done: impl Fn(Outcome) + Send + Sync + 'static) {
        let all = self.clone();
        tokio::spawn(async move {
            let found = || look.discovery.found().clone();
            let looking = async {
                let there = all.team(&team).await?;
                all.sessions.targets(&there, &all.cx, &look.discovery).await
            };
            let telling = async {
                let mut news = look.discovery.watch();
                while news.changed().await.is_ok() {
                    let found = found();
                    done(Box::new(move |desk, _| desk.roles_come(number, found)));
                    all.clock.sleep(TELL_EVERY).await;
                }
            };
            let stopped = tokio::select! {
                ended = looking => ended.err(),
                () = look.stopped() => None,
                () = telling => None,
            };
            let found = found();
            done(Box::new(move |desk, _| desk.roles_found(number, found, stopped)));
        });
    }

    /// Runs one to its end.
    pub async fn finish(&self, errand: Errand) -> Option<Outcome> {
        match errand {
            Errand::SaveTeam { team, name, provider, settings, secrets } => {
                let saved = match team {
                    Some(id) => self.change_team(id, &name, settings, secrets).await,
                    None => self.add_team(name.clone(), provider, settings, secrets).await,
                };
                self.reload().await;
                Some(Box::new(move |desk, now| desk.saved(saved, &name, now)))
            }
            Errand::Pin { team, pinned } => said(self.pin(&team, pinned).await),
            Errand::RemoveTeam { team } => said(self.remove_team(&team).await),
            Errand::RemoveProfile { team, profile } => said(self.remove_profile(&team, &profile).await),
            Errand::FindTeams => {
                let teams = self.config.load().await.map(|config| config.teams).unwrap_or_default();
                let (found, warnings) = neighbours::look(&self.env, &teams, &self.config);
                Some(Box::new(move |desk, _| desk.found_teams(found, warnings)))
            }
            Errand::ImportTeams { teams, changes } => {
                let imported = self.import(teams, changes).await;
                Some(Box::new(move |desk, now| desk.imported(imported, now)))
            }
            Errand::AddProfile { team, profile } => {
                let name = profile.name.clone();
                let saved = self.add_profile(&team, profile).await;
                Some(Box::new(move |desk, now| desk.saved_profile(saved, &team, &name, now)))
            }
            Errand::AddProfiles { team, profiles } => {
                let added = self.add_profiles(&team, profiles).await;
                Some(Box::new(move |desk, now| desk.added_profiles(&team, added, now)))
            }
            Errand::SetPrefs(prefs) => {
                self.door.send(Event::PrefsChanged { prefs: prefs.clone() });
                said(self.keep(Set::Prefs(prefs)))
            }
            Errand::SetShell(shell) => said(self.keep(Set::Shell(shell))),
            Errand::SetTheme(theme) => said(self.keep(Set::Theme(theme))),
            Errand::TryDemo => said(try_demo()),
            // Done where they were given.
            Errand::Tell(_)
            | Errand::Focus(_)
            | Errand::FindRoles { .. }
            | Errand::LookOn { .. }
            | Errand::StopLooking { .. }
            | Errand::Answer { .. }
            | Errand::StartAtLogin(_)
            | Errand::LeaveDemo => None,
        }
    }

    /// The config file as a person would type it.
    pub fn config_path(&self) -> String {
        let path = &self.config.path;
        let below = self.env.get("HOME").and_then(|home| path.strip_prefix(home).ok());
        below.map_or_else(|| path.display().to_string(), |below| format!("~/{}", below.display()))
    }

    async fn add_team(
        &self,
        name: String,
        provider: String,
        settings: Settings,
        secrets: BTreeMap<String, Secret>,
    ) -> Result<Id, Trouble> {
        check(&provider, &settings, &name)?;
        let team = self.config.new_team(name, &provider, settings);
        let add = |edit: &mut Edit| edit.add_team(&team);
        self.config.try_out(add).await.map_err(|p| Trouble::of_problem(&p))?;
        // Secrets go first, so that no team is there without them.
        self.sessions.keep_secrets(&team, secrets).await.map_err(|p| Trouble::of_problem(&p))?;
        self.config.edit(add).await.map_err(|p| Trouble::of_problem(&p))?;
        Ok(team.id)
    }

    async fn change_team(
        &self,
        id: Id,
        name: &str,
        settings: Settings,
        secrets: BTreeMap<String, Secret>,
    ) -> Result<Id, Trouble> {
        let old = self.team(&id).await.map_err(|p| Trouble::of_problem(&p))?;
        check(&old.provider, &settings, name)?;
        let change = |edit: &mut Edit| {
            if old.name != name {
                edit.rename_team(&old.name, name)?;
            }
            let gone = old.settings.keys().filter(|key| !settings.contains_key(*key));
            gone.map(|key| (key, "")).chain(settings.iter().map(|(key, value)| (key, value.as_str()))).try_for_each(
                |(key, value)| match old.settings.get(key) {
                    Some(same) if same == value => Ok(()),
                    _ => edit.set(name, key, value),
                },
            )
        };
        self.config.try_out(change).await.map_err(|p| Trouble::of_problem(&p))?;
        self.sessions.keep_secrets(&old, secrets).await.map_err(|p| Trouble::of_problem(&p))?;
        self.config.edit(change).await.map_err(|p| Trouble::of_problem(&p))?;
        if old.name != name && self.sessions.facts().teams.contains_key(&id) {
            // Only a copy of the name, for prompts.
            let _ = self.sessions.note(&Team { name: name.to_owned(), ..old }, |_| {}).await;
        }
        Ok(id)
    }

    async fn pin(&self, id: &Id, pinned: bool) -> Result<(), Problem> {
        let team = self.team(id).await?;
        self.edit(|edit| edit.pin(&team.name, pinned)).await
    }

    async fn remove_team(&self, id: &Id) -> Result<(), Problem> {
        let team = self.team(id).await?;
        let teams = self.config.load().await?.teams;
        refuse_if_used(&team.name, &way::users(&teams, &team, None))?;
        self.config.try_out(|edit| edit.remove_team(&team.name)).await?;
        let report = self.sessions.among(&teams).remove(&team, &self.cx).await?;
        if let Some((_, problem)) = report.left.into_iter().next() {
            return Err(problem);
        }
        self.edit(|edit| edit.remove_team(&team.name)).await?;
        report.not_revoked.map_or(Ok(()), Err)
    }

    async fn remove_profile(&self, id: &Id, profile: &Id) -> Result<(), Problem> {
        let team = self.team(id).await?;
        let Some(profile) = team.profiles.iter().find(|known| known.id == *profile) else { return Ok(()) };
        let teams = self.config.load().await?.teams;
        refuse_if_used(&profile.name, &way::users(&teams, &team, Some(profile)))?;
        self.config.try_out(|edit| edit.remove_profile(&team.name, &profile.name)).await?;
        self.sessions.among(&teams).forget_credential(&team, profile).await?;
        self.edit(|edit| edit.remove_profile(&team.name, &profile.name)).await
    }

    async fn add_profile(&self, id: &Id, profile: Profile) -> Result<(), Trouble> {
        let team = self.team(id).await.map_err(|p| Trouble::of_problem(&p))?;
        if profile.is_chained() {
            let teams = self.config.load().await.map_err(|p| Trouble::of_problem(&p))?.teams;
            self.sessions.check_way(&teams, &team, &profile).map_err(|p| Trouble::of_problem(&p))?;
        }
        if let Some(provider) = keyfob_providers::find(&team.provider).filter(|_| profile.source.is_none()) {
            let checked = provider.check_profile(&profile.target);
            checked.map_err(|bad| Trouble::of_setting(&bad, &provider.about()))?;
        }
        self.add_profiles(id, vec![profile]).await.map(drop).map_err(|p| Trouble::of_problem(&p))
    }

    /// One that the provider would not take costs itself and not the others.
    async fn add_profiles(&self, id: &Id, profiles: Vec<Profile>) -> Result<AddedProfiles, Problem> {
        let team = self.team(id).await?;
        let provider = keyfob_providers::find(&team.provider);
        let fits = |profile: &Profile| {
            profile.source.is_some() || provider.is_none_or(|known| known.check_profile(&profile.target).is_ok())
        };
        let (profiles, left_out): (Vec<_>, Vec<_>) = profiles.into_iter().partition(fits);
        let profiles: Vec<Profile> =
            profiles.into_iter().map(|profile| Profile { id: self.config.new_id(), ..profile }).collect();
        self.edit(|edit| profiles.iter().try_for_each(|profile| edit.add_profile(&team.name, profile))).await?;
        let left_out = left_out.into_iter().map(|profile| profile.name).collect();
        Ok(AddedProfiles { count: profiles.len(), left_out })
    }

    async fn import(&self, teams: Vec<Team>, changes: Vec<(Id, Change)>) -> Result<Imported, Problem> {
        let there = self.config.load().await?.teams;
        let found = |id: &Id| there.iter().find(|team| team.id == *id);
        // A team that went in the meantime takes its changes along.
        let changes: Vec<(&Team, &Change)> =
            changes.iter().filter_map(|(id, change)| Some((found(id)?, change))).collect();
        let all = |edit: &mut Edit| {
            teams.iter().try_for_each(|team| edit.add_team(team))?;
            changes.iter().try_for_each(|(team, change)| edit.change(&team.name, change))
        };
        self.config.try_out(all).await?;
        for (team, change) in &changes {
            if let Change::Remove(profile) = change {
                self.sessions.among(&there).forget_credential(team, profile).await?;
            }
        }
        self.edit(all).await?;
        Ok(Imported::count(teams.len(), &changes.iter().map(|(_, change)| *change).collect::<Vec<_>>()))
    }

    async fn team(&self, id: &Id) -> Result<Team, Problem> {
        let config = self.config.load().await?;
        config.teams.into_iter().find(|team| team.id == *id).ok_or_else(|| problem::unknown_team(id.as_str(), None))
    }

    async fn edit<T>(&self, change: impl FnMut(&mut Edit) -> Result<T, EditError>) -> Result<T, Problem> {
        let done = self.config.edit(change).await;
        self.reload().await;
        done
    }

    /// The engine knows before the desk does: what is said next speaks of the teams there are.
    async fn reload(&self) {
        config::tell(&self.config, &self.door).await;
    }

    fn keep(&self, set: Set) -> Result<(), Problem> {
        settings::keep(&*self.files, &self.settings, set).map_err(|error| problem::of_file(&error))
    }
}

/// What others begin with stays.
fn refuse_if_used(name: &str, users: &[String]) -> Result<(), Problem> {
    if users.is_empty() { Ok(()) } else { Err(problem::in_use(name, users)) }
}

fn check(provider: &str, settings: &Settings, name: &str) -> Result<(), Trouble> {
    let Some(known) = keyfob_providers::find(provider) else {
        return Err(Trouble::of_problem(&problem::unknown_provider(provider, name)));
    };
    known.check(settings).map_err(|error| Trouble::of_setting(&error, &known.about()))
}

/// `keyfob demo` lives beside this program and lives on without it.
fn try_demo() -> Result<(), Problem> {
    let started = beside::other("keyfob").and_then(|program| {
        tokio::process::Command::new(program).arg("demo").stdin(std::process::Stdio::null()).spawn()
    });
    started.map(drop).map_err(|error| problem::no_demo(&error.to_string()))
}

fn said(outcome: Result<(), Problem>) -> Option<Outcome> {
    let problem = outcome.err()?;
    Some(Box::new(move |desk, now| desk.say_problem(&problem, now)))
}
