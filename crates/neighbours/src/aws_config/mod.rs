//! `~/.aws/config` and `~/.aws/credentials`: their grammar as AWS tools read it, and drafts of teams from what they hold.
//!
//! Two grammars are about: that of Python's configparser, which boto3 and the AWS CLI stand on (botocore's
//! `configloader.py`), and that of the SDKs (AWS SDKs and Tools Reference Guide, “Shared config and credentials files”).
//! What either of them takes is taken. What neither takes costs its own line, or its own section, and is told.

mod chains;
pub mod console;
mod drafts;
mod header;
pub mod keys;
mod kinds;
mod odd;
mod reader;
pub mod taking;
mod targets;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use drafts::{Files, found};
pub use odd::{Odd, Oddity};
pub use reader::{File, read};

/// The sections that matter to a login, of both files together. Others are skipped, with whatever is in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AwsConfig {
    pub profiles: BTreeMap<String, Section>,
    pub sso_sessions: BTreeMap<String, Section>,
    /// What could not be read as it is written, in the order of the lines.
    pub oddities: Vec<Oddity>,
}

/// One of the two files, as it is.
pub struct AwsFile {
    pub file: File,
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: File,
    /// From 1.
    pub line: usize,
}

/// A section; several of the same name are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Where it first begins.
    pub place: Place,
    properties: BTreeMap<String, Property>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Property {
    place: Place,
    value: String,
}

impl Section {
    fn at(place: Place) -> Self {
        Section { place, properties: BTreeMap::new() }
    }

    /// The value of a key, which is written in lower case here and in any case in the file. Secret keys
    /// have an empty value: they are none of our business.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.properties.get(key).map(|p| p.value.as_str())
    }

    /// The place of a key.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        self.properties.get(key).map(|p| p.place)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.properties.keys().map(String::as_str)
    }
}

/// What a profile of the config file says under a key, for who asks for nothing else of the file.
pub fn setting(bytes: &[u8], profile: &str, key: &str) -> Option<String> {
    let mut config = AwsConfig::default();
    read(File::Config, bytes, &mut config);
    config.profiles.get(profile)?.get(key).map(str::to_owned)
}

/// The file is read by everybody who can read ours, but that is no reason to carry these around.
const SECRET_KEYS: [&str; 3] = ["aws_secret_access_key", "aws_session_token", "aws_security_token"];

#[cfg(test)]
mod kinds_tests;
#[cfg(test)]
mod tests;
