//! Accounts and roles: how they come, what is chosen of them, and what is missing.

use super::found::found_of;
use super::*;
use crate::doors::provider::discovery::Discovery;

fn looking() -> Scenario {
    let mut scenario = ok();
    let click_it = Click::FindRoles { team: id("acme-staging") };
    assert_eq!(click(&mut scenario, click_it, now()), [Errand::FindRoles { team: id("acme-staging"), look: 1 }]);
    scenario
}

fn with_roles(targets: Vec<Target>) -> Scenario {
    let mut scenario = looking();
    scenario.desk.roles_found(1, found_of(targets).found().clone(), None);
    scenario
}

fn screen(scenario: &Scenario) -> Roles {
    match scenario.view().screen {
        Screen::Roles(roles) => roles,
        other => panic!("{other:?}"),
    }
}

#[test]
fn roles_become_profiles_with_names_that_nothing_else_has() {
    let target = |account: &str, name: &str, role: &str| Target {
        fields: crate::testkit::profile("", account, role).target,
        group: name.into(),
        group_detail: account.into(),
        label: role.into(),
    };
    let mut scenario = with_roles(vec![
        target("210987654321", "acme-staging", "AdminAccess"),
        target("111111111111", "data", "Reader"),
        target("222222222222", "data", "Reader"),
        target("333333333333", "a;b", "Reader"),
    ]);
    let typed = Typed::Profiles { team: id("acme-staging"), found: 1, keys: vec![0, 1, 2, 3, 9] };
    let errands = type_in(&mut scenario, typed);
    let [Errand::AddProfiles { profiles, .. }] = errands.as_slice() else { panic!("{errands:?}") };
    let names: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(names, ["data.Reader", "222222222222.Reader", "333333333333.Reader"]);
}

// F151
#[test]
fn a_role_that_cannot_be_used_is_left_out_by_name() {
    let mut scenario = with_roles(Vec::new());
    let mut said = |left_out| {
        scenario.desk.added_profiles(&id("acme-staging"), Ok(AddedProfiles { count: 2, left_out }), now());
        scenario.view().said.unwrap()
    };
    assert_eq!(said(vec![]).text, "Added 2 profiles");
    let said = said(vec!["data.o\u{202e}dd".into()]);
    assert_eq!(said.text, "Added 2 profiles; what the server calls data.odd cannot be used");
    assert_eq!(said.tone, Tone::Warn);
}

#[test]
fn an_answer_about_roles_that_nobody_waits_for_is_dropped() {
    let mut scenario = looking();
    let _ = click(&mut scenario, Click::FindRoles { team: id("lab") }, now());
    let problem = Problem::new("X", Exit::Other, "late");
    scenario.desk.roles_come(1, three().found().clone());
    scenario.desk.roles_found(1, three().found().clone(), Some(problem));
    let shown = screen(&scenario);
    assert!(shown.looking && shown.problem.is_none() && shown.accounts.is_empty());
}

fn one(account: &str, role: &str) -> Vec<Target> {
    vec![Target {
        fields: crate::testkit::profile("", account, role).target,
        group: format!("name of {account}"),
        group_detail: account.into(),
        label: role.into(),
    }]
}

/// Three accounts, of which the last has come.
fn three() -> Discovery {
    let found = Discovery::default();
    found.list(["1", "2", "3"].map(|id| (id.into(), format!("name of {id}"))));
    found.add(2, one("3", "C"));
    found
}

// F242
#[test]
fn roles_can_be_chosen_while_others_come_and_mean_the_same_afterwards() {
    let (mut scenario, found) = (looking(), three());
    scenario.desk.roles_come(1, found.found().clone());
    let shown = screen(&scenario);
    assert_eq!((shown.looking, shown.tried, shown.of), (true, 1, 3));
    let chosen = shown.accounts[0].roles[0].key;

    found.add(0, one("1", "A"));
    scenario.desk.roles_come(1, found.found().clone());
    let shown = screen(&scenario);
    let accounts: Vec<_> = shown.accounts.iter().map(|account| account.account.as_str()).collect();
    assert_eq!(accounts, ["1", "3"], "not in the server's order");
    let typed = Typed::Profiles { team: id("acme-staging"), found: shown.found, keys: vec![chosen] };
    let errands = type_in(&mut scenario, typed);
    let [Errand::AddProfiles { profiles, .. }] = errands.as_slice() else { panic!("{errands:?}") };
    assert_eq!(profiles[0].target["role"], "C");
}

// F242
#[test]
fn a_look_that_is_stopped_keeps_what_has_come_and_can_be_taken_up_again() {
    let (mut scenario, team) = (looking(), id("acme-staging"));
    scenario.desk.roles_come(1, three().found().clone());
    let stop = screen(&scenario).stop.click;
    assert_eq!(click(&mut scenario, stop, now()), [Errand::StopLooking { team: team.clone() }]);
    scenario.desk.roles_found(1, three().found().clone(), None);
    let shown = screen(&scenario);
    assert_eq!((shown.looking, shown.accounts.len()), (false, 1));
    assert_eq!(shown.missing.iter().map(|one| one.names.as_str()).collect::<Vec<_>>(), ["2 accounts"]);
    assert_eq!(shown.look_on.label, words::LOOK_ON);

    let errands = click(&mut scenario, shown.look_on.click, now());
    assert_eq!(errands, [Errand::LookOn { team, look: 1 }], "what was chosen belongs to this look");
    let shown = screen(&scenario);
    assert_eq!((shown.looking, shown.accounts.len(), shown.missing.len()), (true, 1, 0));
}

// F243
#[test]
fn what_was_left_out_stands_there_with_its_reason_and_can_be_asked_for_again() {
    let (mut scenario, found) = (looking(), three());
    found.leave_out(0, ProviderError::Refused { host: "h".into(), code: "No".into(), message: "not you".into() });
    scenario.desk.roles_found(
        1,
        found.found().clone(),
        Some(Problem::new("NET", Exit::Offline, "h is away").hint("Wait")),
    );
    let shown = screen(&scenario);
    let missing: Vec<_> =
        shown.missing.iter().map(|one| (one.names.as_str(), one.why.as_str(), one.hint.as_str())).collect();
    assert_eq!(missing[0].0, "name of 1 (1)");
    assert_eq!(missing[0].1, "h refused: No. The server says: not you.");
    assert_eq!(missing[1], ("name of 2 (2)", "h is away", "Wait"));
    assert_eq!((shown.look_on.label.as_str(), shown.problem), (words::TRY_AGAIN, None));
}

// F243
#[test]
fn where_nothing_came_at_all_there_is_only_the_reason() {
    let (mut scenario, found) = (looking(), Discovery::default());
    found.list([("1".into(), "one".into())]);
    found.leave_out(0, ProviderError::ServerTrouble { host: "h".into(), status: 500 });
    scenario.desk.roles_found(1, found.found().clone(), None);
    let shown = screen(&scenario);
    assert_eq!((shown.problem.unwrap().code.as_str(), shown.missing.len()), ("NET-SERVER", 0));
}
