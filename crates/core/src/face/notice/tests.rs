//! The words of notices, and which one stands for what.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::doors::provider::ProviderError;
use crate::face::problem;
use crate::mind::expiry::after;
use crate::mind::model::{Login, TeamState};
use crate::testkit::{about, at, code_to_compare, fixed_session, id, session, team, zone};
use crate::words::login::LoginId;
use crate::words::session::SessionFacts;
use jiff::SignedDuration;

/// 18:30 in the time zone of the tests; sessions end at 18:40.
fn now() -> Timestamp {
    at("2026-11-20T17:30:00Z")
}

fn model(facts: SessionFacts, provider: &str) -> Model {
    let mut entry = TeamEntry { team: team("acme-prod"), state: TeamState::default() };
    entry.team.provider = provider.into();
    entry.state.session = Some(facts);
    Model { teams: vec![entry], providers: vec![about("aws-sso"), about("cognito")], ..Model::default() }
}

fn ending() -> SessionFacts {
    fixed_session(after(now(), -SignedDuration::from_mins(50)), 60)
}

fn written(notice: &Notice) -> String {
    let buttons: Vec<_> = notice.buttons.iter().map(|button| button.label).collect();
    let stays = if notice.stays { ", stays" } else { "" };
    format!("{}\n{}\n[{}] {:?}{stays}", notice.title, notice.body, buttons.join("] ["), notice.urgency)
}

fn said(telling: &Telling, model: &Model) -> String {
    written(&say(telling, model, now(), &zone()).unwrap())
}

fn of(kind: Kind, model: &Model) -> String {
    said(&Telling::Team(id("acme-prod"), kind), model)
}

#[test]
fn an_end_that_one_click_prevents_offers_that_click() {
    let mut model = model(SessionFacts { renews: true, ..ending() }, "aws-sso");
    model.prefs.auto_renew = false;
    insta::assert_snapshot!(of(Kind::Ending, &model), @r"
    acme-prod ends in 10 min
    Logged in as admin until 18:40.
    [Renew now] [Remind me in 5 min] Normal
    ");
}

#[test]
fn an_end_that_needs_a_person_says_what_they_will_need() {
    insta::assert_snapshot!(of(Kind::NeedsPerson, &model(ending(), "aws-sso")), @r"
    acme-prod ends in 10 min
    You will need your browser to stay logged in.
    [Log in again] [Remind me in 5 min] Normal
    ");
    insta::assert_snapshot!(of(Kind::NeedsPerson, &model(ending(), "cognito")), @r"
    acme-prod ends in 10 min
    You will need your password to stay logged in.
    [Log in again] [Remind me in 5 min] Normal
    ");
}

#[test]
fn an_end_says_when_it_was_and_what_follows() {
    let mut facts = ending();
    facts.expires = at("2026-11-20T17:28:00Z");
    insta::assert_snapshot!(of(Kind::Ended, &model(facts, "aws-sso")), @r"
    acme-prod has ended
    Ended at 18:28. Commands will fail until you log in.
    [Log in again] [Dismiss] Critical, stays
    ");
}

#[test]
fn a_hint_is_quiet_and_asks_for_nothing() {
    let facts = fixed_session(after(now(), -SignedDuration::from_hours(7)), 480);
    insta::assert_snapshot!(of(Kind::Hint, &model(facts, "aws-sso")), @r"
    acme-prod ends in 1 h
    Logged in as admin until 19:30.
    [] Low
    ");
}

#[test]
fn a_renewal_is_confirmed_in_passing() {
    let facts = session(now(), 310);
    insta::assert_snapshot!(of(Kind::Renewed, &model(facts, "aws-sso")), @r"
    acme-prod renewed
    Until 23:40.
    [] Low
    ");
}

#[test]
fn a_failed_renewal_says_why_how_long_is_left_and_what_helps() {
    let mut model = model(session(now(), 42), "aws-sso");
    let mut with = |error: ProviderError| {
        model.teams[0].state.problem = Some(problem::of_provider(&error, "acme-prod"));
        of(Kind::CouldNotRenew, &model)
    };
    insta::assert_snapshot!(with(ProviderError::WrongPassword), @r"
    Could not renew acme-prod
    User name or password is not right. 42 min left. Nothing was kept of this try. Check user name and password, and try again: `keyfob login acme-prod`.
    [Log in again] [Details] Normal
    ");
    insta::assert_snapshot!(with(ProviderError::ServerTrouble { host: "oidc.example.com".into(), status: 503 }), @r"
    Could not renew acme-prod
    oidc.example.com has trouble of its own. 42 min left. It answered with status 503. The session is kept. Try again in a few minutes.
    [Try again] [Details] Normal
    ");
}

#[test]
fn a_locked_keychain_names_who_waits() {
    let mut model = model(ending(), "aws-sso");
    insta::assert_snapshot!(said(&Telling::Locked, &model), @r"
    Unlock your keychain
    acme-prod is waiting.
    [Unlock] [Later] Normal
    ");
    model.teams.extend([model.teams[0].clone(), model.teams[0].clone()]);
    assert!(said(&Telling::Locked, &model).contains("3 teams are waiting."));
}

#[test]
fn a_code_stands_in_the_title() {
    let mut model = model(ending(), "aws-sso");
    let asking = Some(code_to_compare("WDDH-KRPT", after(now(), SignedDuration::from_mins(9))));
    model.teams[0].state.login = Some(Login { asking, ..Login::new(LoginId(0), None, now()) });
    insta::assert_snapshot!(of(Kind::CheckCode, &model), @r"
    Check the code: WDDH-KRPT
    acme-prod at device.example.com · valid for 9 min.
    [Open page] [Copy code] Normal
    ");
}

#[test]
fn several_teams_share_a_notice() {
    let mut model = model(SessionFacts { renews: true, ..ending() }, "aws-sso");
    for name in ["acme-staging", "lab"] {
        let mut entry = model.teams[0].clone();
        entry.team = team(name);
        model.teams.push(entry);
    }
    let several = |kinds: [Kind; 3]| {
        Telling::Several(["acme-prod", "acme-staging", "lab"].map(id).into_iter().zip(kinds).collect())
    };
    let soon = several([Kind::NeedsPerson; 3]);
    insta::assert_snapshot!(said(&soon, &model), @r"
    3 teams end soon
    acme-prod, acme-staging, lab
    [Show] Normal
    ");
    insta::assert_snapshot!(said(&several([Kind::Ended; 3]), &model), @r"
    3 teams have ended
    acme-prod, acme-staging, lab
    [Show] Critical, stays
    ");
    insta::assert_snapshot!(said(&several([Kind::Ended, Kind::NeedsPerson, Kind::CouldNotRenew]), &model), @r"
    3 teams need you
    acme-prod, acme-staging, lab
    [Show] Critical, stays
    ");
    model.prefs.auto_renew = false;
    insta::assert_snapshot!(said(&soon, &model), @r"
    3 teams end soon
    acme-prod, acme-staging, lab
    [Renew all] [Show] Normal
    ");
}

#[test]
fn a_server_without_buttons_gets_a_sentence_instead() {
    let mut model = model(SessionFacts { renews: true, ..ending() }, "aws-sso");
    model.prefs.auto_renew = false;
    let plain = |kind, model: &Model| {
        written(&without_buttons(say(&Telling::Team(id("acme-prod"), kind), model, now(), &zone()).unwrap()))
    };
    insta::assert_snapshot!(plain(Kind::Ending, &model), @r"
    acme-prod ends in 10 min
    Logged in as admin until 18:40. Open Keyfob to renew.
    [] Normal
    ");
    insta::assert_snapshot!(plain(Kind::Renewed, &model), @r"
    acme-prod renewed
    Until 18:40.
    [] Low
    ");
    let several = Telling::Several(vec![(id("acme-prod"), Kind::NeedsPerson)]);
    let body = without_buttons(say(&several, &model, now(), &zone()).unwrap()).body;
    assert_eq!(body, "acme-prod. Open Keyfob to log in.");
}

#[test]
fn a_team_that_is_gone_is_not_spoken_of() {
    let model = Model::default();
    assert_eq!(say(&Telling::Team(id("acme-prod"), Kind::Ended), &model, now(), &zone()), None);
    assert_eq!(say(&Telling::Several(vec![(id("acme-prod"), Kind::Ended)]), &model, now(), &zone()), None);
}

// F151
#[test]
fn whatever_a_notice_is_made_of_it_is_plain_when_it_is_shown() {
    let hostile = "a\u{1b}]0;\u{7}\u{9b}\u{202e}\u{2028}\u{e0041}b";
    let mut model = model(ending(), "aws-sso");
    model.teams[0].team.name = hostile.into();
    model.teams[0].state.session = Some(SessionFacts { who: hostile.into(), ..ending() });
    let told = say(&Telling::Team(id("acme-prod"), Kind::Ending), &model, now(), &zone()).unwrap();
    for notice in [
        told,
        of_copied(hostile, Some(hostile)),
        of_copied_secret(&model.teams[0].team, None, SignedDuration::ZERO.unsigned_abs()),
    ] {
        let text = format!("{}{}", notice.title, notice.body);
        assert!(text.chars().all(crate::words::plain::is_plain), "{text:?}");
    }
}
