//! `~/.aws/config` files with their expected verdicts (security D.1), then any bytes at all.
#![allow(clippy::unwrap_used)]
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::{Found, Warning};

fn sections(of: &BTreeMap<String, Section>) -> Vec<String> {
    of.iter()
        .map(|(name, s)| {
            let keys: Vec<String> = s.keys().map(|k| format!("{k}={:?}", s.get(k).unwrap())).collect();
            format!("{name}{{{}}}", keys.join(","))
        })
        .collect()
}

fn profiles(text: &str) -> Vec<String> {
    sections(&parse(text.as_bytes()).unwrap().profiles)
}

fn wrong(text: &str) -> (usize, usize) {
    let error = parse(text.as_bytes()).unwrap_err();
    (error.line, error.column)
}

fn read(text: &str) -> Found {
    found(Path::new("/h/.aws/config"), text.as_bytes()).unwrap()
}

/// Line and field of each warning.
fn places(found: &Found) -> Vec<(usize, &str)> {
    found.warnings.iter().map(|w: &Warning| (w.line.unwrap(), w.field.as_deref().unwrap())).collect()
}

// F67: BOM, CRLF, no final newline.
#[test]
fn sections_and_settings_are_read_as_aws_tools_read_them() {
    for (text, expected) in [
        ("", vec![]),
        ("[profile x]", vec!["x{}"]),
        ("[ profile x ]\n[profile\ty]\n[profile \tz \t] # note\n[profile a];b", vec!["a{}", "x{}", "y{}", "z{}"]),
        ("[profile a:b/c_d%e.f@g+h-i]", vec!["a:b/c_d%e.f@g+h-i{}"]),
        ("[profile \"a b\"]\n[profile 'x']", vec!["a b{}", "x{}"]),
        ("[profile x]\nk = v\nK2=a=b\nk3 =\n", vec!["x{k=\"v\",k2=\"a=b\",k3=\"\"}"]),
        ("[profile x]\nk = a#b ;c\nl = d # e\n", vec!["x{k=\"a#b\",l=\"d\"}"]),
        ("[profile x]\nk = 1\n[profile y]\n[profile x]\nK = 2\nl = 3", vec!["x{k=\"2\",l=\"3\"}", "y{}"]),
        ("[profile x]\nk = a\n  b # c\n\td\n", vec!["x{k=\"a\\nb # c\\nd\"}"]),
        (
            "[profile x]\ns3 =\n\tmax = 1\n\n  # note\n  in valid = 2\nk = v",
            vec!["x{k=\"v\",s3=\"\\nmax = 1\\nin valid = 2\"}"],
        ),
        ("[default]\na = 1\n[profile default]\nb = 2", vec!["default{b=\"2\"}"]),
        ("[profile default]\nb = 2\n[default]\na = 1", vec!["default{b=\"2\"}"]),
        ("[default]\na = 1", vec!["default{a=\"1\"}"]),
        ("\u{feff}[profile x]\r\nk = v\r\n", vec!["x{k=\"v\"}"]),
        ("# c\n; d\n \t\n[profile x]\nin valid = 1", vec!["x{}"]),
        ("[plugins]\ncli = 1\n[services s]\ns3 =\n  endpoint_url = http://x\n[profile x]", vec!["x{}"]),
        ("[profile x]\nk = \u{2028}v\u{a0}", vec!["x{k=\"\\u{2028}v\\u{a0}\"}"]),
    ] {
        assert_eq!(profiles(text), expected, "{text:?}");
    }
}

// F67, F86: NUL, lone CR, Latin-1 bytes and all that is torn.
#[test]
fn what_no_tool_reads_is_refused_with_its_place() {
    for (text, place) in [
        ("[profile x", (1, 11)),
        ("[profile x]junk", (1, 16)),
        ("k = v", (1, 1)),
        (" k = v", (1, 2)),
        ("\n[profile x]\nno equals", (3, 1)),
        ("[profile x]\n = v", (2, 2)),
        ("[profile x]\n= v", (2, 1)),
        ("[profile x]\nk = v\n[profile x]\n more", (4, 2)),
        ("[profile x]\ns3 =\n  é more", (3, 3)),
        ("[profile x]\nk = a\0b", (2, 6)),
        ("[profile x]\nk = a\rb", (2, 6)),
        ("[profile x]\nké = a\u{85}b", (2, 7)),
        ("[profile x]\n\x0ck = v", (2, 1)),
    ] {
        assert_eq!(wrong(text), place, "{text:?}");
    }
    let error = parse(b"[profile x]\nk = caf\xe9\n").unwrap_err();
    assert_eq!((error.line, error.column, error.why.as_str()), (2, 8, "this is not UTF-8 text"));
}

#[test]
fn keys_of_other_people_are_not_carried_around() {
    let config = parse(b"[default]\naws_secret_access_key = hunter2\n more\naws_session_token=hunter2").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(config.profiles["default"].get("aws_secret_access_key"), Some(""));
}

// F86
#[test]
fn large_files_are_read_in_one_go() {
    let long = format!("[profile x]\nk = {}\n", "v".repeat(1 << 20));
    assert_eq!(parse(long.as_bytes()).unwrap().profiles["x"].get("k").unwrap().len(), 1 << 20);
    let many: String = (0..100_000).map(|n| format!("[profile p{n}]\nregion = x\n")).collect();
    assert_eq!(parse(many.as_bytes()).unwrap().profiles.len(), 100_000);
}

const MODERN: &str = "\
[default]
region = eu-west-1
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access, codewhisperer:completions
[profile acme-admin]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = AWSAdministratorAccess
region = eu-west-1
[profile acme-ro]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = ReadOnly
[profile keys]
aws_access_key_id = AKIAEXAMPLE
";

#[test]
fn a_session_becomes_a_team_with_its_profiles() {
    let found = read(MODERN);
    assert_eq!(found.warnings, []);
    let [team] = found.teams.as_slice() else { panic!("{found:?}") };
    assert_eq!((team.name.as_str(), team.provider), ("acme", "aws-sso"));
    assert_eq!(team.settings["start-url"], "https://acme.awsapps.com/start");
    assert_eq!(team.settings["region"], "eu-central-1");
    assert_eq!(team.settings["scopes"], "sso:account:access,codewhisperer:completions");
    let admin = &team.profiles[0];
    assert_eq!((admin.name.as_str(), admin.target["role"].as_str()), ("acme-admin", "AWSAdministratorAccess"));
    assert_eq!((admin.target["account"].as_str(), admin.region.as_deref()), ("123456789012", Some("eu-west-1")));
    assert_eq!((team.profiles[1].name.as_str(), team.profiles[1].region.as_deref()), ("acme-ro", None));
}

#[test]
fn profiles_of_the_older_form_become_one_team_for_each_portal() {
    let one = |name: &str, url: &str, region: &str| {
        format!(
            "[profile {name}]\nsso_start_url = {url}\nsso_region = {region}\nsso_account_id = 123456789012\nsso_role_name = R\n"
        )
    };
    let text = one("a", "https://d-12.awsapps.com/start", "eu-west-1")
        + &one("b", "https://d-12.awsapps.com/start#/", "eu-west-1")
        + &one("c", "https://d-12.awsapps.com/start", "us-east-1")
        + &one("d", "https://login.acme.example/sso", "us-east-1");
    let found = read(&text);
    let shape: Vec<(&str, usize)> = found.teams.iter().map(|t| (t.name.as_str(), t.profiles.len())).collect();
    assert_eq!(shape, [("d-12", 2), ("d-12-2", 1), ("login.acme.example", 1)]);

    let found = read(&(MODERN.to_owned() + &one("old", "https://acme.awsapps.com/start/", "eu-central-1")));
    assert_eq!(found.teams.len(), 1, "the session has the same portal");
    assert_eq!(found.teams[0].profiles.len(), 3);
}

// F86
#[test]
fn one_bad_profile_does_not_cost_the_others() {
    let text = MODERN.to_owned()
        + "[profile typo]\nsso_session = acne\n\
           [profile torn]\nsso_session = acme\nsso_region = us-east-1\n\
           [profile short]\nsso_session = acme\nsso_account_id = 12345\nsso_role_name = R\n\
           [profile norole]\nsso_session = acme\nsso_account_id = 123456789012\n\
           [profile badrole]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = a;b\n\
           [profile odd]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = R\nregion = eu/west\n\
           [profile nourl]\nsso_start_url =\nsso_region = eu-west-1\n\
           [profile plain]\nsso_start_url = http://acme.awsapps.com/start\nsso_region = eu-west-1\n\
           [sso-session empty]\nsso_region = eu-west-1\n\
           [sso-session odd]\nsso_start_url = https://odd.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = a b, c\n\
           [forgotten]\n[profile in valid]\n";
    let found = read(&text);
    assert_eq!(found.teams.len(), 2);
    assert_eq!(found.teams[1].settings.get("scopes"), None);
    let names: Vec<&str> = found.teams[0].profiles.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["acme-admin", "acme-ro", "odd"]);
    assert_eq!(found.teams[0].profiles[2].region, None);
    assert_eq!(
        places(&found),
        [
            (19, "sso_session"),
            (22, "sso_region"),
            (25, "sso_account_id"),
            (27, "sso_role_name"),
            (33, "sso_role_name"),
            (38, "region"),
            (40, "sso_start_url"),
            (43, "sso_start_url"),
            (45, "sso_start_url"),
            (50, "sso_registration_scopes"),
            (51, "[forgotten]"),
            (52, "[profile in valid]"),
        ]
    );
    assert!(found.warnings.iter().all(|w| w.why.ends_with('.') && w.next.ends_with('.')));
}

// F86
#[test]
fn names_that_do_not_fit_are_changed_and_told() {
    let found = read(
        "[sso-session a/b]\nsso_start_url = https://a.awsapps.com/start\nsso_region = eu-west-1\n\
         [sso-session a-b]\nsso_start_url = https://b.awsapps.com/start\nsso_region = eu-west-1\n\
         [profile x:1]\nsso_session = a/b\nsso_account_id = 123456789012\nsso_role_name = R\n",
    );
    let names: Vec<&str> = found.teams.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["a-b", "a-b-2"]);
    // A profile keeps the name that `AWS_PROFILE` knows it by.
    assert_eq!(found.teams[1].profiles[0].name, "x:1");
    assert_eq!(places(&found), [(1, "a/b")]);
    assert!(found.warnings[0].why.contains("a/b is called a-b-2 here"), "{}", found.warnings[0].why);
}

/// Pieces that files of this kind are made of, the odd ones more often than in life.
fn file() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[profile a]",
        "[sso-session s]",
        "[default]",
        "[",
        "]",
        "\n",
        "\n",
        "\r\n",
        " ",
        "\t",
        "=",
        "#",
        ";",
        "sso_session = s",
        "sso_start_url = https://a.awsapps.com/start",
        "sso_region = eu-west-1",
        "sso_account_id = 123456789012",
        "sso_role_name = R",
        "s3 =\n  a = b",
        "é",
        "\"",
        "'",
        "\0",
        "\u{feff}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    // Z01
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = found(Path::new("config"), &bytes);
    }

    // Z01
    #[test]
    fn no_file_makes_it_panic_and_drafts_are_always_fit(text in file()) {
        if let Ok(found) = found(Path::new("config"), text.as_bytes()) {
            for team in found.teams {
                prop_assert!(keyfob_core::words::name::check_name(&team.name).is_ok());
                for profile in team.profiles {
                    prop_assert!(keyfob_core::words::name::check_name(&profile.name).is_ok());
                    prop_assert!(crate::check_account(&profile.target["account"]).is_ok());
                }
            }
        }
    }
}
