//! Who answers when an AWS tool is asked for a profile: its sections in `~/.aws/config` and `~/.aws/credentials`, looked
//! through for what comes first.
//!
//! Rules: botocore, `credentials.py`, `create_credential_resolver`, whose order the other SDKs share but for access keys
//! in the config file, which they prefer.

use std::path::Path;

use keyfob_core::words::answers::{Answers, AwsFile, By, Place};
use keyfob_core::words::profile::Profile;
use keyfob_core::words::team::Team;

use crate::aws_config::{self, AwsConfig, File, read};
use crate::places::{self, Variable};

/// What makes a tool turn to something, the first that counts first.
const FIRST: [(&str, By); 7] = [
    ("role_arn", By::Role),
    ("sso_session", By::Sso),
    ("sso_start_url", By::Sso),
    ("sso_account_id", By::Sso),
    ("login_session", By::Sso),
    ("aws_access_key_id", By::Keys),
    ("credential_process", By::Process),
];

/// Looks into both files where they are; one that is not there is empty.
pub fn answers(env: Variable, bytes: impl Fn(&Path) -> Option<Vec<u8>>, team: &Team, profile: &Profile) -> Answers {
    let mut files = AwsConfig::default();
    for file in [File::Config, File::Credentials] {
        let found = places::of_aws(env, file).and_then(|(path, _)| bytes(&path));
        read(file, &found.unwrap_or_default(), &mut files);
    }
    let Some(section) = files.profiles.get(&profile.name) else { return Answers::Nobody };
    for (key, by) in FIRST {
        let said = section.get(key).filter(|value| by == By::Keys || !value.is_empty());
        let (Some(value), Some(place)) = (said, section.place_of(key)) else { continue };
        let ours = by == By::Process && leads_here(value, team, profile);
        return if ours { Answers::Keyfob } else { Answers::Other(by, shown(place)) };
    }
    Answers::Empty(shown(section.place))
}

fn shown(place: aws_config::Place) -> Place {
    let file = match place.file {
        File::Config => AwsFile::Config,
        File::Credentials => AwsFile::Credentials,
    };
    Place { file, line: place.line }
}

/// Whether this command asks this program for this profile.
fn leads_here(command: &str, team: &Team, profile: &Profile) -> bool {
    let words = words(command);
    let Some((program, arguments)) = words.split_first() else { return false };
    let program = program.rsplit(['/', '\\']).next().unwrap_or_default();
    let given = |flag: &str| {
        let joined = arguments.iter().find_map(|word| word.strip_prefix(&format!("{flag}=")).map(str::to_owned));
        joined.or_else(|| arguments.iter().skip_while(|word| *word != flag).nth(1).cloned()).unwrap_or_default()
    };
    let is = |given: &str, name: &str, id: &str| given == name || given == id;
    program.trim_end_matches(".exe") == "keyfob"
        && arguments.first().is_some_and(|word| word == "credential-process")
        && is(&given("--team"), &team.name, team.id.as_str())
        && is(&given("--profile"), &profile.name, profile.id.as_str())
}

/// The words of a command, as a shell splits them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use keyfob_core::testkit;

    use super::*;

    fn of(config: &str, credentials: &str, name: &str) -> Answers {
        let profile = testkit::profile(name, "123456789012", "Admin");
        let team = testkit::team("acme");
        let id = |text: &str| text.replace("PROFILE-ID", profile.id.as_str());
        let bytes = |path: &Path| {
            Some(if path.ends_with("credentials") { credentials.into() } else { id(config).into_bytes() })
        };
        answers(&|name| (name == "HOME").then(|| "/h".into()), bytes, &team, &profile)
    }

    fn at(file: AwsFile, line: usize) -> Place {
        Place { file, line }
    }

    // F227
    #[test]
    fn whoever_comes_first_is_found_with_its_line() {
        use AwsFile::{Config, Credentials};
        let ours =
            "[profile admin]\ncredential_process = /opt/x/keyfob credential-process --team acme --profile admin\n";
        assert_eq!(of("", "", "admin"), Answers::Nobody);
        assert_eq!(of("[profile other]\nregion = x\n", "[other]\naws_access_key_id = x\n", "admin"), Answers::Nobody);
        assert_eq!(of("\n[profile admin]\nregion = x\n", "", "admin"), Answers::Empty(at(Config, 2)));
        assert_eq!(of(ours, "", "admin"), Answers::Keyfob);
        let sso = "[profile admin]\nregion = x\nSSO_Session = acme\n";
        assert_eq!(of(sso, "", "admin"), Answers::Other(By::Sso, at(Config, 3)));
        assert_eq!(of(&format!("{ours}sso_start_url: x"), "", "admin"), Answers::Other(By::Sso, at(Config, 3)));
        let keys = "[x]\n[admin]\naws_access_key_id = AKIA\n";
        assert_eq!(of(ours, keys, "admin"), Answers::Other(By::Keys, at(Credentials, 3)));
        let role = "[profile admin]\nrole_arn = arn\nsource_profile = x\n";
        assert_eq!(of(role, keys, "admin"), Answers::Other(By::Role, at(Config, 2)));
        assert_eq!(of("[default]\nsso_session = x\n", "", "default"), Answers::Other(By::Sso, at(Config, 2)));
        // What other tools read as a profile of that name, and what they do not.
        assert_eq!(of("[admin]\nsso_session = x\n", "", "admin"), Answers::Nobody);
        assert_eq!(
            of("[profile \"a b\"] # mine\nsso_session = x\n", "", "a b"),
            Answers::Other(By::Sso, at(Config, 2))
        );
    }

    // F227
    #[test]
    fn our_own_line_is_known_in_every_spelling_and_only_for_its_profile() {
        let line = |command: &str| of(&format!("[profile admin]\ncredential_process = {command}\n"), "", "admin");
        for ours in [
            "keyfob credential-process --team acme --profile admin",
            "\"/opt/my tools/keyfob\" credential-process --profile=PROFILE-ID --team='acme'",
            "C:\\tools\\keyfob.exe credential-process --team acme --profile admin",
        ] {
            assert_eq!(line(ours), Answers::Keyfob, "{ours}");
        }
        for other in [
            "aws-vault exec admin",
            "keyfob credential-process --team acme --profile other",
            "keyfob credential-process --team lab --profile admin",
            "notkeyfob credential-process --team acme --profile admin",
            "keyfob",
        ] {
            assert_eq!(line(other), Answers::Other(By::Process, at(AwsFile::Config, 2)), "{other}");
        }
    }
}
