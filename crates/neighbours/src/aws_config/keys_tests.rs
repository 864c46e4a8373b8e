//! Which profiles with access keys become teams, and what is found with them.
#![allow(clippy::unwrap_used)]

use super::*;

const CONFIG: &str = "\
[default]
region = eu-central-1
[profile dev]
region = eu-west-1
[profile deploy]
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = dev
mfa_serial = arn:aws:iam::123456789012:mfa/ann
[profile audit]
role_arn = arn:aws:iam::210987654321:role/Audit
source_profile = deploy
external_id = x7
[profile sso]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Admin
";
const CREDENTIALS: &str = "\
[default]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = hidden0
[dev]
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = hidden1
[own role]
aws_access_key_id = AKIAI44QH8DHBEXAMPL2
aws_secret_access_key = hidden2
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = own role
[saml]
aws_access_key_id = ASIAI44QH8DHBEXAMPLE
aws_secret_access_key = hidden3
aws_session_token = hidden4
";

fn of(config: &str, credentials: &str) -> Found {
    found(Files {
        config: Some((Path::new("/h/.aws/config"), config.as_bytes())),
        credentials: Some((Path::new("/h/.aws/credentials"), credentials.as_bytes())),
    })
}

// F304
#[test]
fn each_profile_with_keys_for_good_is_a_team_with_the_roles_on_top_of_it() {
    let found = of(CONFIG, CREDENTIALS);
    assert_eq!(found.warnings, []);
    let [default, dev] = found.teams.as_slice() else { panic!("{found:?}") };
    assert_eq!((default.name.as_str(), dev.name.as_str()), ("default", "dev"));
    assert_eq!(dev.from, Path::new("/h/.aws/credentials"));
    let settings: Vec<_> = dev.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let device = "arn:aws:iam::123456789012:mfa/ann";
    let expected = [("access-key-id", "AKIAI44QH8DHBEXAMPLE"), ("mfa-serial", device), ("region", "eu-west-1")];
    assert_eq!(settings, expected);
    let profiles: Vec<_> = dev.profiles.iter().map(|p| (p.name.as_str(), p.source.as_deref(), p.chain.len())).collect();
    assert_eq!(profiles, [("dev", None, 0), ("audit", Some("deploy"), 1), ("deploy", Some("dev"), 1)]);
    // The session has proved the device already, so the role asks for no code of its own.
    assert_eq!(dev.profiles[2].chain[0].mfa_serial, None);
    let others: Vec<_> = found.left_out.iter().flat_map(|one| &one.names).map(|one| one.name.as_str()).collect();
    assert_eq!(others, ["saml", "own role"]);
    assert!(!format!("{found:?}").contains("hidden"));
}

// F304
#[test]
fn who_looks_at_the_aws_files_without_asking_for_keys_gets_none_and_is_told_the_command() {
    let found = super::super::found(Files {
        credentials: Some((Path::new("/h/.aws/credentials"), CREDENTIALS.as_bytes())),
        ..Files::default()
    });
    assert_eq!(found.teams, []);
    let told = found.left_out.iter().find(|one| one.names.iter().any(|named| named.name == "dev")).unwrap();
    assert!(told.reason.next.contains("`keyfob import --from aws-credentials`"), "{told:?}");
    // A team that was made of keys is not gone because its profile is none of an access portal.
    assert!(found.unsure.contains("dev"));
}
