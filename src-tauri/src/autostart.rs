//! Starting at login: an entry that the desktop runs, made and removed when a person says so.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;

/// Tells a start at login from one that a person made: nobody waits for a window.
pub const BACKGROUND: &str = "--background";

#[cfg(target_os = "linux")]
pub use linux::{is_on, mend, set};
#[cfg(not(target_os = "linux"))]
pub use native::{is_on, mend, set};

#[cfg(target_os = "linux")]
mod linux {
    //! The Desktop Application Autostart Specification.

    use std::os::unix::fs::DirBuilderExt;
    use std::path::{Path, PathBuf};

    use keyfob_core::doors::ports::Files as _;
    use keyfob_core::face::phrase::PURPOSE;
    use keyfob_platform::files::DiskFiles;

    use super::*;

    /// `None` when there is no place for the entry.
    pub fn is_on(env: &BTreeMap<String, OsString>) -> Option<bool> {
        let text = std::fs::read_to_string(place(env)?).unwrap_or_default();
        let off = text
            .lines()
            .any(|line| matches!(line.replace(' ', "").as_str(), "Hidden=true" | "X-GNOME-Autostart-enabled=false"));
        Some(!text.is_empty() && !off)
    }

    pub fn set(env: &BTreeMap<String, OsString>, on: bool) -> io::Result<()> {
        let place = place(env).ok_or_else(|| io::Error::other("the home folder is not known"))?;
        if !on {
            return match std::fs::remove_file(place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let own = crate::beside::own()?;
        let own = own.to_str().ok_or_else(|| io::Error::other("the program's path is no text"))?;
        if let Some(folder) = place.parent() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        DiskFiles.replace(&place, None, entry(own)?.as_bytes()).map_err(|error| io::Error::other(error.to_string()))
    }

    /// An entry of ours whose program is not where it says any more would start nothing: it is led to this program. What
    /// else stands in it stays, and so does one that starts something else.
    pub fn mend(env: &BTreeMap<String, OsString>) -> io::Result<()> {
        let Some(place) = place(env) else { return Ok(()) };
        let Ok(Some(old)) = DiskFiles.read(&place) else { return Ok(()) };
        let Ok(text) = String::from_utf8(old.clone()) else { return Ok(()) };
        let own = crate::beside::own()?;
        let Some(new) = led_to(&text, own.to_str().unwrap_or_default(), |program| program.exists()) else {
            return Ok(());
        };
        let mended = DiskFiles.replace(&place, Some(Some(&old)), new.as_bytes());
        mended.map_err(|error| io::Error::other(error.to_string()))
    }

    /// The entry with `own` in place of a program of ours that is gone; `None` when nothing is to be done.
    fn led_to(text: &str, own: &str, is_there: impl Fn(&Path) -> bool) -> Option<String> {
        let exec = text.lines().find(|line| line.starts_with("Exec="))?;
        let args = exec.strip_prefix("Exec=")?.strip_suffix(BACKGROUND)?.trim_end();
        let program = PathBuf::from(unquoted(args)?);
        let ours = program.is_absolute() && program.file_name() == Path::new(own).file_name();
        let new = format!("Exec={} {BACKGROUND}", quoted(own));
        (ours && !is_there(&program) && !own.contains(char::is_control)).then(|| text.replacen(exec, &new, 1))
    }

    /// What [`quoted`] was made of; `None` for anything else.
    fn unquoted(quoted: &str) -> Option<String> {
        let Some(inner) = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return (!quoted.contains(['"', '\\', '%', ' '])).then(|| quoted.to_owned());
        };
        let (mut value, mut letters) = (String::new(), inner.replace("\\\\", "\\"));
        letters = letters.replace("%%", "%");
        let mut letters = letters.chars();
        while let Some(letter) = letters.next() {
            value.push(if letter == '\\' { letters.next()? } else { letter });
        }
        Some(value)
    }

    fn place(env: &BTreeMap<String, OsString>) -> Option<PathBuf> {
        let set = |name: &str| env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let config = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
        Some(config.join("autostart/keyfob-desktop.desktop"))
    }

    fn entry(program: &str) -> io::Result<String> {
        if program.chars().any(char::is_control) {
            return Err(io::Error::other("the program's path holds control characters"));
        }
        Ok(format!(
            "[Desktop Entry]\nType=Application\nName=Keyfob\nComment={PURPOSE}\n\
             Exec={} {BACKGROUND}\nIcon=keyfob-desktop\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
            quoted(program)
        ))
    }

    /// An argument of `Exec`, by the Desktop Entry Specification, section "The Exec key": quoted with a backslash
    /// before `"`, `` ` ``, `$` and `\`, percent signs doubled, and then every backslash doubled once more,
    /// because the value itself is a string with escapes.
    fn quoted(argument: &str) -> String {
        let mut quoted = String::from("\"");
        for letter in argument.chars() {
            match letter {
                '"' | '`' | '$' => quoted.extend(["\\\\", &letter.to_string()]),
                '\\' => quoted.push_str("\\\\\\\\"),
                '%' => quoted.push_str("%%"),
                _ => quoted.push(letter),
            }
        }
        quoted.push('"');
        quoted
    }

    #[cfg(test)]
    mod tests {
        #![allow(clippy::unwrap_used)]

        use super::*;

        /// What GLib makes of an `Exec` line: string escapes first, then shell-like quotes, then field codes.
        fn as_run(exec: &str) -> Vec<String> {
            let (mut value, mut letters) = (String::new(), exec.chars());
            while let Some(letter) = letters.next() {
                value.push(if letter == '\\' { letters.next().unwrap() } else { letter });
            }
            let (mut args, mut arg, mut inside) = (Vec::new(), String::new(), false);
            let mut letters = value.chars();
            while let Some(letter) = letters.next() {
                match letter {
                    '"' => inside = !inside,
                    '\\' if inside => arg.push(letters.next().unwrap()),
                    '%' => {
                        assert_eq!(letters.next(), Some('%'), "a field code");
                        arg.push('%');
                    }
                    ' ' if !inside => args.push(std::mem::take(&mut arg)),
                    _ => arg.push(letter),
                }
            }
            args.push(arg);
            args
        }

        // T40
        #[test]
        fn any_path_is_one_argument_and_nothing_else() {
            let nasty =
                [" ", "\"", "'", "\\", "$", "`", "%", "%u", ";", "&", "ü", "(", "\\\"", "$(x)", "~", "*", "#", "="];
            for (place, bad) in
                nasty.iter().flat_map(|bad| [(format!("/opt/{bad}/keyfob"), bad), (format!("/a{bad}"), bad)])
            {
                let text = entry(&place).unwrap();
                let exec = text.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap();
                assert_eq!(as_run(exec), [place.as_str(), BACKGROUND], "{bad}");
            }
            assert!(entry("/opt/a\nExec=evil").is_err());
        }

        // F141
        #[test]
        fn an_entry_whose_program_has_moved_is_led_to_it_and_any_other_is_left_alone() {
            let nowhere = |_: &Path| false;
            for place in ["/old/keyfob-desktop", "/a \"b\"/$x/`y`/50%/\\z/keyfob-desktop"] {
                let old = entry(place).unwrap().replace("enabled=true", "enabled=false");
                let new = led_to(&old, "/new/keyfob-desktop", nowhere).unwrap();
                assert_eq!(new, entry("/new/keyfob-desktop").unwrap().replace("enabled=true", "enabled=false"));
                assert_eq!(led_to(&old, "/new/keyfob-desktop", |program| program == Path::new(place)), None);
            }
            for other in ["Exec=/old/other --background", "Exec=keyfob-desktop --background", "Exec=sh -c x", "Name=x"]
            {
                assert_eq!(
                    led_to(&format!("[Desktop Entry]\n{other}\n"), "/new/keyfob-desktop", nowhere),
                    None,
                    "{other}"
                );
            }
        }

        #[test]
        fn it_is_on_after_it_was_set_and_off_when_somebody_else_says_so() {
            let home = tempfile::tempdir().unwrap();
            let env = [("HOME".to_owned(), home.path().into())].into();
            assert_eq!(is_on(&env), Some(false));
            set(&env, true).unwrap();
            assert_eq!(is_on(&env), Some(true));
            let file = home.path().join(".config/autostart/keyfob-desktop.desktop");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, text.replace("enabled=true", "enabled=false")).unwrap();
            assert_eq!(is_on(&env), Some(false));
            set(&env, false).unwrap();
            set(&env, false).unwrap();
            assert!(!file.exists());
            assert_eq!(is_on(&BTreeMap::new()), None);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod native {
    //! A launch agent on macOS, a value of the registry's `Run` key on Windows: by `auto-launch`.

    use super::*;

    pub fn is_on(_: &BTreeMap<String, OsString>) -> Option<bool> {
        launch().ok()?.is_enabled().ok()
    }

    pub fn set(_: &BTreeMap<String, OsString>, on: bool) -> io::Result<()> {
        let launch = launch()?;
        let done = if on { launch.enable() } else { launch.disable() };
        done.map_err(|error| io::Error::other(error.to_string()))
    }

    /// An agent whose program has moved is made anew.
    pub fn mend(env: &BTreeMap<String, OsString>) -> io::Result<()> {
        if is_on(env) == Some(true) { set(env, true) } else { Ok(()) }
    }

    fn launch() -> io::Result<auto_launch::AutoLaunch> {
        let own = crate::beside::own()?;
        let path = own.to_str().ok_or_else(|| io::Error::other("the program's path is no text"))?;
        auto_launch::AutoLaunchBuilder::new()
            .set_app_name("Keyfob")
            .set_app_path(path)
            .set_args(&[BACKGROUND])
            .build()
            .map_err(|error| io::Error::other(error.to_string()))
    }
}
