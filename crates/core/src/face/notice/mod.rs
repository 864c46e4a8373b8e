//! Notices: when one is called for, beside the words it says (experience B5).

use crate::mind::calls::is_one_click;
use crate::words::notice::{Kind, NoticeId, Telling};
use crate::words::question::Wait;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::face::closed::closed;
use crate::face::deed;
use crate::face::name::{apart, team_name};
use crate::face::phrase::{as_whom, moment, short};
use crate::mind::expiry;
use crate::mind::model::{Model, TeamEntry};
use crate::words::about::Deed;
use crate::words::action::{Action, Page};
use crate::words::id::Id;
use crate::words::plain::{self, clean};
use crate::words::problem::{Problem, Remedy};
use crate::words::profile::Profile;
use crate::words::team::Team;

/// A notification, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    pub id: NoticeId,
    pub kind: Kind,
    pub title: String,
    pub body: String,
    /// At most two; the first is the important one.
    pub buttons: Vec<Button>,
    /// What a click on the body does.
    pub click: Action,
    pub urgency: Urgency,
    /// Stays on display until it is seen. It is critical as well, because servers that forget about the one heed the
    /// other.
    pub stays: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    pub label: &'static str,
    pub action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    Low,
    Normal,
    /// Somebody or something waits, or commands fail already.
    Critical,
}

impl Notice {
    /// Whatever it is made of, only what is plain reaches the server of notices.
    fn plain(self) -> Self {
        Notice { title: plain::label(&self.title), body: plain::words(&self.body).into_owned(), ..self }
    }
}

/// Puts it in words; `None` when the team has gone meanwhile.
pub fn say(telling: &Telling, model: &Model, now: Timestamp, tz: &TimeZone) -> Option<Notice> {
    let notice = match telling {
        Telling::Team(team, kind) => Some(of_team(*kind, model.entry(team)?, model, now, tz)),
        Telling::Several(teams) => {
            let there: Vec<_> =
                teams.iter().filter_map(|(team, kind)| model.entry(team).map(|entry| (entry, *kind))).collect();
            (!there.is_empty()).then(|| of_several(&there, model))
        }
        Telling::Locked => Some(of_locked(model)),
        Telling::Failed(problem) => Some(of_failed(problem)),
        Telling::Done(team, deed) => Some(of_done(*deed, model.entry(team)?, model)),
    };
    notice.map(Notice::plain)
}

/// Says what one team's state calls for.
fn of_team(kind: Kind, entry: &TeamEntry, model: &Model, now: Timestamp, tz: &TimeZone) -> Notice {
    let (team, state) = (&entry.team, &entry.state);
    let name = team_name(team, model);
    let id = team.id.clone();
    let end = expiry::headline(state, &model.prefs);
    let left = expiry::left(state, &model.prefs, now).filter(|left| left.is_positive());
    let remaining = left.map_or("< 1 min".to_owned(), short);
    let as_whom = state.session.as_ref().map(as_whom).unwrap_or_default();
    let until = end.map(|end| moment(end, now, tz)).unwrap_or_default();
    let log_in = Button { label: "Log in again", action: Action::LogIn { team: id.clone() } };
    let renew = Button { label: "Renew now", action: Action::Renew { team: id.clone() } };
    let remind = Button { label: "Remind me in 5 min", action: Action::Snooze { team: id.clone() } };
    let details = Button { label: "Details", action: open_team(&id) };
    let one_click = is_one_click(entry, model);
    let dismiss = |label| Button { label, action: Action::Dismiss { notice: NoticeId::Team(id.clone()) } };
    let base = Notice {
        id: NoticeId::Team(id.clone()),
        kind,
        title: String::new(),
        body: String::new(),
        buttons: Vec::new(),
        click: open_team(&id),
        urgency: Urgency::Normal,
        stays: false,
    };
    match kind {
        Kind::Hint | Kind::Ending => Notice {
            title: format!("{name} ends in {remaining}"),
            body: format!("Logged in {as_whom} until {until}."),
            urgency: if kind == Kind::Hint { Urgency::Low } else { Urgency::Normal },
            buttons: if kind == Kind::Hint { Vec::new() } else { vec![renew, remind] },
            ..base
        },
        Kind::NeedsPerson => Notice {
            title: format!("{name} ends in {remaining}"),
            body: format!("You will need your {} to stay logged in.", means(team, model)),
            buttons: vec![log_in, remind],
            ..base
        },
        Kind::Ended => Notice {
            title: format!("{name} has ended"),
            body: format!(
                "Ended at {until}. Commands will fail until you {}.",
                if one_click { "renew it" } else { "log in" }
            ),
            buttons: vec![if one_click { renew } else { log_in }, dismiss("Dismiss")],
            urgency: Urgency::Critical,
            stays: true,
            ..base
        },
        Kind::CouldNotRenew => Notice {
            title: format!("Could not renew {name}"),
            body: sentences([
                state.problem.as_ref().map(|p| p.title.clone()),
                left.map(|left| format!("{} left", short(left))),
                state.problem.as_ref().map(|p| p.detail.clone()),
                state.problem.as_ref().map(|p| p.hint.clone()),
            ]),
            buttons: match state.problem.as_ref().map(|p| p.remedy) {
                Some(Remedy::LogIn) => vec![log_in, details],
                Some(Remedy::Unlock) => vec![Button { label: "Unlock", action: Action::Unlock }, details],
                Some(Remedy::TryAgain) => vec![Button { label: "Try again", ..renew }, details],
                _ => vec![details],
            },
            ..base
        },
        Kind::Needed => Notice {
            title: format!("{} is waiting for {name}", waiting(entry)),
            body: "Log in to let it continue.".into(),
            buttons: vec![
                Button { label: "Log in", action: Action::LogIn { team: id.clone() } },
                Button { label: "Cancel", action: Action::Refuse { team: id.clone() } },
            ],
            urgency: Urgency::Critical,
            ..base
        },
        Kind::CheckCode => check_code(base, entry, model, now),
        Kind::Renewed => {
            Notice { title: format!("{name} renewed"), body: format!("Until {until}."), urgency: Urgency::Low, ..base }
        }
        Kind::Failed => {
            let said = state.problem.as_ref().map(of_failed);
            Notice {
                title: said.as_ref().map_or_else(|| name.clone(), |said| format!("{name}: {}", said.title)),
                body: said.map(|said| said.body).unwrap_or_default(),
                buttons: vec![details],
                ..base
            }
        }
        Kind::Locked => Notice { id: base.id, ..of_locked(model) },
        Kind::Several | Kind::Copied | Kind::Done => base,
    }
}

/// Says what several teams' states call for, in one notice.
fn of_several(teams: &[(&TeamEntry, Kind)], model: &Model) -> Notice {
    let count = teams.len();
    let ended = teams.iter().filter(|(_, kind)| *kind == Kind::Ended).count();
    let failed = teams.iter().any(|(_, kind)| *kind == Kind::CouldNotRenew);
    let title = match ended {
        0 if !failed => format!("{count} teams end soon"),
        n if n == count => format!("{count} teams have ended"),
        _ => format!("{count} teams need you"),
    };
    let ids: Vec<Id> = teams.iter().map(|(entry, _)| entry.team.id.clone()).collect();
    let one_click = teams.iter().all(|(entry, _)| is_one_click(entry, model));
    let show = Button { label: "Show", action: Action::Open { page: Page::Home } };
    Notice {
        id: NoticeId::Several,
        kind: Kind::Several,
        title,
        body: names(teams.iter().map(|(entry, _)| &entry.team), model),
        buttons: if one_click {
            vec![Button { label: "Renew all", action: Action::RenewAll { teams: ids } }, show]
        } else {
            vec![show]
        },
        click: Action::Open { page: Page::Home },
        urgency: match ended {
            0 if teams.iter().all(|(_, kind)| *kind == Kind::Hint) => Urgency::Low,
            0 => Urgency::Normal,
            _ => Urgency::Critical,
        },
        stays: ended > 0,
    }
}

/// N8: the keychain is locked and teams wait for it.
fn of_locked(model: &Model) -> Notice {
    let waiting: Vec<&Team> = model.teams.iter().filter(|e| e.state.session.is_some()).map(|e| &e.team).collect();
    Notice {
        id: NoticeId::Keychain,
        kind: Kind::Locked,
        title: closed(&model.keychain).map_or("Unlock your keychain", |closed| closed.notice).into(),
        body: match waiting.as_slice() {
            [one] => format!("{} is waiting.", team_name(one, model)),
            many => format!("{} teams are waiting.", many.len()),
        },
        buttons: vec![
            Button { label: "Unlock", action: Action::Unlock },
            Button { label: "Later", action: Action::Dismiss { notice: NoticeId::Keychain } },
        ],
        click: Action::Open { page: Page::Keychain },
        urgency: Urgency::Normal,
        stays: false,
    }
}

/// N10: something was copied from the tray, where nothing else would say so.
pub fn of_copied(text: &str, advice: Option<&str>) -> Notice {
    let advice = advice.map_or(String::new(), |advice| format!(" — {advice}"));
    transient(Kind::Copied, "Copied".into(), format!("{}{advice}", text.trim())).plain()
}

/// The click on a notice's body, where a server draws it as a button.
pub const OPEN: &str = "Open";

/// N10 for a secret: it says what was copied and not how it reads.
pub fn of_copied_secret(team: &Team, profile: Option<&Profile>, stays: Duration) -> Notice {
    let name = apart(&team.name);
    let what = match profile {
        Some(profile) => format!("AWS keys of {} in {name}", apart(&profile.name)),
        None => format!("Token of {name}"),
    };
    let body = format!("{what}. The clipboard is cleared in {} seconds.", stays.as_secs());
    transient(Kind::Copied, "Copied a secret".into(), body).plain()
}

/// Something a person asked for did not work.
pub fn of_failed(problem: &Problem) -> Notice {
    let body = sentences([Some(problem.detail.clone()), Some(problem.hint.clone())]);
    let buttons = match problem.remedy {
        Remedy::Unlock => vec![Button { label: "Unlock", action: Action::Unlock }],
        _ => Vec::new(),
    };
    Notice { urgency: Urgency::Normal, buttons, ..transient(Kind::Failed, problem.title.clone(), body) }
}

/// Something was done with an account, and what comes next.
fn of_done(what: Deed, entry: &TeamEntry, model: &Model) -> Notice {
    let team = entry.team.id.clone();
    let name = team_name(&entry.team, model);
    let confirm = || Action::Account { team: team.clone(), deed: Deed::Confirm };
    let (body, buttons) = match what {
        Deed::Resend => ("", vec![Button { label: deed::offer(Deed::Confirm), action: confirm() }]),
        _ if what.leads_to_login() && entry.state.session.is_none() => {
            ("You can log in now.", vec![Button { label: "Log in", action: Action::LogIn { team: team.clone() } }])
        }
        _ => ("", Vec::new()),
    };
    let title = format!("{name}: {}", deed::done(what));
    Notice { buttons, click: open_team(&team), ..transient(Kind::Done, title, body.into()) }
}

/// The same notice for a notification server without buttons: a sentence says where to go instead.
pub fn without_buttons(mut notice: Notice) -> Notice {
    let what = match notice.kind {
        Kind::Ending => Some("Open Keyfob to renew."),
        Kind::NeedsPerson | Kind::Ended | Kind::Several | Kind::Needed | Kind::Done => Some("Open Keyfob to log in."),
        Kind::CouldNotRenew | Kind::Failed => Some("Open Keyfob for details."),
        Kind::CheckCode => Some("Open Keyfob to see the code again."),
        Kind::Locked => Some("Open Keyfob to unlock it."),
        Kind::Hint | Kind::Renewed | Kind::Copied => None,
    };
    if let Some(what) = what.filter(|_| !notice.buttons.is_empty()) {
        if !notice.body.ends_with('.') && !notice.body.is_empty() {
            notice.body.push('.');
        }
        notice.body = format!("{} {what}", notice.body).trim().to_owned();
    }
    notice.buttons.clear();
    notice
}

fn check_code(base: Notice, entry: &TeamEntry, model: &Model, now: Timestamp) -> Notice {
    let team = entry.team.id.clone();
    let Some(Wait { code: Some(code), page: Some(page), expires }) =
        entry.state.login.as_ref().and_then(|login| login.waits())
    else {
        return base;
    };
    Notice {
        title: format!("Check the code: {}", clean(code)),
        body: format!(
            "{} at {} · valid for {}.",
            team_name(&entry.team, model),
            clean(&page.host),
            short(expires.duration_since(now))
        ),
        buttons: vec![
            Button { label: "Open page", action: Action::OpenPage { team: team.clone() } },
            Button { label: "Copy code", action: Action::CopyCode { team: team.clone() } },
        ],
        click: Action::Open { page: Page::Login { team } },
        ..base
    }
}

fn transient(kind: Kind, title: String, body: String) -> Notice {
    Notice {
        id: NoticeId::Copied,
        kind,
        title,
        body,
        buttons: Vec::new(),
        click: Action::Open { page: Page::Home },
        urgency: Urgency::Low,
        stays: false,
    }
}

fn means(team: &Team, model: &Model) -> &'static str {
    if model.about(team).is_some_and(|about| about.password) { "password" } else { "browser" }
}

/// Who waits, as the first of them calls itself.
pub fn waiting(entry: &TeamEntry) -> String {
    let named = entry.state.needed.values().map(|by| clean(by)).find(|by| !by.is_empty());
    match (named, entry.state.needed.len()) {
        (None, _) => "A tool".into(),
        (Some(by), ..=1) => by,
        (Some(by), more) => format!("{by} (and {} more)", more - 1),
    }
}

fn open_team(team: &Id) -> Action {
    Action::Open { page: Page::Team { team: team.clone() } }
}

fn names<'a>(teams: impl Iterator<Item = &'a Team>, model: &Model) -> String {
    let all: Vec<String> = teams.map(|team| team_name(team, model)).collect();
    match all.len() {
        ..=6 => all.join(", "),
        more => format!("{} and {} more", all[..5].join(", "), more - 5),
    }
}

fn sentences<const N: usize>(parts: [Option<String>; N]) -> String {
    let full = |part: String| if part.ends_with(['.', '…', '?', '`']) { part } else { format!("{part}.") };
    parts.into_iter().flatten().filter(|part| !part.is_empty()).map(full).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
