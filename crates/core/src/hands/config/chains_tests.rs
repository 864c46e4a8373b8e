//! Profiles with a chain, as people write them, and what is wrong with those that lead nowhere.
#![allow(clippy::unwrap_used)]

use super::{Config, Edit, parse};
use crate::words::mistake::{EditError, Malformed};
use crate::words::profile::{AssumedRole, Source};

const TEAMS: &str = r#"[team.acme]
id = "aaaaaaaaaaaaaaaa"
provider = "aws-sso"

[team.acme.profile.admin]
account = "123456789012"
role = "Admin"

[team.acme.profile."Prod/Deploy"]
source-profile = "admin"
region = "eu-north-1"

[[team.acme.profile."Prod/Deploy".assume]]
role-arn = "arn:aws:iam::210987654321:role/ci/Build"

[[team.acme.profile."Prod/Deploy".assume]]
role-arn = "arn:aws:iam::345678901234:role/Deploy"
external-id = "x:1"
session-name = "ann@acme"
duration = "1h"
mfa-serial = "arn:aws:iam::123456789012:mfa/ann"

[team.lab]
provider = "cognito"
profile.direct = { source-team = "acme", assume = { role-arn = "arn:aws:iam::345678901234:role/Lab", duration = 900 } }
profile.far = { source-team = "acme", source-profile = "Prod/Deploy", assume = [{ role-arn = "arn:aws:iam::345678901234:role/Far", source-identity = "ann", tags = { "cost centre" = "4711" } }] }
"#;

fn read(text: &str) -> Result<Config, Malformed> {
    parse(text, &|_, _| Ok(())).map(|(config, _)| config)
}

#[test]
fn a_chain_is_read_in_each_way_that_people_write_it() {
    let config = read(TEAMS).unwrap();
    let deploy = config.team("acme").unwrap().profile("Prod/Deploy").unwrap();
    assert_eq!(deploy.source, Some(Source { team: None, profile: Some("admin".into()) }));
    assert_eq!(deploy.chain.iter().map(AssumedRole::role_name).collect::<Vec<_>>(), ["Build", "Deploy"]);
    assert_eq!((deploy.chain[1].duration, deploy.chain[1].external_id.as_deref()), (Some(3600), Some("x:1")));
    let lab = config.team("lab").unwrap();
    assert_eq!(lab.profile("direct").unwrap().source, Some(Source { team: Some("acme".into()), profile: None }));
    let far = &lab.profile("far").unwrap().chain[0];
    assert_eq!((far.source_identity.as_deref(), far.tags["cost centre"].as_str()), (Some("ann"), "4711"));
}

#[test]
fn what_is_written_is_read_back() {
    let config = read(TEAMS).unwrap();
    let mut edit = Edit::of("").unwrap();
    config.teams.iter().for_each(|team| edit.add_team(team).unwrap());
    assert_eq!(read(&edit.text()).unwrap(), config);
}

#[test]
fn a_renamed_team_stays_the_source_of_others() {
    let mut edit = Edit::of(TEAMS).unwrap();
    edit.rename_team("acme", "corp").unwrap();
    let config = read(&edit.text()).unwrap();
    let source = config.team("lab").unwrap().profile("far").unwrap().source.clone().unwrap();
    assert_eq!(source.team.as_deref(), Some("corp"));
}

#[test]
fn a_renamed_profile_keeps_its_id_and_comments_and_stays_the_source_of_others() {
    let text = TEAMS.replace(
        "[team.acme.profile.admin]\n",
        "# the first one\n[team.acme.profile.admin]\nid = \"cccccccccccccccc\"\n",
    );
    let mut edit = Edit::of(&text).unwrap();
    edit.rename_profile("acme", "admin", "Prod/Admin").unwrap();
    edit.rename_profile("acme", "Prod/Deploy", "ship").unwrap();
    let (text, config) = (edit.text(), read(&edit.text()).unwrap());
    assert!(text.contains("# the first one\n[team.acme.profile.\"Prod/Admin\"]\n"), "{text}");
    let acme = config.team("acme").unwrap();
    assert_eq!(acme.profile("Prod/Admin").unwrap().id.as_str(), "cccccccccccccccc");
    let source = |team: &str, name: &str| {
        config.team(team).unwrap().profile(name).unwrap().source.clone().unwrap().profile.unwrap()
    };
    assert_eq!((source("acme", "ship"), source("lab", "far")), ("Prod/Admin".into(), "ship".into()));
    assert!(matches!(edit.rename_profile("acme", "ship", "Prod/Admin"), Err(EditError::ProfileTaken { .. })));
    assert!(matches!(edit.rename_profile("acme", "gone", "x"), Err(EditError::NoProfile { .. })));
    edit.rename_profile("acme", "ship", "ship").unwrap();
    assert_eq!(edit.text(), text);
}

// F99
#[test]
fn a_source_that_leads_nowhere_or_round_is_told_with_its_line() {
    let tell = |from: &str, to: &str| {
        assert!(TEAMS.contains(from), "{from}");
        let wrong = read(&TEAMS.replace(from, to)).unwrap_err();
        (wrong.line, wrong.why)
    };
    let (line, why) = tell("source-profile = \"admin\"", "source-profile = \"nobody\"");
    assert_eq!((line, why.as_str()), (10, "acme has no profile called nobody, which is named here as a source"));
    let (line, why) = tell("source-team = \"acme\", assume", "source-team = \"gone\", assume");
    assert_eq!((line, why.as_str()), (25, "there is no team called gone, which direct has as its source"));
    let (line, why) = tell("source-profile = \"admin\"", "source-team = \"lab\"\nsource-profile = \"far\"");
    assert!(why.starts_with("these sources go round in a circle: "), "{why}");
    assert!([10, 11].contains(&line), "line {line}");
    let (line, why) = tell("source-profile = \"admin\"", "source-profile = \"Prod/Deploy\"");
    assert_eq!((line, why.as_str()), (10, "these sources go round in a circle: Prod/Deploy → Prod/Deploy"));
}

#[test]
fn a_part_of_a_chain_that_cannot_be_used_is_told_with_its_line() {
    for (from, to, line, why) in [
        ("duration = \"1h\"", "duration = \"90\"", 20, "duration"),
        ("duration = \"1h\"", "duration = 90", 20, "duration"),
        ("external-id = \"x:1\"", "external-id = \"x\"", 18, "external-id"),
        ("role-arn = \"arn:aws:iam::345678901234:role/Deploy\"", "role-arn = \"Deploy\"", 17, "role-arn"),
        ("mfa-serial = ", "mfa = ", 21, "“mfa” is not known"),
        ("region = \"eu-north-1\"", "role = \"Admin\"", 11, "has a source already"),
    ] {
        let wrong = read(&TEAMS.replace(from, to)).unwrap_err();
        assert_eq!(wrong.line, line, "{to}: {}", wrong.why);
        assert!(wrong.why.contains(why), "{}", wrong.why);
    }
}
