//! Opens a page in the person's own browser.

use std::sync::mpsc;
use std::time::Duration;

use keyfob_core::doors::ports::{Browser, BrowserError};
use url::Url;

use crate::loopback;

/// How long the desktop's own programs may take to say that they have no browser.
const PATIENCE: Duration = Duration::from_secs(3);

/// The browser that the desktop or `$BROWSER` names.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, url: &Url) -> Result<(), BrowserError> {
        check(url)?;
        #[cfg(target_os = "linux")]
        check_display(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))?;

        // A thread of its own: a text browser in $BROWSER runs until its reader leaves it, and a desktop
        // program may hang. The canonical form is one argument without spaces or quotes (I29).
        let canonical = url.as_str().to_owned();
        let (say, heard) = mpsc::channel();
        let started = std::thread::Builder::new().name("browser".into()).spawn(move || {
            let mut options = webbrowser::BrowserOptions::new();
            options.with_suppress_output(true);
            let opened = webbrowser::open_browser_with_options(webbrowser::Browser::Default, &canonical, &options);
            let _ = say.send(opened.map_err(|e| e.to_string()));
        });
        if let Err(error) = started {
            return Err(BrowserError { why: error.to_string() });
        }
        match heard.recv_timeout(PATIENCE) {
            Ok(Err(why)) => Err(BrowserError { why: why.trim_end_matches('.').to_owned() }),
            // No word after that time means that the browser took over.
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

/// Other schemes open files, shares and scripts (CVE-2025-31477); user names and passwords in addresses
/// make one host look like another.
fn check(url: &Url) -> Result<(), BrowserError> {
    let refuse = |why: &str| Err(BrowserError { why: why.into() });
    match url.scheme() {
        "https" => {}
        "http" if loopback::is_loopback(url.host()) => {}
        _ => return refuse("only https addresses are opened"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("an address with a user name in it is not opened");
    }
    Ok(())
}

/// Without a display the desktop's programs try one after the other, some of them in the terminal.
#[cfg(target_os = "linux")]
fn check_display(is_set: impl Fn(&str) -> bool) -> Result<(), BrowserError> {
    if ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(is_set) {
        return Ok(());
    }
    Err(BrowserError { why: "there is no display, and BROWSER is not set".into() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_pages_that_are_safe_to_open_are_opened() {
        for good in [
            "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH",
            "HTTPS://x.example/",
            "http://127.0.0.1:8080/a",
            "http://[::1]/",
            "http://localhost:1/",
        ] {
            assert_eq!(check(&Url::parse(good).unwrap()), Ok(()), "{good}");
        }
        for bad in [
            "http://x.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "smb://x/y",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "https://amazonaws.com@evil.example/",
        ] {
            assert!(check(&Url::parse(bad).unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_the_browser_gets_is_one_word() {
        let url = Url::parse("https://x.example/a b\"c'`$(d)?q= --new-window").unwrap();
        assert!(!url.as_str().contains([' ', '"', '`']), "{url}");
    }

    // F88
    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_display_the_answer_comes_at_once() {
        assert!(check_display(|_| false).is_err());
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
            assert_eq!(check_display(|asked| asked == name), Ok(()));
        }
    }

    /// Asks in a process of its own, because the environment of this one belongs to all tests.
    #[cfg(target_os = "linux")]
    fn opened_with(browser: &std::path::Path, folder: &std::path::Path) -> std::process::Output {
        std::process::Command::new(std::env::current_exe().unwrap())
            .args(["browser::tests::opens_one_page", "--exact", "--ignored", "--nocapture"])
            .env_clear()
            .env("PATH", folder)
            .env("BROWSER", browser)
            .env("HOME", folder)
            .output()
            .unwrap()
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn opens_one_page() {
        SystemBrowser.open(&Url::parse("https://x.example/a b?c='d' --e").unwrap()).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_browser_gets_the_address_as_one_argument_and_stays_silent() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let (browser, heard) = (dir.path().join("browser"), dir.path().join("heard"));
        assert!(std::process::Command::new("mkfifo").arg(&heard).status().unwrap().success());
        let script =
            format!("#!/bin/sh\necho NOISE; echo NOISE >&2\nprintf '%s|' \"$#\" \"$@\" >{}\n", heard.display());
        std::fs::write(&browser, script).unwrap();
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
        // Nobody reads the pipe yet, so the browser runs on: a caller that waited for it would hang here.
        let output = opened_with(&browser, dir.path());
        assert!(output.status.success());
        assert!(![output.stdout, output.stderr].concat().windows(5).any(|w| w == b"NOISE"));
        assert_eq!(std::fs::read_to_string(&heard).unwrap(), "1|https://x.example/a%20b?c=%27d%27%20--e|");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_browser_that_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!opened_with(&dir.path().join("nothing"), dir.path()).status.success());
    }
}
