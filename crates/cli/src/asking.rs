//! What only a person can answer, asked on a thread of its own, so that signals and time limits are heard meanwhile.

use std::io;

use keyfob_core::doors::ports::NoAnswer;
use keyfob_core::face::{problem, talk};
use keyfob_core::hands::config::Config;
use keyfob_core::words::problem::{Exit, Problem};
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::team::Team;
use tokio::sync::oneshot;

use crate::world::World;

impl World {
    /// Asks for a line, shown while it is typed.
    pub async fn ask(&self, prompt: String) -> Result<String, NoAnswer> {
        self.on_thread(move |world| world.console.ask(&prompt)).await
    }

    /// Asks for a line that is not shown.
    pub async fn ask_secret(&self, prompt: String) -> Result<Secret, NoAnswer> {
        #[cfg(unix)]
        crate::echo::heed_stops();
        self.on_thread(move |world| world.console.ask_secret(&prompt)).await
    }

    /// Asks for a yes; anything else is a no.
    pub async fn ask_yes(&self, prompt: &str) -> bool {
        self.ask(prompt.to_owned()).await.is_ok_and(|typed| is_yes(&typed))
    }

    /// The place of one of these, which a person chooses by its number. Where nobody is, `nobody` is the problem.
    pub async fn choose(&self, what: &str, names: &[&str], nobody: Problem) -> Result<usize, Problem> {
        if !self.console.has_person() || names.is_empty() {
            return Err(nobody);
        }
        self.console.talk(&talk::choices(what, names));
        loop {
            let typed = self.ask(talk::ask::WHICH.into()).await.map_err(left)?;
            // Enter alone is how people leave.
            if typed.is_empty() {
                return Err(nobody);
            }
            let by_number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let chosen = by_number.or_else(|| names.iter().position(|name| *name == typed));
            match chosen.filter(|place| *place < names.len()) {
                Some(place) => return Ok(place),
                None => self.console.talk(&talk::ask::number_wanted(names.len())),
            }
        }
    }

    /// What was given, or what a person types when it was not.
    pub async fn given_or_asked(
        &self,
        given: Option<String>,
        prompt: &str,
        nobody: Problem,
    ) -> Result<String, Problem> {
        match given {
            Some(given) => Ok(given),
            None if !self.console.has_person() => Err(nobody),
            None => match self.ask(prompt.to_owned()).await.map_err(left)? {
                typed if typed.is_empty() => Err(nobody),
                typed => Ok(typed),
            },
        }
    }

    /// The name that was given, or the team that a person chooses.
    pub async fn named(&self, name: Option<String>) -> Result<String, Problem> {
        match name {
            Some(name) => Ok(name),
            None => self.chosen(&self.config().await?).await.map(|team| team.name.clone()),
        }
    }

    /// The only team, or the one that a person chooses.
    pub async fn chosen<'a>(&self, config: &'a Config) -> Result<&'a Team, Problem> {
        let names: Vec<&str> = config.teams.iter().map(|team| team.name.as_str()).collect();
        let place = match names.len() {
            0 => return Err(problem::no_teams()),
            1 => 0,
            _ => self.choose(talk::WHICH_TEAM, &names, problem::which_team()).await?,
        };
        config.teams.get(place).ok_or_else(problem::which_team)
    }

    /// The profile of that name, or the one that a person chooses.
    pub async fn profile_of<'a>(&self, team: &'a Team, name: Option<&str>) -> Result<&'a Profile, Problem> {
        let about = keyfob_providers::find(&team.provider).map(|provider| provider.about());
        if let Some(about) = about.filter(|about| !about.has_profiles() && team.profiles.is_empty()) {
            return Err(problem::no_profiles(&team.name, about.name));
        }
        let place = match (name, team.profiles.as_slice()) {
            (Some(name), profiles) => {
                return team.profile(name).ok_or_else(|| problem::unknown_profile(&team.name, name, profiles));
            }
            // With one profile there is no choice to make.
            (None, [_]) => 0,
            (None, profiles) => {
                let names: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
                self.choose(talk::WHICH_PROFILE, &names, problem::which_profile(&team.name, profiles)).await?
            }
        };
        team.profiles.get(place).ok_or_else(|| problem::which_profile(&team.name, &team.profiles))
    }

    async fn on_thread<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&World) -> io::Result<T> + Send + 'static,
    ) -> Result<T, NoAnswer> {
        if !self.console.has_person() {
            return Err(NoAnswer::Nobody);
        }
        // Signals are heard before there is a prompt.
        tokio::task::yield_now().await;
        let world = self.clone();
        let (done, answer) = oneshot::channel();
        std::thread::spawn(move || done.send(ask(&world)));
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            // Ctrl-C, Ctrl-D, or a terminal that was closed.
            _ => Err(NoAnswer::Cancelled),
        }
    }
}

/// Whoever was asked has left.
pub fn left(_: NoAnswer) -> Problem {
    problem::silent(Exit::Cancelled)
}

/// What people type for yes.
pub fn is_yes(typed: &str) -> bool {
    typed.eq_ignore_ascii_case("y") || typed.eq_ignore_ascii_case("yes")
}
