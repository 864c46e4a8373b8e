//! Other programs' files, read into drafts of teams that a person reviews before anything is written.
//!
//! Everything here is a pure function over paths and bytes: the caller lends the reading of files. One bad row
//! never costs the others; it becomes a [`Warning`] that names the place. What is read and what is not, kind by kind,
//! stands in `docs/neighbours.md`.

pub mod answers;
pub mod aws_config;
pub mod look;
mod naming;
pub mod places;
mod portal;
pub mod review;
pub mod simpleiot;
pub mod strangers;
mod text;

use std::collections::BTreeSet;
use std::path::PathBuf;

use keyfob_core::words::id::Id;
use keyfob_core::words::profile::{self, AssumedRole, Profile};
use keyfob_core::words::settings::Settings;

/// Whose files they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `~/.aws/config` and `~/.aws/credentials`, or where `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` point.
    Aws,
    /// The access keys in them, which are looked for only where a person says so.
    AwsCredentials,
    /// `~/.simpleiot/*/config.json`
    SimpleIot,
}

/// What one source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub source: Source,
    /// The file, or the folder of the files.
    pub path: PathBuf,
    pub teams: Vec<TeamDraft>,
    pub warnings: Vec<Warning>,
    /// Everything else that is there, by the reason why it is none of ours.
    pub left_out: Vec<LeftOut>,
    /// Names that are there and could not be taken as they are, so that nobody takes them for gone.
    pub unsure: BTreeSet<String>,
    /// Nothing was lost that could be one of those that are missing.
    pub whole: bool,
}

/// A team as it could be added: it has no id yet. Names are fit for the config file, and no two of one
/// [`Found`] are the same, nor alike for the `iot` CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamDraft {
    pub name: String,
    /// The id of its provider, such as `aws-sso`.
    pub provider: &'static str,
    pub settings: Settings,
    pub profiles: Vec<ProfileDraft>,
    /// The file it was read from.
    pub from: PathBuf,
}

/// A profile of a [`TeamDraft`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileDraft {
    /// The very name that it has in the file.
    pub name: String,
    /// What the session is traded for, in the fields of the team's provider.
    pub target: Settings,
    pub region: Option<String>,
    /// Another profile of the same team that it begins with, instead of a target.
    pub source: Option<String>,
    pub chain: Vec<AssumedRole>,
}

impl ProfileDraft {
    fn of_role(name: String, account: &str, role: &str, region: Option<String>) -> Self {
        let target = [("account", account), ("role", role)].map(|(key, value)| (key.to_owned(), value.to_owned()));
        ProfileDraft { name, target: target.into(), region, source: None, chain: Vec::new() }
    }

    /// As a profile with this id, that came from there.
    pub fn into_profile(self, id: Id, from: Option<String>) -> Profile {
        let source = self.source.map(|profile| profile::Source { team: None, profile: Some(profile) });
        Profile { region: self.region, source, chain: self.chain, from, ..Profile::new(id, self.name, self.target) }
    }
}

/// Twelve digits.
fn check_account(account: &str) -> Result<(), String> {
    if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(format!("an AWS account is 12 digits, not {account:?}"))
    }
}

/// 1 to 64 characters of `[\w+=,.@-]` (IAM API reference, RoleName).
fn check_role(role: &str) -> Result<(), String> {
    let fits =
        (1..=64).contains(&role.len()) && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    if fits { Ok(()) } else { Err(format!("a role is 1 to 64 letters, digits and _ + = , . @ -, not {role:?}")) }
}

/// Something that was left out or read differently than it is written, and what a person can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub path: PathBuf,
    /// Counts from 1; JSON values have none.
    pub line: Option<usize>,
    /// The key, or the section, as it is written in the file.
    pub field: Option<String>,
    /// What is wrong, as a sentence.
    pub why: String,
    /// What to do about it, as a sentence.
    pub next: String,
}

/// Profiles that get their credentials in a way that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub path: PathBuf,
    pub reason: Reason,
    pub names: Vec<Named>,
}

/// Why, as the second half of a sentence about several, and what serves them instead, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    pub why: String,
    pub next: String,
}

/// A name and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub line: usize,
}
