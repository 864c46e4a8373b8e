//! What the window shows, what its desk does with a line, and the lines themselves.

#![allow(clippy::unwrap_used)]

mod bindings;
mod chains;
mod fields;
mod found;
mod imports;
mod lines;
mod questions;
mod roles;
mod scenarios;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::doors::provider::ProviderError;
use crate::testkit::{id, zone};
use crate::words::about::{Deed, Target};
use crate::words::action::Action;
use crate::words::id::Id;
use crate::words::login::LoginId;
use crate::words::prefs::Prefs;
use crate::words::problem::{Exit, Problem};
use crate::words::question::Answer;
use crate::words::secret::Secret;
use crate::words::session::SessionFacts;
use crate::words::settings::Settings as TeamSettings;
use scenarios::{Scenario, all, now, ok};

fn later(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn view_at(scenario: &Scenario, at: Timestamp) -> View {
    view(&scenario.model, &scenario.desk, &scenario.around, at, &zone())
}

fn click(scenario: &mut Scenario, click: Click, at: Timestamp) -> Vec<Errand> {
    scenario.desk.take(Up::Act { click }, &scenario.model, at)
}

fn type_in(scenario: &mut Scenario, typed: Typed) -> Vec<Errand> {
    scenario.desk.take(Up::Answer { typed }, &scenario.model, now())
}

fn home(view: &View) -> &[Row] {
    match &view.screen {
        Screen::Home(home) => &home.rows,
        other => panic!("not at home but at {other:?}"),
    }
}

fn form(team: Option<Id>, name: &str, settings: &[(&str, &str)]) -> Typed {
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Typed::Team {
        form: TeamForm { team, name: name.into(), provider: "aws-sso".into(), settings, secrets: BTreeMap::new() },
    }
}

fn trouble(view: &View) -> Option<(&str, Option<&str>)> {
    let trouble = match &view.screen {
        Screen::Form(form) => &form.trouble,
        Screen::Import(import) => &import.trouble,
        _ => &None,
    };
    trouble.as_ref().map(|trouble| (trouble.text.as_str(), trouble.field.as_deref()))
}

// --- the view ---

#[test]
fn the_same_moment_gives_the_same_view() {
    for (name, scenario) in all() {
        assert_eq!(scenario.view(), scenario.view(), "{name}");
    }
}

#[test]
fn a_view_changes_with_the_minute_and_not_with_the_second() {
    let scenario = ok();
    assert_eq!(view_at(&scenario, later(1)), view_at(&scenario, later(59)));
    assert_ne!(view_at(&scenario, later(1)), view_at(&scenario, later(61)));
}

#[test]
fn each_state_offers_what_a_person_needs_next() {
    let primary = |scenario: &str, team: &str| {
        let (_, scenario) = all().into_iter().find(|(name, _)| *name == scenario).unwrap();
        let mut scenario = scenario;
        scenario.desk.open(Page::Home);
        let view = scenario.view();
        let row = home(&view).iter().find(|row| row.name == team).unwrap().clone();
        format!("{} · {}", row.state, row.primary.label)
    };
    assert_eq!(primary("ok", "acme-prod"), "Renews itself · Copy");
    assert_eq!(primary("ok", "acme-staging"), "6 h 12 min left · Copy");
    assert_eq!(primary("ok", "lab"), "Logged out · Log in");
    assert_eq!(primary("code", "lab"), "Waiting for browser (8 min) · Show");
    assert_eq!(primary("mfa", "acme-prod"), "Code needed · Answer");
    assert_eq!(primary("expiring", "acme-prod"), "Ends in 9 min · Log in again");
    assert_eq!(primary("expired", "acme-prod"), "Ended 12:24 · Log in again");
    assert_eq!(primary("offline", "acme-staging"), "Offline, 6 h 12 min left · Copy");
    assert_eq!(primary("locked", "acme-prod"), "Keychain locked · Copy");
    assert_eq!(primary("error", "acme-prod"), "Could not renew · Log in again");
}

#[test]
fn without_silent_renewal_one_click_prevents_the_end() {
    let mut scenario = all().into_iter().find(|(name, _)| *name == "expiring").unwrap().1;
    scenario.model.prefs.auto_renew = false;
    let view = scenario.view();
    assert_eq!(home(&view)[0].primary.label, "Renew");
    assert_eq!(view.banners[0].buttons[0].label, "Renew now");
}

#[test]
fn pinned_teams_come_first_and_the_others_keep_their_order() {
    let mut scenario = ok();
    scenario.model.teams[3].team.pinned = true;
    let names: Vec<String> = home(&scenario.view()).iter().map(|row| row.name.clone()).collect();
    assert_eq!(names, ["acme-prod", "lab", "acme-staging", "greenhouse"]);
}

#[test]
fn the_page_of_a_team_that_has_gone_is_home() {
    let mut scenario = ok();
    scenario.desk.open(Page::Team { team: id("gone") });
    assert_eq!(scenario.view().page, Page::Home);
}

#[test]
fn the_page_of_a_login_that_worked_shows_the_team() {
    let mut scenario = ok();
    scenario.desk.open(Page::Login { team: id("acme-staging") });
    assert!(matches!(scenario.view().screen, Screen::Team(team) if team.headline == "6 h 12 min left"));
}

/// T36: text that a server or a file wrote can neither reorder nor break what is shown.
#[test]
fn hostile_text_from_outside_is_shown_clean() {
    const EVIL: &str = "a\u{202e}b\u{1b}[31m\nc";
    let mut scenario = ok();
    let team = id("acme-staging");
    let _ = click(&mut scenario, Click::FindRoles { team: team.clone() }, now());
    let target = Target {
        fields: TeamSettings::new(),
        group: EVIL.into(),
        group_detail: "123456789012".into(),
        label: EVIL.into(),
    };
    let found = found::found_of(vec![target]);
    found.list([("123\u{202e}".into(), EVIL.into()), ("456".into(), EVIL.into())]);
    let why = ProviderError::Refused { host: "h".into(), code: EVIL.into(), message: EVIL.into() };
    found.leave_out(0, why);
    found.add(1, Vec::new());
    scenario.desk.roles_found(1, found.found().clone(), None);
    scenario.model.teams[1].state.session =
        Some(SessionFacts { who: EVIL.into(), ..scenario.model.teams[1].state.session.clone().unwrap() });
    scenario.model.teams[1].team.settings.insert("scopes".into(), EVIL.into());
    scenario.desk.say_copied(EVIL, now());
    let _ = scenario.desk.look_for_teams();
    let finding = Finding {
        source: "AWS config",
        place: EVIL.into(),
        team: scenario.model.teams[3].team.clone(),
        change: None,
        why_not: Some(EVIL.into()),
    };
    scenario.desk.found_teams(vec![finding], vec![EVIL.into()]);
    for page in [Page::Home, Page::Team { team: team.clone() }, Page::Roles { team }, Page::Import] {
        scenario.desk.open(page);
        let json = serde_json::to_string(&scenario.view()).unwrap();
        for bad in ['\u{202e}', '\u{1b}'] {
            assert!(!json.contains(bad) && !json.contains("\\u001b"), "{json}");
        }
    }
}

#[test]
fn a_code_is_drawn_with_a_quiet_zone_of_four_modules() {
    let qr = Qr::of("https://acme.awsapps.com/start/#/device?user_code=WDDH-KRPT").unwrap();
    let code = qrcode::QrCode::with_error_correction_level(
        "https://acme.awsapps.com/start/#/device?user_code=WDDH-KRPT",
        qrcode::EcLevel::M,
    )
    .unwrap();
    assert_eq!(usize::try_from(qr.size).unwrap(), code.width() + 8);
    let mut drawn = vec![vec![false; code.width()]; code.width()];
    for run in qr.path.split('z').filter(|run| !run.is_empty()) {
        let (place, run) = run.trim_start_matches('M').split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let run: usize = run.split('v').next().unwrap().parse().unwrap();
        drawn[y - 4][x - 4..x - 4 + run].fill(true);
    }
    let wanted: Vec<bool> = code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
    assert_eq!(drawn.concat(), wanted);
    assert_eq!(Qr::of(&"x".repeat(9000)), None);
}

#[test]
fn a_problem_with_a_button_does_not_send_people_to_a_terminal() {
    let (_, scenario) = all().into_iter().find(|(name, _)| *name == "code-over").unwrap();
    let Screen::Login(LoginScreen { step: LoginStep::Failed { problem }, .. }) = scenario.view().screen else {
        panic!("not failed");
    };
    assert_eq!((problem.hint.as_str(), problem.buttons[0].label.as_str()), ("", "Get a new code"));
}

fn filled<const N: usize>(values: [(&str, &str); N], ticks: &[&str]) -> LoginAnswer {
    let values = values.map(|(key, typed)| (key.to_owned(), Entered(Secret::new(typed)))).into();
    LoginAnswer::Filled { values, ticks: ticks.iter().map(|key| (*key).to_owned()).collect() }
}

fn scenario(name: &str) -> Scenario {
    all().into_iter().find(|(called, _)| *called == name).unwrap().1
}

fn labels(buttons: &[Button]) -> Vec<&str> {
    buttons.iter().map(|button| button.label.as_str()).collect()
}

fn others(view: &View) -> &[Button] {
    match &view.screen {
        Screen::Login(LoginScreen { step: LoginStep::Ask(asked), .. }) => &asked.others,
        other => panic!("nothing is asked in {other:?}"),
    }
}

#[test]
fn whoever_is_asked_for_a_password_finds_what_the_provider_offers_besides() {
    let mut asking = scenario("password");
    let shown = asking.view();
    assert_eq!(labels(others(&shown)), ["Forgot password?", "Create an account"]);
    assert_eq!(others(&shown)[0].click, Click::act(Action::Account { team: id("acme-prod"), deed: Deed::Forgot }));
    // In a deed there is nothing to turn back to, and a provider without any offers none.
    assert_eq!(labels(others(&scenario("confirm").view())), ["Send the code again"]);
    assert!(others(&scenario("change-password").view()).is_empty());
    for about in &mut asking.model.providers {
        about.accounts = &[];
    }
    assert!(others(&asking.view()).is_empty());
}

#[test]
fn a_page_is_named_after_what_is_done_on_it() {
    for (name, title) in [
        ("password", "Log in to acme-prod"),
        ("sign-up", "Create an account for acme-prod"),
        ("forgot", "Choose a new password for acme-prod"),
        ("sign-up-closed", "Create an account for acme-prod"),
    ] {
        assert_eq!(scenario(name).view().title, title);
    }
}

#[test]
fn an_account_that_stands_in_the_way_is_mended_by_a_click() {
    for (name, deed, label) in [
        ("not-confirmed", Deed::Confirm, "Confirm your account"),
        ("reset-required", Deed::Forgot, "Forgot password?"),
        ("sign-up-closed", Deed::SignUp, "Start again"),
    ] {
        let Screen::Login(LoginScreen { step: LoginStep::Failed { problem }, .. }) = scenario(name).view().screen
        else {
            panic!("{name} did not fail");
        };
        let button = problem.buttons.iter().find(|button| button.label == label).unwrap();
        assert_eq!(button.click, Click::act(Action::Account { team: id("acme-prod"), deed }));
    }
}

#[test]
fn a_password_can_be_changed_by_who_is_logged_in_where_that_is_offered() {
    let change = |scenario: &Scenario, name: &str| {
        let row = home(&scenario.view()).iter().find(|row| row.name == name).unwrap().clone();
        row.menu.iter().any(|item| item.label == "Change password…")
    };
    let mut scenario = ok();
    assert!(change(&scenario, "acme-prod") && !change(&scenario, "acme-staging") && !change(&scenario, "lab"));
    let team = id("acme-prod");
    let action = Action::Account { team: team.clone(), deed: Deed::ChangePassword };
    assert_eq!(click(&mut scenario, Click::act(action.clone()), now()), [Errand::Tell(action)]);
    assert_eq!(*scenario.desk.place(), Page::Login { team });
}

#[test]
fn what_is_done_is_said_with_the_way_on() {
    let mut scenario = ok();
    let telling = crate::words::notice::Telling::Done(id("lab"), Deed::Forgot);
    let notice = crate::face::notice::say(&telling, &scenario.model, now(), &zone()).unwrap();
    scenario.desk.say_notice(&notice, now());
    let said = scenario.view().said.unwrap();
    assert_eq!(said.text, "lab: your new password is set. You can log in now.");
    assert_eq!((said.tone, said.button.unwrap().label.as_str()), (Tone::Ok, "Log in"));
}

// --- the desk ---

#[test]
fn logging_in_shows_the_login_and_cancelling_the_team() {
    let mut scenario = ok();
    let team = id("lab");
    let errands = click(&mut scenario, Click::act(Action::LogIn { team: team.clone() }), now());
    assert_eq!(errands, [Errand::Tell(Action::LogIn { team: team.clone() })]);
    assert_eq!(*scenario.desk.place(), Page::Login { team: team.clone() });
    let errands = click(&mut scenario, Click::act(Action::CancelLogin { team: team.clone() }), now());
    assert_eq!(errands, [Errand::Tell(Action::CancelLogin { team: team.clone() })]);
    assert_eq!(*scenario.desk.place(), Page::Team { team });
}

#[test]
fn an_answer_goes_to_the_attempt_it_was_typed_for() {
    let mut scenario = ok();
    let answer = filled([("code", "123456")], &[]);
    let errands = type_in(&mut scenario, Typed::Login { team: id("lab"), login: LoginId(7), answer });
    let answer = Answer::code(Secret::new("123456"));
    assert_eq!(errands, [Errand::Answer { team: id("lab"), login: LoginId(7), answer }]);
}

#[test]
fn a_removal_can_be_undone_for_ten_seconds() {
    let mut scenario = ok();
    let team = id("lab");
    assert_eq!(click(&mut scenario, Click::Remove { team: team.clone() }, now()), []);
    assert_eq!(home(&scenario.view()).len(), 3);
    assert_eq!(scenario.view().said.unwrap().button.unwrap().label, "Undo");
    assert_eq!(scenario.desk.tick(later(9)), []);
    assert_eq!(click(&mut scenario, Click::UndoRemove, later(9)), []);
    assert_eq!(home(&scenario.view()).len(), 4);
    assert_eq!(scenario.desk.tick(later(60)), []);

    let _ = click(&mut scenario, Click::Remove { team: team.clone() }, now());
    assert_eq!(scenario.desk.wake_at(), Some(later(10)));
    assert_eq!(scenario.desk.tick(later(10)), [Errand::RemoveTeam { team }]);
    assert_eq!(scenario.desk.tick(later(11)), []);
}

#[test]
fn a_second_removal_and_the_end_of_the_program_make_the_first_one_final() {
    let mut scenario = ok();
    let _ = click(&mut scenario, Click::Remove { team: id("lab") }, now());
    let errands = click(&mut scenario, Click::Remove { team: id("greenhouse") }, now());
    assert_eq!(errands, [Errand::RemoveTeam { team: id("lab") }]);
    assert_eq!(scenario.desk.finish_removal(), [Errand::RemoveTeam { team: id("greenhouse") }]);
    assert_eq!(scenario.desk.finish_removal(), []);
}

#[test]
fn a_form_is_refused_beside_the_field_that_is_wrong() {
    let good = [("start-url", "https://x.awsapps.com/start"), ("region", "eu-west-1")];
    let refused = |typed: Typed| {
        let mut scenario = ok();
        scenario.desk.open(Page::AddTeam);
        assert_eq!(type_in(&mut scenario, typed), []);
        let view = scenario.view();
        trouble(&view).map(|(text, field)| (text.to_owned(), field.unwrap_or_default().to_owned())).unwrap()
    };
    let pair = |text: &str, field: &str| (text.to_owned(), field.to_owned());
    assert_eq!(refused(form(None, " ", &good)), pair("A name cannot be empty", "name"));
    assert_eq!(refused(form(None, "lab", &good)), pair("There is a team called lab already", "name"));
    assert_eq!(refused(form(None, "l.a.b", &good)), pair("The iot program would take it for lab", "name"));
    assert_eq!(refused(form(None, "new", &good[..1])), pair("Region is missing", "region"));
}

#[test]
fn a_form_that_is_taken_leads_to_the_team() {
    let mut scenario = ok();
    scenario.desk.open(Page::AddTeam);
    let typed =
        form(None, " pumps ", &[("start-url", " https://x.awsapps.com/start "), ("region", "r"), ("scopes", "")]);
    let errands = type_in(&mut scenario, typed);
    let [Errand::SaveTeam { team: None, name, settings, secrets, .. }] = errands.as_slice() else {
        panic!("{errands:?}");
    };
    assert_eq!((name.as_str(), settings.len()), ("pumps", 2), "trimmed, and without empty settings");
    assert_eq!(secrets.len(), 0);
    assert_eq!(settings["start-url"], "https://x.awsapps.com/start");
    assert!(matches!(&scenario.view().screen, Screen::Form(form) if form.saving));
    scenario.desk.saved(Ok(id("lab")), "pumps", now());
    assert_eq!(scenario.view().page, Page::Team { team: id("lab") });
    assert_eq!(scenario.view().said.unwrap().text, "Added pumps");
}

#[test]
fn a_team_may_keep_its_own_name_when_it_is_changed() {
    let mut scenario = ok();
    let good = [("start-url", "https://x.awsapps.com/start"), ("region", "eu-west-1")];
    let errands = type_in(&mut scenario, form(Some(id("lab")), "lab", &good));
    assert!(matches!(errands.as_slice(), [Errand::SaveTeam { team: Some(_), .. }]));
}

#[test]
fn what_was_said_goes_after_a_while() {
    let mut scenario = ok();
    scenario.desk.say_copied(" export IOT_TEAM=lab\n", now());
    assert_eq!(scenario.view().said.unwrap().text, "Copied: export IOT_TEAM=lab");
    assert_eq!(scenario.desk.wake_at(), Some(later(8)));
    assert_eq!(view_at(&scenario, later(8)).said, None);
    let _ = scenario.desk.tick(later(8));
    assert_eq!(scenario.desk.wake_at(), None);
}

#[test]
fn a_code_is_shown_wherever_the_window_is_until_its_own_screen_is() {
    let scenario = all().into_iter().find(|(name, _)| *name == "code").unwrap().1;
    let keys = |view: &View| view.banners.iter().map(|banner| banner.key).collect::<Vec<_>>();
    let mut elsewhere = scenario;
    let lab = elsewhere.model.teams.iter().find(|entry| entry.team.name == "lab").unwrap().team.id.clone();
    elsewhere.desk.open(Page::Home);
    let view = view_at(&elsewhere, now());
    assert_eq!(view.banners[0].title, "Check the code: WDDH-KRPT");
    elsewhere.desk.open(Page::Login { team: lab });
    assert!(!keys(&view_at(&elsewhere, now())).contains(&"code"));
}

#[test]
fn who_renews_by_hand_is_not_told_to_log_in_again() {
    let mut scenario = all().into_iter().find(|(name, _)| *name == "team").unwrap().1;
    let note = |scenario: &Scenario| match view_at(scenario, now()).screen {
        Screen::Team(team) => team.clocks[0].note.clone(),
        other => panic!("not a team but {other:?}"),
    };
    let by_itself = note(&scenario);
    scenario.model.prefs.auto_renew = false;
    assert_eq!(note(&scenario), "Unless you renew it.");
    assert_ne!(by_itself, note(&scenario));
}
