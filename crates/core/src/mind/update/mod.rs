//! What follows when something happens: the only place where the model changes.
//!
//! It is total: it never waits, never reads a clock, never fails, and never sees a secret.

mod clicks;
mod needs;
mod renewals;
mod tellings;

use crate::mind::model::{Login, Undone};
use crate::words::about::Deed;
use crate::words::login::Step;
use crate::words::question::{Question, Shape, Wait};
use jiff::{SignedDuration, Timestamp};

use crate::mind::effect::Effect;
use crate::mind::event::Event;
use crate::mind::expiry;
use crate::mind::model::{Keychain, Model, Refresh, TeamEntry, TeamState, Told};
use crate::words::action::Page;
use crate::words::facts::Facts;
use crate::words::failure::{Failure, FailureKind};
use crate::words::id::Id;
use crate::words::login::LoginId;
use crate::words::notice::Telling;
use crate::words::prefs::Prefs;
use crate::words::session::SessionFacts;
use crate::words::team::Team;

/// After a sleep nothing is said for so long, unless all renewals are answered earlier: one summary is
/// better than three corrections (fault F52).
const SETTLING: SignedDuration = SignedDuration::from_secs(30);

/// Takes in what happened and says what to do about it.
pub fn update(model: &mut Model, event: Event, now: Timestamp) -> Vec<Effect> {
    let mut effects = Vec::new();
    take_in(model, event, now, &mut effects);
    if !model.quitting {
        renewals::start_due(model, now, &mut effects);
        tellings::tell(model, now, &mut effects);
        needs::tell(model, now, &mut effects);
    }
    effects
}

fn take_in(model: &mut Model, event: Event, now: Timestamp, effects: &mut Vec<Effect>) {
    match event {
        Event::Clicked(action) => clicks::clicked(model, action, now, effects),
        Event::Ticked => {}
        Event::BrokenOff { team } => renewals::broken_off(model, &team, now, effects),
        Event::Woke { jumped } => woke(model, jumped, now),

        Event::TeamsChanged { teams } => teams_changed(model, teams, effects),
        Event::ConfigBroken { problem } => {
            // Said to whoever is writing it just now; the menu and the window go on saying it.
            if model.config_problem.as_ref() != Some(&problem) {
                effects.push(Effect::Notify(Telling::Failed(problem.clone())));
            }
            model.config_problem = Some(problem);
        }
        Event::PrefsChanged { prefs } => model.prefs = prefs,
        Event::FactsChanged { facts } => facts_changed(model, &facts, now),

        Event::LoginStepped { team, login, step } => {
            if let Some(current) = current(model, &team, login).and_then(|state| state.login.as_mut()) {
                stepped(current, step);
            }
        }
        Event::LoginAsked { team, login, question } => {
            if let Some(current) = current(model, &team, login).and_then(|state| state.login.as_mut()) {
                // What is done elsewhere is told by a notice; what is typed here needs the window.
                if question.waits().is_none() {
                    effects.push(Effect::OpenWindow(Page::Login { team }));
                }
                current.asking = Some(question);
                current.asked += 1;
            }
        }
        Event::LoginAnswered { team, login } => {
            if let Some(current) = current(model, &team, login).and_then(|state| state.login.as_mut()) {
                current.asking = None;
            }
        }
        Event::LoginFailed { team, login, failure } => login_failed(model, &team, login, failure, effects),
        Event::AccountDone { team, login, deed } => account_done(model, &team, login, deed, effects),
        Event::LoggedIn { team, login, facts } => logged_in(model, &team, login, facts, now),

        Event::Renewed { team, facts } => renewals::renewed(model, &team, facts, effects),
        Event::RenewFailed { team, failure } => renewals::failed(model, &team, failure, now, effects),

        Event::LoggedOut { team, left } => {
            if let Some(entry) = model.entry_mut(&team) {
                adopt(&mut entry.state, None, &Prefs::default());
                effects.extend(left.map(|problem| Effect::Notify(Telling::Failed(problem))));
            }
        }
        Event::LogoutFailed { team, problem } => {
            if let Some(closed) = Keychain::closed_by(&problem) {
                // The notice of the failure offers to unlock it: a second one would only repeat that.
                (model.keychain, model.told_locked) = (closed, true);
            }
            if let Some(entry) = model.entry_mut(&team) {
                entry.state.leaving = false;
                effects.push(Effect::Notify(Telling::Failed(problem)));
            }
        }

        Event::Needed { team, asker, by } => needs::needed(model, &team, asker, by, now, effects),
        Event::AskerLeft { team, asker } => needs::left(model, &team, asker),

        Event::UnlockFailed { problem } => {
            let closed = Keychain::closed_by(&problem);
            // Who dismissed the system's prompt knows that it stays locked.
            if closed != Some(Keychain::Locked) {
                effects.push(Effect::Notify(Telling::Failed(problem)));
            }
            if let Some(closed) = closed {
                (model.keychain, model.told_locked) = (closed, true);
            }
        }
        Event::KeychainChanged { keychain } => keychain_changed(model, keychain),
        Event::NetworkReturned => network_returned(model),
        Event::NetworkLost => {
            model.offline_since.get_or_insert(now);
        }
        Event::FocusChanged { focused } => model.focused = focused,
        Event::NoticeClosed { notice } => {
            model.live.remove(&notice);
        }
        Event::NoticeLost { notice } => {
            if let Some(live) = model.live.get_mut(&notice) {
                live.lost = true;
            }
        }
        Event::NoticesReturned => tellings::tell_lost(model, now, effects),
    }
}

/// The clock is not where it was expected to be.
fn woke(model: &mut Model, jumped: SignedDuration, now: Timestamp) {
    model.settling_until = Some(expiry::after(now, SETTLING));
    let back = jumped.is_negative();
    let prefs = model.prefs.clone();
    for entry in &mut model.teams {
        let state = &mut entry.state;
        state.refresh.not_before = None;
        if !back {
            continue;
        }
        // What was noted in a future that has been taken back means nothing any more.
        state.refresh.wanted = state.session.as_ref().is_some_and(|session| session.renews);
        state.refresh.last_try = state.refresh.last_try.filter(|at| *at <= now);
        state.snoozed_until = state.snoozed_until.filter(|at| *at <= expiry::after(now, clicks::SNOOZE));
        state.used = state.used.map(|at| at.min(now));
        if expiry::ended_at(state, &prefs).is_none_or(|ended| ended > now) && !expiry::is_soon(state, &prefs, now) {
            state.told = Told::default();
        }
    }
}

fn teams_changed(model: &mut Model, teams: Vec<Team>, effects: &mut Vec<Effect>) {
    let mut before = std::mem::take(&mut model.teams);
    before.sort_by(|a, b| a.team.id.cmp(&b.team.id));
    model.teams = teams
        .into_iter()
        .map(|team| {
            let found = before.binary_search_by(|entry| entry.team.id.cmp(&team.id));
            let state = found.map(|place| std::mem::take(&mut before[place].state)).unwrap_or_default();
            TeamEntry { team, state }
        })
        .collect();
    for gone in before {
        effects.extend(gone.state.needed.into_keys().map(|asker| Effect::AnswerAsker { asker, come: false }));
        if let Some(login) = gone.state.login {
            effects.push(Effect::StopLogin { team: gone.team.id, login: login.id });
        }
    }
    model.config_problem = None;
}

/// Takes in what other Keyfob processes did, and our own echo. A team that the file does not mention is
/// one it knows nothing of: an unreadable file logs nobody out.
fn facts_changed(model: &mut Model, facts: &Facts, now: Timestamp) {
    for entry in &mut model.teams {
        let Some(told) = facts.teams.get(&entry.team.id) else { continue };
        let state = &mut entry.state;
        if state.leaving {
            continue;
        }
        if state.session != told.session {
            let knew = state.session.is_some();
            adopt(state, told.session.clone(), &model.prefs);
            state.problem.clone_from(&told.problem);
            if told.session.is_some() && !knew {
                state.used = Some(now);
            }
        }
        if state.credentials != told.credentials {
            state.credentials.clone_from(&told.credentials);
            state.used = Some(now);
        }
        state.allowed.clone_from(&told.allowed);
        state.memory_only = told.memory_only;
    }
    let in_memory = model.teams.iter().any(|entry| entry.state.memory_only && entry.state.session.is_some());
    match (&model.keychain, in_memory) {
        (Keychain::Works, true) => model.keychain = Keychain::MemoryOnly,
        (Keychain::MemoryOnly, false) => model.keychain = Keychain::Works,
        _ => {}
    }
}

/// Replaces a session by what is now known of it.
fn adopt(state: &mut TeamState, new: Option<SessionFacts>, prefs: &Prefs) {
    let Some(new) = new else {
        *state = TeamState {
            login: state.login.take(),
            refresh: state.refresh.carried(),
            used: state.used,
            needed: std::mem::take(&mut state.needed),
            ..TeamState::default()
        };
        return;
    };
    let ended_before = expiry::ended_at(state, prefs);
    let same_login = state.session.as_ref().is_some_and(|old| {
        // The name is found out later than the session begins.
        old.renews && old.limit == new.limit && (old.who == new.who || (old.nameless && old.issued == new.issued))
    });
    if !same_login {
        state.since = Some(new.issued);
    }
    state.session = Some(new);
    (state.problem, state.undone) = (None, None);
    state.refresh = state.refresh.carried();
    let ends = expiry::ended_at(state, prefs);
    if ends.is_none() || (ends > ended_before && ended_before.is_some()) {
        state.told = Told::default();
        state.snoozed_until = None;
    }
}

fn stepped(login: &mut Login, step: Step) {
    match (step, &mut login.asking) {
        (Step::Opening(opening), Some(Question { shape: Shape::Wait(Wait { page: Some(page), .. }), .. })) => {
            page.opening = opening;
        }
        (Step::Opening(_), _) => {}
        (Step::Told(aside), _) => login.aside = Some(aside),
        (step @ (Step::Starting | Step::Unlocking | Step::Checking | Step::Keeping), asking) => {
            *asking = None;
            login.step = step;
        }
    }
}

fn login_failed(model: &mut Model, team: &Id, login: LoginId, failure: Failure, effects: &mut Vec<Effect>) {
    note_keychain(model, &failure);
    let focused = model.focused;
    let Some(state) = current(model, team, login) else { return };
    let deed = state.login.take().and_then(|login| login.deed);
    if failure.kind == FailureKind::Cancelled {
        return;
    }
    if !focused {
        effects.push(Effect::Notify(Telling::Failed(failure.problem.clone())));
    }
    match deed {
        Some(deed) => state.undone = Some(Undone { deed, problem: failure.problem }),
        None => state.problem = Some(failure.problem),
    }
}

fn account_done(model: &mut Model, team: &Id, login: LoginId, deed: Deed, effects: &mut Vec<Effect>) {
    let Some(state) = current(model, team, login) else { return };
    state.login = None;
    if state.session.is_none() {
        // What kept the person from logging in may be over; if not, the next login says so.
        state.problem = None;
    }
    effects.push(Effect::Notify(Telling::Done(team.clone(), deed)));
}

fn logged_in(model: &mut Model, team: &Id, login: Option<LoginId>, facts: SessionFacts, now: Timestamp) {
    works_again(model);
    let Some(entry) = model.entry_mut(team) else { return };
    let state = &mut entry.state;
    if state.login.as_ref().is_some_and(|current| Some(current.id) == login) {
        state.login = None;
    }
    *state = TeamState {
        since: Some(facts.issued),
        session: Some(facts),
        login: state.login.take(),
        refresh: state.refresh.carried(),
        used: Some(now),
        needed: std::mem::take(&mut state.needed),
        ..TeamState::default()
    };
}

fn keychain_changed(model: &mut Model, keychain: Keychain) {
    if keychain == Keychain::Works {
        works_again(model);
        return;
    }
    model.keychain = keychain;
}

/// A secret was kept or read: whatever was wrong with keychain and network is over.
fn works_again(model: &mut Model) {
    if matches!(model.keychain, Keychain::Locked | Keychain::NotGranted | Keychain::Trouble(_)) {
        model.keychain = Keychain::Works;
    }
    model.told_locked = false;
    for entry in &mut model.teams {
        let refresh = &mut entry.state.refresh;
        if refresh.failing == Some(FailureKind::Keychain) {
            *refresh = Refresh { wanted: true, ..refresh.carried() };
            entry.state.problem = None;
            entry.state.told.warned = false;
        }
    }
}

fn network_returned(model: &mut Model) {
    model.offline_since = None;
    for entry in &mut model.teams {
        let refresh = &mut entry.state.refresh;
        if refresh.failing == Some(FailureKind::Offline) {
            refresh.failing = None;
            refresh.not_before = None;
            refresh.wanted = true;
            entry.state.problem = None;
        }
    }
}

fn note_keychain(model: &mut Model, failure: &Failure) {
    if let Some(closed) = Keychain::closed_by(&failure.problem) {
        model.keychain = closed;
    }
}

/// The state of a team whose current login attempt is this one: words of others are not believed.
fn current<'a>(model: &'a mut Model, team: &Id, login: LoginId) -> Option<&'a mut TeamState> {
    let state = &mut model.entry_mut(team)?.state;
    state.login.as_ref().is_some_and(|current| current.id == login).then_some(state)
}

#[cfg(test)]
mod tests;
