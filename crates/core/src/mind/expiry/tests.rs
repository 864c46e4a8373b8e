//! When to renew, to warn and to say that something ended, on given moments.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::testkit::{at, fixed_session, id, session};

fn start() -> Timestamp {
    at("2026-11-20T12:00:00Z")
}

fn minutes(count: i64) -> Timestamp {
    after(start(), MINUTE * i32::try_from(count).unwrap())
}

fn state(facts: SessionFacts) -> TeamState {
    TeamState { since: Some(facts.issued), session: Some(facts), ..TeamState::default() }
}

#[test]
fn a_renewal_begins_before_the_window_in_which_the_sdks_renew_by_themselves() {
    for (life, earliest, latest) in [(60, 40, 45), (480, 455, 460), (720, 695, 700)] {
        let at = renew_at(&session(start(), life), &id("acme")).unwrap();
        assert!(minutes(earliest) <= at && at <= minutes(latest), "{life} min: {at}");
        assert!(minutes(life).duration_since(at) >= MINUTE * 15);
    }
}

#[test]
fn teams_that_logged_in_together_renew_at_different_moments_and_always_at_the_same_ones() {
    let moments: std::collections::BTreeSet<Timestamp> =
        (0..100).map(|n| renew_at(&session(start(), 480), &id(&format!("team{n}"))).unwrap()).collect();
    assert!(moments.len() > 80, "only {} different moments", moments.len());
    assert_eq!(renew_at(&session(start(), 480), &id("a")), renew_at(&session(start(), 480), &id("a")));
}

#[test]
fn teams_spread_over_a_twelfth_of_the_life_and_over_five_minutes_at_most() {
    for (life, latest, spread) in [(12, 9, 1), (48, 36, 4), (480, 460, 5)] {
        let moments = (0..200).map(|n| renew_at(&session(start(), life), &id(&format!("team{n}"))).unwrap());
        let (first, last) = (moments.clone().min().unwrap(), moments.max().unwrap());
        assert!(minutes(latest - spread) <= first && last <= minutes(latest), "{life} min: {first} to {last}");
        assert!(last.duration_since(first) > MINUTE * i32::try_from(spread).unwrap() * 9 / 10, "{life} min");
    }
    // Another version must not choose another moment: the tray of yesterday and the command of today share it.
    assert_eq!(renew_at(&session(start(), 480), &id("acme")), Some(at("2026-11-20T19:38:14.7Z")));
}

#[test]
fn what_cannot_be_renewed_or_would_gain_nothing_is_left_alone() {
    assert_eq!(renew_at(&fixed_session(start(), 60), &id("acme")), None);
    let at_its_limit = SessionFacts { limit: Some(minutes(60)), ..session(start(), 60) };
    assert_eq!(renew_at(&at_its_limit, &id("acme")), None);
}

#[test]
fn pauses_double_from_thirty_seconds_to_two_minutes() {
    for team in ["a", "b", "c", "d"] {
        let pauses: Vec<i64> = (1..8).map(|n| backoff(n, None, &id(team)).as_secs()).collect();
        assert_eq!(pauses[0], 30);
        assert!((48..=60).contains(&pauses[1]), "{pauses:?}");
        assert!(pauses[2..].iter().all(|pause| (96..=120).contains(pause)), "{pauses:?}");
    }
    assert_eq!(backoff(u32::MAX, Some(u32::MAX), &id("a")).as_secs(), 600);
}

#[test]
fn a_credential_is_fresh_while_no_sdk_would_ask_for_another() {
    let hour = |now| credential_is_fresh(start(), minutes(60), minutes(now));
    assert!(hour(0) && hour(43));
    assert!(!hour(44) && !hour(60) && !hour(90));
    // L4: never in the last minute, however short its life is.
    let short = |seconds| credential_is_fresh(start(), minutes(2), after(start(), SignedDuration::from_secs(seconds)));
    assert!(short(59) && !short(60));
    // F51: a clock that stands before the moment of issue is not believed.
    assert!(!hour(-6));
    assert!(hour(-5), "a few minutes of difference between two clocks are usual");
}

#[test]
fn a_credential_that_lives_only_as_long_as_the_sdks_want_is_used_for_most_of_its_life() {
    let quarter = |now| credential_is_fresh(start(), minutes(15), minutes(now));
    assert!(quarter(0) && quarter(10));
    assert!(!quarter(11));
}

#[test]
fn a_command_renews_a_token_five_minutes_ahead_or_a_quarter_of_a_shorter_life() {
    let wants = |life, now| renew_before_use(start(), minutes(life), minutes(now));
    assert!(!wants(60, 55) && wants(60, 56));
    assert!(!wants(8, 6) && wants(8, 7));
    assert!(!wants(2, 1) && wants(2, 2) && wants(0, 0));
}

#[test]
fn the_warning_comes_at_the_lead_time_but_never_in_the_first_three_quarters() {
    let prefs = Prefs::default();
    let warn = |life| warn_at(&state(fixed_session(start(), life)), &prefs);
    assert_eq!(warn(480), Some(minutes(470)));
    assert_eq!(warn(60), Some(minutes(50)));
    assert_eq!(warn(20), Some(minutes(15)));
    assert_eq!(warn(6), Some(minutes(5)), "not in the first five minutes");
    assert_eq!(warn(5), None);
    let long = Prefs { warn_minutes: 60, ..Prefs::default() };
    assert_eq!(warn_at(&state(fixed_session(start(), 120)), &long), Some(minutes(90)));
}

#[test]
fn no_warning_is_due_while_a_silent_renewal_will_prevent_the_end() {
    let prefs = Prefs::default();
    assert_eq!(warn_at(&state(session(start(), 60)), &prefs), None);
    assert_eq!(ended_at(&state(session(start(), 60)), &prefs), None);
    let limited = SessionFacts { limit: Some(minutes(480)), ..session(start(), 60) };
    assert_eq!(warn_at(&state(limited.clone()), &prefs), Some(minutes(470)));
    assert_eq!(headline(&state(limited), &prefs), Some(minutes(480)));
}

#[test]
fn where_nothing_is_renewed_unasked_the_end_of_the_token_is_the_end() {
    let (by_itself, by_hand) = (Prefs::default(), Prefs { auto_renew: false, ..Prefs::default() });
    let limited = state(SessionFacts { limit: Some(minutes(480)), ..session(start(), 60) });
    assert_eq!((ended_at(&limited, &by_itself), ended_at(&limited, &by_hand)), (Some(minutes(480)), Some(minutes(60))));
    let fixed = state(fixed_session(start(), 60));
    assert_eq!((ended_at(&fixed, &by_itself), ended_at(&fixed, &by_hand)), (Some(minutes(60)), Some(minutes(60))));
    assert_eq!(headline(&state(session(start(), 60)), &by_itself), Some(minutes(60)));
    assert_eq!(headline(&TeamState::default(), &by_itself), None);
}

#[test]
fn an_end_is_soon_from_the_warning_on_and_a_token_is_in_its_lead_time_whoever_renews_it() {
    let prefs = Prefs::default();
    let (fixed, renewing) = (state(fixed_session(start(), 60)), state(session(start(), 60)));
    assert_eq!([49, 50, 51].map(|now| is_soon(&fixed, &prefs, minutes(now))), [false, true, true]);
    assert_eq!([49, 50, 51].map(|now| is_soon(&renewing, &prefs, minutes(now))), [false; 3]);
    for state in [fixed, renewing] {
        assert_eq!([49, 50, 51].map(|now| in_lead_time(&state, &prefs, minutes(now))), [false, true, true]);
    }
    assert!(!in_lead_time(&TeamState::default(), &prefs, minutes(0)));
}

#[test]
fn an_early_hint_comes_an_hour_ahead_to_those_who_asked_for_it_and_only_of_long_sessions() {
    let asked = Prefs { early_hint: true, ..Prefs::default() };
    let hint = |life, prefs| hint_at(&state(fixed_session(start(), life)), prefs);
    assert_eq!([239, 240, 480].map(|life| hint(life, &asked)), [None, Some(minutes(180)), Some(minutes(420))]);
    let unasked = Prefs { early_hint: false, ..Prefs::default() };
    assert_eq!([239, 240].map(|life| hint(life, &unasked)), [None; 2]);
}

#[test]
fn a_renewal_does_not_shorten_the_life_that_the_lead_time_is_measured_by() {
    let mut late = state(SessionFacts { limit: Some(minutes(480)), ..session(minutes(465), 15) });
    late.since = Some(minutes(465));
    let as_if_new = warn_at(&late, &Prefs::default()).unwrap();
    assert!(as_if_new > minutes(475));
    late.since = Some(start());
    assert_eq!(warn_at(&late, &Prefs::default()), Some(minutes(470)));
}

#[test]
fn a_clock_that_was_set_back_does_not_lengthen_what_is_left() {
    let state = state(fixed_session(start(), 60));
    assert_eq!(left(&state, &Prefs::default(), minutes(-600)), Some(MINUTE * 60));
    assert_eq!(left(&state, &Prefs::default(), minutes(20)), Some(MINUTE * 40));
}

#[test]
fn the_next_look_is_at_the_half_minute_or_when_something_is_due() {
    let mut model = Model::default();
    assert_eq!(next_look(&model, at("2026-11-20T12:00:12Z")).as_secs(), 18);
    assert_eq!(next_look(&model, at("2026-11-20T12:00:30Z")).as_secs(), 30);
    let facts = SessionFacts { expires: at("2026-11-20T12:00:40Z"), ..fixed_session(start(), 0) };
    let team = crate::testkit::team("acme");
    model.teams.push(crate::mind::model::TeamEntry { team, state: state(facts) });
    assert_eq!(next_look(&model, at("2026-11-20T12:00:35Z")).as_secs(), 5);
    assert_eq!(next_look(&model, at("2026-11-20T12:00:40Z")).as_secs(), 20, "what is due now is waited for no more");
    // F55
    for now in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
        assert!(next_look(&model, now) > SignedDuration::ZERO && next_look(&model, now) <= LOOK_EVERY);
    }
}
