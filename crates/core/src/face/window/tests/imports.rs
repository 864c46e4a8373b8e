//! What the desk makes of choices among what was found in other programs' files.

use super::*;
use crate::face::talk::import::Imported;
use crate::words::change::Change;

fn importing() -> Scenario {
    all().into_iter().find(|(name, _)| *name == "import").unwrap().1
}

#[test]
fn only_what_was_chosen_from_the_list_on_the_screen_is_imported() {
    let chosen = |key, name: &str| Chosen { key, name: name.into() };
    let mut scenario = importing();
    let typed = Typed::Import { found: 99, chosen: vec![chosen(0, "pumps")] };
    assert_eq!(type_in(&mut scenario, typed), [], "another list than the one on the screen");
    let typed = Typed::Import { found: 1, chosen: vec![chosen(1, "wine"), chosen(77, "x")] };
    let errands = type_in(&mut scenario, typed);
    let [Errand::ImportTeams { teams, .. }] = errands.as_slice() else { panic!("{errands:?}") };
    assert_eq!(teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>(), ["wine"]);
    scenario.desk.imported(Ok(Imported { teams: 1, ..Imported::default() }), now());
    assert_eq!(scenario.view().said.unwrap().text, "Imported 1 team");
}

#[test]
fn names_of_an_import_must_not_meet() {
    let chosen = |key, name: &str| Chosen { key, name: name.into() };
    for (chosen, field) in [
        (vec![chosen(0, "lab")], "name-0"),
        (vec![chosen(0, "same"), chosen(1, "same")], "name-1"),
        (vec![chosen(0, "a/b")], "name-0"),
    ] {
        let mut scenario = importing();
        assert_eq!(type_in(&mut scenario, Typed::Import { found: 1, chosen }), []);
        assert_eq!(trouble(&scenario.view()).unwrap().1, Some(field));
    }
}

// F173
#[test]
fn what_changed_at_its_source_is_offered_row_by_row() {
    let scenario = all().into_iter().find(|(name, _)| *name == "import-changes").unwrap().1;
    let Screen::Import(screen) = scenario.view().screen else { panic!() };
    let rows: Vec<_> = screen.rows.iter().map(|row| (row.kind, row.name.as_str(), row.about.as_str())).collect();
    assert_eq!(
        rows,
        [
            (ImportKind::Change, "acme-staging", "region: eu-west-1 → eu-north-1"),
            (ImportKind::Change, "acme-staging", "profile Prod/Deploy: DeployFirmware in 345678901234"),
            (ImportKind::Change, "acme-staging", "profile acme.Admin: role AdminAccess → Operator"),
            (ImportKind::Gone, "acme-staging", "profile acme.ReadOnly: no longer in ~/.aws/config"),
        ]
    );
}

// F173
#[test]
fn chosen_changes_go_to_the_team_that_is_there_and_need_no_name() {
    let chosen = |key| Chosen { key, name: "acme-staging".into() };
    let mut scenario = all().into_iter().find(|(name, _)| *name == "import-changes").unwrap().1;
    let errands = type_in(&mut scenario, Typed::Import { found: 1, chosen: vec![chosen(0), chosen(3)] });
    let [Errand::ImportTeams { teams, changes }] = errands.as_slice() else { panic!("{errands:?}") };
    assert!(teams.is_empty());
    assert!(matches!(changes.as_slice(), [(_, Change::Set { .. }), (_, Change::Remove(_))]), "{changes:?}");
    assert!(changes.iter().all(|(team, _)| *team == id("acme-staging")));
    scenario.desk.imported(Ok(Imported { changes: 1, removed: 1, ..Imported::default() }), now());
    assert_eq!(scenario.view().said.unwrap().text, "Followed 1 change, removed 1 profile");
}
