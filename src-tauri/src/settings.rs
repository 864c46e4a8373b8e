//! What a person set in the window: a small file beside the config file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use keyfob_core::doors::ports::{FileError, Files};
use keyfob_core::words::prefs::{Prefs, Theme};
use keyfob_core::words::shell::Shell;
use serde::{Deserialize, Serialize};

pub const FILE: &str = "desktop.json";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub prefs: Prefs,
    pub shell: Shell,
    pub theme: Theme,
}

/// The file. What is not in it is as it always was.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefs: Option<Prefs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shell: Option<Shell>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<Theme>,
}

impl Settings {
    /// One that cannot be read counts as absent: the defaults are what most people want.
    pub fn load(files: &dyn Files, config: &Path, env: &BTreeMap<String, OsString>) -> Self {
        let bytes = files.read(&config.with_file_name(FILE)).ok().flatten();
        let written = Written::parse(bytes.as_deref());
        Settings {
            prefs: written.prefs.unwrap_or_default(),
            shell: written.shell.unwrap_or_else(|| login_shell(env)),
            theme: written.theme.unwrap_or_default(),
        }
    }
}

/// Nobody sits at a terminal here.
fn login_shell(env: &BTreeMap<String, OsString>) -> Shell {
    let login = env.get("SHELL").map(|path| path.to_string_lossy());
    Shell::detect([], login.as_deref(), cfg!(windows)).unwrap_or(Shell::Sh)
}

/// One thing that was set.
#[derive(Debug)]
pub enum Set {
    Prefs(Prefs),
    Shell(Shell),
    Theme(Theme),
}

/// Keeps it beside what was set before, by us or by a person who has the file open.
pub fn keep(files: &dyn Files, path: &Path, set: Set) -> Result<(), FileError> {
    let before = files.read(path)?;
    let mut written = Written::parse(before.as_deref());
    match set {
        Set::Prefs(prefs) => written.prefs = Some(prefs),
        Set::Shell(shell) => written.shell = Some(shell),
        Set::Theme(theme) => written.theme = Some(theme),
    }
    let mut bytes = serde_json::to_vec_pretty(&written).unwrap_or_default();
    bytes.push(b'\n');
    files.replace(path, Some(before.as_deref()), &bytes)
}

impl Written {
    fn parse(bytes: Option<&[u8]>) -> Self {
        serde_json::from_slice(bytes.unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use keyfob_platform::files::DiskFiles;

    use super::*;

    #[test]
    fn what_was_set_is_there_again_and_what_was_not_is_as_ever() {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config.toml");
        let env = [("SHELL".to_owned(), "/usr/bin/fish".into())].into();
        let load = || Settings::load(&DiskFiles, &config, &env);
        assert_eq!(load(), Settings { prefs: Prefs::default(), shell: Shell::Fish, theme: Theme::System });

        let file = config.with_file_name(FILE);
        let prefs = Prefs { warn_minutes: 30, ..Prefs::default() };
        keep(&DiskFiles, &file, Set::Prefs(prefs.clone())).unwrap();
        keep(&DiskFiles, &file, Set::Theme(Theme::Dark)).unwrap();
        assert_eq!(load(), Settings { prefs: prefs.clone(), shell: Shell::Fish, theme: Theme::Dark });
        keep(&DiskFiles, &file, Set::Shell(Shell::Nu)).unwrap();
        assert_eq!(load(), Settings { prefs, shell: Shell::Nu, theme: Theme::Dark });

        std::fs::write(&file, "{broken").unwrap();
        assert_eq!(load().prefs, Prefs::default());
    }
}
