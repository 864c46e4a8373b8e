//! Everything Keyfob knows at a moment, without a single secret; tray, window and status are drawn from it.

use crate::words::failure::FailureKind;
use crate::words::login::LoginId;
use crate::words::prefs::Prefs;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::about::{About, Deed};
use crate::words::facts::{Allowed, Facts, TeamFacts};
use crate::words::id::Id;
use crate::words::login::{Aside, Step};
use crate::words::notice::{Kind, NoticeId};
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::question::{Question, Wait};
use crate::words::session::SessionFacts;
use crate::words::team::Team;

/// The whole state. Only `update` changes it.
///
/// It derives `Serialize`, as every event and effect does, and so no secret can be put into it:
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Holds { name: String }
/// ```
/// ```compile_fail
/// #[derive(serde::Serialize)]
/// struct Holds { name: keyfob_core::words::secret::Secret }
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
    /// The person was told that the keychain is closed.
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
    /// What was tried last with the account and did not work.
    pub undone: Option<Undone>,
    pub told: Told,
    pub snoozed_until: Option<Timestamp>,
    /// When each credential ends that was minted with this session, by the profile's id.
    pub credentials: BTreeMap<Id, Timestamp>,
    /// How long roles may be assumed for, by the profile that asked for longer.
    pub allowed: BTreeMap<Id, Allowed>,
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

/// Something with an account that did not work. It says nothing of the session.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Undone {
    pub deed: Deed,
    pub problem: Problem,
}

/// One attempt to log in, or to do something else with the account. Words about an attempt are believed only while its id is the current one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Login {
    pub id: LoginId,
    /// What it is, when it is no login.
    pub deed: Option<Deed>,
    pub started: Timestamp,
    pub step: Step,
    /// What only the person can answer; the answer itself goes straight to the provider, never through here.
    pub asking: Option<Question>,
    /// How many questions there were so far.
    pub asked: u32,
    /// What there is to know of it beside all that.
    pub aside: Option<Aside>,
    /// The person was shown the code outside the window.
    pub told_code: bool,
}

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
    /// Nobody has seen it: there was nobody to show it.
    pub lost: bool,
}

/// How the keychain stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keychain {
    #[default]
    Works,
    Locked,
    /// It is open, and waits for the person to let us in.
    NotGranted,
    /// There is none: sessions live until the program ends, and a standing notice says so (security D7).
    MemoryOnly,
    Trouble(Problem),
}

impl Keychain {
    /// A person can open it.
    pub fn is_closed(&self) -> bool {
        matches!(self, Keychain::Locked | Keychain::NotGranted)
    }

    /// How it stands where an answer of it was this problem; `None` when that is not known.
    pub fn closed_by(problem: &Problem) -> Option<Self> {
        match problem.code.as_str() {
            "KC-LOCKED" => Some(Keychain::Locked),
            "KC-ACCESS" => Some(Keychain::NotGranted),
            _ => None,
        }
    }
}

impl Model {
    pub fn entry(&self, team: &Id) -> Option<&TeamEntry> {
        self.teams.iter().find(|e| e.team.id == *team)
    }

    pub(crate) fn entry_mut(&mut self, team: &Id) -> Option<&mut TeamEntry> {
        self.teams.iter_mut().find(|e| e.team.id == *team)
    }

    /// When the keys of a profile end that are kept, with whichever session they were minted.
    pub fn keys_end(&self, entry: &TeamEntry, profile: &Profile) -> Option<Timestamp> {
        let own = entry.state.credentials.get(&profile.id);
        let elsewhere = || self.teams.iter().find_map(|other| other.state.credentials.get(&profile.id));
        own.or_else(|| elsewhere().filter(|_| profile.source.is_some())).copied()
    }

    /// What STS allows instead of the time that a profile's last role asks for.
    pub fn allowed(&self, profile: &Profile) -> Option<Allowed> {
        let asks = profile.chain.last()?.duration?;
        let mut all = self.teams.iter().filter_map(|entry| entry.state.allowed.get(&profile.id));
        all.find(|allowed| allowed.asked == asks).copied()
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

impl Login {
    /// One that begins.
    pub fn new(id: LoginId, deed: Option<Deed>, started: Timestamp) -> Self {
        Login { id, deed, started, step: Step::Starting, asking: None, asked: 0, aside: None, told_code: false }
    }

    /// What must be done elsewhere before it goes on.
    pub fn waits(&self) -> Option<&Wait> {
        self.asking.as_ref().and_then(Question::waits)
    }

    /// It asks for something that is typed or chosen here.
    pub fn asks(&self) -> Option<&Question> {
        self.asking.as_ref().filter(|question| question.waits().is_none())
    }
}

impl TeamState {
    /// A login waits for the person to compare a code.
    pub fn shows_code(&self) -> bool {
        self.login.as_ref().and_then(Login::waits).is_some_and(|wait| wait.code.is_some())
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
            allowed: facts.allowed.clone(),
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
