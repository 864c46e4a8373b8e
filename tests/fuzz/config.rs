//! The config file: it is read, or refused with a place in it; an edit changes what it is meant to and nothing else.

use keyfob_core::hands::config::{Config, Edit, parse, write_ids};
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::mistake::Malformed;
use keyfob_core::words::settings::Settings;

use crate::driver::Target;

pub const TARGET: Target = Target {
    seeds: || [ACME, INLINE, DOTTED, CHAINED].map(|text| text.as_bytes().to_vec()).into(),
    words: WORDS,
    changes: 8,
    inputs: 2_000,
    holds,
};

const ACME: &str = r#"# my teams
version = 1

# the important one
[team.acme-prod]
id = "aaaaaaaaaaaaaaaa"
provider = "cognito" # by hand
region = "eu-west-1"
user-pool-id = "eu-west-1_AbCdEfGhI"
client-id = "client1"
pinned = true

[team.lab]
provider = "aws-sso"
start-url = "https://acme.awsapps.com/start"
region = 'eu-west-1'

[team.lab.profile."Prod/Deploy"]
account = "123456789012"
role = "Admin"
"#;

const INLINE: &str = r#"team = { a = { provider = "aws-sso", profile = { p = { account = "123456789012", role = "R" } } }, "b c" = { id = "bbbbbbbbbbbbbbbb", provider = "cognito" } }
"#;

const DOTTED: &str = "team.a.provider = \"aws-sso\"\nteam.a.pinned = false\nteam.a.profile.p.account = \"123456789012\"\nteam.a.profile.p.role = \"R\"\nteam.\"ü\".provider = '''cognito'''\n";

const CHAINED: &str = r#"version = 1
[team.hub]
id = "cccccccccccccccc"
provider = "aws-sso"
[team.hub.profile.admin]
id = "dddddddddddddddd"
account = "123456789012"
role = "AdministratorAccess"
region = "eu-central-1"
[team.spoke]
provider = "aws-sso"
[team.spoke.profile.deploy]
source-team = "hub"
source-profile = "admin"
assume = [{ role-arn = "arn:aws:iam::210987654321:role/Deploy", duration = "1h", external-id = "x" }]
"#;

const WORDS: &[&str] = &[
    "[team.",
    "[[team.",
    "]",
    ".profile.",
    "\"",
    "'''",
    "\"\"\"",
    "\\u0000",
    "\\UFFFFFFFF",
    " = ",
    "= {",
    "}",
    "[",
    "#",
    "id = \"aaaaaaaaaaaaaaaa\"",
    "provider",
    "pinned = 1",
    "version = 2",
    "version = 1e9",
    "1979-05-27T07:32:00Z",
    "nan",
    "source-team = \"lab\"",
    "source-profile = \"p\"",
    "assume = []",
    "team",
    "acme-prod",
    "\"\"",
    "../x",
    "0x",
    "{}",
];

fn check(provider: &str, target: &Settings) -> Result<(), BadSetting> {
    keyfob_providers::find(provider).map_or(Ok(()), |known| known.check_profile(target))
}

fn read(text: &str) -> Result<(Config, bool), Malformed> {
    let read = parse(text, &check);
    if let Err(wrong) = &read {
        let lines: Vec<&str> = text.split('\n').collect();
        assert!((1..=lines.len()).contains(&wrong.line), "no such line: {wrong}");
        assert!((1..=lines[wrong.line - 1].chars().count() + 1).contains(&wrong.column), "no such column: {wrong}");
        assert!(!wrong.why.is_empty() && !wrong.why.contains('\n'), "not one sentence: {wrong}");
    }
    read
}

fn holds(input: &[u8]) {
    // What is not UTF-8 is refused where the file is read.
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok((config, made_ids)) = read(text) else { return };
    assert_eq!(read(text).unwrap(), (config.clone(), made_ids), "read twice, it says two things");
    let Some(text) = with_ids(text, &config, made_ids) else { return };
    let Some(first) = config.teams.first() else { return };
    let edited = |change: &dyn Fn(&mut Edit) -> bool| {
        let mut edit = Edit::of(&text).unwrap();
        // An edit whose outcome cannot be read is not written.
        change(&mut edit).then(|| read(&edit.text()).ok()).flatten().map(|(config, _)| config)
    };

    let mut pinned = config.clone();
    pinned.teams[0].pinned = !first.pinned;
    if let Some(after) = edited(&|edit| edit.pin(&first.name, !first.pinned).is_ok()) {
        assert_eq!(after, pinned, "pinning did something else");
    }
    let mut moved = config.clone();
    moved.teams[0].settings.insert("region".into(), "eu-north-1".into());
    if let Some(after) = edited(&|edit| edit.set(&first.name, "region", "eu-north-1").is_ok()) {
        assert_eq!(after, moved, "a setting did something else");
    }
    let mut fewer = config.clone();
    fewer.teams.remove(0);
    if let Some(after) = edited(&|edit| edit.remove_team(&first.name).is_ok()) {
        assert_eq!(after, fewer, "removing did something else");
    }
    if let Some(after) = edited(&|edit| edit.rename_team(&first.name, "renamed").is_ok()) {
        assert_eq!(by_id(&after), by_id(&config), "renaming lost an id");
        assert_eq!(after.team("renamed").map(|team| &team.id), Some(&first.id));
    }
}

/// The text with its ids, as it is written before it is edited; `None` where it is refused instead.
fn with_ids(text: &str, config: &Config, made: bool) -> Option<String> {
    if !made {
        return Some(text.to_owned());
    }
    let written = write_ids(text, config).unwrap();
    let (again, made) = read(&written).ok()?;
    (!made && again == *config).then_some(written)
}

fn by_id(config: &Config) -> Vec<String> {
    let mut all: Vec<String> = config
        .teams
        .iter()
        .flat_map(|team| {
            let profiles = team.profiles.iter().map(move |p| format!("{} {} {}", team.id, p.id, p.name));
            std::iter::once(team.id.to_string()).chain(profiles)
        })
        .collect();
    all.sort();
    all
}
