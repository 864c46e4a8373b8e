//! SimpleIOT folders with their expected verdicts (security D.1), then any bytes at all.
#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

const COGNITO: &str = r#"{
    "team": "lab", "region": "eu-west-1", "account": "123456789012", "use_sso": false,
    "apiEndpoint": "https://x.execute-api.eu-west-1.amazonaws.com/", "iot_endpoint": "y", "mqtt_port": 8883,
    "cognitoUserPoolId": "eu-west-1_AbCdEf123", "cognitoClientId": "1h57kf5cpq17m0eml12EXAMPLE"
}"#;

const SSO: &str = r#"{
    "team": "acme", "region": "eu-central-1", "account": "123456789012", "use_sso": true,
    "sso_url": "https://d-1234567890.awsapps.com/start", "sso_account_name": "Acme", "sso_account_role": "Admin"
}"#;

fn read(files: &[(&str, &str)]) -> Found {
    let files: Vec<TeamFile> = files
        .iter()
        .map(|(folder, text)| TeamFile { folder: (*folder).into(), bytes: text.as_bytes().to_vec() })
        .collect();
    found(Path::new("/h/.simpleiot"), &files)
}

fn with(text: &str, key: &str, value: Value) -> String {
    let mut fields: Fields = serde_json::from_str(text).unwrap();
    fields.insert(key.into(), value);
    Value::Object(fields).to_string()
}

fn without(text: &str, key: &str) -> String {
    let mut fields: Fields = serde_json::from_str(text).unwrap();
    fields.remove(key).unwrap();
    Value::Object(fields).to_string()
}

fn fields(found: &Found) -> Vec<&str> {
    found.warnings.iter().map(|w| w.field.as_deref().unwrap_or("-")).collect()
}

#[test]
fn a_cognito_team_keeps_its_pool_and_its_name_for_terminals() {
    let found = read(&[("lab", COGNITO), ("_old", COGNITO)]);
    assert_eq!(found.warnings, []);
    let [team] = found.teams.as_slice() else { panic!("{found:?}") };
    assert_eq!((team.name.as_str(), team.provider), ("lab", "cognito"));
    assert_eq!(team.from, Path::new("/h/.simpleiot/lab/config.json"));
    let settings: Vec<(&str, &str)> = team.settings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(
        settings,
        [
            ("client-id", "1h57kf5cpq17m0eml12EXAMPLE"),
            ("iot-team", "lab"),
            ("region", "eu-west-1"),
            ("user-pool-id", "eu-west-1_AbCdEf123"),
        ]
    );
}

#[test]
fn an_sso_team_brings_the_role_it_was_installed_with() {
    let found = read(&[("acme", SSO)]);
    assert_eq!(found.warnings, []);
    let team = &found.teams[0];
    assert_eq!(team.provider, "aws-sso");
    assert_eq!(team.settings["start-url"], "https://d-1234567890.awsapps.com/start");
    assert_eq!(team.settings["region"], "eu-central-1");
    let profile = &team.profiles[0];
    assert_eq!((profile.name.as_str(), profile.target["account"].as_str()), ("acme.Admin", "123456789012"));
    assert_eq!((profile.target["role"].as_str(), profile.region.as_deref()), ("Admin", Some("eu-central-1")));
}

// F246: Python's json, which the `iot` CLI reads it with, does the same.
#[test]
fn of_a_setting_that_stands_twice_the_last_one_counts() {
    let twice = COGNITO.replacen('{', r#"{"region": "us-east-1","#, 1);
    let found = read(&[("lab", &twice)]);
    assert_eq!((found.warnings.len(), found.teams[0].settings["region"].as_str()), (0, "eu-west-1"));
}

// F86, F163
#[test]
fn a_bad_row_is_told_and_costs_no_other() {
    for (text, field) in [
        (without(COGNITO, "cognitoUserPoolId"), "cognitoUserPoolId"),
        (with(COGNITO, "cognitoUserPoolId", Value::from(7)), "cognitoUserPoolId"),
        (with(COGNITO, "cognitoUserPoolId", Value::from("eu-west-1-AbC")), "cognitoUserPoolId"),
        (with(COGNITO, "cognitoUserPoolId", Value::from("a/b_AbC")), "cognitoUserPoolId"),
        (with(COGNITO, "cognitoClientId", Value::from("a b")), "cognitoClientId"),
        (with(COGNITO, "cognitoClientId", Value::from("")), "cognitoClientId"),
        (with(COGNITO, "cognitoClientId", Value::from("x".repeat(129))), "cognitoClientId"),
        (with(SSO, "sso_url", Value::from(format!("https://d-1.awsapps.com/{}", "x".repeat(2048)))), "sso_url"),
        (with(COGNITO, "region", Value::from("eu/west")), "region"),
        (without(COGNITO, "region"), "region"),
        (without(SSO, "sso_url"), "sso_url"),
        (with(SSO, "sso_url", Value::from("http://d-1.awsapps.com/start")), "sso_url"),
        (with(SSO, "sso_url", Value::from("https://aws@evil.test/start")), "sso_url"),
        ("[]".into(), "-"),
        ("{\"team\": \"lab\",".into(), "-"),
        ("not json".into(), "-"),
        ("[".repeat(100_000), "-"),
        (String::new(), "-"),
    ] {
        let found = read(&[("bad", &text), ("lab", COGNITO)]);
        assert_eq!(found.teams.len(), 1, "{text}");
        assert!(fields(&found).contains(&field), "{:?} for {text}", found.warnings);
        assert!(
            found
                .warnings
                .iter()
                .all(|w| w.path == Path::new("/h/.simpleiot/bad/config.json") || w.field.as_deref() == Some("team"))
        );
    }
    let half = read(&[("bad", "{\n  \"team\": \"lab\",")]);
    assert_eq!(half.warnings[0].line, Some(2));
    assert!(half.warnings[0].why.contains("too early"));
}

// F86
#[test]
fn odd_values_are_read_with_a_warning() {
    for (text, field, provider) in [
        (with(COGNITO, "use_sso", Value::from("false")), "use_sso", "cognito"),
        (with(SSO, "use_sso", Value::from("true")), "use_sso", "aws-sso"),
        (with(SSO, "use_sso", Value::from(1)), "use_sso", "aws-sso"),
        (with(COGNITO, "apiEndpoint", Value::from("http://x.test/")), "apiEndpoint", "cognito"),
        (with(COGNITO, "region", Value::from("us-east-1")), "region", "cognito"),
        (with(SSO, "account", Value::from("123")), "account", "aws-sso"),
        (with(SSO, "sso_account_role", Value::from("a b")), "sso_account_role", "aws-sso"),
    ] {
        let name = if provider == "cognito" { "lab" } else { "acme" };
        let found = read(&[(name, &text)]);
        assert_eq!(fields(&found), [field], "{text}");
        assert_eq!(found.teams[0].provider, provider, "{text}");
    }
    let moved = read(&[("lab", &with(COGNITO, "region", Value::from("us-east-1")))]);
    assert_eq!(moved.teams[0].settings["region"], "eu-west-1", "the pool's own region");
    assert!(read(&[("acme", &with(SSO, "account", Value::from("123")))]).teams[0].profiles.is_empty());
}

// F86
#[test]
fn a_folder_that_the_iot_cli_takes_for_another_is_left_out() {
    let found = read(&[("ABC$", COGNITO), ("ABC", COGNITO), ("!!!", COGNITO), ("日本", COGNITO), ("x.y", COGNITO)]);
    let names: Vec<&str> = found.teams.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["ABC"]);
    let whys: Vec<&str> = found.warnings.iter().map(|w| w.why.as_str()).collect();
    assert!(whys.iter().any(|w| w.contains("takes the folder \"ABC$\" for ABC, which is another team")), "{whys:?}");
    assert!(whys.iter().any(|w| w.contains("\"!!!\" and would use the folder of all teams")));
    assert!(whys.iter().any(|w| w.contains("looks for the folder \"x.y\" at xy")));
}

#[test]
fn an_alias_is_told_and_two_folders_of_one_team_are_warned_of() {
    let found = read(&[("alias", COGNITO), ("lab", COGNITO)]);
    assert_eq!(found.teams[0].settings["iot-team"], "alias");
    let whys: Vec<&str> = found.warnings.iter().map(|w| w.why.as_str()).collect();
    assert!(whys[0].contains("The folder alias says that its team is lab"), "{whys:?}");
    assert!(whys[1].contains("The folders alias and lab both say that their team is lab"), "{whys:?}");
}

#[test]
fn a_folder_that_is_no_name_of_ours_is_left_out() {
    for folder in ["-lab", "", &"x".repeat(65)] {
        let found = read(&[(folder, COGNITO), ("lab", COGNITO)]);
        assert_eq!(found.teams.len(), 1, "{folder}");
        assert_eq!(fields(&found), ["team"], "{folder}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    // Z04
    #[test]
    fn no_bytes_make_it_panic(folder in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        found(Path::new("root"), &[TeamFile { folder, bytes }]);
    }

    // Z04: no two folders lead to one team, and none to the folder of all teams.
    #[test]
    fn every_team_is_a_folder_of_its_own(folders in prop::collection::btree_set("[ab$!_.-]{0,4}", 0..8)) {
        let files: Vec<(&str, &str)> = folders.iter().map(|f| (f.as_str(), COGNITO)).collect();
        let found = read(&files);
        let mut names: Vec<&str> = found.teams.iter().map(|t| t.name.as_str()).collect();
        let before = names.len();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), before);
        for team in &found.teams {
            prop_assert!(folders.contains(&team.name));
            prop_assert!(check_name(&team.name).is_ok());
            prop_assert_eq!(&team.settings["iot-team"], &team.name);
        }
    }
}
