//! Silent renewal: when it starts, and what its answers mean.

use jiff::{SignedDuration, Timestamp};

use crate::mind::effect::Effect;
use crate::mind::expiry;
use crate::mind::model::{Model, Running, TeamEntry};
use crate::words::failure::{Failure, FailureKind};
use crate::words::id::Id;
use crate::words::notice::{Kind, Telling};
use crate::words::prefs::Prefs;
use crate::words::session::SessionFacts;

use super::{adopt, note_keychain, works_again};

/// So many renewals run at once; after a weekend with a hundred teams the others queue.
const AT_ONCE: usize = 8;
/// How long to leave alone what only a person can mend, or a keychain that is locked.
const SLOWLY: SignedDuration = SignedDuration::from_mins(10);

/// Starts the renewals that are due.
pub(super) fn start_due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let mut free = AT_ONCE.saturating_sub(model.teams.iter().filter(|e| e.state.refresh.running.is_some()).count());
    for entry in &mut model.teams {
        if free == 0 {
            return;
        }
        if is_due(entry, &model.prefs, now) {
            start(entry, now, false, effects);
            free -= 1;
        }
    }
}

/// Starts one because a person asked; false when there is nothing that could be renewed.
pub(super) fn start_asked(model: &mut Model, team: &Id, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
    let Some(entry) = model.entry_mut(team) else { return false };
    let state = &mut entry.state;
    if state.leaving || !state.session.as_ref().is_some_and(|session| session.renews) {
        return false;
    }
    state.used = Some(now);
    match &mut state.refresh.running {
        Some(running) => running.asked = true,
        None => start(entry, now, true, effects),
    }
    true
}

/// What was begun is ended, also where sessions are not renewed by themselves: it tells whether there still is one.
pub(super) fn broken_off(model: &mut Model, team: &Id, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(entry) = model.entry_mut(team) else { return };
    let state = &entry.state;
    if state.session.as_ref().is_some_and(|session| session.renews) && state.refresh.running.is_none() && !state.leaving
    {
        start(entry, now, false, effects);
    }
}

/// True when a renewal should start now without a person. Never twice within 30 s (fault F01).
pub(super) fn is_due(entry: &TeamEntry, prefs: &Prefs, now: Timestamp) -> bool {
    let (state, refresh) = (&entry.state, &entry.state.refresh);
    let Some(session) = state.session.as_ref().filter(|session| session.renews) else { return false };
    if state.leaving || refresh.running.is_some() || !prefs.auto_renew {
        return false;
    }
    let tried_lately = refresh.last_try.is_some_and(|at| now.duration_since(at).abs() < expiry::MIN_BETWEEN_TRIES);
    if tried_lately || refresh.not_before.is_some_and(|at| now < at) {
        return false;
    }
    refresh.wanted || expiry::renew_at(session, &entry.team.id).is_some_and(|at| at <= now)
}

fn start(entry: &mut TeamEntry, now: Timestamp, asked: bool, effects: &mut Vec<Effect>) {
    let refresh = &mut entry.state.refresh;
    refresh.running = Some(Running { since: now, asked });
    refresh.last_try = Some(now);
    refresh.wanted = false;
    effects.push(Effect::StartRenew { team: entry.team.id.clone() });
}

/// It worked. Who was logged out or removed meanwhile is not brought back (fault F85).
pub(super) fn renewed(model: &mut Model, team: &Id, facts: SessionFacts, effects: &mut Vec<Effect>) {
    works_again(model);
    model.offline_since = None;
    let (prefs, focused) = (model.prefs.clone(), model.focused);
    let Some(entry) = model.entry_mut(team) else { return };
    let state = &mut entry.state;
    let asked = state.refresh.running.take().is_some_and(|running| running.asked);
    if state.session.is_none() || state.leaving {
        return;
    }
    let warned = state.told.warned || state.told.ended;
    adopt(state, Some(facts), &prefs);
    if (asked || warned) && !focused {
        effects.push(Effect::Notify(Telling::Team(team.clone(), Kind::Renewed)));
    }
}

pub(super) fn failed(model: &mut Model, team: &Id, failure: Failure, now: Timestamp, effects: &mut Vec<Effect>) {
    note_keychain(model, &failure);
    let focused = model.focused;
    let Some(entry) = model.entry_mut(team) else { return };
    let state = &mut entry.state;
    let asked = state.refresh.running.take().is_some_and(|running| running.asked);
    let Some(session) = state.session.as_mut().filter(|_| !state.leaving) else { return };
    let refresh = &mut state.refresh;
    refresh.failures = refresh.failures.saturating_add(1);
    refresh.failing = Some(failure.kind).filter(|kind| *kind != FailureKind::Cancelled);
    let rest = expiry::backoff(refresh.failures, failure.retry_after, team);
    let rest = if failure.kind.passes() { rest } else { rest.max(SLOWLY) };
    refresh.not_before = Some(expiry::after(now, rest));
    state.problem = Some(failure.problem).filter(|_| failure.kind != FailureKind::Cancelled);
    match failure.kind {
        FailureKind::Ended => {
            // The server's word counts more than any clock (security D5).
            session.expires = session.expires.min(now);
            session.renews = false;
            refresh.failing = None;
        }
        FailureKind::Offline => {
            model.offline_since.get_or_insert(now);
        }
        FailureKind::Passing => model.offline_since = None,
        FailureKind::Keychain | FailureKind::Cancelled | FailureKind::Final => {}
    }
    // Who clicked wants to hear of it; of anything else only what the state calls for is said.
    if asked && failure.kind.passes() && !focused {
        effects.push(Effect::Notify(Telling::Team(team.clone(), Kind::CouldNotRenew)));
    }
}
