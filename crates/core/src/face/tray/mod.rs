//! The tray: icon, tooltip and menu as data that can be compared, the same on every operating system.
//!
//! Labels are plain text; whoever draws them escapes what their system needs escaped.

use crate::face::ask::{self, brief};
use crate::face::closed::closed;
use crate::words::about::About;
use crate::words::id::Id;
use crate::words::question::{Opening, Other, Wait};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::face::name::{apart, menu_name, profile_name, team_name};
use crate::face::notice::waiting;
use crate::face::phrase;
use crate::face::phrase::{Icon, Shown, offline_since, present, shape};
use crate::mind::health::Health;
use crate::mind::model::{Keychain, Model, TeamEntry};
use crate::words::action::{Action, Page};
use crate::words::plain::{self, clean, clean_to};
use crate::words::problem::Problem;
use crate::words::shell::Shell;

/// The most rows of the top level, without separators.
const MAX_ROWS: usize = 12;
/// The most teams of the top level.
const MAX_TEAMS: usize = 6;
/// The most logins that get a row of their own beside the first one's.
const MAX_LOGINS: usize = 2;
/// The most rows of the submenu of all teams: beyond it the window is the better place.
const MAX_ALL: usize = 40;
/// The longest row, in characters: the window has the whole of it.
const LONGEST_ROW: usize = 160;

/// Everything a tray shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Face {
    pub icon: Icon,
    pub status: Status,
    pub tooltip: String,
    pub menu: Vec<Row>,
}

/// The status of a StatusNotifierItem. There is no *Passive*: Plasma hides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Status {
    Active,
    NeedsAttention,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Row {
    Item { label: String, action: Action },
    Submenu { label: String, rows: Vec<Row> },
    Separator,
}

/// What a menu depends on beside the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The shell that lines are copied for when none is chosen.
    pub shell: Shell,
    /// Nothing of what is shown is real.
    pub demo: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { shell: Shell::Bash, demo: false }
    }
}

pub fn face(model: &Model, now: Timestamp, tz: &TimeZone, options: Options) -> Face {
    let icon = icon(model, now);
    let mut tooltip = tooltip(model, now, tz);
    if options.demo {
        tooltip.push_str(" (demo)");
    }
    Face { icon, status: status(icon), tooltip: plain::label(&tooltip), menu: menu(model, now, tz, options) }
}

/// The most urgent shape of all teams. What needs attention counts only for teams that concern the person:
/// pinned ones, and those used in the last hours.
pub fn icon(model: &Model, now: Timestamp) -> Icon {
    model.teams.iter().map(|entry| watched_shape(entry, model, now)).max().unwrap_or(Icon::Hollow)
}

pub fn status(icon: Icon) -> Status {
    match icon {
        Icon::Hollow | Icon::Solid | Icon::HollowSlash | Icon::Slash | Icon::Dots => Status::Active,
        Icon::Clock | Icon::Ask | Icon::Bang | Icon::Cross | Icon::Lock => Status::NeedsAttention,
    }
}

/// What the icon means, in at most 60 characters.
pub fn tooltip(model: &Model, now: Timestamp, tz: &TimeZone) -> String {
    let worst = icon(model, now);
    let mut those = model.teams.iter().filter(|entry| watched_shape(entry, model, now) == worst);
    let (Some(first), more) = (those.next(), those.count()) else { return "Keyfob — no teams yet".into() };
    let count = more + 1;
    match worst {
        _ if count == 1 => present(first, model, now, tz).tooltip,
        Icon::Solid => format!("Keyfob — {count} teams logged in"),
        Icon::Clock => format!("{count} teams end soon"),
        Icon::Bang => format!("{count} teams have ended — log in"),
        Icon::Ask | Icon::Cross => format!("{count} teams need you"),
        Icon::Dots => format!("Keyfob — busy with {count} teams"),
        Icon::Hollow | Icon::Slash | Icon::HollowSlash | Icon::Lock => present(first, model, now, tz).tooltip,
    }
}

/// The whole menu.
pub fn menu(model: &Model, now: Timestamp, tz: &TimeZone, options: Options) -> Vec<Row> {
    let mut top = urgent_rows(model, now, tz);
    let copy = copy_row(model, now, options);
    let fixed = top.len() + usize::from(copy.is_some()) + 4;
    let free = MAX_ROWS.saturating_sub(fixed).max(2);
    let all_fit = model.teams.len() <= free.min(MAX_TEAMS);
    let shown = if all_fit { model.teams.len() } else { MAX_TEAMS.min(free - 1) };

    let (pinned, others): (Vec<&TeamEntry>, Vec<&TeamEntry>) = model.teams.iter().partition(|e| e.team.pinned);
    for entry in pinned.into_iter().chain(others).take(shown) {
        let row = present(entry, model, now, tz);
        top.push(Row::Submenu { label: row.row.clone(), rows: team_rows(entry, &row, model, now, tz, options) });
    }
    if !all_fit {
        top.push(all_teams(model, now, tz));
    }
    if model.teams.is_empty() {
        top.push(open("Welcome — add your first team…", Page::AddTeam));
    }
    top.push(Row::Separator);
    if let Some(copy) = copy {
        top.extend([copy, Row::Separator]);
    }
    top.push(open("Open Keyfob", Page::Home));
    if !model.teams.is_empty() {
        top.push(open("Add or import teams…", Page::AddTeam));
    }
    top.extend([
        open("Settings…", Page::Settings),
        Row::Separator,
        Row::Item { label: "Quit (stay logged in)".into(), action: Action::Quit },
    ]);
    top.into_iter().map(gated).collect()
}

/// What comes before the teams, because it cannot wait or concerns all of them.
fn urgent_rows(model: &Model, now: Timestamp, tz: &TimeZone) -> Vec<Row> {
    let mut rows = Vec::new();
    match &model.keychain {
        Keychain::Locked | Keychain::NotGranted => {
            let label = closed(&model.keychain).map(|closed| closed.label).unwrap_or_default();
            rows.push(item(&format!("{label} — unlock…"), Action::Unlock));
            rows.push(open("Why am I seeing this?", Page::Keychain));
        }
        Keychain::MemoryOnly => rows.push(open("No keychain — sessions end with Keyfob", Page::Keychain)),
        Keychain::Trouble(problem) => rows.push(open(&in_a_row(problem), Page::Keychain)),
        Keychain::Works => {}
    }
    if let Some(problem) = &model.config_problem {
        rows.push(open(&format!("The config file needs mending — {}", in_a_row(problem)), Page::Settings));
    }
    if model.offline_since.is_some() {
        let since = offline_since(model.offline_since, now, tz).replace("times are", "showing times");
        rows.push(open(&since, Page::Home));
        rows.push(item("Try again", Action::RetryNow));
    }
    let mut logins = model.teams.iter().filter(|entry| entry.state.login.is_some());
    rows.extend(logins.next().map(|entry| login_rows(entry, model, true)).unwrap_or_default());
    // Of the others what the person must see or answer; the rest is in their submenus.
    let waits = |entry: &&TeamEntry| entry.state.login.as_ref().is_some_and(|login| login.asking.is_some());
    rows.extend(
        logins.filter(waits).take(MAX_LOGINS).filter_map(|entry| login_rows(entry, model, true).into_iter().next()),
    );
    if let Some(entry) = model.teams.iter().find(|entry| !entry.state.needed.is_empty() && entry.state.login.is_none())
    {
        let (team, name) = (entry.team.id.clone(), team_name(&entry.team, model));
        rows.push(item(
            &format!("{name} · {} is waiting — log in…", waiting(entry)),
            Action::LogIn { team: team.clone() },
        ));
        rows.push(item("Do not log in", Action::Refuse { team }));
    }
    let needy = model.teams.iter().filter(|entry| needs_person(entry, model, now)).count();
    if needy > 1 {
        rows.push(open(&format!("{needy} teams need you"), Page::Home));
    }
    rows
}

/// The rows of a login under way.
fn login_rows(entry: &TeamEntry, model: &Model, with_name: bool) -> Vec<Row> {
    let Some(login) = &entry.state.login else { return Vec::new() };
    let team = entry.team.id.clone();
    let name = if with_name { format!("{} · ", team_name(&entry.team, model)) } else { String::new() };
    let mut rows = Vec::new();
    if let Some(question) = login.asks() {
        rows.push(open(&format!("{name}{}…", brief(&question.topic)), Page::Login { team: team.clone() }));
    }
    if let Some(wait) = login.waits() {
        rows.extend(wait_rows(wait, &name, &team));
        let elsewhere = login.asking.iter().flat_map(|asking| &asking.others).find(|o| **o == Other::AnotherDevice);
        let way = |other: &Other| item(ask::other(*other), Action::GoOtherWay { team: team.clone(), other: *other });
        rows.extend(elsewhere.map(way));
    }
    rows.push(item(
        &if rows.is_empty() { format!("{name}Cancel") } else { "Cancel".into() },
        Action::CancelLogin { team },
    ));
    rows
}

/// What must be done elsewhere, and the way there.
fn wait_rows(wait: &Wait, name: &str, team: &Id) -> Vec<Row> {
    let Some(page) = &wait.page else { return Vec::new() };
    let (team, host) = (team.clone(), clean(&page.host));
    let show = Page::Login { team: team.clone() };
    let label = match page.opening {
        Opening::Opened => "Open the page again",
        Opening::Asked => "Open the page",
        Opening::Failed { .. } => "No browser could be opened — try again",
    };
    let again = item(label, Action::OpenPage { team: team.clone() });
    match &wait.code {
        Some(code) => {
            let label = format!("{name}Check the page shows  {}  at {host}", clean(code));
            vec![item(&label, Action::CopyCode { team }), again, open("Show code and QR", show)]
        }
        None => {
            let label = match page.opening {
                Opening::Opened => format!("{name}Your browser opened a page of {host}"),
                _ => format!("{name}Waiting for {host}"),
            };
            vec![open(&label, show), again]
        }
    }
}

/// What can be done with one team.
fn team_rows(
    entry: &TeamEntry,
    shown: &Shown,
    model: &Model,
    now: Timestamp,
    tz: &TimeZone,
    options: Options,
) -> Vec<Row> {
    let team = &entry.team.id;
    let session = entry.state.session.as_ref().filter(|_| shown.health != Health::SignedOut);
    let head = match (session, shown.health) {
        (Some(session), Health::Fresh | Health::Soon | Health::Offline) => {
            let until = phrase::until(session.ends(), now, tz);
            format!("Logged in {} · {until}", phrase::as_whom(session))
        }
        _ if apart(&entry.team.name) != team_name(&entry.team, model) => {
            format!("{} · {}", apart(&entry.team.name), shown.label)
        }
        _ => shown.label.clone(),
    };
    let mut rows = vec![open(&head, Page::Team { team: team.clone() })];
    let problem = entry.state.problem.as_ref().filter(|problem| match shown.health {
        Health::Broken => true,
        // That it has ended stands above already.
        Health::Ended => problem.code != "SESSION-ENDED",
        _ => false,
    });
    rows.extend(problem.map(|problem| open(&in_a_row(problem), Page::Team { team: team.clone() })));
    rows.extend(login_rows(entry, model, false));
    let renews = session.is_some_and(|session| session.renews);
    match shown.health {
        Health::Working => {}
        Health::SignedOut => rows.push(item("Log in…", Action::LogIn { team: team.clone() })),
        Health::Locked => rows.push(item("Unlock the keychain…", Action::Unlock)),
        Health::Fresh | Health::Soon | Health::Offline | Health::Broken | Health::Ended => {
            let can_renew = renews && (shown.health != Health::Ended || !model.prefs.auto_renew);
            if can_renew {
                rows.push(item("Renew now", Action::Renew { team: team.clone() }));
            }
            match (shown.health, session) {
                (_, None) => rows.push(item("Log in…", Action::LogIn { team: team.clone() })),
                (Health::Ended | Health::Broken | Health::Soon, _) => {
                    rows.push(item("Log in again", Action::LogIn { team: team.clone() }));
                }
                _ if !can_renew => rows.push(item("Log in again", Action::LogIn { team: team.clone() })),
                _ => {}
            }
        }
    }
    if session.is_some() && entry.state.login.is_none() && model.about(&entry.team).is_some_and(About::asks_elsewhere) {
        rows.push(item("New session", Action::LogInAnew { team: team.clone() }));
    }
    let copy = |profile, shell| Action::CopyExport { team: team.clone(), profile, shell };
    rows.push(Row::Submenu {
        label: "Copy export line".into(),
        rows: Shell::offered().map(|shell| item(shell.label(), copy(None, shell))).collect(),
    });
    if !entry.team.profiles.is_empty() {
        let profiles = entry.team.profiles.iter().take(MAX_ALL);
        rows.push(Row::Submenu {
            label: "Copy with a profile".into(),
            rows: profiles
                .map(|p| item(&profile_name(p, &entry.team), copy(Some(p.id.clone()), options.shell)))
                .collect(),
        });
    }
    if session.is_some() && shown.health != Health::Ended {
        let secret = |profile| Action::CopySecret { team: team.clone(), profile, shell: options.shell };
        let keys = entry.team.profiles.iter().take(MAX_ALL).map(|profile| {
            item(&format!("AWS keys of {}", profile_name(profile, &entry.team)), secret(Some(profile.id.clone())))
        });
        let rows_of_secrets = std::iter::once(item("Token", secret(None))).chain(keys).collect();
        rows.push(Row::Submenu { label: "Copy a secret for 30 seconds".into(), rows: rows_of_secrets });
    }
    if entry.state.session.is_some() {
        rows.extend([Row::Separator, item("Log out", Action::LogOut { team: team.clone() })]);
    }
    rows
}

fn all_teams(model: &Model, now: Timestamp, tz: &TimeZone) -> Row {
    let count = model.teams.len();
    let mut rows: Vec<Row> = model
        .teams
        .iter()
        .take(MAX_ALL)
        .map(|entry| open(&present(entry, model, now, tz).row, Page::Team { team: entry.team.id.clone() }))
        .collect();
    if count > MAX_ALL {
        rows.extend([Row::Separator, open("Show all in Keyfob", Page::Home)]);
    }
    Row::Submenu { label: format!("All teams ({count})"), rows }
}

/// Copies the line of the team used last, and failing that of the first one that is logged in.
fn copy_row(model: &Model, now: Timestamp, options: Options) -> Option<Row> {
    let logged_in = |entry: &&TeamEntry| {
        entry.state.session.is_some() && !matches!(entry.health(model, now), Health::SignedOut | Health::Ended)
    };
    let last = model.teams.iter().filter(logged_in).filter(|e| e.state.used.is_some()).max_by_key(|e| e.state.used);
    let entry = last.or_else(|| model.teams.iter().find(logged_in))?;
    let name = menu_name(entry.team.iot_team(), model.teams.iter().map(|other| other.team.iot_team()));
    let label = match options.shell {
        Shell::Bash | Shell::Zsh | Shell::Sh => format!("Copy export IOT_TEAM={name}"),
        other => format!("Copy IOT_TEAM={name} for {}", other.label()),
    };
    let action = Action::CopyExport { team: entry.team.id.clone(), profile: None, shell: options.shell };
    Some(Row::Item { label, action })
}

fn watched_shape(entry: &TeamEntry, model: &Model, now: Timestamp) -> Icon {
    let shape = shape(entry, model, now);
    match status(shape) {
        Status::NeedsAttention if shape != Icon::Lock && !entry.is_watched(now) => Icon::Hollow,
        _ => shape,
    }
}

fn needs_person(entry: &TeamEntry, model: &Model, now: Timestamp) -> bool {
    matches!(entry.health(model, now), Health::Soon | Health::Ended | Health::Broken)
}

/// Whatever a label is made of, only what is plain reaches the host of the menu.
fn gated(row: Row) -> Row {
    match row {
        Row::Item { label, action } => Row::Item { label: plain::label(&label), action },
        Row::Submenu { label, rows } => {
            Row::Submenu { label: plain::label(&label), rows: rows.into_iter().map(gated).collect() }
        }
        Row::Separator => Row::Separator,
    }
}

/// What happened and the next step, in what a row has room for.
fn in_a_row(problem: &Problem) -> String {
    let next = if problem.hint.is_empty() { String::new() } else { format!(". {}", problem.hint) };
    clean_to(&format!("{}{next}", problem.title), LONGEST_ROW)
}

fn item(label: &str, action: Action) -> Row {
    Row::Item { label: label.to_owned(), action }
}

fn open(label: &str, page: Page) -> Row {
    item(label, Action::Open { page })
}

#[cfg(test)]
mod tests;
