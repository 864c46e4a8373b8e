//! Who answers when an AWS tool is asked for a profile: its sections in `~/.aws/config` and `~/.aws/credentials`, looked
//! through for what comes first.
//!
//! Rules: botocore, `credentials.py`, `create_credential_resolver`, whose order the other SDKs share but for access keys
//! in the config file, which they prefer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use keyfob_core::words::answers::{Answers, AwsFile, By, Place};
use keyfob_core::words::profile::Profile;
use keyfob_core::words::team::Team;

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

/// Where the two files are, `~/.aws/config` first, by these variables.
pub fn files(var: impl Fn(&str) -> Option<String>) -> [Option<PathBuf>; 2] {
    let home = var("HOME").or_else(|| var("USERPROFILE")).map(PathBuf::from);
    let at_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
    [("AWS_CONFIG_FILE", ".aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")].map(|(name, usual)| {
        match var(name).filter(|named| !named.is_empty()) {
            Some(named) => named.strip_prefix("~/").map_or_else(|| Some(PathBuf::from(&named)), at_home),
            None => at_home(usual),
        }
    })
}

/// Looks into the bytes of the two files; a file that is not there is empty.
pub fn answers(config: &[u8], credentials: &[u8], team: &Team, profile: &Profile) -> Answers {
    let mut section = Section::default();
    section.read(AwsFile::Credentials, credentials, &profile.name);
    section.read(AwsFile::Config, config, &profile.name);
    for (key, by) in FIRST {
        let Some(place) = section.settings.get(key) else { continue };
        let ours = by == By::Process && leads_here(&section.process, team, profile);
        return if ours { Answers::Keyfob } else { Answers::Other(by, place.clone()) };
    }
    section.begins.map_or(Answers::Nobody, Answers::Empty)
}

#[derive(Default)]
struct Section {
    begins: Option<Place>,
    /// Where each setting stands; of their values, which may be secret, only the command is read.
    settings: BTreeMap<&'static str, Place>,
    process: String,
}

impl Section {
    /// What one file holds of it, which does not change what another one held before.
    fn read(&mut self, file: AwsFile, bytes: &[u8], name: &str) {
        let text = String::from_utf8_lossy(bytes);
        let mut inside = false;
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let place = || Place { file, line: number + 1 };
            let content = line.trim();
            if let Some(header) = content.strip_prefix('[').and_then(|rest| Some(rest.split_once(']')?.0)) {
                inside = is_of(header.trim(), file, name);
                if inside {
                    self.begins.get_or_insert_with(place);
                }
                continue;
            }
            let Some((key, value)) = content.split_once(['=', ':']).filter(|_| inside) else { continue };
            let key = key.trim().to_ascii_lowercase();
            let known = FIRST.iter().find(|(known, _)| *known == key && !self.settings.contains_key(known));
            if let Some((known, by)) = known.filter(|_| !value.trim().is_empty()) {
                self.settings.insert(known, place());
                if *by == By::Process {
                    self.process = value.trim().to_owned();
                }
            }
        }
    }
}

/// `[default]` needs no word before it, and in the credentials file none does.
fn is_of(header: &str, file: AwsFile, name: &str) -> bool {
    match header.split_once([' ', '\t']).filter(|(word, _)| *word == "profile" && file == AwsFile::Config) {
        Some((_, named)) => name_only(named) == name,
        None => (file == AwsFile::Credentials || name == "default") && name_only(header) == name,
    }
}

fn name_only(named: &str) -> &str {
    let named = named.trim();
    let inside = |quote: char| named.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(named)
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
        answers(id(config).as_bytes(), credentials.as_bytes(), &team, &profile)
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
