//! Where our files live: the places each operating system has for them.

#[cfg(unix)]
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// The paths of our files. Nothing is created by asking for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The file that a person may edit: `…/keyfob/config.toml`.
    pub config: PathBuf,
    /// The folder of what Keyfob remembers without secrets.
    pub state: PathBuf,
    /// The folder of the lock files.
    pub locks: PathBuf,
}

/// There is no place for our files. There is no fallback: a folder that others can write to, such as
/// `/tmp`, is no place for them (F68).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no place for Keyfob's files: {why}")]
pub struct NoPlaces {
    pub why: String,
}

impl Places {
    /// Finds them by the environment: the XDG Base Directory Specification on Linux, `~/Library` on macOS,
    /// the application folders on Windows (state in the local one, since it must not roam).
    pub fn find() -> Result<Self, NoPlaces> {
        #[cfg(unix)]
        check_home(std::env::var_os("HOME"))?;
        let base = etcetera::base_strategy::choose_native_strategy()
            .map_err(|_| NoPlaces { why: "the home folder is not known".into() })?;
        let state = if cfg!(windows) { base.cache_dir() } else { base.state_dir().unwrap_or_else(|| base.data_dir()) };
        Ok(Places::under(&base.config_dir().join("keyfob"), &state.join("keyfob")))
    }

    /// All of them below one folder, which is not shared with any other Keyfob.
    pub fn in_folder(folder: &Path) -> Self {
        Places::under(&folder.join("config"), &folder.join("state"))
    }

    fn under(config: &Path, state: &Path) -> Self {
        Places { config: config.join("config.toml"), state: state.to_owned(), locks: state.join("locks") }
    }
}

/// Without this, a missing `HOME` is looked up in the user database, and a service started by another user
/// would write into a home that is not meant.
#[cfg(unix)]
fn check_home(home: Option<OsString>) -> Result<(), NoPlaces> {
    let why = match home {
        None => "HOME is not set",
        Some(home) if home.is_empty() => "HOME is empty",
        Some(home) if !Path::new(&home).is_absolute() => "HOME is not an absolute path",
        Some(_) => return Ok(()),
    };
    Err(NoPlaces { why: why.into() })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::print_stdout)]

    use super::*;

    /// Asks in a process of its own, because the environment of this one belongs to all tests.
    fn found_with(env: &[(&str, &str)]) -> String {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["dirs::tests::prints_the_places", "--exact", "--ignored", "--nocapture"])
            .env_clear()
            .envs(env.iter().copied())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().find_map(|line| line.split_once("places: ")).map(|(_, found)| found.to_owned()).unwrap()
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn prints_the_places() {
        match Places::find() {
            Ok(p) => println!("\nplaces: {} {} {}", p.config.display(), p.state.display(), p.locks.display()),
            Err(e) => println!("\nplaces: {e}"),
        }
    }

    #[test]
    fn files_live_in_the_xdg_places() {
        assert_eq!(
            found_with(&[("HOME", "/home/a")]),
            "/home/a/.config/keyfob/config.toml /home/a/.local/state/keyfob /home/a/.local/state/keyfob/locks"
        );
        assert_eq!(
            found_with(&[("HOME", "/home/a"), ("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "/s")]),
            "/c/keyfob/config.toml /s/keyfob /s/keyfob/locks"
        );
    }

    #[test]
    fn a_relative_xdg_path_is_ignored_as_the_specification_says() {
        assert!(found_with(&[("HOME", "/home/a"), ("XDG_CONFIG_HOME", "c")]).starts_with("/home/a/.config/"));
    }

    // F68
    #[test]
    fn without_a_usable_home_there_is_a_reason_and_no_shared_folder() {
        for (env, why) in [
            (vec![], "HOME is not set"),
            (vec![("HOME", "")], "HOME is empty"),
            (vec![("HOME", "home/a")], "HOME is not an absolute path"),
        ] {
            assert_eq!(found_with(&env), format!("there is no place for Keyfob's files: {why}"));
        }
    }
}
