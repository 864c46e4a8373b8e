//! What a person set in the window: a small file beside the config file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use keyfob_core::doors::ports::{FileError, Files};
use keyfob_core::words::prefs::{Prefs, Theme};
use keyfob_core::words::shell::Shell;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

pub const FILE: &str = "desktop.json";
const PREFS: &str = "prefs";
const SHELL: &str = "shell";
const THEME: &str = "theme";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub prefs: Prefs,
    pub shell: Shell,
    pub theme: Theme,
}

impl Settings {
    /// What cannot be understood counts as not set: the defaults are what most people want.
    pub fn load(files: &dyn Files, config: &Path, env: &BTreeMap<String, OsString>) -> Self {
        let bytes = files.read(&config.with_file_name(FILE)).ok().flatten();
        let mut written = bytes.as_deref().and_then(parse).unwrap_or_default();
        Settings {
            prefs: take(&mut written, PREFS).unwrap_or_default(),
            shell: take(&mut written, SHELL).unwrap_or_else(|| login_shell(env)),
            theme: take(&mut written, THEME).unwrap_or_default(),
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

/// Keeps it beside what was set before, by us, by a newer Keyfob or by a person who has the file open. A file that
/// cannot be understood is put aside first.
pub fn keep(files: &dyn Files, path: &Path, set: Set) -> Result<(), FileError> {
    let mut before = files.read(path)?;
    let mut written = match before.as_deref().map(parse) {
        Some(Some(written)) => written,
        Some(None) => {
            files.set_aside(path)?;
            before = None;
            Map::new()
        }
        None => Map::new(),
    };
    let (name, value) = match set {
        Set::Prefs(prefs) => (PREFS, json!(prefs)),
        Set::Shell(shell) => (SHELL, json!(shell)),
        Set::Theme(theme) => (THEME, json!(theme)),
    };
    written.insert(name.into(), value);
    let mut bytes = serde_json::to_vec_pretty(&written).unwrap_or_default();
    bytes.push(b'\n');
    files.replace(path, Some(before.as_deref()), &bytes)
}

/// An empty file says nothing, and nothing is lost with it.
fn parse(bytes: &[u8]) -> Option<Map<String, Value>> {
    if bytes.trim_ascii().is_empty() { Some(Map::new()) } else { serde_json::from_slice(bytes).ok() }
}

fn take<T: DeserializeOwned>(written: &mut Map<String, Value>, name: &str) -> Option<T> {
    written.remove(name).and_then(|value| serde_json::from_value(value).ok())
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
    }

    // F104
    #[test]
    fn what_cannot_be_understood_costs_itself_and_is_not_written_over() {
        let home = tempfile::tempdir().unwrap();
        let (config, file) = (home.path().join("config.toml"), home.path().join(FILE));
        let load = || Settings::load(&DiskFiles, &config, &BTreeMap::new());
        let written = |text: &str| {
            std::fs::write(&file, text).unwrap();
            keep(&DiskFiles, &file, Set::Shell(Shell::Nu)).unwrap();
            std::fs::read_to_string(&file).unwrap()
        };
        let newer = written(r#"{"theme": "dark", "prefs": 7, "sounds": ["bell"]}"#);
        assert!(newer.contains("bell"), "{newer}");
        assert_eq!((load().theme, load().shell, load().prefs), (Theme::Dark, Shell::Nu, Prefs::default()));

        written("{broken");
        assert_eq!((load().theme, load().shell), (Theme::System, Shell::Nu));
        let aside =
            std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path()).find(|path| *path != file);
        assert_eq!(std::fs::read_to_string(aside.unwrap()).unwrap(), "{broken");
    }
}
