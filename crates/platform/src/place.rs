//! Where the person is: the display that windows and pages are to open on, as the latest start of the program brought
//! it.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// What names a display, and who may draw on it.
const DISPLAY: [&str; 3] = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"];
/// What lets a window that a person asked for come to the front (XDG activation protocol, Startup Notification).
const TOKENS: [&str; 2] = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"];
/// No value that a desktop gives is as long as this.
const LONGEST: usize = 512;

/// The variables of a display, and nothing but these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(BTreeMap<String, String>);

impl Place {
    /// Where this process was started. What cannot be handed on is left out.
    pub fn of_this_process() -> Self {
        let set = |name: &str| Some((name.to_owned(), std::env::var(name).ok()?));
        let all = DISPLAY.into_iter().chain(TOKENS).filter_map(set);
        Place(all.filter(|(name, value)| is_fit(name, value)).collect())
    }

    /// Whether all of it is what a desktop could have said: it came from another process.
    pub fn is_fit(&self) -> bool {
        self.0.iter().all(|(name, value)| is_fit(name, value))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The display alone.
    fn display(&self) -> Place {
        let display = self.0.iter().filter(|(name, _)| DISPLAY.contains(&name.as_str()));
        Place(display.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// Whether there is a display here. One that hangs is there.
    #[cfg(target_os = "linux")]
    pub async fn is_there(&self) -> bool {
        let named = |name: &str| self.0.get(name).map(String::as_str);
        if let Some(socket) = named("WAYLAND_DISPLAY").and_then(linux::wayland)
            && linux::answers(&socket).await
        {
            return true;
        }
        match named("DISPLAY") {
            Some(display) => linux::x_answers(display).await,
            None => false,
        }
    }
}

fn is_fit(name: &str, value: &str) -> bool {
    (DISPLAY.contains(&name) || TOKENS.contains(&name))
        && !value.is_empty()
        && value.len() <= LONGEST
        && !value.chars().any(char::is_control)
}

/// The place as all know it who open something for the person.
#[derive(Debug, Clone, Default)]
pub struct Whereabouts(Arc<Mutex<Place>>);

impl Whereabouts {
    pub fn at(place: Place) -> Self {
        Whereabouts(Arc::new(Mutex::new(place)))
    }

    pub fn place(&self) -> Place {
        self.locked().clone()
    }

    /// A display is known where windows can be opened.
    pub fn has_display(&self) -> bool {
        let place = self.locked();
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| place.0.contains_key(*name))
    }

    /// The person is where this process was started.
    pub fn is_here(&self) -> bool {
        let display = self.locked().display();
        display.is_empty() || display == Place::of_this_process().display()
    }

    /// Somebody asked from there; true when that is another display than before.
    pub fn came(&self, from: Place) -> bool {
        let mut place = self.locked();
        let from = if from.display().is_empty() {
            Place([place.display().0, from.0].into_iter().flatten().collect())
        } else {
            from
        };
        let moved = place.display() != from.display();
        *place = from;
        moved
    }

    /// A click brought this: it lets one window come to the front.
    pub fn clicked(&self, token: String) {
        if is_fit(TOKENS[0], &token) {
            self.locked().0.insert(TOKENS[0].into(), token);
        }
    }

    /// What lets the window that is there come to the front, once.
    pub fn token(&self) -> Option<String> {
        let mut place = self.locked();
        let tokens = TOKENS.map(|name| place.0.remove(name));
        tokens.into_iter().flatten().next()
    }

    /// Sends a program to the place that is about to start. A token is for one window only.
    pub fn send(&self, command: &mut Command) {
        let mut place = self.locked();
        let display = place.display();
        for name in TOKENS {
            command.env_remove(name);
        }
        if !display.is_empty() {
            for name in DISPLAY {
                command.env_remove(name);
            }
        }
        command.envs(&place.0);
        *place = display;
    }

    fn locked(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(target_os = "linux")]
mod linux {
    //! Finds out whether a display server still listens.

    use std::ffi::OsString;
    use std::io::ErrorKind;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use tokio::net::{TcpStream, UnixStream};

    /// How long one at the other end of a network may take.
    const PATIENCE: Duration = Duration::from_secs(2);
    /// The TCP port of display 0.
    const X_PORT: u16 = 6000;

    pub fn wayland(name: &str) -> Option<PathBuf> {
        match Path::new(name) {
            path if path.is_absolute() => Some(path.to_owned()),
            path => std::env::var_os("XDG_RUNTIME_DIR").map(|dir| Path::new(&dir).join(path)),
        }
    }

    pub async fn answers(socket: &Path) -> bool {
        match UnixStream::connect(socket).await {
            Ok(_) => true,
            // A server that hangs has more callers than it takes.
            Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused),
        }
    }

    /// A display by its name, `[host]:number[.screen]` (X(7), section "Display names").
    pub async fn x_answers(display: &str) -> bool {
        let Some((host, number)) = display.rsplit_once(':') else { return false };
        let Ok(number) = number.split('.').next().unwrap_or_default().parse::<u16>() else { return false };
        match host {
            "" | "unix" => {
                let socket = format!("/tmp/.X11-unix/X{number}");
                answers(Path::new(&OsString::from(format!("\0{socket}")))).await || answers(Path::new(&socket)).await
            }
            path if path.starts_with('/') => answers(Path::new(display)).await,
            host => {
                let port = X_PORT.saturating_add(number);
                let refused = match tokio::time::timeout(PATIENCE, TcpStream::connect((host, port))).await {
                    Ok(Err(error)) => error.kind() == ErrorKind::ConnectionRefused,
                    Ok(Ok(_)) | Err(_) => false,
                };
                !refused
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn place(pairs: &[(&str, &str)]) -> Place {
        Place(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn sent(place: &Whereabouts) -> BTreeMap<String, Option<String>> {
        let mut command = Command::new("true");
        place.send(&mut command);
        let text = |value: &std::ffi::OsStr| value.to_str().unwrap().to_owned();
        command.get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    // F136
    #[test]
    fn a_program_is_sent_to_where_the_person_asked_last_and_a_token_is_used_once() {
        let here = Whereabouts::at(place(&[("DISPLAY", ":0"), ("XAUTHORITY", "/home/ann/.Xauthority")]));
        assert!(!here.came(place(&[("DISPLAY", ":0"), ("XAUTHORITY", "/home/ann/.Xauthority")])));
        assert!(here.came(place(&[("WAYLAND_DISPLAY", "wayland-1"), ("XDG_ACTIVATION_TOKEN", "one")])));
        let named = |name: &str, all: &BTreeMap<String, Option<String>>| all.get(name).cloned().flatten();
        let all = sent(&here);
        assert_eq!(named("WAYLAND_DISPLAY", &all).as_deref(), Some("wayland-1"));
        assert_eq!(named("XDG_ACTIVATION_TOKEN", &all).as_deref(), Some("one"));
        assert_eq!((all["DISPLAY"].clone(), all["XAUTHORITY"].clone()), (None, None), "nothing of the old one stays");
        assert_eq!(sent(&here)["XDG_ACTIVATION_TOKEN"], None);
        // From a terminal without a display it is asked for where it was.
        assert!(!here.came(place(&[("DESKTOP_STARTUP_ID", "two")])));
        assert_eq!(named("WAYLAND_DISPLAY", &sent(&here)).as_deref(), Some("wayland-1"));
    }

    #[test]
    fn a_program_without_a_place_is_left_where_it_is() {
        assert!(!sent(&Whereabouts::default()).contains_key("DISPLAY"));
    }

    // F136
    #[test]
    fn nothing_but_a_display_is_a_place() {
        assert!(place(&[("DISPLAY", ":1"), ("DESKTOP_STARTUP_ID", "x")]).is_fit());
        let long = "x".repeat(LONGEST + 1);
        for bad in [("LD_PRELOAD", "/tmp/x.so"), ("DISPLAY", ""), ("DISPLAY", ":1\0"), ("XAUTHORITY", long.as_str())] {
            assert!(!place(&[bad]).is_fit(), "{bad:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_display_is_there_as_long_as_somebody_listens() {
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join("wayland-7");
        let server = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let wayland = place(&[("WAYLAND_DISPLAY", socket.to_str().unwrap())]);
        assert!(wayland.is_there().await);
        drop(server);
        assert!(!wayland.is_there().await);
        for gone in [":4711", "unix:4711.0", "localhost:4711", "nonsense", ":x"] {
            assert!(!place(&[("DISPLAY", gone)]).is_there().await, "{gone}");
        }
        assert!(!Place::default().is_there().await);
    }
}
