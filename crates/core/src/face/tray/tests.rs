//! The tray's menu, icon and tooltip for every state.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::testkit::code_to_compare;
use jiff::SignedDuration;

use super::*;
use crate::face::problem;
use crate::mind::expiry::after;
use crate::mind::model::{Login, TeamState};
use crate::testkit::{about, at, fixed_session, id, page_in_the_browser, profile, session, team, zone};
use crate::words::failure::FailureKind;
use crate::words::login::LoginId;
use crate::words::question::Shape;
use crate::words::session::SessionFacts;

/// 12:28 in the time zone of the tests.
fn now() -> Timestamp {
    at("2026-11-20T11:28:00Z")
}

fn ago(minutes: i64) -> Timestamp {
    after(now(), -SignedDuration::from_mins(minutes))
}

fn entry(name: &str, facts: Option<SessionFacts>) -> TeamEntry {
    let mut entry = TeamEntry { team: team(name), state: TeamState::default() };
    entry.state.since = facts.as_ref().map(|facts| facts.issued);
    entry.state.session = facts;
    entry
}

fn model(teams: Vec<TeamEntry>) -> Model {
    Model { teams, ..Model::default() }
}

fn office() -> Model {
    let limit = Some(at("2026-11-20T17:40:00Z"));
    let mut prod = entry("acme-prod", Some(SessionFacts { limit, ..session(ago(30), 60) }));
    prod.team.pinned = true;
    prod.team.profiles.push(profile("admin", "123456789012", "Admin"));
    model(vec![entry("acme-staging", Some(fixed_session(ago(30), 39))), prod, entry("lab", None)])
}

fn drawn(rows: &[Row]) -> String {
    fn draw(rows: &[Row], indent: &str, out: &mut String) {
        for row in rows {
            match row {
                Row::Item { label, .. } => *out += &format!("{indent}{label}\n"),
                Row::Separator => *out += &format!("{indent}───\n"),
                Row::Submenu { label, rows } => {
                    *out += &format!("{indent}{label} ▸\n");
                    draw(rows, &format!("{indent}    "), out);
                }
            }
        }
    }
    let mut out = String::new();
    draw(rows, "", &mut out);
    out
}

fn menu_of(model: &Model) -> Vec<Row> {
    menu(model, now(), &zone(), Options::default())
}

fn top(model: &Model) -> String {
    let flat = |row| match row {
        Row::Submenu { label, .. } => Row::Submenu { label, rows: Vec::new() },
        row => row,
    };
    drawn(&menu_of(model).into_iter().map(flat).collect::<Vec<_>>())
}

#[test]
fn a_healthy_menu_has_teams_first_and_pinned_ones_before_others() {
    insta::assert_snapshot!(top(&office()), @r"
    ● acme-prod · 6 h 12 min left ▸
    ◔ acme-staging · ends in 9 min ▸
    ○ lab · Logged out ▸
    ───
    Copy export IOT_TEAM=acme-staging
    ───
    Open Keyfob
    Add or import teams…
    Settings…
    ───
    Quit (stay logged in)
    ");
}

#[test]
fn a_team_offers_what_its_state_allows() {
    insta::assert_snapshot!(drawn(&menu_of(&office())[..3]), @r"
    ● acme-prod · 6 h 12 min left ▸
        Logged in as admin · until 18:40
        Renew now
        Copy export line ▸
            bash/zsh
            POSIX sh
            fish
            PowerShell
            cmd
            Nushell
            elvish
            tcsh
            .env
        Copy with a profile ▸
            admin
        Copy a secret for 30 seconds ▸
            Token
            AWS keys of admin
        ───
        Log out
    ◔ acme-staging · ends in 9 min ▸
        Logged in as admin · until 12:37
        Log in again
        Copy export line ▸
            bash/zsh
            POSIX sh
            fish
            PowerShell
            cmd
            Nushell
            elvish
            tcsh
            .env
        Copy a secret for 30 seconds ▸
            Token
        ───
        Log out
    ○ lab · Logged out ▸
        Logged out
        Log in…
        Copy export line ▸
            bash/zsh
            POSIX sh
            fish
            PowerShell
            cmd
            Nushell
            elvish
            tcsh
            .env
    ");
}

#[test]
fn a_menu_without_teams_says_where_to_begin() {
    insta::assert_snapshot!(top(&Model::default()), @r"
    Welcome — add your first team…
    ───
    Open Keyfob
    Settings…
    ───
    Quit (stay logged in)
    ");
    let face = face(&Model::default(), now(), &zone(), Options::default());
    assert_eq!(
        (face.icon, face.status, face.tooltip.as_str()),
        (Icon::Hollow, Status::Active, "Keyfob — no teams yet")
    );
}

#[test]
fn a_login_shows_its_code_before_everything_else() {
    let mut model = office();
    let asking = Some(code_to_compare("WDDH-KRPT", after(now(), SignedDuration::from_mins(9))));
    model.teams[2].state.login = Some(Login { asking, told_code: true, ..Login::new(LoginId(0), None, now()) });
    insta::assert_snapshot!(drawn(&menu_of(&model)[..4]), @r"
    lab · Check the page shows  WDDH-KRPT  at device.example.com
    Open the page again
    Show code and QR
    Cancel
    ");
    let Row::Item { action, .. } = &menu_of(&model)[0] else { panic!("not an item") };
    assert_eq!(*action, Action::CopyCode { team: id("lab") });
}

// F287
#[test]
fn a_login_in_the_browser_names_its_page_and_the_other_ways() {
    let mut model = office();
    let asking = Some(page_in_the_browser(Opening::Opened, after(now(), SignedDuration::from_mins(9))));
    model.teams[2].state.login = Some(Login { asking, ..Login::new(LoginId(0), None, now()) });
    insta::assert_snapshot!(drawn(&menu_of(&model)[..4]), @r"
    lab · Your browser opened a page of oidc.eu-west-1.amazonaws.com
    Open the page again
    Use another device
    Cancel
    ");
    let Row::Item { action, .. } = &menu_of(&model)[2] else { panic!("not an item") };
    assert_eq!(*action, Action::GoOtherWay { team: id("lab"), other: Other::AnotherDevice });
}

// F288, F289
#[test]
fn a_session_without_a_name_is_said_to_be_at_a_place_and_can_begin_anew() {
    let facts = SessionFacts { who: "acme.awsapps.com".into(), nameless: true, ..session(ago(30), 60) };
    let mut model =
        Model { providers: vec![about("aws-sso"), about("cognito")], ..model(vec![entry("acme", Some(facts))]) };
    let whole = drawn(&menu_of(&model));
    assert!(whole.contains("Logged in at acme.awsapps.com") && whole.contains("New session"), "{whole}");
    model.teams[0].team.provider = "cognito".into();
    assert!(!drawn(&menu_of(&model)).contains("New session"), "a password begins one anyway");
}

#[test]
fn of_several_logins_at_once_each_shows_what_it_waits_for() {
    let mut model = office();
    for (place, code) in ["ABCD-EFGH", "JKLM-NPQR"].into_iter().enumerate() {
        let asking = Some(code_to_compare(code, after(now(), SignedDuration::from_mins(9))));
        let login = Login { asking, told_code: true, ..Login::new(LoginId(0), None, now()) };
        model.teams[place].state.login = Some(login);
    }
    let login = Login { told_code: true, ..Login::new(LoginId(0), None, now()) };
    model.teams[2].state.login = Some(login);
    let menu = top(&model);
    for code in ["ABCD-EFGH", "JKLM-NPQR"] {
        assert_eq!(menu.matches(code).count(), 1, "{menu}");
    }
    assert!(!menu.contains("lab · Cancel"), "nothing to see there yet: {menu}");
}

#[test]
fn what_cannot_wait_comes_first() {
    let mut locked = office();
    locked.keychain = Keychain::Locked;
    assert!(top(&locked).starts_with("Keychain locked — unlock…\nWhy am I seeing this?\n⚿ acme-prod"));
    // F120
    locked.keychain = Keychain::NotGranted;
    assert!(top(&locked).starts_with("No access to keychain — unlock…\nWhy am I seeing this?\n⚿ acme-prod"));
    let mut offline = office();
    offline.offline_since = Some(ago(26));
    assert!(top(&offline).starts_with("Offline — showing times from 12:02\nTry again\n⌀ acme-prod"));
    let mut memory = office();
    memory.keychain = Keychain::MemoryOnly;
    assert!(top(&memory).starts_with("No keychain — sessions end with Keyfob\n"));
    let mut two = office();
    two.teams[2] = entry("lab", Some(fixed_session(ago(60), 30)));
    assert!(top(&two).starts_with("2 teams need you\n"));
}

#[test]
fn the_top_level_never_has_more_than_twelve_rows() {
    let mut model = model((0..30).map(|n| entry(&format!("team-{n}"), Some(session(ago(30), 60)))).collect());
    model.keychain = Keychain::Locked;
    model.offline_since = Some(ago(5));
    model.config_problem = Some(problem::malformed_file("config.toml", 1, 1, "no"));
    for entry in &mut model.teams {
        entry.team.pinned = true;
    }
    let rows = menu_of(&model);
    let count = rows.iter().filter(|row| **row != Row::Separator).count();
    assert!(count <= 12, "{count} rows:\n{}", top(&model));
    assert!(top(&model).contains("All teams (30) ▸"));
    let calm = menu_of(&self::model(model.teams.clone()));
    assert_eq!(calm.iter().filter(|row| **row != Row::Separator).count(), 12);
}

#[test]
fn a_thousand_teams_do_not_make_a_menu_of_a_thousand_rows() {
    let model = model((0..1000).map(|n| entry(&format!("team-{n}"), None)).collect());
    let whole = drawn(&menu_of(&model));
    assert!(whole.contains("All teams (1000) ▸") && whole.contains("Show all in Keyfob"));
    assert!(whole.lines().count() < 150);
}

#[test]
fn the_icon_shows_the_worst_of_the_teams_that_concern_the_person() {
    let mut model = office();
    model.teams[2] = entry("lab", Some(fixed_session(ago(90), 30)));
    assert_eq!(icon(&model, now()), Icon::Solid, "neither pinned nor used today");
    assert_eq!(status(icon(&model, now())), Status::Active);
    model.teams[2].state.used = Some(ago(400));
    assert_eq!(icon(&model, now()), Icon::Bang);
    assert_eq!(tooltip(&model, now(), &zone()), "lab ended 11:28 — log in");
    model.teams[2].state.used = Some(ago(481));
    assert_eq!(icon(&model, now()), Icon::Solid);
    model.teams[0].team.pinned = true;
    assert_eq!(icon(&model, now()), Icon::Clock);
    assert_eq!(status(icon(&model, now())), Status::NeedsAttention);
    assert_eq!(tooltip(&model, now(), &zone()), "acme-staging ends in 9 min");
}

#[test]
fn the_line_to_copy_is_that_of_the_team_used_last() {
    let mut model = office();
    model.teams[1].state.used = Some(ago(5));
    assert!(top(&model).contains("Copy export IOT_TEAM=acme-prod\n"));
    let rows = menu(&model, now(), &zone(), Options { shell: Shell::Fish, ..Options::default() });
    assert!(drawn(&rows).contains("Copy IOT_TEAM=acme-prod for fish\n"));
}

// F151
#[test]
fn whatever_a_label_is_made_of_it_is_plain_when_it_is_shown() {
    let hostile = "a\u{1b}]0;\u{7}\u{9b}\u{202e}\u{2028}\u{e0041}b\nforged";
    let mut model = office();
    let entry = &mut model.teams[1];
    entry.team.name = hostile.into();
    entry.team.profiles[0].name = hostile.into();
    entry.state.session = Some(SessionFacts { who: hostile.into(), ..session(ago(30), 60) });
    let face = face(&model, now(), &zone(), Options::default());
    let all = format!("{}{}", drawn(&face.menu), face.tooltip);
    assert!(all.chars().all(|c| c == '\n' || crate::words::plain::is_plain(c)), "{all:?}");
    assert!(all.contains("forged") && !all.lines().any(|line| line.starts_with("forged")), "{all}");
}

// F193
#[test]
fn a_row_and_the_tooltip_say_why_a_team_could_not_be_renewed_and_what_comes_next() {
    let mut model = office();
    let error = crate::doors::provider::ProviderError::ServerTrouble { host: "oidc.example.com".into(), status: 503 };
    let state = &mut model.teams[1].state;
    state.problem = Some(problem::of_provider(&error, "acme-prod"));
    state.refresh.failing = Some(FailureKind::Final);
    let whole = drawn(&menu_of(&model));
    assert!(whole.contains("oidc.example.com has trouble of its own. Try again in a few minutes."), "{whole}");
    model.config_problem = Some(problem::malformed_file("config.toml", 3, 1, "no such key"));
    let row =
        "The config file needs mending — config.toml, line 3, column 1: no such key. Mend that line, then try again.";
    assert!(top(&model).contains(row), "{}", top(&model));
    model.teams.truncate(2);
    model.teams.remove(0);
    model.teams[0].team.pinned = true;
    assert_eq!(tooltip(&model, now(), &zone()), "acme-prod — could not renew: oidc.example.com has trouble o…");
}

// F194
#[test]
fn a_login_whose_page_could_not_be_opened_does_not_say_that_a_browser_is_waited_for() {
    let mut model = office();
    let mut asking = code_to_compare("WDDH-KRPT", after(now(), SignedDuration::from_mins(9)));
    if let Shape::Wait(Wait { page: Some(page), .. }) = &mut asking.shape {
        page.opening = Opening::Failed { why: "there is no display".into() };
    }
    model.teams[0].state.login = Some(Login { asking: Some(asking), ..Login::new(LoginId(0), None, now()) });
    let whole = drawn(&menu_of(&model));
    assert!(whole.contains("No browser could be opened — try again") && whole.contains("No browser opened (9 min)"));
    assert!(!whole.contains("Waiting for browser") && !whole.contains("Open the page again"), "{whole}");
}
