//! Lines as wholes: every shell's form, what is asked together, and what is refused.
#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;

use super::*;
use crate::words::id::Id;

fn team(name: &str) -> Team {
    Team {
        id: Id::from_random([1; 10]),
        name: name.into(),
        provider: "aws-sso".into(),
        settings: BTreeMap::from([("region".to_owned(), "eu-west-1".to_owned())]),
        pinned: false,
        profiles: Vec::new(),
    }
}

fn profile(region: Option<&str>) -> Profile {
    Profile {
        id: Id::from_random([2; 10]),
        name: "acme.Admin".into(),
        region: region.map(str::to_owned),
        ..crate::testkit::profile("", "123456789012", "Admin")
    }
}

fn keys() -> Credential {
    Credential {
        key_id: "ASIAIOSFODNN7EXAMPLE".into(),
        secret_key: Secret::new("wJalr/K7+A=="),
        token: Secret::new("IQoJ//w="),
        expires: "2026-11-21T10:50:00.987Z".parse().unwrap(),
    }
}

fn asked(team: &Team) -> Asked<'_> {
    Asked { team, profile: None, keys: None, token: None }
}

fn printed(lines: &Lines, shell: Shell) -> String {
    lines.printed(shell).unwrap().text.expose().to_owned()
}

#[test]
fn each_shell_gets_its_own_form() {
    let lines = Lines::new(asked(&team("acme-prod"))).unwrap();
    for (shell, expected) in [
        (Shell::Bash, "export IOT_TEAM=acme-prod\n"),
        (Shell::Zsh, "export IOT_TEAM=acme-prod\n"),
        (Shell::Sh, "export IOT_TEAM=acme-prod\n"),
        (Shell::Fish, "set -gx IOT_TEAM acme-prod\n"),
        (Shell::Pwsh, "$env:IOT_TEAM = 'acme-prod'\n"),
        (Shell::Cmd, "set \"IOT_TEAM=acme-prod\"\n"),
        (Shell::Nu, "$env.IOT_TEAM = \"acme-prod\"\n"),
        (Shell::Elvish, "set-env IOT_TEAM acme-prod\n"),
        (Shell::Tcsh, "setenv IOT_TEAM acme-prod;\n"),
        (Shell::Dotenv, "IOT_TEAM=acme-prod\n"),
        (Shell::Json, "{\n  \"IOT_TEAM\": \"acme-prod\"\n}\n"),
    ] {
        assert_eq!(printed(&lines, shell), expected, "{}", shell.name());
    }
}

#[test]
fn a_profile_brings_its_region_or_else_the_teams() {
    let team = team("acme");
    let far = profile(Some("ap-northeast-1"));
    let near = profile(None);
    let text = printed(&Lines::new(Asked { profile: Some(&far), ..asked(&team) }).unwrap(), Shell::Sh);
    assert_eq!(
        text,
        "export IOT_TEAM=acme\nexport AWS_PROFILE=acme.Admin\nexport AWS_REGION=ap-northeast-1\nexport AWS_DEFAULT_REGION=ap-northeast-1\n"
    );
    let text = printed(&Lines::new(Asked { profile: Some(&near), ..asked(&team) }).unwrap(), Shell::Sh);
    assert!(text.contains("AWS_REGION=eu-west-1\n"), "{text}");
}

#[test]
fn keys_come_without_a_profile_and_with_their_end() {
    let (team, profile, keys) = (team("acme"), profile(None), keys());
    let lines = Lines::new(Asked { profile: Some(&profile), keys: Some(&keys), ..asked(&team) }).unwrap();
    assert_eq!(
        printed(&lines, Shell::Sh),
        "export IOT_TEAM=acme\nunset AWS_PROFILE\nexport AWS_REGION=eu-west-1\nexport AWS_DEFAULT_REGION=eu-west-1\n\
         export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\nexport AWS_SECRET_ACCESS_KEY=wJalr/K7+A'=='\n\
         export AWS_SESSION_TOKEN=IQoJ//w'='\nexport AWS_CREDENTIAL_EXPIRATION=2026-11-21T10:50:00Z\n"
    );
    assert!(!printed(&lines, Shell::Dotenv).contains("AWS_PROFILE"));
    assert!(printed(&lines, Shell::Json).contains("\"AWS_PROFILE\": null,\n"));
}

#[test]
fn only_lines_with_a_secret_say_that_they_hold_one() {
    let (team, keys, token) = (team("acme"), keys(), Secret::new("eyJ.a.b"));
    let profile = profile(None);
    for (asked, secret) in [
        (Asked { profile: Some(&profile), ..asked(&team) }, false),
        (Asked { keys: Some(&keys), ..asked(&team) }, true),
        (Asked { token: Some(&token), ..asked(&team) }, true),
    ] {
        let lines = Lines::new(asked).unwrap();
        assert_eq!(lines.contains_secret(), secret);
        assert_eq!(lines.printed(Shell::Bash).unwrap().contains_secret, secret);
        let copied = lines.copied(Shell::Bash).unwrap();
        assert_eq!(copied.contains_secret, secret);
        assert_eq!(copied.shown(), (!secret).then(|| copied.text.expose()));
    }
    assert!(!format!("{:?}", Lines::new(Asked { token: Some(&token), ..asked(&team) }).unwrap()).contains("eyJ"));
}

#[test]
fn what_is_copied_is_one_line_after_a_space() {
    // T15 and D16: kept out of the history, and nothing runs by pasting alone.
    let (team, profile, keys) = (team("acme"), profile(None), keys());
    let lines = Lines::new(Asked { profile: Some(&profile), keys: Some(&keys), ..asked(&team) }).unwrap();
    for shell in Shell::ALL {
        let rendered = lines.copied(shell).unwrap();
        let text = rendered.text.expose();
        if matches!(shell, Shell::Dotenv | Shell::Json) {
            assert_eq!(text, printed(&lines, shell));
        } else {
            assert!(text.starts_with(' ') && !text.starts_with("  "), "{text}");
            assert!(!text.chars().any(char::is_control), "{text}");
        }
    }
    let lines = Lines::new(Asked { profile: Some(&profile), ..asked(&team) }).unwrap();
    assert_eq!(
        lines.copied(Shell::Cmd).unwrap().text.expose(),
        " set \"IOT_TEAM=acme\" & set \"AWS_PROFILE=acme.Admin\" & set \"AWS_REGION=eu-west-1\" & set \"AWS_DEFAULT_REGION=eu-west-1\""
    );
}

#[test]
fn unsetting_takes_back_every_variable_there_is() {
    let lines = Lines::unset();
    assert!(lines.iter().eq(Variable::ALL.iter().map(|variable| (*variable, &Value::Unset))));
    for shell in Shell::ALL {
        let text = printed(&lines, shell);
        for variable in Variable::ALL {
            assert_eq!(text.contains(variable.name()), shell != Shell::Dotenv, "{text}");
        }
    }
    assert!(printed(&lines, Shell::Tcsh).starts_with("unsetenv IOT_TEAM;\n"));
    assert!(printed(&lines, Shell::Cmd).starts_with("(if defined IOT_TEAM set \"IOT_TEAM=\")\n"));
}

#[test]
fn a_hostile_answer_of_a_server_becomes_no_line_at_all() {
    // T14
    let team = team("acme");
    let hostile = Credential { key_id: "ASIA\nrm".into(), ..keys() };
    let refused = Lines::new(Asked { keys: Some(&hostile), ..asked(&team) }).unwrap_err();
    assert_eq!(refused.variable, "AWS_ACCESS_KEY_ID");
    let region = profile(Some("eu;reboot"));
    let refused = Lines::new(Asked { profile: Some(&region), ..asked(&team) }).unwrap_err();
    assert_eq!(refused.variable, "AWS_REGION");
    let token = Secret::new("a$(b)");
    let refused = Lines::new(Asked { token: Some(&token), ..asked(&team) }).unwrap_err();
    assert_eq!(refused.to_string(), "KEYFOB_TOKEN cannot be set: a token holds the characters of RFC 6750 only");
}

#[test]
fn the_iot_cli_is_told_the_name_it_knows() {
    let mut team = team("Acme (prod)");
    assert!(Lines::new(asked(&team)).is_err());
    team.settings.insert("iot-team".into(), "acme_prod".into());
    assert_eq!(printed(&Lines::new(asked(&team)).unwrap(), Shell::Fish), "set -gx IOT_TEAM acme_prod\n");
}
