//! Other programs' files, read into drafts of teams that a person reviews before anything is written.
//!
//! Everything here is a pure function over paths and bytes: the caller reads the files. One bad row
//! never costs the others; it becomes a [`Warning`] that names the place.

pub mod aws_config;
mod naming;
pub mod simpleiot;

use std::path::PathBuf;

use keyfob_core::words::team::Settings;

/// Whose files they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `~/.aws/config`, or where `AWS_CONFIG_FILE` points.
    Aws,
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
    pub name: String,
    /// Twelve digits.
    pub account: String,
    pub role: String,
    pub region: Option<String>,
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
