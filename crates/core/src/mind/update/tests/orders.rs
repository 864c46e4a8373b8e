//! Any events in any order: nothing panics, and what must always hold, holds after each of them.

use crate::testkit::code_to_compare;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::doors::ports::StoreError;
use crate::doors::provider::ProviderError as E;
use crate::testkit::zone;
use crate::words::about::Deed;
use crate::words::facts::TeamFacts;
use crate::words::login::Step;
use crate::words::notice::{Kind, NoticeId};
use crate::words::question::{CodeKind, Opening, Question};

const NAMES: [&str; 3] = ["a", "b", "c"];

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&NAMES)
}

/// Moments: mostly small steps, now and then the edges of time.
fn step_of_time() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..40_i64, 4 => 0..4_000_i64, 1 => -8_000..8_000_i64, 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

fn some_facts() -> impl Strategy<Value = (i64, i64, Option<i64>, bool)> {
    (-4_000..4_000_i64, -100..8_000_i64, prop::option::of(-100..30_000_i64), any::<bool>())
}

fn facts(now: Timestamp, (issued, life, limit, renews): (i64, i64, Option<i64>, bool)) -> SessionFacts {
    let issued = expiry::after(now, SignedDuration::from_secs(issued));
    SessionFacts {
        who: "admin".into(),
        nameless: false,
        issued,
        expires: expiry::after(issued, SignedDuration::from_secs(life)),
        limit: limit.map(|limit| expiry::after(issued, SignedDuration::from_secs(limit))),
        renews,
    }
}

fn failure(which: usize) -> Failure {
    let error = match which % 6 {
        0 => E::SessionEnded { code: "invalid_grant".into(), said: String::new() },
        1 => E::Http(crate::doors::ports::HttpError::Dns { host: "h".into() }),
        2 => E::ServerTrouble { host: "h".into(), status: 500 },
        3 => E::Cancelled,
        4 => E::UnknownClient { message: "x".into() },
        _ => return problem::of_store(&StoreError::Locked).into(),
    };
    problem::of_provider(&error, "acme").into()
}

type Raw = (usize, &'static str, (i64, i64, Option<i64>, bool), u64, i64);

/// Turns numbers into an event, so that a failing case shrinks well.
fn event((which, name, raw, number, _): &Raw, now: Timestamp) -> Event {
    let (team, login) = (id(name), LoginId(number % 6));
    let asked = code_to_compare("C", expiry::after(now, SignedDuration::from_mins(10)));
    let click = |action| Event::Clicked(action);
    let which = *which;
    match which {
        0 | 1 => Event::Ticked,
        2 => Event::Woke { jumped: SignedDuration::from_secs(raw.0) },
        3 => Event::TeamsChanged {
            teams: NAMES
                .iter()
                .take(1 + usize::try_from(number % 3).unwrap())
                .map(|name| crate::testkit::team(name))
                .collect(),
        },
        4 => Event::FactsChanged {
            facts: Facts {
                teams: BTreeMap::from([(
                    team,
                    TeamFacts { session: (number % 3 > 0).then(|| facts(now, *raw)), ..TeamFacts::default() },
                )]),
                ..Facts::default()
            },
        },
        5 if number % 2 == 0 => Event::LoginAsked { team, login, question: asked },
        5 => Event::LoginStepped {
            team,
            login,
            step: if number % 3 == 0 { Step::Checking } else { Step::Opening(Opening::Opened) },
        },
        6 => Event::LoginAsked { team, login, question: Question::code(CodeKind::Sms, None) },
        7 => Event::LoginFailed { team, login, failure: failure(usize::try_from(*number).unwrap()) },
        8 => Event::LoggedIn { team, login: Some(login), facts: facts(now, *raw) },
        9 | 10 => Event::Renewed { team, facts: facts(now, *raw) },
        11 | 12 => Event::RenewFailed { team, failure: failure(usize::try_from(*number).unwrap()) },
        13 => Event::LoggedOut { team, left: None },
        14 => Event::LogoutFailed { team, problem: failure(2).problem },
        15 => Event::KeychainChanged { keychain: if number % 2 == 0 { Keychain::Works } else { Keychain::Locked } },
        16 => Event::NetworkReturned,
        17 => Event::NetworkLost,
        18 => Event::FocusChanged { focused: number % 2 == 0 },
        19 if number % 3 == 0 => Event::NoticeClosed { notice: NoticeId::Several },
        19 if number % 3 == 1 => Event::NoticeLost { notice: NoticeId::Team(team) },
        19 => Event::NoticesReturned,
        20 => click(Action::LogIn { team }),
        21 => click(Action::CancelLogin { team }),
        22 => click(Action::Renew { team }),
        23 => click(Action::RenewAll { teams: NAMES.map(id).into() }),
        24 => click(Action::LogOut { team }),
        25 => click(Action::Snooze { team }),
        26 => click(Action::RetryNow),
        27 => click(Action::Unlock),
        28 => click(Action::OpenPage { team }),
        29 => Event::PrefsChanged {
            prefs: Prefs { auto_renew: number % 2 == 0, early_hint: number % 3 == 0, warn_minutes: 10 },
        },
        30 | 31 => {
            let deed = Deed::ALL[usize::try_from(number % 5).unwrap()];
            click(Action::Account { team, deed })
        }
        32 => Event::AccountDone { team, login, deed: Deed::Forgot },
        _ => click(Action::Quit),
    }
}

fn story() -> impl Strategy<Value = Vec<Raw>> {
    prop::collection::vec((0..34_usize, name(), some_facts(), 0..12_u64, step_of_time()), 1..60)
}

/// What must hold after every event.
fn check(model: &Model, before: &Model, event: &Event, effects: &[Effect], now: Timestamp) {
    let clicked = matches!(event, Event::Clicked(_));
    for effect in effects {
        match effect {
            Effect::StartLogin { .. } | Effect::StartAccount { .. } | Effect::Unlock | Effect::OpenBrowser { .. } => {
                assert!(clicked, "L5: {effect:?} after {event:?}");
            }
            Effect::StartRenew { team } => {
                let entry = model.entry(team).unwrap();
                assert!(entry.state.session.as_ref().is_some_and(|s| s.renews), "nothing to renew");
                let running = before.entry(team).and_then(|entry| entry.state.refresh.running);
                let answered = matches!(event, Event::Renewed { .. } | Event::RenewFailed { .. });
                assert!(running.is_none() || answered, "L3: two renewals at once");
                assert!(!entry.state.leaving, "renewed while logging out");
            }
            Effect::StartLogout { team } => assert!(before.entry(team).unwrap().state.session.is_some()),
            Effect::Notify(Telling::Team(team, kind)) => {
                let entry = model.entry(team).expect("a notice about a team that is gone");
                assert!(entry.state.session.is_some() || *kind == Kind::CheckCode, "{kind:?} for a logged-out team");
                if *kind == Kind::Ended {
                    assert!(expiry::ended_at(&entry.state, &model.prefs).unwrap() <= now);
                }
            }
            _ => {}
        }
    }
    // F83: whoever begins an attempt has stopped the one there was.
    for entry in &model.teams {
        let (team, now) = (&entry.team.id, entry.state.login.as_ref().map(|login| login.id));
        let before = before.entry(team).and_then(|entry| entry.state.login.as_ref());
        if let Some(before) = before.filter(|before| Some(before.id) != now) {
            let stopped = effects.contains(&Effect::StopLogin { team: team.clone(), login: before.id });
            let ended = matches!(event, Event::LoggedIn { .. } | Event::LoginFailed { .. } | Event::AccountDone { .. });
            assert!(stopped || ended, "an attempt was left running: {before:?} at {event:?}");
        }
    }
    assert!(!before.quitting || effects.is_empty() || !clicked, "clicked after quitting: {effects:?}");
    let mut spoken_of = BTreeSet::new();
    for live in model.live.values().filter(|live| live.kind != Kind::CheckCode) {
        for team in &live.teams {
            assert!(spoken_of.insert(team.clone()), "two notices about one team: {:?}", model.live);
        }
    }
    for telling in effects.iter().filter_map(|e| if let Effect::Notify(t) = e { Some(t) } else { None }) {
        if let Some(notice) = crate::face::notice::say(telling, model, now, &zone()) {
            assert!(notice.buttons.len() <= 2 && !notice.title.is_empty(), "{notice:?}");
        }
    }
    let face = crate::face::tray::face(model, now, &zone(), crate::face::tray::Options::default());
    assert!(face.tooltip.chars().count() <= 60 && !face.menu.is_empty());
    let look = expiry::next_look(model, now);
    assert!(look > SignedDuration::ZERO && look <= expiry::LOOK_EVERY, "{look:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_events_in_any_order_keep_the_invariants(story in story()) {
        let mut model = Model {
            teams: NAMES.iter().map(|name| TeamEntry { team: team(name), state: TeamState::default() }).collect(),
            ..Model::default()
        };
        let mut now = start();
        for raw in &story {
            now = match raw.4 {
                i64::MAX => Timestamp::MAX,
                i64::MIN => Timestamp::MIN,
                seconds => expiry::after(now, SignedDuration::from_secs(seconds)),
            };
            let event = event(raw, now);
            let before = model.clone();
            let effects = update(&mut model, event.clone(), now);
            check(&model, &before, &event, &effects, now);
        }
    }

    // F01
    #[test]
    fn no_team_is_tried_twice_within_thirty_seconds_unless_a_person_asks(story in story()) {
        let mut model = with("a", Some(session(start(), 3)));
        let mut now = start();
        let mut last: Option<Timestamp> = None;
        for raw in &story {
            now = expiry::after(now, SignedDuration::from_secs(raw.4.clamp(0, 4_000)));
            let event = event(raw, now);
            if matches!(event, Event::TeamsChanged { .. } | Event::Clicked(_)) {
                continue;
            }
            for effect in update(&mut model, event, now) {
                if let Effect::StartRenew { team } = effect && team == id("a") {
                    prop_assert!(last.is_none_or(|last| now.duration_since(last).as_secs() >= 30));
                    last = Some(now);
                }
            }
        }
    }
}
