//! The environment of this process, and the settings of the AWS tools beside it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use keyfob_core::doors::environment::{Environment, Said};

/// Finds the value of a key in a profile of the AWS tools' config file.
pub type ReadSetting = fn(file: &[u8], profile: &str, key: &str) -> Option<String>;

#[derive(Debug, Clone, Copy)]
pub struct SystemEnvironment {
    read: ReadSetting,
}

impl SystemEnvironment {
    pub fn new(read: ReadSetting) -> Self {
        SystemEnvironment { read }
    }
}

impl Environment for SystemEnvironment {
    fn raw(&self, variable: &str) -> Option<OsString> {
        std::env::var_os(variable).filter(|value| !value.is_empty())
    }

    /// Read anew each time: people mend the file while the tray runs.
    fn aws_setting(&self, key: &str) -> Option<Said> {
        let home = self.raw(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
        let path = match self.raw("AWS_CONFIG_FILE") {
            Some(path) => from_home(&path, home.as_deref()),
            None => Path::new(&home?).join(".aws").join("config"),
        };
        // A pipe would be waited for.
        let bytes = path.is_file().then(|| std::fs::read(&path).ok())??;
        let holds = |key: &[u8]| bytes.windows(key.len()).any(|part| part.eq_ignore_ascii_case(key));
        if !holds(key.as_bytes()) {
            return None;
        }
        let profile = self.raw("AWS_PROFILE").map_or(Some("default".to_owned()), |name| name.into_string().ok())?;
        let value = (self.read)(&bytes, &profile, key).filter(|value| !value.is_empty())?;
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
