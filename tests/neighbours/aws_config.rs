//! `~/.aws/config` before three readers: ours, the one of the AWS SDK for Rust, and botocore's, which the
//! AWS CLI uses (security Z01, G14).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use keyfob_neighbours::aws_config::{AwsConfig, File, Section, read};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// The keys that occur in the files made here.
const KEYS: [&str; 9] = [
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
    "sso_registration_scopes",
    "region",
    "s3",
    "note",
];

/// Name of a section, then key and value.
type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// Profiles and sessions.
type Reading = (Sections, Sections);

fn ours(text: &str) -> Reading {
    let mut config = AwsConfig::default();
    read(File::Config, text.as_bytes(), &mut config);
    let AwsConfig { profiles, sso_sessions, .. } = config;
    let shown = |sections: &BTreeMap<String, Section>| -> Sections {
        let values = |s: &Section| s.keys().map(|k| (k.to_owned(), s.get(k).unwrap().to_owned())).collect();
        sections.iter().map(|(name, section)| (name.clone(), values(section))).collect()
    };
    (shown(&profiles), shown(&sso_sessions))
}

async fn rust_sdk(text: &str) -> Option<Reading> {
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, text).build();
    let source = source::load(&Env::from_slice(&[]), &Fs::from_slice(&[]), &files).await.unwrap();
    let sections = EnvConfigSections::parse(source).ok()?;
    let values = |get: &dyn Fn(&str) -> Option<String>| -> BTreeMap<String, String> {
        KEYS.iter().filter_map(|key| Some(((*key).to_owned(), get(key)?))).collect()
    };
    let profiles = sections.profiles().map(|name| {
        let profile = sections.get_profile(name).unwrap();
        (name.to_owned(), values(&|key| profile.get(key).map(str::to_owned)))
    });
    let sessions = sections.sso_sessions().map(|name| {
        let session = sections.sso_session(name).unwrap();
        (name.to_owned(), values(&|key| session.get(key).map(str::to_owned)))
    });
    Some((profiles.collect(), sessions.collect()))
}

/// Lines that every reader takes the same way, right or wrong.
const COMMON: [&str; 24] = [
    "[default]",
    "[profile default]",
    "[profile a]",
    "[profile a]",
    "[profile b-c.d@e+f:g/h%i_j]",
    "[profile\tt]",
    "[sso-session s]",
    "[sso-session s]",
    "[plugins]",
    "[services x]",
    "[profile in valid]",
    "sso_session = s",
    "sso_start_url = https://a.awsapps.com/start#/",
    "sso_start_url=https://b.awsapps.com/start",
    "sso_region = eu-west-1",
    "SSO_Account_Id = 123456789012",
    "sso_role_name =\tAdmin",
    "sso_registration_scopes = a:b:c,d",
    "region = us-east-1",
    "note = größer 🦀 = ; # x",
    "note =",
    "",
    "# comment",
    "; comment",
];

/// Lines in which botocore has a mind of its own.
const SDK_ONLY: [&str; 18] = [
    "[ profile p ]",
    "[profile x] # note",
    "[profile y];note",
    "[profilez]",
    "[z]",
    "[profile broken",
    "[profile x]junk",
    "key : value",
    "= value",
    "no equals",
    "in valid = 1",
    "region = eu-west-1 # note",
    "region = eu-west-1;note",
    "s3 =",
    "  max = 1",
    "  more ; words",
    "\t",
    "note = a",
];

fn file(lines: Vec<&'static str>, count: usize) -> impl Strategy<Value = String> {
    (prop::collection::vec(prop::sample::select(lines), 0..count), prop::sample::select(vec!["\n", "\r\n"]))
        .prop_map(|(lines, end)| lines.join(end))
}

#[test]
fn the_aws_sdk_for_rust_reads_the_same() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut runner = TestRunner::deterministic();
    // Short files, as one bad line spoils a whole file for both.
    let files = file([COMMON.as_slice(), SDK_ONLY.as_slice()].concat(), 7);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..20_000 {
        // Most files begin with a section, as all of them must.
        let text = format!("[profile first]\n{}", files.new_tree(&mut runner).unwrap().current());
        // What it refuses whole, we read as far as it goes.
        match runtime.block_on(rust_sdk(&text)) {
            Some(theirs) => {
                assert_eq!(without_unknown_keys(ours(&text)), theirs, "{text:?}");
                read += 1;
            }
            None => refused += 1,
        }
    }
    assert!(read > 2_000 && refused > 2_000, "one-sided: {read} read, {refused} refused");
}

/// Keys such as `max` never come to the top, and the SDK is asked for [`KEYS`] only.
fn without_unknown_keys((mut profiles, mut sessions): Reading) -> Reading {
    for section in profiles.values_mut().chain(sessions.values_mut()) {
        section.retain(|key, _| KEYS.contains(&key.as_str()));
    }
    (profiles, sessions)
}

/// Reads many files in one process: starting Python takes longer than all of them.
const BOTOCORE: &str = "
import json, pathlib, sys
from botocore.configloader import load_config
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    read = load_config(str(path))
    print(json.dumps([read['profiles'], read['sso_sessions']]))
";

/// What Python's configparser and shlex take, and the SDKs refuse. F170
const PYTHON: [&str; 16] = [
    "[profile a]\n  sso_session = s\n  region = eu-west-1\n",
    "[profile a]\n\tsso_session = s\n\tregion = eu-west-1\n[profile b]\nregion = x\n",
    "  [profile a]\n  region = x\n  [profile b]\n  region = y\n",
    "[profile a]\nregion = x\n  [profile b]\n  region = y\n[profile c]\nregion = z\n",
    "[profile a]\nregion: x\nsso_start_url : https://a:443/b=c\n",
    "[profile dev] // text\nregion = x\n",
    "[profile dev]; text\nregion = x\n",
    "[profile zürich]\nregion = x\n[profile 日本]\nregion = y\n",
    "[profile 'R&D (prod)']\nregion = x\n[profile \"a b\"]\nregion = y\n[profile a\\ c]\nregion = z\n",
    "[profile R&D]\nregion = x\n[profile a#b]\nregion = y\n",
    "[DEFAULT]\nregion = x\n[profile a]\nnote = 1\n[sso-session s]\nsso_region = y\n",
    "[profile a]\nregion = x\u{a0}\nnote =\u{2003}y\n",
    "[profile a]\rregion = x\r\n[profile b]\rregion = y\r",
    "[profile a]\n# \u{1b}[31m \u{7}\nregion = x\n",
    "[profile in valid]\nregion = x\n[profile 'open]\nregion = y\n[profile]\nregion = z\n[dev]\nregion = w\n",
    "[default]\nregion = x\n[sso-session 'my s']\nsso_region = y\n[profilex z]\nregion = w\n",
];

fn botocore(folder: &Path) -> Vec<Reading> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.venv/bin/python");
    assert!(python.exists(), "{} is missing: run `scripts/setup.sh test`", python.display());
    let output = Command::new(python).args(["-c", BOTOCORE]).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|read: Value| (sections(&read[0]), sections(&read[1])))
        .collect()
}

fn sections(read: &Value) -> Sections {
    let values = |section: &Value| -> BTreeMap<String, String> {
        let fields = section.as_object().unwrap().iter();
        fields.map(|(key, value)| (key.to_ascii_lowercase(), value.as_str().unwrap().to_owned())).collect()
    };
    read.as_object().unwrap().iter().map(|(name, section)| (name.clone(), values(section))).collect()
}

#[test]
fn botocore_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let files = file(COMMON.to_vec(), 24);
    let mut texts = vec![
        // Its own quoting of names, nested blocks, comments inside them.
        "[profile \"a b\"]\nregion = eu-west-1\n[profile 'c']\n".to_owned(),
        "[profile a]\n; note\nregion = eu-west-1\n".to_owned(),
    ];
    texts.extend(PYTHON.iter().map(|text| (*text).to_owned()));
    while texts.len() < 1_000 {
        let text = format!("[profile first]\n{}", files.new_tree(&mut runner).unwrap().current());
        // It refuses a section or key that stands there twice, where the SDKs merge; and prefers the last
        // `[default]`, where the SDKs prefer the one with the word.
        if once_each(&text) {
            texts.push(text);
        }
    }
    for (n, text) in texts.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{n:04}")), text).unwrap();
    }
    let read = botocore(folder.path());
    assert_eq!(read.len(), texts.len());
    for (text, theirs) in texts.iter().zip(read) {
        let mut mine = ours(text);
        for section in mine.0.values_mut().chain(mine.1.values_mut()) {
            // A comment behind a value belongs to the value for it.
            if let Some(note) = section.get_mut("note").filter(|n| n.starts_with("größer")) {
                *note = "größer 🦀 = ; # x".into();
            }
        }
        assert_eq!(mine, theirs, "{text:?}");
    }
}

fn once_each(text: &str) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut section = String::new();
    text.lines().filter(|l| !l.is_empty() && !l.starts_with(['#', ';'])).all(|line| {
        if line.starts_with('[') {
            section = line.replace("profile default", "default").replace('\t', " ");
            return seen.insert(section.clone());
        }
        let key = line.split('=').next().unwrap().trim().to_ascii_lowercase();
        seen.insert(format!("{section}{key}"))
    })
}
