//! The words of every state, as people read them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::doors::provider::ProviderError;
use crate::face::problem;
use crate::mind::model::{Keychain, Login, Running, TeamState};
use crate::testkit::{at, code_to_compare, fixed_session, session, team, zone};
use crate::words::login::LoginId;
use crate::words::question::Question;
use crate::words::session::SessionFacts;

/// 12:28 in the time zone of the tests, a Friday.
fn noon() -> Timestamp {
    at("2026-11-20T11:28:00Z")
}

fn table<T>(rows: impl IntoIterator<Item = T>, line: impl Fn(T) -> String) -> String {
    rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_time_left_is_said_as_the_table_of_the_design_says_it() {
    let minute = 60;
    let hour = 60 * minute;
    let seconds = [
        72 * hour + 6 * hour,
        48 * hour,
        29 * hour,
        24 * hour + 59,
        24 * hour - 1,
        6 * hour + 12 * minute,
        2 * hour,
        61 * minute,
        60 * minute - 1,
        42 * minute,
        9 * minute + 59,
        60,
        59,
        0,
        -5,
    ];
    let said = table(seconds, |s| {
        let left = SignedDuration::from_secs(s);
        format!("{:>7} | {} | {}", s, short(left), long(left, expiry::after(noon(), left), noon(), &zone()))
    });
    insta::assert_snapshot!(said, @r"
     280800 | 3 days | 3 days, until Monday 18:28
     172800 | 2 days | 2 days, until Sunday 12:28
     104400 | 1 day 5 h | 1 day 5 hours, until tomorrow 17:28
      86459 | 1 day | 1 day, until tomorrow 12:28
      86399 | 23 h 59 min | 23 hours 59 minutes, until 12:27 tomorrow
      22320 | 6 h 12 min | 6 hours 12 minutes, until 18:40 today
       7200 | 2 h | 2 hours, until 14:28 today
       3660 | 1 h 1 min | 1 hour 1 minute, until 13:29 today
       3599 | 59 min | 59 minutes, until 13:27
       2520 | 42 min | 42 minutes, until 13:10
        599 | 9 min | 9 minutes, until 12:37
         60 | 1 min | 1 minute, until 12:29
         59 | < 1 min | less than a minute
          0 | < 1 min | less than a minute
         -5 | < 1 min | less than a minute
    ");
}

#[test]
fn the_past_is_said_with_its_day_and_far_days_with_their_date() {
    let ended = ["2026-11-20T11:24:00Z", "2026-11-19T17:40:00Z", "2026-11-17T17:40:00Z", "2026-01-02T03:04:05Z"];
    let said = table(ended, |text| {
        let end = Some(at(text));
        format!("{} | {}", ended_short(end, noon(), &zone()), ended_long(end, noon(), &zone()))
    });
    insta::assert_snapshot!(said, @r"
    ended 12:24 | ended 4 minutes ago, at 12:24
    ended yesterday 18:40 | ended 17 hours 48 minutes ago, yesterday 18:40
    ended Tuesday 18:40 | ended 2 days ago, Tuesday 18:40
    ended 2 Jan 04:04 | ended 322 days ago, 2 Jan 04:04
    ");
    assert_eq!(until(at("2030-12-24T12:00:00Z"), noon(), &zone()), "until 24 Dec 2030 13:00");
}

// F54
#[test]
fn another_time_zone_changes_what_is_shown_and_nothing_else() {
    let end = at("2026-11-20T17:40:00Z");
    let tokyo = TimeZone::posix("JST-9").unwrap();
    assert_eq!(until(end, noon(), &zone()), "until 18:40");
    assert_eq!(until(end, noon(), &tokyo), "until tomorrow 02:40");
    // Summer time begins between now and then: the hours left stay true.
    let (before, after) = (at("2026-03-28T23:30:00Z"), at("2026-03-29T05:30:00Z"));
    assert_eq!(long(after.duration_since(before), after, before, &zone()), "6 hours, until 07:30 today");
}

// F55
#[test]
fn no_moment_is_too_far_to_be_said() {
    for moment in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH, at("9999-12-30T22:00:00.9Z")] {
        for now in [Timestamp::MIN, Timestamp::MAX, noon()] {
            let left = moment.duration_since(now);
            assert!(!long(left, moment, now, &zone()).is_empty());
            assert!(!ended_long(Some(moment), now, &zone()).is_empty());
            assert!(!until(moment, now, &zone()).is_empty());
        }
    }
}

fn entry(change: impl FnOnce(&mut TeamState)) -> TeamEntry {
    let mut state = TeamState::default();
    change(&mut state);
    TeamEntry { team: team("acme"), state }
}

fn logged_in(facts: SessionFacts) -> TeamEntry {
    entry(|state| state.session = Some(facts))
}

fn login(step: Step, asking: Option<Question>) -> TeamEntry {
    entry(|state| state.login = Some(Login { step, asking, ..Login::new(LoginId(1), None, noon()) }))
}

fn scenes() -> Vec<(Model, TeamEntry)> {
    let model = Model::default();
    let earlier = expiry::after(noon(), -SignedDuration::from_mins(30));
    let with_limit = SessionFacts { limit: Some(at("2026-11-20T17:40:00Z")), ..session(earlier, 60) };
    let offline = Model { offline_since: Some(at("2026-11-20T11:02:00Z")), ..Model::default() };
    let locked = Model { keychain: Keychain::Locked, ..Model::default() };
    let broken = problem::of_provider(&ProviderError::WrongPassword, "acme");
    let code = code_to_compare("WDDH-KRPT", expiry::after(noon(), SignedDuration::from_secs(492)));
    let totp = Question::code(crate::words::question::CodeKind::Authenticator, None);
    let renewing = TeamState {
        session: Some(session(earlier, 60)),
        refresh: crate::mind::model::Refresh {
            running: Some(Running { since: noon(), asked: true }),
            ..Default::default()
        },
        ..TeamState::default()
    };
    let could_not = TeamState {
        session: Some(session(earlier, 72)),
        problem: Some(broken),
        refresh: crate::mind::model::Refresh { failing: Some(FailureKind::Final), failures: 1, ..Default::default() },
        ..TeamState::default()
    };
    vec![
        (model.clone(), entry(|_| {})),
        (model.clone(), TeamEntry { team: team("acme"), state: renewing }),
        (model.clone(), login(Step::Starting, None)),
        (model.clone(), login(Step::Starting, Some(code))),
        (model.clone(), login(Step::Checking, Some(totp))),
        (model.clone(), logged_in(with_limit)),
        (model.clone(), logged_in(session(earlier, 60))),
        (model.clone(), logged_in(session(earlier, 20))),
        (model.clone(), logged_in(fixed_session(earlier, 39))),
        (model.clone(), logged_in(fixed_session(earlier, 26))),
        (model.clone(), logged_in(fixed_session(at("2026-11-19T10:00:00Z"), 60))),
        (offline.clone(), logged_in(session(earlier, 71))),
        (offline, logged_in(session(earlier, 20))),
        (locked, logged_in(session(earlier, 71))),
        (model, TeamEntry { team: team("acme"), state: could_not }),
    ]
}

#[test]
fn every_state_has_its_row_and_its_tooltip() {
    let said = table(scenes(), |(model, entry)| {
        let shown = present(&entry, &model, noon(), &zone());
        format!("{} | {} | {:?}", shown.row, shown.tooltip, shown.icon)
    });
    insta::assert_snapshot!(said, @r"
    ○ acme · Logged out | Keyfob — logged out | Hollow
    … acme · Renewing | Keyfob — renewing acme | Dots
    … acme · Starting | acme — starting | Dots
    … acme · Waiting for browser (8 min) | acme — waiting for browser (8 min) | Dots
    ? acme · Code needed | acme — code needed | Ask
    ● acme · 6 h 12 min left | acme — 6 h 12 min left | Solid
    ● acme · renews itself | acme — renews itself | Solid
    ● acme · renews when used | acme — renews when used | Solid
    ◔ acme · ends in 9 min | acme ends in 9 min | Clock
    ▲ acme · Ended 12:24 | acme ended 12:24 — log in | Bang
    ○ acme · Logged out | Keyfob — logged out | Hollow
    ⌀ acme · Offline, 41 min left | Offline — times are from 12:02 | Slash
    ⌀ acme · Offline | Offline — times are from 12:02 | HollowSlash
    ⚿ acme · Keychain locked | Keychain locked — click to unlock | Lock
    ✕ acme · Could not renew | acme — could not renew: User name or password is not right | Cross
    ");
}

#[test]
fn every_state_has_its_line_in_a_terminal_and_its_exit_status() {
    let said = table(scenes(), |(model, entry)| {
        let shown = present(&entry, &model, noon(), &zone());
        let c = shown.cli;
        format!("{} {} | {} | {} | {} | {} | {}", c.symbol, c.name, c.who, c.left, c.until, c.note, shown.exit)
    });
    insta::assert_snapshot!(said, @r"
    ○ acme | — | logged out |  |  | 3
    … acme | admin | renewing | until 12:58 |  | 0
    … acme | — | starting |  |  | 3
    … acme | — | waiting for browser (8 min) |  |  | 3
    ? acme | — | code needed |  |  | 3
    ● acme | admin | 6 h 12 min | until 18:40 | renews itself | 0
    ● acme | admin | 30 min | until 12:58 | renews itself | 0
    ● acme | admin | — |  | renews when used | 0
    ◔ acme | admin | 9 min | until 12:37 | run: keyfob login acme | 0
    ▲ acme | admin | ended 12:24 |  | run: keyfob login acme | 3
    ○ acme | — | logged out |  |  | 3
    ⌀ acme | admin | 41 min | until 13:09 | offline | 0
    ⌀ acme | admin | offline |  | offline | 5
    ⚿ acme | admin | keychain locked |  | unlock it to go on | 6
    ✕ acme | admin | 42 min | until 13:10 | User name or password is not right | 0
    ");
}

#[test]
fn every_state_is_said_in_full_and_without_symbols() {
    let said = table(scenes(), |(model, entry)| {
        let shown = present(&entry, &model, noon(), &zone());
        format!("{}\n  {}", shown.a11y, shown.detail)
    });
    insta::assert_snapshot!(said, @r"
    acme, logged out
      Logged out
    acme, renewing
      Renewing · Logged in as admin · 30 minutes, until 12:58
    acme, starting
      Starting
    acme, waiting for browser (8 min)
      Waiting for browser (8 min)
    acme, code needed
      Code needed
    acme, logged in, 6 hours 12 minutes, until 18:40 today
      Logged in as admin · 6 hours 12 minutes, until 18:40 today · renews itself at 12:41
    acme, logged in, 30 minutes, until 12:58
      Logged in as admin · 30 minutes, until 12:58 · renews itself at 12:41
    acme, logged in
      Logged in as admin · renews itself
    acme, ending soon, 9 minutes, until 12:37
      Logged in as admin · 9 minutes, until 12:37
    acme, ended 12:24
      Ended 4 minutes ago, at 12:24
    acme, logged out
      Logged out
    acme, offline, 41 minutes, until 13:09
      Offline · Logged in as admin · 41 minutes, until 13:09
    acme, offline
      Offline · Logged in as admin
    acme, keychain locked
      Keychain locked · Unlock it to go on
    acme, could not renew
      Could not renew · User name or password is not right · 42 minutes, until 13:10
    ");
}

#[test]
fn no_tooltip_is_longer_than_sixty_characters() {
    for (model, mut entry) in scenes() {
        entry.team.name = "n".repeat(64);
        assert!(present(&entry, &model, noon(), &zone()).tooltip.chars().count() <= 60);
    }
}

#[test]
fn a_server_cannot_smuggle_direction_marks_into_a_row() {
    let mut facts = session(noon(), 60);
    facts.who = "ad\u{202e}min\u{1b}[31m".into();
    let shown = present(&logged_in(facts), &Model::default(), noon(), &zone());
    assert_eq!(shown.cli.who, "admin[31m");
    assert!(!shown.detail.contains('\u{202e}'));
}
