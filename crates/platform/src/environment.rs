//! The environment of this process, and the settings of the AWS tools beside it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use keyfob_core::doors::environment::{Environment, Said};

use crate::files::DiskFiles;

/// A variable, as it is.
type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The config file of the AWS tools, as whoever knows its grammar finds and reads it.
#[derive(Debug, Clone, Copy)]
pub struct AwsConfigFile {
    pub find: fn(Variable) -> Option<PathBuf>,
    /// The value of a key in a profile.
    pub setting: fn(file: &[u8], profile: &str, key: &str) -> Option<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct SystemEnvironment {
    aws: AwsConfigFile,
}

impl SystemEnvironment {
    pub fn new(aws: AwsConfigFile) -> Self {
        SystemEnvironment { aws }
    }
}

impl Environment for SystemEnvironment {
    fn raw(&self, variable: &str) -> Option<OsString> {
        std::env::var_os(variable).filter(|value| !value.is_empty())
    }

    /// Read anew each time: people mend the file while the tray runs.
    fn aws_setting(&self, key: &str) -> Option<Said> {
        let path = (self.aws.find)(&|variable| self.raw(variable))?;
        let bytes = DiskFiles::read_other(&path).ok()??;
        let holds = |key: &[u8]| bytes.windows(key.len()).any(|part| part.eq_ignore_ascii_case(key));
        if !holds(key.as_bytes()) {
            return None;
        }
        let profile = self.raw("AWS_PROFILE").map_or(Some("default".to_owned()), |name| name.into_string().ok())?;
        let value = (self.aws.setting)(&bytes, &profile, key).filter(|value| !value.is_empty())?;
        Some(Said { value, from: format!("{key} in {}", path.display()) })
    }
}

/// A path as a person writes it, with `~` for the home folder: what stands in a file or in quotes met no shell.
pub(crate) fn from_home(path: &OsStr, home: Option<&OsStr>) -> PathBuf {
    match (Path::new(path).strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => Path::new(home).join(rest),
        _ => PathBuf::from(path),
    }
}
