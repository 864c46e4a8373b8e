//! Names in the file that are written in another way than they are kept: letters and marks one by one.
#![allow(clippy::unwrap_used)]

use super::{Edit, parse, write_ids};
use crate::words::mistake::EditError;

/// As some editors and file systems write it: `u` and its two dots are two characters.
const BY_HAND: &str = "[team.\"Mu\u{308}ller\"]\nprovider = \"aws-sso\" # by hand\n\n[team.\"Mu\u{308}ller\".profile.\"Zu\u{308}rich\"]\naccount = \"123456789012\"\nrole = \"R\"\n";

// F223
#[test]
fn a_team_is_found_and_changed_however_its_name_is_written() {
    let (config, made_ids) = parse(BY_HAND, &|_, _| Ok(())).unwrap();
    let team = config.team("Mu\u{308}ller").unwrap();
    assert_eq!((team, team.name.as_str()), (config.team("Müller").unwrap(), "Müller"));
    assert!(
        team.profile("Zürich").is_some_and(|profile| profile.name == "Zu\u{308}rich"),
        "tools know it by this name"
    );
    assert!(made_ids);
    let written = write_ids(BY_HAND, &config).unwrap();
    assert_eq!(parse(&written, &|_, _| Ok(())).unwrap(), (config.clone(), false));

    let mut edit = Edit::of(&written).unwrap();
    assert_eq!(edit.add_team(team), Err(EditError::Taken("Müller".into())));
    edit.set("Müller", "region", "eu-west-1").unwrap();
    edit.remove_profile("Müller", "Zürich").unwrap();
    assert!(edit.text().contains("[team.\"Mu\u{308}ller\"]") && edit.text().contains("# by hand"), "{}", edit.text());
    edit.rename_team("Müller", "Zu\u{308}rich").unwrap();
    assert!(parse(&edit.text(), &|_, _| Ok(())).unwrap().0.team("Zürich").is_some());
    edit.remove_team("Zu\u{308}rich").unwrap();
}

// F223
#[test]
fn one_name_in_two_spellings_is_told() {
    let twice = format!("{BY_HAND}\n[team.\"Müller\"]\nprovider = \"cognito\"\n");
    let mistake = parse(&twice, &|_, _| Ok(())).unwrap_err();
    assert_eq!((mistake.line, mistake.why.contains("written in two ways")), (8, true), "{mistake}");
}
