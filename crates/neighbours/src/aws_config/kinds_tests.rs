//! Every way in which a profile can get its credentials: imported, or listed by name with the reason.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::{Files, found};
use crate::Found;

const PORTAL: &str = "[sso-session s]\nsso_start_url = https://a.awsapps.com/start\nsso_region = eu-west-1\n";
const SSO: &str = "sso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n";
const ARN: &str = "arn:aws:iam::210987654321:role/Deploy";

fn read(text: &str) -> Found {
    let text = format!("{PORTAL}{text}");
    found(Files { config: Some((Path::new("/h/.aws/config"), text.as_bytes())), ..Files::default() })
}

/// Names and reason of the only group that was left out.
fn left_out(text: &str) -> (Vec<String>, String) {
    let found = read(text);
    let [one] = found.left_out.as_slice() else { panic!("{found:?}") };
    assert!(!one.reason.next.is_empty());
    (one.names.iter().map(|named| named.name.clone()).collect(), one.reason.why.clone())
}

// F174
#[test]
fn roles_on_top_of_a_login_become_profiles_with_a_source_and_a_chain() {
    let found = read(&format!(
        "[profile base]\n{SSO}[profile deploy]\nrole_arn = {ARN}\nsource_profile = base\nexternal_id = x-1\n\
         role_session_name = ci\nduration_seconds = 3600\nregion = eu-north-1\n\
         [profile deeper]\nrole_arn = {ARN}2\nsource_profile = deploy\n\
         [profile both]\n{SSO}role_arn = {ARN}\n[profile self]\n{SSO}role_arn = {ARN}\nsource_profile = self\n"
    ));
    assert_eq!((found.warnings.len(), found.left_out.len()), (0, 0), "{found:?}");
    let profile = |name: &str| found.teams[0].profiles.iter().find(|profile| profile.name == name).unwrap();
    let deploy = profile("deploy");
    assert_eq!((deploy.source.as_deref(), deploy.target.len()), (Some("base"), 0));
    assert_eq!(deploy.region.as_deref(), Some("eu-north-1"));
    let role = &deploy.chain[0];
    assert_eq!((role.role_arn.as_str(), role.duration), (ARN, Some(3600)));
    assert_eq!((role.external_id.as_deref(), role.session_name.as_deref()), (Some("x-1"), Some("ci")));
    assert_eq!(profile("deeper").source.as_deref(), Some("deploy"));
    for name in ["both", "self"] {
        assert_eq!((profile(name).source.as_ref(), profile(name).chain.len()), (None, 1), "{name}");
        assert_eq!(profile(name).target["role"], "R");
    }
}

// F174
#[test]
fn a_source_goes_by_the_name_that_it_has_here() {
    let found = read(&format!("[profile 'a$b']\n{SSO}[profile r]\nrole_arn = {ARN}\nsource_profile = a$b\n"));
    let profiles = &found.teams[0].profiles;
    assert_eq!((profiles[0].name.as_str(), profiles[1].source.as_deref()), ("a-b", Some("a-b")));
}

// F174
#[test]
fn what_other_programs_keep_in_a_profile_is_taken_where_it_is_a_login() {
    let granted = "granted_sso_start_url = https://a.awsapps.com/start\ngranted_sso_region = eu-west-1\n\
        granted_sso_account_id = 123456789012\ngranted_sso_role_name = Admin\n\
        credential_process = granted credential-process --profile Prod/Admin\n";
    let found = read(&format!(
        "[profile Prod/Admin]\n{granted}[profile base]\n{SSO}[profile more]\ninclude_profile = base\nregion = eu-west-2\n\
         [profile most]\nparent_profile = more\n[profile turns]\n{SSO}include_profile = turns\n"
    ));
    assert_eq!((found.teams.len(), found.warnings.len(), found.left_out.len()), (1, 0, 0), "{found:?}");
    let shown: Vec<_> = found.teams[0]
        .profiles
        .iter()
        .map(|p| (p.name.as_str(), p.target["role"].as_str(), p.region.as_deref().unwrap_or("")))
        .collect();
    let expected = [
        ("Prod/Admin", "Admin", ""),
        ("base", "R", ""),
        ("more", "R", "eu-west-2"),
        ("most", "R", "eu-west-2"),
        ("turns", "R", ""),
    ];
    assert_eq!(shown, expected);
    let found = read("[profile x]\ninclude_profile = gone\n");
    assert_eq!(found.warnings[0].why, "Profile x includes the profile gone, which is not in this file.");
}

// F174
#[test]
fn whatever_is_left_out_is_listed_by_name_with_its_reason() {
    for (settings, why) in [
        ("aws_access_key_id = AKIA\naws_secret_access_key = x\n", "keys stand in the file"),
        ("aws_access_key_id = ASIA\naws_session_token = x\n", "a program that writes temporary keys gets"),
        (
            "credential_process = /opt/x/get-keys --for p\n",
            "a program of its own gets the credentials (credential_process: get-keys)",
        ),
        ("credential_process = sh -c 'x'\n", "a program of its own gets the credentials (credential_process: x)"),
        ("credential_process = \"/a b/aws-vault\" exec p --json\n", "a program of its own gets"),
        ("credential_process = /usr/bin/aws-vault exec p --json\n", "aws-vault gets"),
        ("credential_process = C:\\bin\\aws-sso.exe -u process --arn x\n", "aws-sso-cli gets"),
        (
            "credential_process = keyfob credential-process --team a --profile b\n",
            "Keyfob gets the credentials already",
        ),
        (
            "role_arn = arn:aws:iam::123456789012:role/x\nweb_identity_token_file = /t\n",
            "a token of the machine's is traded",
        ),
        (
            "role_arn = arn:aws:iam::123456789012:role/x\ncredential_source = Ec2InstanceMetadata\n",
            "a role is taken with the credentials of the EC2 instance (credential_source = Ec2InstanceMetadata)",
        ),
        (
            "role_arn = arn:aws:iam::123456789012:role/x\ncredential_source = Environment\n",
            "a role is taken with the keys that variables of the environment hold",
        ),
        (
            "role_arn = arn:aws:iam::123456789012:role/x\ncredential_source = EcsContainer\n",
            "a role is taken with the credentials of the container",
        ),
        ("role_arn = arn:aws:iam::123456789012:role/x\n", "there is a role_arn and nothing to take the role with"),
        (
            "role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = gone\n",
            "a role is taken on top of the profile gone, which is not there",
        ),
        ("azure_tenant_id = x\n", "aws-azure-login gets"),
        ("x_principal_arn = x\naws_access_key_id = y\n", "saml2aws gets"),
        ("adfs_config.adfs_host = x\n", "aws-adfs gets"),
        ("region = eu-west-1\noutput = json\n", "settings only"),
    ] {
        let (names, said) = left_out(&format!("[profile p]\n{settings}"));
        assert_eq!(names, ["p"]);
        assert!(said.starts_with(why), "{settings}: {said}");
    }
    let (names, why) = left_out(
        "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = b\n\
         [profile b]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = a\n",
    );
    assert_eq!(
        (names, why.as_str()),
        (vec!["a".into(), "b".into()], "the source_profile lines lead round in a circle (a → b → a)")
    );
}

// F256, F257, F258, F259
#[test]
fn a_chain_that_cannot_be_is_left_out_with_its_line_and_takes_along_what_begins_with_it() {
    let found = read(&format!(
        "[profile base]\n{SSO}[profile code]\nrole_arn = {ARN}\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/ann\n\
         [profile behind]\nrole_arn = {ARN}\nsource_profile = code\n\
         [profile china]\nrole_arn = arn:aws-cn:iam::210987654321:role/Deploy\nsource_profile = base\n\
         [profile short]\nrole_arn = {ARN}\nsource_profile = base\nduration_seconds = 90\n\
         [profile on]\nrole_arn = {ARN}\nsource_profile = short\n\
         [profile own]\n{SSO}role_arn = {ARN}\nmfa_serial = GAHT12345678\n\
         [profile fine]\nrole_arn = {ARN}\nsource_profile = base\n"
    ));
    let names: Vec<_> = found.teams[0].profiles.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(names, ["base", "fine"]);
    let lines = format!("{PORTAL}{SSO}").lines().count();
    let told = |why: &str| {
        let one = found.left_out.iter().find(|one| one.reason.why.contains(why)).unwrap();
        one.names.iter().map(|named| (named.name.as_str(), named.line - lines)).collect::<Vec<_>>()
    };
    assert_eq!(told("wants an MFA code"), [("code", 5), ("own", 24)]);
    assert_eq!(told("the profile code, which was left out"), [("behind", 8)]);
    assert_eq!(told("another part of AWS (aws-cn) than what it begins with (aws)"), [("china", 10)]);
    assert_eq!(told("the profile short, which was left out"), [("on", 18)]);
    assert_eq!(found.warnings.len(), 1);
    assert_eq!(found.warnings[0].line, Some(lines + 15));
    assert!(found.warnings[0].why.contains("duration_seconds is 900 to 43200 seconds"), "{:?}", found.warnings);
}

// F174
#[test]
fn credentials_are_read_beside_the_config_and_count_first() {
    let config = format!("{PORTAL}[profile a]\n{SSO}[profile c]\nrole_arn = {ARN}\nsource_profile = k\n");
    let credentials = "[a]\nsso_role_name = Other\n[k]\naws_access_key_id = AKIA\n[only]\nsso_start_url = https://a.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let found = found(Files {
        config: Some((Path::new("/h/config"), config.as_bytes())),
        credentials: Some((Path::new("/h/credentials"), credentials.as_bytes())),
    });
    let names: Vec<_> = found.teams[0].profiles.iter().map(|p| (p.name.as_str(), p.target["role"].as_str())).collect();
    assert_eq!(names, [("a", "Other"), ("only", "R")]);
    let left: Vec<_> =
        found.left_out.iter().map(|one| (one.path.to_str().unwrap(), one.names[0].name.as_str())).collect();
    assert_eq!(left, [("/h/config", "c"), ("/h/credentials", "k")]);
}

// F175
#[test]
fn names_that_people_have_stay_whatever_stands_in_them() {
    for name in ["Prod/Admin", "zürich", "R&D (prod)", "a b", "日本", "x:1%2,3"] {
        let found = read(&format!("[profile \"{name}\"]\n{SSO}"));
        assert_eq!(found.teams[0].profiles[0].name, name);
        assert_eq!(found.warnings, []);
    }
    let long = "x".repeat(128);
    let found = read(&format!("[profile {long}]\n{SSO}[profile {long}y]\n{SSO}"));
    let names: Vec<usize> = found.teams[0].profiles.iter().map(|p| p.name.chars().count()).collect();
    assert_eq!(
        (found.teams[0].profiles[0].name.as_str(), names, found.warnings.len()),
        (long.as_str(), vec![128, 128], 1)
    );
}
