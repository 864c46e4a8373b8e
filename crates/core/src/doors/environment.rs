//! What the person's environment says: variables, and the settings of the AWS tools that stand for them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::{self, Debug};

/// Reads the environment; never waits for more than a file.
pub trait Environment: Send + Sync + Debug {
    /// A variable as it is, in whatever encoding. An empty one counts as unset, as for curl and the AWS SDKs.
    fn raw(&self, variable: &str) -> Option<OsString>;

    /// What the AWS tools' config file says under this key, in the profile that is in use.
    fn aws_setting(&self, _key: &str) -> Option<Said> {
        None
    }

    /// The first of these variables that is set, which must be text.
    fn text(&self, variables: &[&str]) -> Result<Option<Said>, NotText> {
        let found = variables.iter().find_map(|name| Some((*name, self.raw(name)?)));
        let Some((name, value)) = found else { return Ok(None) };
        match value.into_string() {
            Ok(value) => Ok(Some(Said { value, from: name.to_owned() })),
            Err(_) => Err(NotText { variable: name.to_owned() }),
        }
    }
}

/// A value and where it came from, so that whoever fails because of it can name both.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    pub value: String,
    /// Such as `HTTPS_PROXY`, or `ca_bundle in /home/ann/.aws/config`.
    pub from: String,
}

/// What errors call a host that such a value leads to.
pub fn host_from(host: &str, from: &str) -> String {
    format!("{host} (from {from})")
}

/// Where a host of an error came from, if its name says so; a host's own name has no blanks.
pub fn source_of(host: &str) -> Option<&str> {
    host.split_once(" (from ")?.1.strip_suffix(')')
}

/// The value may be a proxy's password.
impl Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Said").field("from", &self.from).finish_non_exhaustive()
    }
}

/// A variable that should hold text holds something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is not UTF-8 text")]
pub struct NotText {
    pub variable: String,
}

/// An environment of its own, apart from that of the process.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<String, OsString>);

impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(all: I) -> Self {
        Variables(all.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Environment for Variables {
    fn raw(&self, variable: &str) -> Option<OsString> {
        self.0.get(variable).filter(|value| !value.is_empty()).cloned()
    }
}

/// Some of them are secrets.
impl Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
