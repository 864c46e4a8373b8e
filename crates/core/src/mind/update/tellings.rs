//! Which notices appear and disappear: each thing once, related things together, nothing that is solved.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::mind::calls::called_for;
use crate::mind::effect::Effect;
use crate::mind::expiry;
use crate::mind::model::{Live, Model, TeamEntry, TeamState, Told};
use crate::words::id::Id;
use crate::words::notice::{Kind, NoticeId, Telling};

use super::renewals;

/// What concerns several teams within this time is said together (experience B5).
const TOGETHER: SignedDuration = SignedDuration::from_mins(5);

pub(super) fn tell(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    close_solved(model, now, effects);
    tell_codes(model, now, effects);
    tell_locked(model, now, effects);
    if is_settling(model, now) {
        return;
    }
    model.settling_until = None;
    let mut group = due(model, now);
    if group.is_empty() {
        return;
    }
    join_recent(model, now, &mut group);
    for entry in &mut model.teams {
        if let Some(kind) = group.get(&entry.team.id) {
            mark(&mut entry.state.told, *kind);
        }
    }
    if model.focused {
        return;
    }
    show(model, group, now, effects);
}

/// Tells again what nobody could show, as it stands by now. What is solved meanwhile is closed by [`tell`].
pub(super) fn tell_lost(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let lost = model.live.iter().filter(|(_, live)| live.lost && still_holds(model, live, now));
    let again: Vec<(NoticeId, Telling)> = lost.map(|(id, live)| (id.clone(), telling(model, id, live, now))).collect();
    for (id, telling) in again {
        if let Some(live) = model.live.get_mut(&id) {
            live.lost = false;
        }
        effects.push(Effect::Notify(telling));
    }
}

/// What a notice says that was told before.
fn telling(model: &Model, id: &NoticeId, live: &Live, now: Timestamp) -> Telling {
    let kind = |team: &Id| match live.kind {
        Kind::CheckCode | Kind::Needed => Some(live.kind),
        _ => model.entry(team).and_then(|entry| called_for(entry, model, now)),
    };
    match id {
        NoticeId::Team(team) => Telling::Team(team.clone(), kind(team).unwrap_or(live.kind)),
        NoticeId::Several => {
            Telling::Several(live.teams.iter().filter_map(|team| Some((team.clone(), kind(team)?))).collect())
        }
        NoticeId::Keychain | NoticeId::Copied => Telling::Locked,
    }
}

/// What must be said now, and what would have to be said within the next minutes anyway.
fn due(model: &Model, now: Timestamp) -> BTreeMap<Id, Kind> {
    let called = |at| {
        model.teams.iter().filter_map(move |entry| {
            let kind = called_for(entry, model, at)?;
            (!is_told(&entry.state, kind, at)).then(|| (entry.team.id.clone(), kind))
        })
    };
    let mut group: BTreeMap<Id, Kind> = called(now).collect();
    if group.values().any(|kind| matches!(kind, Kind::Ending | Kind::NeedsPerson)) {
        let soon = called(expiry::after(now, TOGETHER)).filter(|(_, kind)| is_warning(*kind));
        for (team, kind) in soon {
            group.entry(team).or_insert(kind);
        }
    }
    group
}

/// Takes in the teams of notices that appeared a moment ago and still hold.
fn join_recent(model: &Model, now: Timestamp, group: &mut BTreeMap<Id, Kind>) {
    for live in model.live.values() {
        let recent = now.duration_since(live.shown).abs() < TOGETHER;
        if !recent || !(is_warning(live.kind) || matches!(live.kind, Kind::Ended | Kind::Several)) {
            continue;
        }
        for team in &live.teams {
            if let Some(kind) = model.entry(team).and_then(|entry| called_for(entry, model, now)) {
                group.entry(team.clone()).or_insert(kind);
            }
        }
    }
}

/// Shows one notice; the teams in it have no other one left.
fn show(model: &mut Model, group: BTreeMap<Id, Kind>, now: Timestamp, effects: &mut Vec<Effect>) {
    let teams: BTreeSet<Id> = group.keys().cloned().collect();
    let (id, kind, telling) = match group.iter().next() {
        Some((team, kind)) if group.len() == 1 => {
            (NoticeId::Team(team.clone()), *kind, Telling::Team(team.clone(), *kind))
        }
        _ => (NoticeId::Several, Kind::Several, Telling::Several(group.into_iter().collect())),
    };
    let replaced: Vec<NoticeId> = model
        .live
        .iter()
        .filter(|(other, live)| **other != id && live.kind != Kind::CheckCode && !live.teams.is_disjoint(&teams))
        .map(|(other, _)| other.clone())
        .collect();
    for other in replaced {
        model.live.remove(&other);
        effects.push(Effect::CloseNotice(other));
    }
    model.live.insert(id, Live { kind, teams, shown: now, lost: false });
    effects.push(Effect::Notify(telling));
}

fn close_solved(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let solved: Vec<NoticeId> =
        model.live.iter().filter(|(_, live)| !still_holds(model, live, now)).map(|(id, _)| id.clone()).collect();
    for id in solved {
        model.live.remove(&id);
        effects.push(Effect::CloseNotice(id));
    }
}

fn still_holds(model: &Model, live: &Live, now: Timestamp) -> bool {
    let holds = |entry: &TeamEntry| match live.kind {
        Kind::CheckCode => entry.state.shows_code(),
        Kind::Needed => !entry.state.needed.is_empty() && entry.state.login.is_none(),
        _ => called_for(entry, model, now).is_some(),
    };
    match live.kind {
        Kind::Locked => model.keychain.is_closed(),
        _ => live.teams.iter().filter_map(|team| model.entry(team)).any(holds),
    }
}

/// N5: the code is shown where the person is; the window shows it by itself.
fn tell_codes(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    for entry in &mut model.teams {
        let shows = entry.state.shows_code();
        let Some(login) = entry.state.login.as_mut().filter(|login| shows && !login.told_code) else { continue };
        login.told_code = true;
        if !model.focused {
            let team = entry.team.id.clone();
            let live = Live { kind: Kind::CheckCode, teams: BTreeSet::from([team.clone()]), shown: now, lost: false };
            model.live.insert(NoticeId::Team(team.clone()), live);
            effects.push(Effect::Notify(Telling::Team(team, Kind::CheckCode)));
        }
    }
}

fn tell_locked(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let waits = model.teams.iter().any(|entry| entry.state.session.is_some());
    if !model.keychain.is_closed() || model.told_locked || !waits {
        return;
    }
    model.told_locked = true;
    if !model.focused {
        model
            .live
            .insert(NoticeId::Keychain, Live { kind: Kind::Locked, teams: BTreeSet::new(), shown: now, lost: false });
        effects.push(Effect::Notify(Telling::Locked));
    }
}

/// After a sleep: renewals are on their way, and what they bring decides what is worth saying.
fn is_settling(model: &Model, now: Timestamp) -> bool {
    let waits = |entry: &TeamEntry| entry.state.refresh.running.is_some() || renewals::is_due(entry, &model.prefs, now);
    model.settling_until.is_some_and(|until| now < until) && model.teams.iter().any(waits)
}

fn is_told(state: &TeamState, kind: Kind, now: Timestamp) -> bool {
    let told = state.told;
    match kind {
        Kind::Hint => told.hinted || told.warned,
        Kind::Ended => told.ended,
        _ => told.warned || state.snoozed_until.is_some_and(|until| now < until),
    }
}

fn mark(told: &mut Told, kind: Kind) {
    told.hinted = true;
    told.warned |= kind != Kind::Hint;
    told.ended |= kind == Kind::Ended;
}

fn is_warning(kind: Kind) -> bool {
    matches!(kind, Kind::Ending | Kind::NeedsPerson | Kind::CouldNotRenew)
}
