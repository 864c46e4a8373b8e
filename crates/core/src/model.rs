//! Everything Keyfob knows at a moment, without a single secret; tray, window and status are drawn from it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::expiry;
use crate::facts::{Facts, TeamFacts};
use crate::notice::{Kind, NoticeId};
use crate::ports::{Question, Step};
use crate::problem::{Exit, Problem};
use crate::provider::About;
use crate::session::SessionFacts;
use crate::team::{Id, Team};

/// How long an ended session asks for attention before it counts as an ordinary log out (experience B2).
pub const IGNORED_AFTER: SignedDuration = SignedDuration::from_hours(12);
/// How long a team counts as used after a person or a tool used it (experience B2).
pub const USED_FOR: SignedDuration = SignedDuration::from_hours(8);

/// The whole state. Only [`crate::update::update`] changes it.
///
/// It derives `Serialize`, as every event and effect does, and so no secret can be put into it:
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Holds { name: String }
/// ```
/// ```compile_fail
/// #[derive(serde::Serialize)]
/// struct Holds { name: keyfob_core::secret::Secret }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Model {
    /// In the order of the config file.
    pub teams: Vec<TeamEntry>,
    pub providers: Vec<About>,
    pub prefs: Prefs,
    pub keychain: Keychain,
    /// No server could be reached since then, and nothing has answered after it.
    pub offline_since: Option<Timestamp>,
    /// The config file cannot be read; the teams are those of the last good one.
    pub config_problem: Option<Problem>,
    /// The window has the focus: it shows by itself what a notice would say.
    pub focused: bool,
    /// The notices that may still be on display.
    pub live: BTreeMap<NoticeId, Live>,
    /// After a sleep nothing is said before this moment, unless every renewal was answered earlier.
    pub settling_until: Option<Timestamp>,
    /// The person was told that the keychain is locked.
    pub told_locked: bool,
    /// The number of the next login attempt.
    pub next_login: u64,
    pub quitting: bool,
}

/// A team and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeamEntry {
    pub team: Team,
    pub state: TeamState,
}

/// How one team stands. `session` and `login` are two fields: people log in again while still logged in,
/// and cancelling puts them back where they were.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TeamState {
    pub session: Option<SessionFacts>,
    /// When a person last logged in, as far as this program has seen it; renewals do not move it.
    pub since: Option<Timestamp>,
    pub login: Option<Login>,
    pub refresh: Refresh,
    /// What went wrong last and has not gone right since.
    pub problem: Option<Problem>,
    pub told: Told,
    pub snoozed_until: Option<Timestamp>,
    /// When each profile's credential ends, by the profile's id.
    pub credentials: BTreeMap<Id, Timestamp>,
    /// When a person or a tool last used the team.
    pub used: Option<Timestamp>,
    /// A log out was asked for and has not come back yet: nothing is renewed any more.
    pub leaving: bool,
    /// The session is in memory only.
    pub memory_only: bool,
    /// Tools that wait for somebody to log in, by what each of them calls itself.
    pub needed: BTreeMap<AskerId, String>,
    /// The person was told of them.
    pub told_needed: bool,
    /// The person said no to tools: none is told of before this moment.
    pub refused_until: Option<Timestamp>,
}

/// One tool that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AskerId(pub u64);

/// One attempt to log in. Words about an attempt are believed only while its id is the current one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Login {
    pub id: LoginId,
    pub started: Timestamp,
    pub step: Step,
    /// What only the person can answer; the answer itself goes straight to the provider, never through here.
    pub asking: Option<Question>,
    /// The person was shown the code outside the window.
    pub told_code: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoginId(pub u64);

/// How the silent renewal of a team stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Refresh {
    pub running: Option<Running>,
    pub last_try: Option<Timestamp>,
    /// Not before this moment, because of failures or because the server asked for rest.
    pub not_before: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// What the last try died of.
    pub failing: Option<FailureKind>,
    /// Due now, whatever the clock says: the clock was set back, so its word is worth little.
    pub wanted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Running {
    pub since: Timestamp,
    /// A person asked for it and waits.
    pub asked: bool,
}

/// What a failure means for what happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// No server could be reached.
    Offline,
    /// A server answered, but trying again later may help.
    Passing,
    /// The server said, in so many words, that the session is over (security D5).
    Ended,
    /// The keychain gave no usable answer.
    Keychain,
    Cancelled,
    /// Trying again changes nothing until a person does something.
    Final,
}

/// Something asked for that did not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub problem: Problem,
    pub kind: FailureKind,
    /// Seconds of rest the server asked for.
    pub retry_after: Option<u32>,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure { kind: FailureKind::of(&problem), problem, retry_after: None }
    }
}

impl FailureKind {
    /// Reads it from a problem's stable code and exit status.
    pub fn of(problem: &Problem) -> Self {
        match (problem.code.as_str(), problem.exit) {
            ("NET-BUSY" | "NET-SERVER" | "NET-UNEXPECTED" | "FILE-LOCKED" | "KC-TIMEOUT", _) => FailureKind::Passing,
            (_, Exit::Offline) => FailureKind::Offline,
            (_, Exit::NotLoggedIn) => FailureKind::Ended,
            (_, Exit::Keychain) => FailureKind::Keychain,
            (_, Exit::Cancelled) => FailureKind::Cancelled,
            _ => FailureKind::Final,
        }
    }

    /// True when the same try may work later without anybody's doing.
    pub fn passes(self) -> bool {
        matches!(self, FailureKind::Offline | FailureKind::Passing)
    }
}

impl Refresh {
    /// What stays true of renewing when all else about the session has changed.
    pub(crate) fn carried(&self) -> Refresh {
        Refresh { running: self.running, last_try: self.last_try, ..Refresh::default() }
    }
}

/// What the person was already told about the current session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    pub hinted: bool,
    pub warned: bool,
    pub ended: bool,
}

/// A notice that may still be on display, and whom it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Live {
    pub kind: Kind,
    pub teams: BTreeSet<Id>,
    pub shown: Timestamp,
}

/// What a person can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefs {
    /// Minutes between the warning and the end.
    pub warn_minutes: u16,
    /// A silent hint an hour before the end of sessions of four hours and more.
    pub early_hint: bool,
    /// Sessions are renewed before they end, without a word.
    pub auto_renew: bool,
}

impl Default for Prefs {
    fn default() -> Self {
        Prefs { warn_minutes: 10, early_hint: false, auto_renew: true }
    }
}

/// How the keychain stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keychain {
    #[default]
    Works,
    Locked,
    /// There is none: sessions live until the program ends, and a standing notice says so (security D7).
    MemoryOnly(Problem),
    Trouble(Problem),
}

/// What a team's state amounts to. Derived, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    SignedOut,
    Working,
    Fresh,
    Soon,
    Ended,
    Offline,
    Locked,
    Broken,
}

impl Model {
    pub fn entry(&self, team: &Id) -> Option<&TeamEntry> {
        self.teams.iter().find(|e| e.team.id == *team)
    }

    pub(crate) fn entry_mut(&mut self, team: &Id) -> Option<&mut TeamEntry> {
        self.teams.iter_mut().find(|e| e.team.id == *team)
    }

    pub fn about(&self, team: &Team) -> Option<&About> {
        self.providers.iter().find(|about| about.id == team.provider)
    }

    /// A model of the config and the facts file alone: what a command sees that asks no server.
    pub fn of(teams: Vec<Team>, facts: &Facts, providers: Vec<About>) -> Self {
        let teams = teams
            .into_iter()
            .map(|team| {
                let state = facts.teams.get(&team.id).map(TeamState::of).unwrap_or_default();
                TeamEntry { team, state }
            })
            .collect();
        let offline_since = facts.teams.values().filter_map(|t| t.offline_since).min();
        Model { teams, providers, offline_since, ..Model::default() }
    }
}

impl TeamState {
    /// A login waits for the person to compare a code.
    pub fn shows_code(&self) -> bool {
        let waits = |login: &Login| matches!(login.step, Step::ShowCode { .. }) && login.asking.is_none();
        self.login.as_ref().is_some_and(waits)
    }

    /// What the facts file tells about a team.
    pub fn of(facts: &TeamFacts) -> Self {
        let mut state = TeamState {
            session: facts.session.clone(),
            since: facts.session.as_ref().map(|s| s.issued),
            // Nobody noted when it was used; who logged in or had it renewed lately still cares for it.
            used: facts.session.as_ref().map(|s| s.issued),
            problem: facts.problem.clone(),
            credentials: facts.credentials.clone(),
            memory_only: facts.memory_only,
            ..TeamState::default()
        };
        if facts.session.is_some() {
            state.refresh.failing = match (&facts.problem, facts.offline_since) {
                (_, Some(_)) => Some(FailureKind::Offline),
                (Some(problem), None) => Some(FailureKind::of(problem)),
                (None, None) => None,
            };
        }
        state
    }
}

impl TeamEntry {
    /// The team's health at a moment: the one place where it is derived.
    pub fn health(&self, model: &Model, now: Timestamp) -> Health {
        let state = &self.state;
        if state.login.is_some() {
            return Health::Working;
        }
        let Some(session) = &state.session else {
            return if state.problem.is_some() { Health::Broken } else { Health::SignedOut };
        };
        if model.keychain == Keychain::Locked {
            return Health::Locked;
        }
        if let Some(ended) = expiry::ended_at(state, &model.prefs).filter(|ended| *ended <= now) {
            let ignored = now.duration_since(ended) >= IGNORED_AFTER;
            return if ignored { Health::SignedOut } else { Health::Ended };
        }
        let spent = session.expires <= now;
        if state.refresh.running.is_some_and(|running| running.asked || spent) {
            return Health::Working;
        }
        let soon = expiry::is_soon(state, &model.prefs, now);
        match state.refresh.failing {
            Some(FailureKind::Final | FailureKind::Keychain) => Health::Broken,
            Some(FailureKind::Passing) if spent || expiry::in_lead_time(state, &model.prefs, now) => Health::Broken,
            _ if soon => Health::Soon,
            Some(FailureKind::Offline) => Health::Offline,
            _ if model.offline_since.is_some() => Health::Offline,
            _ => Health::Fresh,
        }
    }

    /// A team whose end concerns the person: pinned, or used within the last eight hours.
    pub fn is_watched(&self, now: Timestamp) -> bool {
        self.team.pinned
            || self.state.login.is_some()
            || self.state.used.is_some_and(|used| now.duration_since(used) < USED_FOR)
    }
}
