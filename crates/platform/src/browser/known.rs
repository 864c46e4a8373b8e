//! The command lines of known browsers: where each system has them, and what their profiles and private windows are called.

use keyfob_core::words::browser::{Choice, Known, Window};

use super::openers::with_address;

/// The command lines to try.
pub fn lines(choice: &Choice, url: &str) -> Vec<Vec<String>> {
    match choice {
        Choice::Command(words) => vec![with_address(words.iter().map(String::as_str), url)],
        Choice::Known(known, window) => {
            let options = options(*known, window);
            let line = |start: Vec<String>| start.into_iter().chain(options.clone()).chain([url.to_owned()]).collect();
            starts(*known, *window == Window::Usual).into_iter().map(line).collect()
        }
    }
}

fn options(known: Known, window: &Window) -> Vec<String> {
    match (window, known) {
        (Window::Usual, _) => Vec::new(),
        (Window::Private, Known::Firefox) => vec!["--private-window".into()],
        (Window::Private, Known::Edge) => vec!["--inprivate".into()],
        (Window::Private, _) => vec!["--incognito".into()],
        (Window::Profile(name), Known::Firefox) => vec!["-P".into(), name.clone()],
        (Window::Profile(name), _) => vec![format!("--profile-directory={name}")],
    }
}

#[cfg(not(any(target_os = "macos", windows)))]
fn starts(known: Known, _: bool) -> Vec<Vec<String>> {
    let programs: &[&str] = match known {
        Known::Firefox => &["firefox", "firefox-esr"],
        Known::Chromium => &["chromium", "chromium-browser"],
        Known::Chrome => &["google-chrome", "google-chrome-stable"],
        Known::Brave => &["brave-browser", "brave"],
        Known::Edge => &["microsoft-edge", "microsoft-edge-stable"],
    };
    programs.iter().map(|program| vec![(*program).to_owned()]).collect()
}

#[cfg(target_os = "macos")]
fn starts(known: Known, usual: bool) -> Vec<Vec<String>> {
    let app = match known {
        Known::Firefox => "Firefox",
        Known::Chromium => "Chromium",
        Known::Chrome => "Google Chrome",
        Known::Brave => "Brave Browser",
        Known::Edge => "Microsoft Edge",
    };
    // Options are heard by a new process only, which hands the page on to the one that runs.
    let line: &[&str] = if usual { &["open", "-a", app] } else { &["open", "-na", app, "--args"] };
    vec![line.iter().map(|word| (*word).to_owned()).collect()]
}

#[cfg(windows)]
fn starts(known: Known, _: bool) -> Vec<Vec<String>> {
    let place = match known {
        Known::Firefox => r"Mozilla Firefox\firefox.exe",
        Known::Chromium => r"Chromium\Application\chrome.exe",
        Known::Chrome => r"Google\Chrome\Application\chrome.exe",
        Known::Brave => r"BraveSoftware\Brave-Browser\Application\brave.exe",
        Known::Edge => r"Microsoft\Edge\Application\msedge.exe",
    };
    let folders = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].into_iter().filter_map(std::env::var_os);
    let paths = folders.map(|folder| std::path::Path::new(&folder).join(place));
    paths.map(|path| vec![path.to_string_lossy().into_owned()]).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    // F285
    #[cfg(target_os = "linux")]
    #[test]
    fn profiles_and_private_windows_are_asked_for_as_each_browser_wants_it() {
        let first = |setting: &str| lines(&Choice::parse(setting).unwrap(), "u")[0].join(" ");
        assert_eq!(first("firefox"), "firefox u");
        assert_eq!(first("firefox profile My work"), "firefox -P My work u");
        assert_eq!(first("chrome profile Profile 1"), "google-chrome --profile-directory=Profile 1 u");
        assert_eq!(first("chromium private"), "chromium --incognito u");
        assert_eq!(first("brave private"), "brave-browser --incognito u");
        assert_eq!(first("edge private"), "microsoft-edge --inprivate u");
        assert_eq!(first("b %u --x"), "b u --x");
    }
}
