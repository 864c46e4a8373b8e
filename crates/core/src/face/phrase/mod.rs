//! How a team's state reads: one function from which tray row, tooltip, status line and screen reader text come.
//!
//! Times are rounded down and shown in the time zone that is handed in; nothing here reads a clock.

mod time;

use crate::face::ask;
use crate::face::closed::closed;
use crate::face::name::team_name;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::mind::expiry;
use crate::mind::health::Health;
use crate::mind::model::{Model, TeamEntry};
use crate::words::failure::FailureKind;
use crate::words::login::Step;
use crate::words::plain::{clean, clean_to};
use crate::words::question::Opening;
use crate::words::session::SessionFacts;

/// What the program is for, as a menu of programs says it.
pub const PURPOSE: &str = "Keeps you logged in to your teams";

pub use time::{clock, in_words, long, moment, short, until};
use time::{ended_long, ended_short};

/// A team's state in every voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    pub health: Health,
    pub icon: Icon,
    /// The text twin of the icon: shape, never colour alone.
    pub symbol: &'static str,
    /// Such as `6 h 12 min left`.
    pub label: String,
    /// Such as `● acme · 6 h 12 min left`.
    pub row: String,
    /// At most 60 characters.
    pub tooltip: String,
    /// Relative and absolute time together.
    pub detail: String,
    /// The same without symbols, for screen readers.
    pub a11y: String,
    pub cli: CliRow,
    /// What `keyfob status TEAM` ends with (docs/architecture.md, section 6).
    pub exit: u8,
}

/// The columns of `keyfob status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CliRow {
    pub symbol: &'static str,
    pub name: String,
    pub who: String,
    pub left: String,
    pub until: String,
    pub note: String,
}

/// A tray icon as a shape: a tag, solid while logged in, with a badge. The more urgent is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Icon {
    Hollow,
    Solid,
    HollowSlash,
    Slash,
    Dots,
    Clock,
    Ask,
    Bang,
    Cross,
    Lock,
}

impl Icon {
    /// The same shape as a character, for menus and terminals.
    pub fn symbol(self) -> &'static str {
        match self {
            Icon::Hollow => "○",
            Icon::Solid => "●",
            Icon::Slash | Icon::HollowSlash => "⌀",
            Icon::Dots => "…",
            Icon::Clock => "◔",
            Icon::Ask => "?",
            Icon::Bang => "▲",
            Icon::Cross => "✕",
            Icon::Lock => "⚿",
        }
    }
}

/// The shape of a team's state, without any words.
pub fn shape(entry: &TeamEntry, model: &Model, now: Timestamp) -> Icon {
    match entry.health(model, now) {
        health if !entry.state.needed.is_empty() && health != Health::Working => Icon::Ask,
        Health::SignedOut => Icon::Hollow,
        Health::Working if entry.state.login.as_ref().is_some_and(|login| login.asks().is_some()) => Icon::Ask,
        Health::Working => Icon::Dots,
        Health::Fresh => Icon::Solid,
        Health::Soon => Icon::Clock,
        Health::Ended => Icon::Bang,
        Health::Offline => match expiry::left(&entry.state, &model.prefs, now) {
            Some(left) if left.is_positive() => Icon::Slash,
            _ => Icon::HollowSlash,
        },
        Health::Locked => Icon::Lock,
        Health::Broken => Icon::Cross,
    }
}

/// Presents a team at a moment.
pub fn present(entry: &TeamEntry, model: &Model, now: Timestamp, tz: &TimeZone) -> Shown {
    let (state, health) = (&entry.state, entry.health(model, now));
    let name = team_name(&entry.team, model);
    let end = expiry::headline(state, &model.prefs).filter(|_| health != Health::SignedOut);
    let left = expiry::left(state, &model.prefs, now).filter(|_| health != Health::SignedOut);
    let alive = left.filter(|left| left.is_positive());
    let open_ended = end.is_some() && expiry::ended_at(state, &model.prefs).is_none();
    let remaining = alive.map(short);
    let can = alive.zip(end).map(|(left, end)| long(left, end, now, tz));
    let what = doing(entry, now);
    let closed = closed(&model.keychain);

    let icon = shape(entry, model, now);
    let label = match health {
        Health::SignedOut => "Logged out".to_owned(),
        Health::Working | Health::Broken => what.clone(),
        Health::Fresh if open_ended => if alive.is_some() { "renews itself" } else { "renews when used" }.to_owned(),
        Health::Fresh => format!("{} left", remaining.as_deref().unwrap_or("nothing")),
        Health::Soon => format!("ends in {}", remaining.as_deref().unwrap_or("< 1 min")),
        Health::Ended => capital(&ended_short(end, now, tz)),
        Health::Offline => match &remaining {
            Some(short) => format!("Offline, {short} left"),
            None => "Offline".to_owned(),
        },
        Health::Locked => closed.map(|closed| closed.label).unwrap_or_default().to_owned(),
    };
    let symbol = icon.symbol();

    let tooltip = match health {
        Health::SignedOut => "Keyfob — logged out".to_owned(),
        Health::Working if state.login.is_none() => format!("Keyfob — renewing {name}"),
        Health::Soon => format!("{name} {label}"),
        Health::Ended => format!("{name} {} — log in", ended_short(end, now, tz)),
        Health::Offline => offline_since(model.offline_since, now, tz),
        Health::Locked => format!("{label} — click to unlock"),
        Health::Broken => match &state.problem {
            Some(problem) => format!("{name} — {}: {}", lower(&label), problem.title),
            None => format!("{name} — {}", lower(&label)),
        },
        _ => format!("{name} — {}", lower(&label)),
    };

    let renews =
        state.session.as_ref().is_some_and(|s| s.renews && model.prefs.auto_renew).then(|| {
            match next_renewal(entry, model, now) {
                Some(at) => format!("renews itself at {}", clock(at, tz)),
                None => "renews itself".to_owned(),
            }
        });
    let session = state.session.as_ref().filter(|_| health != Health::SignedOut);
    let logged_in = session.map(|session| format!("Logged in {}", as_whom(session)));
    let problem = state.problem.as_ref().map(|p| p.title.clone());
    let detail: Vec<String> = match health {
        Health::SignedOut => vec!["Logged out".into()],
        Health::Working => [Some(what), logged_in, can.clone()].into_iter().flatten().collect(),
        Health::Ended => [Some(capital(&ended_long(end, now, tz))), problem].into_iter().flatten().collect(),
        Health::Locked => closed.iter().flat_map(|closed| [closed.label.into(), closed.way_out.into()]).collect(),
        Health::Broken => [Some(what), problem, can.clone()].into_iter().flatten().collect(),
        Health::Offline => [Some("Offline".to_owned()), logged_in, can.clone()].into_iter().flatten().collect(),
        Health::Fresh | Health::Soon => [logged_in, can.clone(), renews].into_iter().flatten().collect(),
    };
    let memory = state.memory_only && !matches!(health, Health::SignedOut | Health::Ended);
    let detail = detail.into_iter().chain(memory.then(|| "kept in memory only".to_owned())).collect::<Vec<_>>();
    let detail = detail.join(" · ");

    Shown {
        health,
        icon,
        symbol,
        row: format!("{symbol} {name} · {label}"),
        tooltip: clean_to(&tooltip, 59),
        a11y: a11y(&entry.team.name, health, &label, can.as_deref()),
        cli: cli_row(entry, health, symbol, &label, alive, open_ended, now, tz, model),
        exit: exit(entry, health, alive.is_some() || (open_ended && health == Health::Fresh)),
        label,
        detail,
    }
}

/// `as ann`, or `at acme.awsapps.com` where nothing tells a name.
pub fn as_whom(session: &SessionFacts) -> String {
    format!("{} {}", if session.nameless { "at" } else { "as" }, clean(&session.who))
}

/// `Offline — times are from 14:02`.
pub fn offline_since(since: Option<Timestamp>, now: Timestamp, tz: &TimeZone) -> String {
    match since {
        Some(since) => format!("Offline — times are from {}", moment(since, now, tz)),
        None => "Offline".to_owned(),
    }
}

fn doing(entry: &TeamEntry, now: Timestamp) -> String {
    let state = &entry.state;
    let Some(login) = &state.login else {
        return match (&state.session, &state.refresh.running) {
            (Some(_), Some(_)) => "Renewing",
            (Some(_), None) => "Could not renew",
            (None, _) => "Could not log in",
        }
        .to_owned();
    };
    match (&login.asking, &login.step) {
        (Some(question), _) => match question.waits() {
            Some(wait) => {
                let opening = wait.page.as_ref().map(|page| &page.opening);
                let what = match opening {
                    Some(Opening::Failed { .. }) => "No browser opened",
                    _ => ask::brief(&question.topic),
                };
                format!("{what} ({})", short(wait.expires.duration_since(now)))
            }
            None => ask::brief(&question.topic).to_owned(),
        },
        (None, Step::Starting) => "Starting".to_owned(),
        (None, Step::Unlocking) => "Waiting for your keychain".to_owned(),
        (None, Step::Opening(_) | Step::Told(_) | Step::Checking) => "Checking".to_owned(),
        (None, Step::Keeping) => "Waiting for the keychain".to_owned(),
    }
}

fn next_renewal(entry: &TeamEntry, model: &Model, now: Timestamp) -> Option<Timestamp> {
    if !model.prefs.auto_renew || entry.state.refresh.failing.is_some() {
        return None;
    }
    expiry::renew_at(entry.state.session.as_ref()?, &entry.team.id).filter(|at| *at > now)
}

fn a11y(name: &str, health: Health, label: &str, can: Option<&str>) -> String {
    let state = match health {
        Health::Fresh => "logged in",
        Health::Soon => "ending soon",
        Health::Offline => "offline",
        Health::Ended | Health::SignedOut | Health::Working | Health::Locked | Health::Broken => {
            return format!("{name}, {}", lower(label));
        }
    };
    match can {
        Some(can) => format!("{name}, {state}, {can}"),
        None => format!("{name}, {state}"),
    }
}

#[expect(clippy::too_many_arguments, reason = "these are the parts that present() has already worked out")]
fn cli_row(
    entry: &TeamEntry,
    health: Health,
    symbol: &'static str,
    label: &str,
    alive: Option<SignedDuration>,
    open_ended: bool,
    now: Timestamp,
    tz: &TimeZone,
    model: &Model,
) -> CliRow {
    let state = &entry.state;
    let login = || format!("run: keyfob login {}", word(&entry.team.name));
    let problem = || state.problem.as_ref().map(|p| p.title.clone()).unwrap_or_default();
    let (left, note) = match health {
        Health::SignedOut | Health::Working => (lower(label), String::new()),
        Health::Fresh if open_ended => (alive.map_or("—".into(), short), lower(label)),
        Health::Fresh => {
            let renews = state.session.as_ref().is_some_and(|s| s.renews) && model.prefs.auto_renew;
            (alive.map_or("—".into(), short), if renews { "renews itself".into() } else { String::new() })
        }
        Health::Soon => (alive.map_or("< 1 min".into(), short), login()),
        Health::Ended => (lower(label), login()),
        Health::Offline => (alive.map_or("offline".into(), short), "offline".into()),
        Health::Locked => (lower(label), closed(&model.keychain).map_or(String::new(), |closed| lower(closed.way_out))),
        Health::Broken => (alive.map_or_else(|| lower(label), short), problem()),
    };
    let end = expiry::headline(state, &model.prefs).filter(|_| alive.is_some() && health != Health::Locked);
    CliRow {
        symbol,
        name: entry.team.name.clone(),
        who: state
            .session
            .as_ref()
            .filter(|_| health != Health::SignedOut)
            .map_or("—".into(), |session| clean(&session.who)),
        left,
        until: end.map_or(String::new(), |end| until(end, now, tz)),
        note,
    }
}

fn exit(entry: &TeamEntry, health: Health, alive: bool) -> u8 {
    let state = &entry.state;
    match health {
        Health::Fresh | Health::Soon => 0,
        Health::SignedOut | Health::Ended => 3,
        Health::Locked => 6,
        _ if alive => 0,
        Health::Offline => 5,
        Health::Working => 3,
        Health::Broken => match (&state.problem, state.refresh.failing) {
            (Some(problem), _) => problem.exit.status(),
            (None, Some(FailureKind::Offline)) => 5,
            (None, _) => 1,
        },
    }
}

/// A name as one word of a command line; a name holds nothing worse than a space.
fn word(name: &str) -> String {
    if name.contains(' ') { format!("'{name}'") } else { name.to_owned() }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// The same with a capital letter in front.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
