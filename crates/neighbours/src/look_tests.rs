//! Where files are looked for, and what is said of those that are not what they should be.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::FileError;

use super::*;

const CONFIG: &str = "[sso-session s]\nsso_start_url = https://a.awsapps.com/start\nsso_region = eu-west-1\n";
const TEAM: &str = r#"{"team":"lab","region":"eu-west-1","cognitoUserPoolId":"eu-west-1_AbC","cognitoClientId":"abc"}"#;

struct Disk {
    env: BTreeMap<String, String>,
    files: BTreeMap<PathBuf, String>,
}

fn disk(files: &[(&str, &str)]) -> Disk {
    let files = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
    Disk { env: BTreeMap::from([("HOME".into(), "/h".into())]), files }
}

impl Disk {
    fn with(mut self, variable: &str, value: &str) -> Self {
        self.env.insert(variable.into(), value.into());
        self
    }

    fn on<T>(&self, work: impl FnOnce(Ground) -> T) -> T {
        let read = |path: &Path| match self.files.get(path) {
            Some(text) if text == "!" => Err(FileError::Io { path: path.to_owned(), why: "Permission denied".into() }),
            found => Ok(found.map(|text| text.clone().into_bytes())),
        };
        let entries = |folder: &Path| {
            let below = self.files.keys().filter_map(|path| path.strip_prefix(folder).ok()?.components().next());
            let mut inside: Vec<PathBuf> = below.map(|name| folder.join(name)).collect();
            inside.dedup();
            (!inside.is_empty() && !self.files.contains_key(folder)).then_some(inside)
        };
        let env = |name: &str| self.env.get(name).map(Into::into);
        work(Ground { env: &env, read: &read, entries: &entries })
    }

    /// Teams found and problems told in the usual places.
    fn usual(&self) -> (Vec<String>, Vec<String>) {
        let looked = self.on(|ground| ground.usual(None));
        let teams = looked.found.iter().flat_map(|found| found.teams.iter().map(|team| team.name.clone()));
        (teams.collect(), looked.problems.iter().map(|problem| problem.title.clone()).collect())
    }

    fn at(&self, path: &str) -> Result<Vec<String>, String> {
        let looked = self.on(|ground| ground.at(Path::new(path), None)).map_err(|problem| problem.title)?;
        Ok(looked.found.iter().flat_map(|found| found.teams.iter().map(|team| team.name.clone())).collect())
    }
}

// F172
#[test]
fn each_source_stands_by_itself() {
    let lab = ("/h/.simpleiot/lab/config.json", TEAM);
    for (config, teams, problems) in [
        (CONFIG, vec!["s", "lab"], vec![]),
        ("[profile x\n\0", vec!["lab"], vec!["~/.aws/config is a file of some program (it is no text)"]),
        ("!", vec!["lab"], vec!["/h/.aws/config cannot be used"]),
        (
            "a: 1\n",
            vec!["lab"],
            vec!["~/.aws/config is a file of a program that Keyfob does not know (it is without any [section])"],
        ),
    ] {
        assert_eq!(disk(&[("/h/.aws/config", config), lab]).usual(), (own(&teams), own(&problems)), "{config:?}");
    }
    let torn = [("/h/.aws/config", CONFIG), lab, ("/h/.simpleiot/old/config.json", "!"), ("/h/.simpleiot/note", "x")];
    assert_eq!(disk(&torn).usual(), (own(&["s", "lab"]), own(&["/h/.simpleiot/old/config.json cannot be used"])));
}

// F176
#[test]
fn variables_lead_where_botocore_lets_them_lead_and_one_that_leads_nowhere_is_told() {
    let files = [("/h/work/config", CONFIG)];
    for value in ["~/work/config", "$HOME/work/config", "${HOME}/work/config", "/h/work/config"] {
        assert_eq!(disk(&files).with("AWS_CONFIG_FILE", value).usual(), (own(&["s"]), own(&[])), "{value}");
    }
    for (value, told) in [("~/nope", "~/nope"), ("$NOPE/x", "$NOPE/x")] {
        let (teams, problems) = disk(&files).with("AWS_CONFIG_FILE", value).usual();
        assert_eq!((teams, problems), (own(&[]), vec![format!("AWS_CONFIG_FILE names {told}, which is not there")]));
    }
    assert_eq!(disk(&[("/h/.aws/config", CONFIG)]).with("AWS_CONFIG_FILE", "").usual(), (own(&["s"]), own(&[])));
}

// F176
#[test]
fn what_a_person_names_is_found_or_told() {
    let disk = disk(&[
        ("/h/.aws/config", CONFIG),
        (
            "/h/.aws/credentials",
            "[x]\nsso_start_url = https://b.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = R\n",
        ),
        ("/h/.simpleiot/lab/config.json", TEAM),
        ("/h/team.json", TEAM),
        ("-", CONFIG),
        ("/dev/fd/63", CONFIG),
    ]);
    for (path, teams) in [
        ("/h/.aws/config", vec!["s"]),
        ("~/.aws/config", vec!["s"]),
        ("~/.aws", vec!["s", "b"]),
        ("/h/.aws/credentials", vec!["b"]),
        ("-", vec!["s"]),
        ("/dev/fd/63", vec!["s"]),
        ("~/.simpleiot", vec!["lab"]),
        ("~/.simpleiot/lab", vec!["lab"]),
        ("~/.simpleiot/lab/config.json", vec!["lab"]),
        ("/h/team.json", vec!["lab"]),
    ] {
        assert_eq!(disk.at(path), Ok(own(&teams)), "{path}");
    }
    assert_eq!(disk.at("~/nope"), Err("~/nope is not there".into()));
    // What passes through a pipe is another one the next time: nothing that is missing there is gone.
    disk.on(|ground| assert_eq!((ground.mark(Path::new("-")), ground.mark(Path::new("/dev/fd/63"))), (None, None)));
}

fn own(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
