//! Tools that wait for a person: told once for each team, answered as soon as it is clear how it ends.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::mind::effect::Effect;
use crate::mind::expiry;
use crate::mind::health::Health;
use crate::mind::model::{AskerId, Live, Model, TeamEntry};
use crate::words::id::Id;
use crate::words::notice::{Kind, NoticeId, Telling};

/// Who said no is left alone for so long: a tool that tries again and again must not wear people out.
const REST: SignedDuration = SignedDuration::from_mins(5);

/// More tools than any build starts at once: whoever sends more only wants to fill our memory.
const MOST: usize = 1000;

pub(super) fn needed(
    model: &mut Model,
    team: &Id,
    asker: AskerId,
    by: String,
    now: Timestamp,
    effects: &mut Vec<Effect>,
) {
    let resting = model.entry(team).is_some_and(|entry| entry.state.refused_until.is_some_and(|until| now < until));
    let full = model.teams.iter().map(|entry| entry.state.needed.len()).sum::<usize>() >= MOST;
    match model.entry_mut(team).filter(|_| !resting && !full) {
        Some(entry) => {
            entry.state.used = Some(now);
            entry.state.needed.insert(asker, by);
        }
        None => effects.push(Effect::AnswerAsker { asker, come: false }),
    }
}

pub(super) fn left(model: &mut Model, team: &Id, asker: AskerId) {
    if let Some(entry) = model.entry_mut(team) {
        entry.state.needed.remove(&asker);
    }
}

pub(super) fn refuse(model: &mut Model, team: &Id, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(entry) = model.entry_mut(team) else { return };
    entry.state.refused_until = Some(expiry::after(now, REST));
    let asked = std::mem::take(&mut entry.state.needed);
    effects.extend(asked.into_keys().map(|asker| Effect::AnswerAsker { asker, come: false }));
}

/// Answers those whose team is logged in, and tells the person of the others: once until all of them are gone.
pub(super) fn tell(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    for place in 0..model.teams.len() {
        let health = model.teams[place].health(model, now);
        let TeamEntry { team, state } = &mut model.teams[place];
        if matches!(health, Health::Fresh | Health::Soon) {
            let asked = std::mem::take(&mut state.needed);
            effects.extend(asked.into_keys().map(|asker| Effect::AnswerAsker { asker, come: true }));
        }
        if state.needed.is_empty() {
            state.told_needed = false;
        } else if !state.told_needed && state.login.is_none() {
            state.told_needed = true;
            let team = team.id.clone();
            let live = Live { kind: Kind::Needed, teams: BTreeSet::from([team.clone()]), shown: now, lost: false };
            model.live.insert(NoticeId::Team(team.clone()), live);
            effects.push(Effect::Notify(Telling::Team(team, Kind::Needed)));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::mind::event::Event;
    use crate::mind::model::{Login, TeamState};
    use crate::mind::update::update;
    use crate::testkit::{at, id, session, team};
    use crate::words::action::Action;
    use crate::words::login::LoginId;

    fn now() -> Timestamp {
        at("2026-11-20T12:00:00Z")
    }

    fn model() -> Model {
        Model { teams: vec![TeamEntry { team: team("acme"), state: TeamState::default() }], ..Model::default() }
    }

    fn ask(model: &mut Model, asker: u64) -> Vec<Effect> {
        let needed = Event::Needed { team: id("acme"), asker: AskerId(asker), by: "terraform".into() };
        update(model, needed, now())
    }

    fn told(effects: &[Effect]) -> usize {
        effects.iter().filter(|effect| matches!(effect, Effect::Notify(Telling::Team(_, Kind::Needed)))).count()
    }

    fn answers(effects: &[Effect]) -> Vec<(u64, bool)> {
        let answer = |effect: &Effect| match effect {
            Effect::AnswerAsker { asker, come } => Some((asker.0, *come)),
            _ => None,
        };
        effects.iter().filter_map(answer).collect()
    }

    #[test]
    fn fifty_tools_that_wait_are_one_notice_and_all_go_on_after_one_login() {
        let mut model = model();
        let all: Vec<Effect> = (0..50).flat_map(|asker| ask(&mut model, asker)).collect();
        assert_eq!((told(&all), answers(&all).len()), (1, 0));
        let click = Event::Clicked(Action::LogIn { team: id("acme") });
        let effects = update(&mut model, click, now());
        assert!(effects.contains(&Effect::CloseNotice(NoticeId::Team(id("acme")))));
        let facts = session(now(), 60);
        let effects = update(&mut model, Event::LoggedIn { team: id("acme"), login: Some(LoginId(0)), facts }, now());
        assert_eq!(answers(&effects), (0..50).map(|asker| (asker, true)).collect::<Vec<_>>());
    }

    #[test]
    fn who_said_no_is_not_asked_again_for_a_while_and_no_notice_comes_back_by_itself() {
        let mut model = model();
        ask(&mut model, 1);
        let closed = Event::NoticeClosed { notice: NoticeId::Team(id("acme")) };
        assert_eq!(told(&update(&mut model, closed, now())), 0);
        assert_eq!(told(&ask(&mut model, 2)), 0);
        let effects = update(&mut model, Event::Clicked(Action::Refuse { team: id("acme") }), now());
        assert_eq!(answers(&effects), [(1, false), (2, false)]);
        let effects = ask(&mut model, 3);
        assert_eq!((told(&effects), answers(&effects)), (0, vec![(3, false)]));
    }

    #[test]
    fn there_is_an_end_to_how_many_may_wait() {
        let mut model = model();
        let all: Vec<Effect> = (0..1001).flat_map(|asker| ask(&mut model, asker)).collect();
        assert_eq!(answers(&all), [(1000, false)]);
    }

    #[test]
    fn a_tool_that_gives_up_takes_its_notice_along() {
        let mut model = model();
        ask(&mut model, 1);
        let effects = update(&mut model, Event::AskerLeft { team: id("acme"), asker: AskerId(1) }, now());
        assert_eq!(effects, [Effect::CloseNotice(NoticeId::Team(id("acme")))]);
        assert_eq!(told(&ask(&mut model, 2)), 1);
    }

    #[test]
    fn a_login_under_way_is_all_that_can_be_said() {
        let mut model = model();
        model.teams[0].state.login = Some(Login::new(LoginId(0), None, now()));
        assert_eq!(told(&ask(&mut model, 1)), 0);
    }
}
