//! `~/.aws/config` files with their expected verdicts (security D.1), then any bytes at all.
#![allow(clippy::unwrap_used)]
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::{Found, Warning};

fn parse(bytes: &[u8]) -> AwsConfig {
    let mut config = AwsConfig::default();
    super::read(File::Config, bytes, &mut config);
    config
}

fn sections(of: &BTreeMap<String, Section>) -> Vec<String> {
    of.iter()
        .map(|(name, s)| {
            let keys: Vec<String> = s.keys().map(|k| format!("{k}={:?}", s.get(k).unwrap())).collect();
            format!("{name}{{{}}}", keys.join(","))
        })
        .collect()
}

fn profiles(text: &str) -> Vec<String> {
    sections(&parse(text.as_bytes()).profiles)
}

fn read(text: &str) -> Found {
    found(Files { config: Some((Path::new("/h/.aws/config"), text.as_bytes())), ..Files::default() })
}

/// Line and field of each warning.
fn places(found: &Found) -> Vec<(usize, &str)> {
    found.warnings.iter().map(|w: &Warning| (w.line.unwrap(), w.field.as_deref().unwrap_or(""))).collect()
}

/// Who was left out, with lines, and the reason.
fn left_out(found: &Found) -> Vec<(String, &str)> {
    let names = |one: &crate::LeftOut| {
        one.names.iter().map(|n| format!("{} {}", n.name, n.line)).collect::<Vec<_>>().join(", ")
    };
    found.left_out.iter().map(|one| (names(one), one.reason.why.as_str())).collect()
}

// F67: BOM, CRLF, no final newline. F170
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
        ("# c\n; d\n \t\n[profile x]\nin valid = 1", vec!["x{in valid=\"1\"}"]),
        ("[plugins]\ncli = 1\n[services s]\ns3 =\n  endpoint_url = http://x\n[profile x]", vec!["x{}"]),
        // What Python's configparser takes, and the SDKs do not.
        ("[profile x]\n  k = v\n  l = w\n", vec!["x{k=\"v\",l=\"w\"}"]),
        ("[profile x]\n\tk = v\n  l = w\n\n[profile y]", vec!["x{k=\"v\\nl = w\"}", "y{}"]),
        ("  [profile x]\n  k = v\n  [profile y]\n  k = w\n", vec!["x{k=\"v\"}", "y{k=\"w\"}"]),
        ("[profile x]\nk: v\nurl: https://a:1/b=c\nl : d=e\n", vec!["x{k=\"v\",l=\"d=e\",url=\"https://a:1/b=c\"}"]),
        ("[profile x]\nk = v\u{a0}\nl =\u{2003}w\n", vec!["x{k=\"v\",l=\"w\"}"]),
        ("[profile x]\rk = v\r[profile y]", vec!["x{k=\"v\"}", "y{}"]),
        ("[profile x] # \u{1b}[31m\n# \0 \u{7}\nk = v", vec!["x{k=\"v\"}"]),
        (
            "[DEFAULT]\nk = d\nl = d\n[profile x]\nk = v\n[default]",
            vec!["default{k=\"d\",l=\"d\"}", "x{k=\"v\",l=\"d\"}"],
        ),
    ] {
        assert_eq!(profiles(text), expected, "{text:?}");
    }
}

// F67, F86: NUL, Latin-1 bytes and all that is torn cost their own line or section. F171
#[test]
fn what_no_tool_reads_costs_a_section_at_most_and_its_line_is_named() {
    let good = "[sso-session s]\nsso_start_url = https://a.awsapps.com/start\nsso_region = eu-west-1\n\
        [profile good]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n";
    for (text, place) in [
        ("[profile x\nsso_session = t", (1, "[profile x")),
        ("k = v\nl = w", (1, "")),
        ("just words", (1, "")),
        ("[profile x]\nregion = eu-west-1\nno equals", (3, "")),
        ("[profile x]\nregion = eu-west-1\n= v", (3, "")),
        ("[profile x]\ns3 =\n  é more", (3, "s3")),
        ("[profile x y]\nk = v", (1, "[profile x y]")),
        ("[profile 'x]\nk = v", (1, "[profile 'x]")),
        ("[profile x]\n[profile x]", (2, "[profile x]")),
        ("[profile x]\nk = v\nk = w", (3, "k")),
        ("[dev]\nk = v", (1, "[dev]")),
        ("[profile x]\nk = v\n  [profile y]\n  sso_session = s", (3, "[profile y]")),
    ] {
        for text in [format!("{text}\n{good}"), format!("{good}[plugins]\n{text}\n")] {
            let found = read(&text);
            let names: Vec<&str> = found.teams[0].profiles.iter().map(|p| p.name.as_str()).collect();
            assert_eq!(names, ["good"], "{text}");
            let lines = text.find(good).map_or(0, |at| if at == 0 { good.lines().count() + 1 } else { 0 });
            // Behind a section there is no line that belongs to none.
            if place.1.is_empty() && lines > 0 {
                continue;
            }
            assert_eq!(places(&found), [(place.0 + lines, place.1)], "{text}");
        }
    }
    let latin = [good.as_bytes(), b"# caf\xe9\n[profile caf\xe9]\nsso_session = s\n[profile x]\nregion = \xe9\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n"].concat();
    let found = found(Files { config: Some((Path::new("c"), &latin)), ..Files::default() });
    assert_eq!(found.teams[0].profiles.len(), 2);
    assert_eq!(places(&found).iter().map(|place| place.0).collect::<Vec<_>>(), [9, 12]);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let found = super::found(Files { config: Some((Path::new("c"), &wide)), ..Files::default() });
    assert_eq!((found.teams.len(), places(&found)), (1, vec![(1, "")]));
}

#[test]
fn keys_of_other_people_are_not_carried_around() {
    let config = parse(b"[default]\naws_secret_access_key = hunter2\n more\naws_session_token=hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(config.profiles["default"].get("aws_secret_access_key"), Some(""));
}

// F86
#[test]
fn large_files_are_read_in_one_go() {
    let long = format!("[profile x]\nk = {}\n", "v".repeat(1 << 20));
    assert_eq!(parse(long.as_bytes()).profiles["x"].get("k").unwrap().len(), 1 << 20);
    let many: String = (0..100_000).map(|n| format!("[profile p{n}]\nregion = x\n")).collect();
    assert_eq!(parse(many.as_bytes()).profiles.len(), 100_000);
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
    let keys = "keys stand in the file (aws_access_key_id), so there is nothing to log in to";
    let settings = "settings only, and nothing to log in with";
    assert_eq!(left_out(&found), [("keys 16".to_owned(), keys), ("default 1".to_owned(), settings)]);
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
        let _ = found(Files { config: Some((Path::new("config"), &bytes)), credentials: Some((Path::new("k"), &bytes)) });
    }

    // Z01
    #[test]
    fn no_file_makes_it_panic_and_drafts_are_always_fit(text in file()) {
        for team in read(&text).teams {
            prop_assert!(keyfob_core::words::name::check_name(&team.name).is_ok());
            for profile in team.profiles {
                prop_assert!(keyfob_core::words::name::check_profile_name(&profile.name).is_ok());
                prop_assert!(crate::check_account(&profile.target["account"]).is_ok());
            }
        }
    }
}
