//! What only the tray program knows of a session and must still know when it starts again: nobody is told twice.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::mind::model::{Model, TeamState, Told};
use crate::words::id::Id;

/// The version of the file's shape.
const VERSION: u32 = 1;

/// What was told, and since when, of the sessions there are. No secret is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    version: u32,
    teams: BTreeMap<Id, OfTeam>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OfTeam {
    /// When the token ends that all this is said of: of another one nothing was told yet.
    expires: Timestamp,
    #[serde(default)]
    told: Told,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<Timestamp>,
}

impl Remembered {
    pub fn of(model: &Model) -> Self {
        let unseen = |team: &Id| model.live.values().any(|live| live.lost && live.teams.contains(team));
        let teams = model.teams.iter().filter_map(|entry| {
            let TeamState { told, snoozed_until, since, used, .. } = entry.state;
            let told = if unseen(&entry.team.id) { Told::default() } else { told };
            let expires = entry.state.session.as_ref()?.expires;
            Some((entry.team.id.clone(), OfTeam { expires, told, snoozed_until, since, used }))
        });
        Remembered { version: VERSION, teams: teams.collect() }
    }

    /// Reads the file. One that cannot be read counts as empty: being told twice is the worst of it.
    pub fn parse(bytes: &[u8]) -> Self {
        match serde_json::from_slice::<Remembered>(bytes) {
            Ok(remembered) if remembered.version == VERSION => remembered,
            _ => Remembered::default(),
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Puts it into a fresh model, for the sessions that are still the same.
    pub fn recall(&self, model: &mut Model) {
        for entry in &mut model.teams {
            let Some(of_team) = self.teams.get(&entry.team.id) else { continue };
            let state = &mut entry.state;
            state.used = state.used.max(of_team.used);
            if state.session.as_ref().is_some_and(|session| session.expires == of_team.expires) {
                state.told = of_team.told;
                state.snoozed_until = of_team.snoozed_until;
                state.since = of_team.since.or(state.since);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::mind::effect::Effect;
    use crate::mind::event::Event;
    use crate::mind::model::TeamEntry;
    use crate::mind::update::update;
    use crate::testkit::{at, fixed_session, team};

    fn model() -> Model {
        let facts = fixed_session(at("2026-11-20T10:00:00Z"), 8 * 60);
        let state = TeamState { session: Some(facts), ..TeamState::default() };
        Model { teams: vec![TeamEntry { team: team("acme"), state }], ..Model::default() }
    }

    fn tellings(model: &mut Model, now: &str) -> usize {
        let effects = update(model, Event::Ticked, at(now));
        effects.iter().filter(|effect| matches!(effect, Effect::Notify(_))).count()
    }

    #[test]
    fn who_was_warned_is_not_warned_again_after_a_restart_but_told_of_the_end() {
        let mut before = model();
        assert_eq!(tellings(&mut before, "2026-11-20T17:55:00Z"), 1);
        let bytes = Remembered::of(&before).to_bytes();
        let mut after = model();
        Remembered::parse(&bytes).recall(&mut after);
        assert_eq!(tellings(&mut after, "2026-11-20T17:56:00Z"), 0);
        assert_eq!(tellings(&mut after, "2026-11-20T18:00:01Z"), 1);
        let bytes = Remembered::of(&after).to_bytes();
        let mut again = model();
        Remembered::parse(&bytes).recall(&mut again);
        assert_eq!(tellings(&mut again, "2026-11-20T18:00:02Z"), 0);
    }

    // F139
    #[test]
    fn what_nobody_could_show_counts_as_not_told() {
        let mut before = model();
        assert_eq!(tellings(&mut before, "2026-11-20T17:55:00Z"), 1);
        let notice = before.live.keys().next().unwrap().clone();
        update(&mut before, Event::NoticeLost { notice }, at("2026-11-20T17:55:01Z"));
        let mut after = model();
        Remembered::of(&before).recall(&mut after);
        assert_eq!(tellings(&mut after, "2026-11-20T17:56:00Z"), 1);
    }

    #[test]
    fn another_session_is_another_story() {
        let mut before = model();
        assert_eq!(tellings(&mut before, "2026-11-20T17:55:00Z"), 1);
        let remembered = Remembered::of(&before);
        let mut after = model();
        after.teams[0].state.session = Some(fixed_session(at("2026-11-20T10:00:01Z"), 8 * 60));
        remembered.recall(&mut after);
        assert_eq!(tellings(&mut after, "2026-11-20T17:56:00Z"), 1);
    }

    #[test]
    fn a_file_that_cannot_be_read_counts_as_empty() {
        for bytes in [&b""[..], b"{", b"{\"version\":9,\"teams\":{}}", b"\xff", b"[]"] {
            assert_eq!(Remembered::parse(bytes), Remembered::default());
        }
    }
}
