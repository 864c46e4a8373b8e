//! Opens a page in the person's own browser, or in the one that a team names.

mod known;
mod openers;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyfob_core::doors::ports::{Browser, BrowserError};
use keyfob_core::words::browser::{BROWSER, Choice};
use tokio::sync::oneshot;
use url::Url;

use crate::loopback;
use crate::place::Whereabouts;

/// How long the desktop's own programs may take to say that they have no browser.
const PATIENCE: Duration = Duration::from_secs(3);

/// The browser that the desktop or `$BROWSER` names, on the display where the person is.
#[derive(Debug, Clone, Default)]
pub struct SystemBrowser {
    place: Whereabouts,
    /// What a team named instead, or why that is none.
    chosen: Option<Result<Choice, BrowserError>>,
}

impl SystemBrowser {
    pub fn at(place: Whereabouts) -> Self {
        SystemBrowser { place, chosen: None }
    }

    /// What opens the page, as work for a thread of its own: a text browser in $BROWSER runs until its reader leaves it,
    /// and a desktop program may hang. The canonical form is one argument without spaces or quotes (I29).
    fn opener(&self, url: &Url) -> Result<impl FnOnce() -> Result<(), String> + Send + 'static, BrowserError> {
        let chosen = self.chosen.clone().transpose()?;
        #[cfg(target_os = "linux")]
        if !matches!(chosen, Some(Choice::Command(_))) {
            check_display(&self.place, |name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))?;
        }
        let (canonical, place) = (url.as_str().to_owned(), self.place.clone());
        Ok(move || match chosen {
            // A person who has several to keep apart wants that one or none.
            Some(choice) => openers::run(known::lines(&choice, &canonical), &place, PATIENCE),
            None => by_system(&canonical, &place),
        })
    }
}

#[async_trait]
impl Browser for SystemBrowser {
    async fn open(&self, url: &Url) -> Result<(), BrowserError> {
        check(url)?;
        let opener = self.opener(url)?;
        let (say, heard) = oneshot::channel();
        let work = move || {
            let _ = say.send(opener());
        };
        if let Err(error) = std::thread::Builder::new().name("browser".into()).spawn(work) {
            return Err(BrowserError { why: error.to_string() });
        }
        match tokio::time::timeout(PATIENCE, heard).await {
            Ok(Ok(Err(why))) => Err(BrowserError { why: why.trim_end_matches('.').to_owned() }),
            // No word after that time means that the browser took over.
            Ok(Ok(Ok(())) | Err(_)) | Err(_) => Ok(()),
        }
    }

    fn named(&self, setting: &str) -> Option<Arc<dyn Browser>> {
        let chosen = Choice::parse(setting).map_err(|bad| BrowserError { why: format!("{BROWSER} {bad}") });
        Some(Arc::new(SystemBrowser { place: self.place.clone(), chosen: Some(chosen) }))
    }

    fn is_here(&self) -> bool {
        is_here(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()), &self.place)
    }
}

/// Whoever comes over SSH sits elsewhere, and the browser of Windows is another computer's to a Linux inside of it.
fn is_here(is_set: impl Fn(&str) -> bool, place: &Whereabouts) -> bool {
    let elsewhere = ["SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"].into_iter().any(&is_set);
    let has_display = !cfg!(target_os = "linux") || place.has_display() || DISPLAYS.into_iter().any(is_set);
    !elsewhere && has_display
}

const DISPLAYS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];

#[cfg(target_os = "linux")]
fn by_system(url: &str, place: &Whereabouts) -> Result<(), String> {
    openers::open(url, place, PATIENCE).or_else(|why| {
        // It also knows default browsers that no opener leads to, and portals; it opens here and nowhere else.
        let may = place.is_here() && std::env::var_os("BROWSER").is_none();
        if may { by_library(url).map_err(|_| why) } else { Err(why) }
    })
}

#[cfg(not(target_os = "linux"))]
fn by_system(url: &str, _: &Whereabouts) -> Result<(), String> {
    by_library(url)
}

fn by_library(url: &str) -> Result<(), String> {
    let mut options = webbrowser::BrowserOptions::new();
    options.with_suppress_output(true);
    webbrowser::open_browser_with_options(webbrowser::Browser::Default, url, &options).map_err(|e| e.to_string())
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
fn check_display(place: &Whereabouts, is_set: impl Fn(&str) -> bool) -> Result<(), BrowserError> {
    if place.has_display() || ["BROWSER", "WSL_DISTRO_NAME"].into_iter().chain(DISPLAYS).any(is_set) {
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
        let nowhere = Whereabouts::default();
        assert!(check_display(&nowhere, |_| false).is_err());
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
            assert_eq!(check_display(&nowhere, |asked| asked == name), Ok(()));
        }
    }

    // F286
    #[cfg(target_os = "linux")]
    #[test]
    fn a_browser_is_here_where_there_is_a_display_and_nobody_came_from_elsewhere() {
        let here = |set: &[&str]| is_here(|name| set.contains(&name), &Whereabouts::default());
        assert!(here(&["DISPLAY"]) && here(&["WAYLAND_DISPLAY", "BROWSER"]));
        for elsewhere in [
            &[][..],
            &["BROWSER"],
            &["DISPLAY", "SSH_CONNECTION"],
            &["WAYLAND_DISPLAY", "SSH_TTY"],
            &["DISPLAY", "WSL_DISTRO_NAME"],
        ] {
            assert!(!here(elsewhere), "{elsewhere:?}");
        }
    }

    // F285
    #[cfg(target_os = "linux")]
    #[test]
    fn the_browser_that_a_team_names_gets_the_address_and_no_other_one_is_tried() {
        let dir = tempfile::tempdir().unwrap();
        let heard = dir.path().join("heard");
        script(&dir.path().join("xdg-open"), &format!("echo other >{}", heard.display()));
        let named = |setting: &str| {
            let mut test = command("opens_one_page", dir.path());
            test.env("TEAM_BROWSER", setting).output().unwrap()
        };
        let missing = named("nothing --here");
        assert!(!missing.status.success() && !heard.exists(), "{missing:?}");
        assert!(String::from_utf8_lossy(&missing.stderr).contains("nothing: it was not found"), "{missing:?}");
        script(&dir.path().join("fox"), &format!("printf '%s|' \"$#\" \"$@\" >{}", heard.display()));
        assert!(named("fox '-P My work' --url=%u;id").status.success());
        let url = "https://x.example/a%20b?c=%27d%27%20--e";
        assert_eq!(std::fs::read_to_string(&heard).unwrap(), format!("2|-P My work|--url={url};id|"));
        script(&dir.path().join("firefox"), &format!("printf '%s|' \"$@\" >{}", heard.display()));
        let mut test = command("opens_one_page", dir.path());
        let opened = test.env("TEAM_BROWSER", "firefox private").env("DISPLAY", ":7").output().unwrap();
        assert!(opened.status.success(), "{opened:?}");
        assert_eq!(std::fs::read_to_string(&heard).unwrap(), format!("--private-window|{url}|"));
    }

    /// Asks in a process of its own, because the environment of this one belongs to all tests.
    #[cfg(target_os = "linux")]
    fn opened_with(browser: &std::path::Path, folder: &std::path::Path) -> std::process::Output {
        run("opens_one_page", browser, folder)
    }

    #[cfg(target_os = "linux")]
    fn run(test: &str, browser: &std::path::Path, folder: &std::path::Path) -> std::process::Output {
        command(test, folder).env("BROWSER", browser).output().unwrap()
    }

    #[cfg(target_os = "linux")]
    fn command(test: &str, folder: &std::path::Path) -> std::process::Command {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command
            .args([&format!("browser::tests::{test}"), "--exact", "--ignored", "--nocapture"])
            .env_clear()
            .env("PATH", folder)
            .env("HOME", folder);
        command
    }

    #[tokio::test]
    #[ignore = "run by the tests below"]
    async fn opens_one_page() {
        let page = Url::parse("https://x.example/a b?c='d' --e").unwrap();
        let usual = SystemBrowser::default();
        match std::env::var("TEAM_BROWSER") {
            Ok(setting) => usual.named(&setting).unwrap().open(&page).await.unwrap(),
            Err(_) => usual.open(&page).await.unwrap(),
        }
    }

    /// Opens one page after another, and then has no child that nobody waited for.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    #[ignore = "run by the test below"]
    async fn opens_three_pages_and_waits_for_what_it_started() {
        let page = Url::parse("https://x.example/").unwrap();
        for _ in 0..3 {
            SystemBrowser::default().open(&page).await.unwrap();
        }
        let me = std::process::id();
        let zombies = || {
            let of =
                |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            let tasks = std::fs::read_dir(format!("/proc/{me}/task")).unwrap().flatten().map(of);
            tasks.map(|children| children.split_whitespace().count()).sum::<usize>()
        };
        let begin = std::time::Instant::now();
        while zombies() > 0 {
            assert!(begin.elapsed() < Duration::from_secs(60), "{} children are left", zombies());
            tokio::task::yield_now().await;
        }
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

    /// Makes a program that does this.
    #[cfg(target_os = "linux")]
    fn script(place: &std::path::Path, lines: &str) {
        use std::os::unix::fs::PermissionsExt;

        std::fs::write(place, format!("#!/bin/sh\n{lines}\n")).unwrap();
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o700)).unwrap();
    }

    // F143
    #[cfg(target_os = "linux")]
    #[test]
    fn an_opener_that_has_done_its_work_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let browser = dir.path().join("browser");
        script(&browser, "exit 0");
        let output = run("opens_three_pages_and_waits_for_what_it_started", &browser, dir.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    // F132
    #[cfg(target_os = "linux")]
    #[test]
    fn an_opener_that_fails_is_no_browser_and_the_next_one_is_tried() {
        let dir = tempfile::tempdir().unwrap();
        let (browser, next, heard) =
            (dir.path().join("browser"), dir.path().join("xdg-open"), dir.path().join("heard"));
        script(&browser, "exit 4");
        let alone = opened_with(&browser, dir.path());
        assert!(String::from_utf8_lossy(&alone.stderr).contains("browser ended with exit status: 4"), "{alone:?}");
        script(&next, &format!("printf '%s' \"$1\" >{}", heard.display()));
        assert!(opened_with(&browser, dir.path()).status.success());
        assert_eq!(std::fs::read_to_string(&heard).unwrap(), "https://x.example/a%20b?c=%27d%27%20--e");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_browser_that_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!opened_with(&dir.path().join("nothing"), dir.path()).status.success());
    }
}
