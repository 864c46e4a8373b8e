//! One team in full: how it stands, both clocks, the line for a terminal, its profiles and its settings.

use crate::face::chain;
use crate::words::plain::clean;
use jiff::Timestamp;
use serde::Serialize;

use super::{At, Button, Choice, MenuItem, ProblemView, Tone, words};
use crate::doors::pipe::Click;
use crate::face::export::{Asked, Lines};
use crate::face::phrase::{Icon, Shown, clock, moment, present, short};
use crate::face::{phrase, problem};
use crate::mind::expiry;
use crate::mind::health::Health;
use crate::mind::model::TeamEntry;
use crate::words::action::{Action, Page};
use crate::words::id::Id;
use crate::words::profile::Profile;
use crate::words::session::SessionFacts;
use crate::words::shell::Shell;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TeamScreen {
    #[cfg_attr(test, ts(type = "string"))]
    pub team: Id,
    pub name: String,
    pub icon: Icon,
    pub tone: Tone,
    /// Such as `6 h 12 min left`.
    pub headline: String,
    /// What the headline leaves open, such as who is logged in.
    pub detail: String,
    pub meter: Option<Meter>,
    pub problem: Option<ProblemView>,
    pub buttons: Vec<Button>,
    pub menu: Vec<MenuItem>,
    /// Something is going on: the page shows that it waits.
    pub busy: bool,
    pub clocks: Vec<ClockRow>,
    pub line: Option<Line>,
    pub profiles: Vec<ProfileRow>,
    /// Asks the server for accounts and roles; `None` when that makes no sense now.
    pub find_roles: Option<Button>,
    /// Writes a profile down by hand.
    pub add_profile: Option<Button>,
    /// Why there are no profiles, or what they are good for; empty where this way of signing in has none.
    pub profiles_hint: &'static str,
    pub details: Vec<Detail>,
}

/// How much of the session is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Meter {
    /// In thousandths.
    pub left: u16,
    pub label: String,
}

/// One of the two clocks: a session ends for the person, a token for us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClockRow {
    pub label: &'static str,
    pub value: String,
    pub note: String,
}

/// The line that makes a terminal work with the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Line {
    pub text: String,
    /// `None` when no line can be written safely; `text` then says why.
    pub copy: Option<Button>,
    pub shells: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProfileRow {
    #[cfg_attr(test, ts(type = "string"))]
    pub profile: Id,
    pub name: String,
    /// What the session is traded for, by the names that the provider has for it, and where its tools work.
    pub target: Vec<Detail>,
    /// How its keys stand: the other clock.
    pub keys: String,
    pub copy: Button,
    pub remove: Button,
}

/// A setting or an id, to look at and to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Detail {
    pub label: String,
    pub value: String,
}

/// Asks before a team goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Removal {
    pub name: String,
    pub goes: Vec<String>,
    pub stays: Vec<String>,
    pub remove: Button,
    pub keep: Button,
}

/// The details but for what stands in the headline, in the problem, or beside the clocks.
fn rest(shown: &Shown, problem: Option<&ProblemView>) -> String {
    let said = |part: &&str| {
        shown.label.to_lowercase().starts_with(&part.to_lowercase())
            || problem.is_some_and(|problem| problem.title == *part)
            || part.starts_with("renews itself")
    };
    shown.detail.split(" · ").filter(|part| !said(part)).collect::<Vec<_>>().join(" · ")
}

impl At<'_> {
    pub(super) fn team(self, entry: &TeamEntry) -> TeamScreen {
        let (team, state) = (&entry.team, &entry.state);
        let shown = present(entry, self.model, self.now, self.tz);
        let session = state.session.as_ref().filter(|_| shown.health != Health::SignedOut);
        let about = self.model.about(team);
        let problem = state.problem.as_ref().filter(|_| matches!(shown.health, Health::Broken | Health::Ended));
        let problem = problem.map(|problem| self.problem(problem, Some(entry)));
        let can_profiles = about.is_some_and(|about| about.has_profiles());
        let lives = self.can_copy(entry, shown.health);
        TeamScreen {
            team: team.id.clone(),
            name: team.name.clone(),
            icon: shown.icon,
            tone: Tone::of(shown.health),
            headline: phrase::capital(&shown.label),
            detail: rest(&shown, problem.as_ref()),
            meter: session.and_then(|session| self.meter(entry, session)),
            buttons: self.buttons(entry, shown.health, problem.as_ref()),
            problem,
            menu: self.menu(entry, shown.health).into_iter().skip(1).collect(),
            busy: shown.health == Health::Working && state.login.as_ref().is_none_or(|login| login.asks().is_none()),
            clocks: session.map(|session| self.clocks(entry, session)).unwrap_or_default(),
            line: Some(self.line(entry)),
            profiles: team.profiles.iter().map(|profile| self.profile(entry, profile)).collect(),
            find_roles: (can_profiles && lives)
                .then(|| Button::quiet(words::FIND_ROLES, Click::FindRoles { team: team.id.clone() })),
            add_profile: can_profiles
                .then(|| Button::quiet(words::ADD_PROFILE, Click::open(Page::AddProfile { team: team.id.clone() }))),
            profiles_hint: match (can_profiles, team.profiles.is_empty(), lives) {
                (false, true, _) => "",
                (_, false, _) => words::PROFILES_HINT,
                (true, true, true) => words::NO_PROFILES_YET,
                (true, true, false) => words::LOG_IN_FOR_PROFILES,
            },
            details: self.details(entry),
        }
    }

    fn buttons(self, entry: &TeamEntry, health: Health, problem: Option<&ProblemView>) -> Vec<Button> {
        let team = entry.team.id.clone();
        let log_out = Button::quiet(words::LOG_OUT, Click::act(Action::LogOut { team: team.clone() }));
        let renew = Click::act(Action::Renew { team: team.clone() });
        let log_in = Click::act(Action::LogIn { team: team.clone() });
        let mut buttons = match health {
            Health::Locked => vec![Button::primary(words::UNLOCK, Click::act(Action::Unlock))],
            Health::SignedOut | Health::Ended => vec![self.primary(entry, health)],
            Health::Working => match &entry.state.login {
                Some(_) => vec![
                    self.primary(entry, health),
                    Button::quiet(words::CANCEL, Click::act(Action::CancelLogin { team: team.clone() })),
                ],
                None => Vec::new(),
            },
            Health::Broken => match problem {
                Some(problem) if !problem.buttons.is_empty() => Vec::new(),
                _ => vec![self.primary(entry, health)],
            },
            Health::Soon if self.renews_by_click(entry) => vec![Button::primary(words::RENEW_NOW, renew.clone())],
            Health::Soon => vec![Button::primary(words::LOG_IN_AGAIN, log_in)],
            Health::Fresh | Health::Offline if self.can_renew(entry, health) => {
                vec![Button::quiet(words::RENEW_NOW, renew.clone())]
            }
            Health::Fresh | Health::Offline => vec![Button::quiet(words::LOG_IN_AGAIN, log_in)],
        };
        if health == Health::Soon {
            buttons.push(Button::quiet(words::REMIND_ME, Click::act(Action::Snooze { team })));
        }
        if matches!(health, Health::Fresh | Health::Offline | Health::Soon) {
            buttons.push(log_out);
        }
        buttons
    }

    /// Of the session as a whole, from the login to the moment a person must act.
    fn meter(self, entry: &TeamEntry, session: &SessionFacts) -> Option<Meter> {
        let (state, prefs) = (&entry.state, &self.model.prefs);
        let end = expiry::ended_at(state, prefs)?;
        let start = state.since.map_or(session.issued, |since| since.min(session.issued));
        let whole = end.duration_since(start).as_secs();
        let left = expiry::left(state, prefs, self.now)?;
        if whole <= 0 || !left.is_positive() {
            return None;
        }
        // To the minute: a view that changes by itself is sent again.
        let left_s = left.as_mins().saturating_mul(60).min(whole);
        Some(Meter {
            left: u16::try_from(left_s.saturating_mul(1000) / whole).unwrap_or(1000),
            label: format!("{} left of {}", short(left), short(end.duration_since(start))),
        })
    }

    fn clocks(self, entry: &TeamEntry, session: &SessionFacts) -> Vec<ClockRow> {
        let prefs = &self.model.prefs;
        let until = |at: Timestamp| {
            let word = if at <= self.now { "Ended" } else { "Until" };
            format!("{word} {}", moment(at, self.now, self.tz))
        };
        let end = expiry::ended_at(&entry.state, prefs);
        let over = end.is_some_and(|end| end <= self.now);
        let due = expiry::renew_at(session, &entry.team.id).filter(|_| !over);
        let next = due.filter(|at| *at > self.now && prefs.auto_renew);
        let failed = entry.state.refresh.failing.is_some();
        vec![
            ClockRow {
                label: words::SESSION,
                value: end.map_or(words::NO_STATED_END.into(), until),
                note: match (over, end) {
                    (true, _) => words::SESSION_OVER,
                    (false, Some(end)) if due.is_some() && !prefs.auto_renew && end == session.expires => {
                        words::SESSION_BY_HAND
                    }
                    (false, Some(_)) => words::SESSION_NOTE,
                    (false, None) => words::SESSION_OPEN_NOTE,
                }
                .into(),
            },
            ClockRow {
                label: words::TOKEN,
                value: until(session.expires),
                note: match next {
                    _ if over => words::TOKEN_OVER.into(),
                    _ if failed => words::TOKEN_FAILED.into(),
                    Some(at) => format!("Keyfob renews it at {}.", clock(at, self.tz)),
                    None if due.is_some() && prefs.auto_renew => words::TOKEN_RENEWS.into(),
                    None if due.is_some() => words::TOKEN_BY_HAND.into(),
                    None if session.renews => words::TOKEN_LAST.into(),
                    None => words::TOKEN_STAYS.into(),
                },
            },
        ]
    }

    fn line(self, entry: &TeamEntry) -> Line {
        let shell = self.around.shell();
        let asked = Asked { team: &entry.team, profile: None, keys: None, token: None };
        let rendered = Lines::new(asked).map_err(Into::into).and_then(|lines| lines.copied(shell));
        let label = |shell: Shell| shell.label().to_owned();
        let choice = |one: Shell| Choice {
            label: label(one),
            click: Click::SetShell { shell: one },
            current: one.label() == shell.label(),
        };
        let shells = Shell::offered().map(choice).collect();
        match rendered {
            Ok(line) => Line {
                text: line.shown().unwrap_or_default().trim().to_owned(),
                copy: Some(
                    Button::quiet(words::COPY, self.copy(entry, None))
                        .called(format!("Copy the line for {}", entry.team.name)),
                ),
                shells,
            },
            Err(refused) => Line { text: problem::of_export(&refused, shell).title, copy: None, shells },
        }
    }

    fn profile(self, entry: &TeamEntry, profile: &Profile) -> ProfileRow {
        let keys = match self.model.keys_end(entry, profile) {
            Some(ends) if ends > self.now => format!("Keys for {}", short(ends.duration_since(self.now))),
            Some(_) | None => words::KEYS_WHEN_USED.into(),
        };
        let (team, id) = (entry.team.id.clone(), profile.id.clone());
        ProfileRow {
            profile: id.clone(),
            name: profile.name.clone(),
            target: self.target(entry, profile),
            keys,
            copy: Button::quiet(words::COPY, self.copy(entry, Some(id.clone())))
                .called(format!("Copy the line for {}", profile.name)),
            remove: Button::quiet(words::REMOVE, Click::RemoveProfile { team, profile: id })
                .called(format!("Remove the profile {}", profile.name)),
        }
    }

    fn target(self, entry: &TeamEntry, profile: &Profile) -> Vec<Detail> {
        let detail = |label: &str, value: &str| Detail { label: label.into(), value: clean(value) };
        let fields = self.model.about(&entry.team).and_then(|about| about.profile_fields).unwrap_or_default();
        let mut all: Vec<Detail> =
            fields.iter().filter_map(|field| Some(detail(field.label, profile.field(field.key)?))).collect();
        if profile.is_chained() {
            all.push(detail(words::ASSUMES, &chain::chain(profile)));
        }
        if let Some(allowed) = self.model.allowed(profile) {
            let (asked, given) = (chain::so_long(allowed.asked), chain::so_long(allowed.given));
            all.push(detail(words::LASTS, &format!("{given}, not {asked}: STS allows no more")));
        }
        let region = profile.region.as_deref().or_else(|| entry.team.setting("region")).unwrap_or("—");
        all.push(detail(words::REGION, region));
        all
    }

    fn details(self, entry: &TeamEntry) -> Vec<Detail> {
        let team = &entry.team;
        let about = self.model.about(team);
        let detail = |label: &str, value: &str| Detail { label: label.into(), value: clean(value) };
        let mut details = vec![detail(words::METHOD, about.map_or(&team.provider, |about| about.name))];
        let named = |key: &str| about.and_then(|about| about.fields.iter().find(|field| field.key == key));
        details.extend(team.settings.iter().map(|(key, value)| {
            let label = named(key).map_or(key.as_str(), |field| field.label);
            detail(label, value)
        }));
        details.push(detail(words::KEYCHAIN_ENTRY, &format!("keyfob · {}", team.id)));
        details
    }

    pub(super) fn removal(self, entry: &TeamEntry) -> Removal {
        let (team, state) = (&entry.team, &entry.state);
        let mut goes = Vec::new();
        if state.session.is_some() {
            goes.push(words::GOES_SESSION.to_owned());
        }
        goes.push(words::GOES_KEPT.to_owned());
        goes.push(match team.profiles.len() {
            0 => words::GOES_SETTINGS.to_owned(),
            count => format!("Its settings and {} in Keyfob", super::desk::counted(count, "profile")),
        });
        Removal {
            name: team.name.clone(),
            goes,
            stays: vec![words::STAYS_ACCOUNT.into(), words::STAYS_FILES.into()],
            remove: Button::danger(words::REMOVE_TEAM_NOW, Click::Remove { team: team.id.clone() })
                .called(format!("Remove team {}", team.name)),
            keep: Button::quiet(words::KEEP_IT, Click::open(Page::Team { team: team.id.clone() })),
        }
    }
}
