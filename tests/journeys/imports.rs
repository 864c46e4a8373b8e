//! What is imported follows its files, and everything else in them is told.

use std::fs;

use serde_json::Value;

use keyfob_tests::support::stage::Stage;

const SESSION: &str = "[sso-session corp]\n  sso_start_url = https://corp.awsapps.com/start\n  sso_region: eu-west-1\n";

fn profile(name: &str, role: &str) -> String {
    format!("[profile {name}]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = {role}\n")
}

fn write(stage: &Stage, text: &str) {
    fs::create_dir_all(stage.home().join(".aws")).unwrap();
    fs::write(stage.home().join(".aws/config"), text).unwrap();
}

// F173, F175
#[test]
fn an_import_that_is_done_again_follows_its_file_kind_by_kind() {
    let stage = Stage::demo();
    write(&stage, &(SESSION.to_owned() + &profile("Prod/Admin", "Admin") + &profile("old", "Reader")));
    stage.ok("import --yes");
    assert!(stage.ok("env corp --profile Prod/Admin --shell bash").contains("export AWS_PROFILE=Prod/Admin"));

    write(
        &stage,
        &(SESSION.replace("eu-west-1", "eu-north-1") + &profile("Prod/Admin", "Operator") + &profile("new", "Reader")),
    );
    let before = fs::read_to_string(stage.config()).unwrap();
    let review = stage.ok("import --dry-run");
    for row in [
        "region: eu-west-1 → eu-north-1",
        "role Admin → Operator",
        "profile new: Reader",
        "profile old: no longer in ~/.aws/config",
    ] {
        assert!(review.contains(row), "no {row} in {review}");
    }
    let offers: Value = serde_json::from_str(&stage.ok("import --json")).unwrap();
    let kinds: Vec<&str> = offers["offers"].as_array().unwrap().iter().map(|o| o["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["changed-setting", "changed-profile", "new-profile", "gone-profile"]);
    assert_eq!(fs::read_to_string(stage.config()).unwrap(), before, "looking changes nothing");

    let mut terminal = stage.terminal("import");
    terminal.wait_for("Import these? [y/N]");
    terminal.press("n\r");
    terminal.wait_for("Follow 2 changes of the files? [y/N]");
    terminal.press("y\r");
    terminal.wait_for("Remove 1 profile that the files have no more? [y/N]");
    terminal.press("n\r");
    terminal.wait_for("Followed 2 changes.");

    let done = stage.run("import --yes");
    assert!(done.err.contains("Added 1 profile.") && done.err.contains("--prune"), "{}", done.err);
    let done = stage.run("import --yes --prune");
    assert!(done.err.contains("Removed 1 profile."), "{}", done.err);
    let list = stage.ok("profile list corp");
    assert!(list.contains("Operator") && list.contains("new") && !list.contains("old"), "{list}");
    assert!(stage.run("import --yes").err.contains("Nothing new"));
}

// F171, F172, F174
#[test]
fn a_broken_line_costs_no_other_section_and_no_other_source_and_all_else_is_listed() {
    let stage = Stage::demo();
    write(
        &stage,
        &(SESSION.to_owned()
            + &profile("good", "Admin")
            + "[profile torn\nsso_session = corp\n[profile keys]\naws_access_key_id = AKIA\n[profile vault]\ncredential_process = aws-vault exec x\n"),
    );
    let iot = stage.home().join(".simpleiot/lab");
    fs::create_dir_all(&iot).unwrap();
    fs::write(
        iot.join("config.json"),
        r#"{"region":"eu-west-1","cognitoUserPoolId":"eu-west-1_AbC","cognitoClientId":"abc"}"#,
    )
    .unwrap();
    let (review, said) = stage.run("import --dry-run").ok_with_words();
    assert!(review.contains("corp") && review.contains("lab"), "{review}");
    for told in
        ["~/.aws/config, line 8, [profile torn", "keys (line 10)", "vault (line 12)", "aws-vault gets the credentials"]
    {
        assert!(said.contains(told), "no {told} in {said}");
    }
}

// F176, F177
#[test]
fn whatever_a_person_names_is_read_or_told_whose_it_is() {
    let stage = Stage::demo();
    let text = SESSION.to_owned() + &profile("good", "Admin");
    fs::write(stage.home().join("mine"), &text).unwrap();
    for named in ["mine", "./mine", "~/mine"] {
        assert!(stage.ok(&format!("import {named} --dry-run")).contains("corp"), "{named}");
    }
    assert!(stage.pipe("import - --dry-run", &text).ok().contains("corp"));
    fs::write(stage.home().join(".saml2aws"), "[default]\nurl = https://x\nprovider = Okta\naws_urn = urn:x\n")
        .unwrap();
    let said = stage.run("import .saml2aws").fails(2, "FILE-STRANGE");
    assert!(said.contains("~/.saml2aws is a file of saml2aws"), "{said}");
    stage.run("import nope").fails(2, "FILE-NONE");
}
