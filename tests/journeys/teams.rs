//! Teams and profiles: adding, editing, renaming, removing, importing; a file that people edit too.

use std::fs;

use serde_json::Value;

use keyfob_tests::support::stage::Stage;

#[test]
fn a_team_is_added_shown_edited_renamed_pinned_and_removed() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    stage.add_pool("lab", keyfob_sandbox::SRP_CLIENT);
    stage.ok("team edit acme --set region=eu-north-1 --set scopes=sso:account:access");
    stage.ok("team rename acme acme-prod");
    stage.ok("team pin lab");
    let list: Value = serde_json::from_str(&stage.ok("team list --json")).unwrap();
    assert_eq!(list["version"], 1);
    assert_eq!(list["teams"][0]["name"], "acme-prod");
    assert_eq!(list["teams"][0]["settings"]["region"], "eu-north-1");
    assert!(stage.ok("team list").lines().nth(1).unwrap().starts_with("lab"), "pinned teams come first");
    stage.ok("team edit acme-prod --set scopes=");
    assert!(!stage.ok("team show acme-prod").contains("scopes"));
    let removed = stage.run("team remove acme-prod --yes");
    assert!(removed.err.contains("keyfob team add acme-prod --provider aws-sso"), "{}", removed.err);
    stage.run("team show acme-prod").fails(7, "TEAM-UNKNOWN");
}

#[test]
fn comments_and_order_survive_every_command() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let text = fs::read_to_string(stage.config()).unwrap();
    fs::write(stage.config(), text.replace("[team.acme]", "# the big one\n[team.acme]  # careful")).unwrap();
    stage.ok("team edit acme --set region=eu-north-1");
    stage.ok("profile add acme admin --account 111111111111 --role Admin");
    stage.ok("profile remove acme admin");
    let text = fs::read_to_string(stage.config()).unwrap();
    assert!(text.contains("# the big one\n[team.acme]  # careful"), "{text}");
}

#[test]
fn a_team_written_by_hand_works_and_gets_its_id() {
    let stage = Stage::demo();
    fs::create_dir_all(stage.config().parent().unwrap()).unwrap();
    let (url, start) = (stage.cloud.url(), stage.cloud.start_url());
    let by_hand = format!(
        "# mine\n[team.acme]\nprovider = \"aws-sso\"\nregion = \"eu-west-1\"\nstart-url = \"{start}\"\noidc-endpoint = \"{url}\"\nportal-endpoint = \"{url}\"\n"
    );
    fs::write(stage.config(), by_hand).unwrap();
    stage.cloud.approve_next().unwrap();
    stage.ok("login --no-open");
    let text = fs::read_to_string(stage.config()).unwrap();
    assert!(text.starts_with("# mine\n[team.acme]") && text.contains("\nid = \""), "{text}");
    stage.ok("profile discover acme");
}

#[test]
fn a_broken_file_is_told_with_its_place_and_the_last_good_state_goes_on() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    stage.ok("status");
    let good = fs::read_to_string(stage.config()).unwrap();
    let broken = format!("{good}\n[team.lab\n");
    fs::write(stage.config(), &broken).unwrap();
    let done = stage.run("env acme --shell bash");
    assert_eq!(done.ok_with_words().0, "export IOT_TEAM=acme\n");
    let said = stage.run("team edit acme --set region=eu-north-1").fails(1, "CONFIG-BROKEN");
    assert!(said.contains("config.toml, line "), "{said}");
    assert_eq!(fs::read_to_string(stage.config()).unwrap(), broken, "nothing is written into a broken file");
}

#[test]
fn names_that_are_mistyped_find_their_neighbour() {
    let stage = Stage::demo();
    stage.add_portal("acme-prod");
    let said = stage.run("login acme-prd").fails(7, "TEAM-UNKNOWN");
    assert!(said.contains("Did you mean acme-prod?"), "{said}");
}

#[test]
fn teams_found_in_other_programs_files_are_reviewed_before_they_are_added() {
    let stage = Stage::demo();
    let aws = stage.home().join(".aws");
    fs::create_dir_all(&aws).unwrap();
    fs::write(
        aws.join("config"),
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n[profile admin]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\nregion = eu-north-1\n",
    )
    .unwrap();
    let iot = stage.home().join(".simpleiot/lab");
    fs::create_dir_all(&iot).unwrap();
    fs::write(
        iot.join("config.json"),
        r#"{"team":"lab","region":"eu-west-1","use_sso":false,"apiEndpoint":"https://x.example/","cognitoUserPoolId":"eu-west-1_AbCdEfGhI","cognitoClientId":"abcdefghij0123456789abcdef"}"#,
    )
    .unwrap();

    let review = stage.ok("import --dry-run");
    assert!(review.contains("corp") && review.contains("lab"), "{review}");
    assert!(!stage.config().exists(), "a dry run writes nothing");
    stage.run("import").fails(4, "REVIEW-NEEDED");
    stage.ok("import --yes");
    let list: Value = serde_json::from_str(&stage.ok("team list --json")).unwrap();
    let names: Vec<&str> = list["teams"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["corp", "lab"]);
    assert_eq!(list["teams"][0]["profiles"][0]["role"], "Admin");
    // Once more finds nothing new.
    let again = stage.run("import --yes");
    assert!(again.err.contains("Nothing new"), "{}", again.err);
    assert!(again.out.contains("already here as corp"), "{}", again.out);
}

#[test]
fn two_programs_that_use_one_name_do_not_cost_each_other() {
    let stage = Stage::demo();
    fs::create_dir_all(stage.home().join(".aws")).unwrap();
    fs::write(
        stage.home().join(".aws/config"),
        "[sso-session lab]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
    )
    .unwrap();
    let iot = stage.home().join(".simpleiot/lab");
    fs::create_dir_all(&iot).unwrap();
    fs::write(
        iot.join("config.json"),
        r#"{"team":"lab","region":"eu-west-1","apiEndpoint":"https://x.example/","cognitoUserPoolId":"eu-west-1_AbCdEfGhI","cognitoClientId":"abcdefghij0123456789abcdef"}"#,
    )
    .unwrap();
    let review = stage.ok("import --yes");
    assert!(review.contains("There is already a team called lab"), "{review}");
    assert_eq!(stage.ok("team list").lines().count(), 2);
}

#[test]
fn import_from_one_place_asks_at_a_terminal() {
    let stage = Stage::demo();
    let file = stage.home().join("elsewhere");
    fs::write(&file, "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n")
        .unwrap();
    let mut terminal = stage.terminal("import --from aws elsewhere");
    terminal.wait_for("Import these? [y/N]");
    terminal.press("n\r");
    terminal.wait_for("Nothing was imported.");
    let mut terminal = stage.terminal("import --from aws elsewhere");
    terminal.wait_for("Import these? [y/N]");
    terminal.press("y\r");
    terminal.wait_for("Imported 1 team.");
}
