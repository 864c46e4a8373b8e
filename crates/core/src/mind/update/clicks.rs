//! What follows when a person clicks. Only here begin effects that may open a browser or show a prompt.

use crate::words::question::Wait;
use jiff::{SignedDuration, Timestamp};

use crate::mind::effect::Effect;
use crate::mind::expiry;
use crate::mind::model::{Login, Model};
use crate::words::about::Deed;
use crate::words::action::{Action, Page};
use crate::words::failure::FailureKind;
use crate::words::id::Id;
use crate::words::login::{LoginId, Wish};
use crate::words::notice::NoticeId;

use super::{needs, renewals};

/// How long *Remind me in 5 min* is.
pub(super) const SNOOZE: SignedDuration = SignedDuration::from_mins(5);

pub(super) fn clicked(model: &mut Model, action: Action, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.quitting {
        return;
    }
    match action {
        Action::LogIn { team } => log_in(model, team, Wish::default(), now, effects),
        Action::LogInAnew { team } => {
            log_in(model, team, Wish { new_session: true, ..Wish::default() }, now, effects);
        }
        Action::Account { team, deed } => account(model, team, deed, now, effects),
        Action::CancelLogin { team } => {
            let login = model.entry_mut(&team).and_then(|entry| entry.state.login.take());
            effects.extend(login.map(|login| Effect::StopLogin { team, login: login.id }));
        }
        Action::GoOtherWay { team, other } => {
            let login = model.entry(&team).and_then(|entry| entry.state.login.as_ref());
            let offers = |login: &&Login| login.asking.as_ref().is_some_and(|asking| asking.others.contains(&other));
            effects.extend(login.filter(offers).map(|login| Effect::GoOtherWay { login: login.id, other }));
        }
        Action::Renew { team } => {
            if !renewals::start_asked(model, &team, now, effects) && model.entry(&team).is_some() {
                effects.push(Effect::OpenWindow(Page::Team { team }));
            }
        }
        Action::RenewAll { teams } => {
            for team in teams {
                renewals::start_asked(model, &team, now, effects);
            }
        }
        Action::LogOut { team } => log_out(model, team, effects),
        Action::Refuse { team } => needs::refuse(model, &team, now, effects),
        Action::CopyExport { team, profile, shell } => {
            if use_profile(model, &team, profile.as_ref(), now) {
                effects.push(Effect::CopyExport { team, profile, shell });
            }
        }
        Action::CopySecret { team, profile, shell } => {
            let logged_in = model.entry(&team).is_some_and(|entry| entry.state.session.is_some());
            if logged_in && use_profile(model, &team, profile.as_ref(), now) {
                effects.push(Effect::CopySecret { team, profile, shell });
            }
        }
        Action::CopyCode { team } => {
            let code = waits(model, &team).and_then(|wait| wait.code.clone());
            effects.extend(code.map(|text| Effect::Copy { text }));
        }
        Action::CopyProblem { team } => {
            let state = model.entry(&team).map(|entry| &entry.state);
            let problem =
                state.and_then(|state| state.undone.as_ref().map(|undone| &undone.problem).or(state.problem.as_ref()));
            effects.extend(problem.map(|problem| Effect::Copy { text: problem.one_line() }));
        }
        Action::OpenPage { team } => {
            let page = waits(model, &team).and_then(|wait| wait.page.as_ref());
            let url = page.map(|page| page.complete_url.clone());
            effects.extend(url.map(|url| Effect::OpenBrowser { team, url }));
        }
        Action::Snooze { team } => {
            if let Some(entry) = model.entry_mut(&team).filter(|entry| entry.state.session.is_some()) {
                entry.state.snoozed_until = Some(expiry::after(now, SNOOZE));
                entry.state.told.warned = false;
                close(model, NoticeId::Team(team), effects);
            }
        }
        Action::Dismiss { notice } => close(model, notice, effects),
        Action::Open { page } => effects.push(Effect::OpenWindow(page)),
        Action::Unlock => effects.push(Effect::Unlock),
        Action::RetryNow => retry_now(model),
        Action::Quit => {
            model.quitting = true;
            for entry in &mut model.teams {
                if let Some(login) = entry.state.login.take() {
                    effects.push(Effect::StopLogin { team: entry.team.id.clone(), login: login.id });
                }
            }
            effects.push(Effect::Quit);
        }
    }
}

/// One login at a time for each team: a second click shows the one under way (fault F83).
fn log_in(model: &mut Model, team: Id, wish: Wish, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.entry(&team).is_some_and(|entry| entry.state.login.is_some()) {
        effects.push(Effect::OpenWindow(Page::Login { team }));
    } else if let Some(login) = begin(model, &team, None, now) {
        effects.push(Effect::StartLogin { team, login, wish });
    }
}

/// Asked for in the middle of a login it takes that one's place: who has forgotten the password cannot finish it.
fn account(model: &mut Model, team: Id, deed: Deed, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(entry) = model.entry_mut(&team) else { return };
    if entry.state.login.as_ref().is_some_and(|login| login.deed == Some(deed)) {
        effects.push(Effect::OpenWindow(Page::Login { team }));
        return;
    }
    if let Some(login) = entry.state.login.take() {
        effects.push(Effect::StopLogin { team: team.clone(), login: login.id });
    }
    if let Some(login) = begin(model, &team, Some(deed), now) {
        effects.push(Effect::StartAccount { team, login, deed });
    }
}

/// A new attempt with a number of its own; none while the team is being logged out of.
fn begin(model: &mut Model, team: &Id, deed: Option<Deed>, now: Timestamp) -> Option<LoginId> {
    let id = LoginId(model.next_login);
    let state = &mut model.entry_mut(team).filter(|entry| !entry.state.leaving)?.state;
    state.login = Some(Login::new(id, deed, now));
    state.undone = None;
    state.used = Some(now);
    model.next_login = model.next_login.wrapping_add(1);
    Some(id)
}

fn log_out(model: &mut Model, team: Id, effects: &mut Vec<Effect>) {
    let Some(entry) = model.entry_mut(&team) else { return };
    let state = &mut entry.state;
    if let Some(login) = state.login.take() {
        effects.push(Effect::StopLogin { team: team.clone(), login: login.id });
    }
    state.refresh = state.refresh.carried();
    state.problem = None;
    if state.session.is_some() && !state.leaving {
        state.leaving = true;
        effects.push(Effect::StartLogout { team });
    }
}

fn retry_now(model: &mut Model) {
    for entry in &mut model.teams {
        let refresh = &mut entry.state.refresh;
        if refresh.failing.is_some_and(|kind| kind.passes() || kind == FailureKind::Keychain) {
            refresh.not_before = None;
            refresh.last_try = None;
            refresh.wanted = true;
        }
    }
}

/// Notes that a person uses the team; false when there is no such team or profile any more.
fn use_profile(model: &mut Model, team: &Id, profile: Option<&Id>, now: Timestamp) -> bool {
    let Some(entry) = model.entry_mut(team) else { return false };
    let known = profile.is_none_or(|id| entry.team.profiles.iter().any(|p| p.id == *id));
    if known {
        entry.state.used = Some(now);
    }
    known
}

fn close(model: &mut Model, notice: NoticeId, effects: &mut Vec<Effect>) {
    if model.live.remove(&notice).is_some() {
        effects.push(Effect::CloseNotice(notice));
    }
}

fn waits<'a>(model: &'a Model, team: &Id) -> Option<&'a Wait> {
    model.entry(team)?.state.login.as_ref()?.waits()
}
