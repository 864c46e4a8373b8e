//! Drafts of real-life files are teams that Keyfob itself takes, all the way to its config file.

use std::path::Path;

use keyfob_core::hands::config::Edit;
use keyfob_core::words::id::Id;
use keyfob_core::words::team::Team;
use keyfob_neighbours::Found;
use keyfob_neighbours::aws_config::{self, Files};
use keyfob_neighbours::simpleiot::{self, TeamFile};

const AWS: &str = "\
[default]
region = eu-west-1
[sso-session my-sso]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
[profile admin]
sso_session = my-sso
sso_account_id = 123456789012
sso_role_name = AWSAdministratorAccess
[profile old/one]
sso_start_url = https://acme.awsapps.com/start#/
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = ReadOnly
region = us-gov-west-1
[profile deploy]
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = admin
[profile torn]
sso_start_url = acme.awsapps.com
";

const COGNITO: &str = r#"{"team": "lab", "region": "eu-west-1", "use_sso": false, "mqtt_port": 8883,
    "cognitoUserPoolId": "eu-west-1_AbCdEf123", "cognitoClientId": "1h57kf5cpq17m0eml12EXAMPLE"}"#;
const SSO: &str = r#"{"team": "acme", "region": "eu-central-1", "account": "123456789012", "use_sso": true,
    "sso_url": "https://acme.awsapps.com/start", "sso_account_role": "Admin"}"#;

/// Fails unless providers and config file take every draft.
fn assert_taken(found: &Found, teams: usize) {
    assert_eq!(found.teams.len(), teams, "{:?}", found.warnings);
    let mut edit = Edit::of("").unwrap();
    let mut number = 0;
    let mut id = || {
        number += 1;
        Id::from_random([number; 10])
    };
    for draft in &found.teams {
        let provider = keyfob_providers::find(draft.provider).unwrap();
        assert_eq!(provider.check(&draft.settings), Ok(()), "{}", draft.name);
        for profile in &draft.profiles {
            if profile.source.is_none() {
                assert_eq!(provider.check_profile(&profile.target), Ok(()), "{}", profile.name);
            }
        }
        let profiles = draft
            .profiles
            .iter()
            .map(|profile| profile.clone().into_profile(id(), Some("~/.aws/config".into())))
            .collect();
        let (name, provider, settings) = (draft.name.clone(), draft.provider.to_owned(), draft.settings.clone());
        edit.add_team(&Team { id: id(), name, provider, settings, pinned: false, profiles }).unwrap();
    }
    let (config, _) = keyfob_core::hands::config::parse(&edit.text(), &|_, _| Ok(())).unwrap();
    assert_eq!(config.teams.len(), teams);
}

#[test]
fn teams_of_aws_config_can_be_added_as_they_are() {
    assert_taken(
        &aws_config::found(Files { config: Some((Path::new("config"), AWS.as_bytes())), ..Files::default() }),
        2,
    );
}

#[test]
fn teams_of_simpleiot_can_be_added_as_they_are() {
    let files: Vec<TeamFile> = [("lab", COGNITO), ("acme_2", SSO), ("broken", "{")]
        .map(|(folder, text)| TeamFile { folder: folder.into(), bytes: text.into() })
        .into();
    assert_taken(&simpleiot::found(Path::new("root"), &files), 2);
}
