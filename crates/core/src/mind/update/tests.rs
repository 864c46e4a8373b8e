//! What follows from single events; orders and paths of many are in the files below.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod orders;
mod paths;
mod silent;

use super::*;
use crate::doors::provider::ProviderError;
use crate::face::problem;
use crate::mind::health::Health;
use crate::mind::model::TeamEntry;
use crate::testkit::{at, code_to_compare, fixed_session, id, page_in_the_browser, session, team};
use crate::words::action::Action;
use crate::words::login::Aside;
use crate::words::notice::{Kind, NoticeId};
use crate::words::problem::Problem;
use crate::words::question::{Opening, Other};

fn start() -> Timestamp {
    at("2026-11-20T12:00:00Z")
}

fn minutes(count: i64) -> Timestamp {
    expiry::after(start(), SignedDuration::from_mins(count))
}

fn with(name: &str, facts: Option<SessionFacts>) -> Model {
    let mut entry = TeamEntry { team: team(name), state: TeamState::default() };
    entry.state.since = facts.as_ref().map(|facts| facts.issued);
    entry.state.session = facts;
    Model { teams: vec![entry], ..Model::default() }
}

fn health(model: &Model, now: Timestamp) -> Health {
    model.teams[0].health(model, now)
}

fn failed(error: &ProviderError) -> Event {
    Event::RenewFailed { team: id("acme"), failure: problem::of_provider(error, "acme").into() }
}

fn trouble() -> ProviderError {
    ProviderError::ServerTrouble { host: "h.example.com".into(), status: 503 }
}

#[test]
fn no_login_and_no_prompt_begins_without_a_click() {
    let mut model = with("acme", Some(fixed_session(start(), 60)));
    let events = [Event::Ticked, Event::Woke { jumped: SignedDuration::from_hours(9) }, Event::NetworkReturned];
    for (step, event) in (0..).zip(events.into_iter().cycle().take(60)) {
        for effect in update(&mut model, event, minutes(step * 7)) {
            assert!(
                !matches!(effect, Effect::StartLogin { .. } | Effect::Unlock | Effect::OpenBrowser { .. }),
                "{effect:?}"
            );
        }
    }
}

// F139
#[test]
fn what_nobody_could_show_is_told_once_somebody_can_as_it_stands_by_then() {
    let told = |effects: Vec<Effect>| -> Vec<Telling> {
        let telling = |effect| match effect {
            Effect::Notify(telling) => Some(telling),
            _ => None,
        };
        effects.into_iter().filter_map(telling).collect()
    };
    let team = NoticeId::Team(id("acme"));
    let mut model = with("acme", Some(fixed_session(start(), 60)));
    assert_eq!(told(update(&mut model, Event::Ticked, minutes(55))), [Telling::Team(id("acme"), Kind::NeedsPerson)]);
    assert_eq!(told(update(&mut model, Event::NoticesReturned, minutes(56))), [], "it was seen");
    update(&mut model, Event::NoticeLost { notice: team.clone() }, minutes(57));
    let again = told(update(&mut model, Event::NoticesReturned, minutes(58)));
    assert_eq!(again, [Telling::Team(id("acme"), Kind::NeedsPerson)]);
    assert_eq!(told(update(&mut model, Event::NoticesReturned, minutes(58))), [], "once is enough");

    // It has ended meanwhile: of the two the later is told, and only that.
    update(&mut model, Event::NoticeLost { notice: team.clone() }, minutes(59));
    assert_eq!(told(update(&mut model, Event::Ticked, minutes(61))), [Telling::Team(id("acme"), Kind::Ended)]);
    assert_eq!(told(update(&mut model, Event::NoticesReturned, minutes(62))), []);

    // Somebody logged in before anybody could show it: then there is nothing to tell.
    update(&mut model, Event::NoticeLost { notice: team.clone() }, minutes(63));
    let facts = fixed_session(minutes(64), 60);
    let effects = update(&mut model, Event::LoggedIn { team: id("acme"), login: None, facts }, minutes(64));
    assert_eq!(effects, [Effect::CloseNotice(team)]);
    assert_eq!(told(update(&mut model, Event::NoticesReturned, minutes(65))), []);
}

#[test]
fn a_renewal_that_was_refused_for_good_warns_at_once_with_what_is_left() {
    let mut model = with("acme", Some(session(start(), 60)));
    let effects = update(&mut model, Event::Ticked, minutes(44));
    assert_eq!(effects, [Effect::StartRenew { team: id("acme") }]);
    let refused = ProviderError::UnknownClient { message: "no such client".into() };
    let effects = update(&mut model, failed(&refused), minutes(44));
    assert_eq!(effects, [Effect::Notify(Telling::Team(id("acme"), Kind::CouldNotRenew))]);
    assert_eq!(health(&model, minutes(44)), Health::Broken);
    let notice = crate::face::notice::say(
        &Telling::Team(id("acme"), Kind::CouldNotRenew),
        &model,
        minutes(44),
        &crate::testkit::zone(),
    );
    let body = notice.unwrap().body;
    assert!(body.starts_with("The login settings of acme look wrong. 16 min left. The server says: no such client."));
    assert!(body.ends_with("`keyfob team show acme`."), "{body}");
}

#[test]
fn a_server_that_asks_for_rest_gets_it() {
    // F13: between a second and ten minutes, but never two tries within 30 s.
    for (asked, least, most) in [(0, 30, 30), (7, 30, 30), (240, 240, 240), (3600, 600, 600)] {
        let mut model = with("acme", Some(session(start(), 60)));
        update(&mut model, Event::Ticked, minutes(44));
        let mut failure = Failure::from(problem::of_provider(&trouble(), "acme"));
        failure.retry_after = Some(asked);
        update(&mut model, Event::RenewFailed { team: id("acme"), failure }, minutes(44));
        let again = model.teams[0].state.refresh.not_before.unwrap().duration_since(minutes(44)).as_secs();
        assert!((least..=most).contains(&again), "asked for {asked} s, waits {again} s");
    }
}

#[test]
fn being_logged_out_is_not_undone_by_a_renewal_that_was_under_way() {
    let mut model = with("acme", Some(session(start(), 60)));
    update(&mut model, Event::Ticked, minutes(50));
    let effects = update(&mut model, Event::Clicked(Action::LogOut { team: id("acme") }), minutes(50));
    assert_eq!(effects, [Effect::StartLogout { team: id("acme") }]);
    let late = || Event::Renewed { team: id("acme"), facts: session(minutes(50), 60) };
    assert_eq!(update(&mut model, late(), minutes(50)), []);
    assert_eq!(update(&mut model, Event::LoggedOut { team: id("acme"), left: None }, minutes(50)), []);
    assert_eq!(update(&mut model, late(), minutes(51)), []);
    assert_eq!(model.teams[0].state.session, None);
    assert_eq!(health(&model, minutes(51)), Health::SignedOut);
}

#[test]
fn a_log_out_under_way_is_over_only_when_it_says_so() {
    let mut model = with("acme", Some(session(start(), 60)));
    update(&mut model, Event::Clicked(Action::LogOut { team: id("acme") }), start());
    let gone = Facts { teams: [(id("acme"), crate::words::facts::TeamFacts::default())].into(), ..Facts::default() };
    update(&mut model, Event::FactsChanged { facts: gone }, start());
    let log_in = || Event::Clicked(Action::LogIn { team: id("acme") });
    assert_eq!(update(&mut model, log_in(), start()), [], "its answer would end the new session");
    update(&mut model, Event::LoggedOut { team: id("acme"), left: None }, start());
    assert!(matches!(update(&mut model, log_in(), start()).as_slice(), [Effect::StartLogin { .. }]));
}

#[test]
fn what_a_cancelled_attempt_still_says_is_not_believed() {
    let mut model = with("acme", None);
    let log_in = || Event::Clicked(Action::LogIn { team: id("acme") });
    update(&mut model, log_in(), start());
    update(&mut model, Event::Clicked(Action::CancelLogin { team: id("acme") }), start());
    update(&mut model, log_in(), start());
    let old = LoginId(0);
    let failure = Failure::from(problem::of_provider(&ProviderError::CodeExpired, "acme"));
    let words = [
        Event::LoginStepped { team: id("acme"), login: old, step: crate::words::login::Step::Checking },
        Event::LoginAsked { team: id("acme"), login: old, question: crate::words::question::Question::factor([]) },
        Event::LoginFailed { team: id("acme"), login: old, failure },
    ];
    let before = model.clone();
    for event in words {
        assert_eq!(update(&mut model, event, start()), []);
    }
    assert_eq!(model, before);
    // But a session that exists is a fact, whichever attempt made it.
    let facts = session(start(), 60);
    update(&mut model, Event::LoggedIn { team: id("acme"), login: Some(old), facts: facts.clone() }, start());
    assert_eq!(model.teams[0].state.session, Some(facts));
    assert!(model.teams[0].state.login.is_some(), "the new attempt goes on");
}

#[test]
fn a_failed_login_leaves_the_session_there_was() {
    // F17
    let mut model = with("acme", Some(fixed_session(start(), 600)));
    update(&mut model, Event::Clicked(Action::LogIn { team: id("acme") }), minutes(10));
    let failure = Failure::from(problem::of_provider(&ProviderError::CodeRefused, "acme"));
    let effects = update(&mut model, Event::LoginFailed { team: id("acme"), login: LoginId(0), failure }, minutes(11));
    assert!(matches!(effects.as_slice(), [Effect::Notify(Telling::Failed(Problem { .. }))]));
    assert_eq!(health(&model, minutes(11)), Health::Fresh);
}

#[test]
fn a_locked_keychain_is_told_once_and_everything_goes_on_when_it_is_unlocked() {
    let mut model = with("acme", Some(session(start(), 60)));
    update(&mut model, Event::Ticked, minutes(44));
    let locked = || Event::RenewFailed {
        team: id("acme"),
        failure: problem::of_store(&crate::doors::ports::StoreError::Locked).into(),
    };
    assert_eq!(update(&mut model, locked(), minutes(44)), [Effect::Notify(Telling::Locked)]);
    assert_eq!(health(&model, minutes(44)), Health::Locked);
    for minute in 45..59 {
        for effect in update(&mut model, Event::Ticked, minutes(minute)) {
            assert!(matches!(effect, Effect::StartRenew { .. }), "{effect:?}");
            assert_eq!(update(&mut model, locked(), minutes(minute)), []);
        }
    }
    let effects = update(&mut model, Event::KeychainChanged { keychain: Keychain::Works }, minutes(60));
    let expected = [Effect::StartRenew { team: id("acme") }, Effect::CloseNotice(NoticeId::Keychain)];
    assert_eq!(effects, expected);
}

// F120
#[test]
fn a_keychain_that_asks_first_is_told_in_its_own_words_and_a_refusal_is_not_kept_quiet() {
    let mut model = with("acme", Some(session(start(), 60)));
    update(&mut model, Event::Ticked, minutes(44));
    let kept_back = || problem::of_store(&crate::doors::ports::StoreError::NotGranted);
    let failed = Event::RenewFailed { team: id("acme"), failure: kept_back().into() };
    assert_eq!(update(&mut model, failed, minutes(44)), [Effect::Notify(Telling::Locked)]);
    assert_eq!((health(&model, minutes(44)), &model.keychain), (Health::Locked, &Keychain::NotGranted));
    let effects = update(&mut model, Event::UnlockFailed { problem: kept_back() }, minutes(45));
    assert_eq!(effects, [Effect::Notify(Telling::Failed(kept_back()))]);
    let locked = problem::of_store(&crate::doors::ports::StoreError::Dismissed);
    assert_eq!(update(&mut model, Event::UnlockFailed { problem: locked }, minutes(46)), []);
    assert_eq!(model.keychain, Keychain::Locked);
}

#[test]
fn with_renewal_switched_off_one_click_is_offered_and_is_enough() {
    let mut model = with("acme", Some(session(start(), 60)));
    model.prefs.auto_renew = false;
    let effects = update(&mut model, Event::Ticked, minutes(50));
    assert_eq!(effects, [Effect::Notify(Telling::Team(id("acme"), Kind::Ending))]);
    let effects = update(&mut model, Event::Clicked(Action::Renew { team: id("acme") }), minutes(51));
    assert_eq!(effects, [Effect::StartRenew { team: id("acme") }]);
    let effects = update(&mut model, Event::Renewed { team: id("acme"), facts: session(minutes(51), 60) }, minutes(51));
    let renewed = Effect::Notify(Telling::Team(id("acme"), Kind::Renewed));
    assert_eq!(effects, [renewed, Effect::CloseNotice(NoticeId::Team(id("acme")))]);
}

#[test]
fn the_limit_of_a_session_that_renews_is_warned_of_once() {
    let facts = |issued| SessionFacts { limit: Some(minutes(480)), ..session(issued, 60) };
    let mut model = with("acme", Some(facts(start())));
    let mut told = Vec::new();
    for minute in 0..490 {
        for effect in update(&mut model, Event::Ticked, minutes(minute)) {
            match effect {
                Effect::StartRenew { .. } => {
                    let mut new = facts(minutes(minute));
                    new.expires = new.expires.min(minutes(480));
                    told.extend(update(&mut model, Event::Renewed { team: id("acme"), facts: new }, minutes(minute)));
                }
                other => told.push(other),
            }
        }
    }
    let says = |kind| Effect::Notify(Telling::Team(id("acme"), kind));
    assert_eq!(told, [says(Kind::NeedsPerson), says(Kind::Ended)]);
}

#[test]
fn the_early_hint_is_silent_and_only_for_those_who_want_it() {
    for (wanted, expected) in [(false, 0), (true, 1)] {
        let mut model = with("acme", Some(fixed_session(start(), 300)));
        model.prefs.early_hint = wanted;
        let told: Vec<Effect> = (0..285).flat_map(|m| update(&mut model, Event::Ticked, minutes(m))).collect();
        assert_eq!(told.len(), expected, "{told:?}");
        assert!(told.iter().all(|e| *e == Effect::Notify(Telling::Team(id("acme"), Kind::Hint))));
    }
}

#[test]
fn at_most_eight_teams_renew_at_once_and_the_others_follow() {
    let names: Vec<String> = (0..20).map(|n| format!("team{n}")).collect();
    let mut model = Model {
        teams: names.iter().flat_map(|name| with(name, Some(session(start(), 60))).teams).collect(),
        ..Model::default()
    };
    let now = minutes(70);
    let mut waiting = update(&mut model, Event::Woke { jumped: SignedDuration::from_hours(1) }, now);
    assert_eq!(waiting.len(), 8);
    let mut done = 0;
    while let Some(Effect::StartRenew { team }) = waiting.pop() {
        done += 1;
        waiting.extend(update(&mut model, Event::Renewed { team, facts: session(now, 60) }, now));
    }
    assert_eq!(done, 20);
}

// F289
#[test]
fn a_new_session_is_asked_for_by_a_click_of_its_own() {
    let mut model = with("acme", None);
    let effects = update(&mut model, Event::Clicked(Action::LogInAnew { team: id("acme") }), start());
    let [Effect::StartLogin { wish, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(wish.new_session && wish.flow.is_none());
}

// F287
#[test]
fn another_way_is_gone_only_where_the_login_under_way_offers_it() {
    let mut model = with("acme", None);
    let click = || Event::Clicked(Action::GoOtherWay { team: id("acme"), other: Other::AnotherDevice });
    assert_eq!(update(&mut model, click(), start()), []);
    let effects = update(&mut model, Event::Clicked(Action::LogIn { team: id("acme") }), start());
    let [Effect::StartLogin { login, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let (login, team) = (*login, id("acme"));
    let asked = |question| Event::LoginAsked { team: team.clone(), login, question };
    update(&mut model, asked(code_to_compare("WDDH-KRPT", minutes(9))), start());
    assert_eq!(update(&mut model, click(), start()), []);
    update(&mut model, asked(page_in_the_browser(Opening::Opened, minutes(9))), start());
    assert_eq!(update(&mut model, click(), start()), [Effect::GoOtherWay { login, other: Other::AnotherDevice }]);
    let told = Event::LoginStepped { team: team.clone(), login, step: Step::Told(Aside::ByCode) };
    update(&mut model, told, start());
    assert_eq!(model.entry(&team).unwrap().state.login.as_ref().unwrap().aside, Some(Aside::ByCode));
}
