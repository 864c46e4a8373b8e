//! Which browser a team's pages open in: a known one, with a profile or a private window of it, or a command line.

/// As the setting `browser` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Known(Known, Window),
    /// A program and its words. It is run without a shell.
    Command(Vec<String>),
}

/// A browser whose options are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Firefox,
    Chromium,
    Chrome,
    Brave,
    Edge,
}

/// Which of its windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    Usual,
    Private,
    Profile(String),
}

/// Why a text names no browser, as the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBrowser {
    #[error("is longer than 1,024 characters")]
    TooLong,
    #[error("has a character that is not shown")]
    Control,
    #[error("has a quotation mark that is not closed")]
    Unclosed,
    #[error("begins with no program")]
    NoProgram,
    #[error("names no profile after the word")]
    NoProfile,
}

/// The setting, by its key.
pub const BROWSER: &str = "browser";

const LONGEST: usize = 1024;

impl Known {
    pub const ALL: [Known; 5] = [Known::Firefox, Known::Chromium, Known::Chrome, Known::Brave, Known::Edge];

    /// As people type it.
    pub fn key(self) -> &'static str {
        match self {
            Known::Firefox => "firefox",
            Known::Chromium => "chromium",
            Known::Chrome => "chrome",
            Known::Brave => "brave",
            Known::Edge => "edge",
        }
    }
}

impl Choice {
    /// Reads `firefox`, `firefox private`, `chrome profile Profile 1`, or a command line in which `%u` stands for the
    /// address; without one it comes last. Words with blanks stand in quotation marks; nothing else is special, a
    /// backslash of Windows neither.
    pub fn parse(text: &str) -> Result<Self, BadBrowser> {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(BadBrowser::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(BadBrowser::Control);
        }
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        if let Some(known) = Known::ALL.into_iter().find(|known| known.key().eq_ignore_ascii_case(first)) {
            match rest.trim().split_once(' ').unwrap_or((rest.trim(), "")) {
                ("", _) => return Ok(Choice::Known(known, Window::Usual)),
                ("private", "") => return Ok(Choice::Known(known, Window::Private)),
                ("profile", name) => return profile(name.trim()).map(|name| Choice::Known(known, name)),
                _ => {}
            }
        }
        let words = words(text)?;
        match words.first() {
            Some(program) if !program.is_empty() && !program.starts_with('-') && !program.contains("://") => {
                Ok(Choice::Command(words))
            }
            _ => Err(BadBrowser::NoProgram),
        }
    }
}

/// A name that is no option, and that the address cannot be taken for.
fn profile(name: &str) -> Result<Window, BadBrowser> {
    let bare = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(name);
    if bare.is_empty() || bare.starts_with('-') {
        return Err(BadBrowser::NoProfile);
    }
    Ok(Window::Profile(bare.to_owned()))
}

fn words(text: &str) -> Result<Vec<String>, BadBrowser> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (' ', None) => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(BadBrowser::Unclosed);
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    // F285
    #[test]
    fn a_known_browser_is_named_with_its_window_and_anything_else_is_a_command_line() {
        let known = |text, window| assert_eq!(Choice::parse(text), Ok(Choice::Known(Known::Firefox, window)), "{text}");
        known("firefox", Window::Usual);
        known(" Firefox  private ", Window::Private);
        known("firefox profile Work 2", Window::Profile("Work 2".into()));
        known("firefox profile \"Work 2\"", Window::Profile("Work 2".into()));
        let command = |text, words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(Choice::parse(text), Ok(Choice::Command(words)), "{text}");
        };
        command("firefox -P Work %u", &["firefox", "-P", "Work", "%u"]);
        command("/opt/b/b --x='a b' \"\"", &["/opt/b/b", "--x=a b", ""]);
        command(r#""C:\Program Files\b.exe" -p"#, &[r"C:\Program Files\b.exe", "-p"]);
        command("private-browser", &["private-browser"]);
    }

    // F285
    #[test]
    fn what_names_no_browser_is_told() {
        for (text, why) in [
            ("", BadBrowser::NoProgram),
            ("  ", BadBrowser::NoProgram),
            ("--new-window", BadBrowser::NoProgram),
            ("\"\" x", BadBrowser::NoProgram),
            ("https://evil.test/", BadBrowser::NoProgram),
            ("chrome profile", BadBrowser::NoProfile),
            ("chrome profile --no-sandbox", BadBrowser::NoProfile),
            ("b 'x", BadBrowser::Unclosed),
            ("b\nrm", BadBrowser::Control),
            (&"b".repeat(1025), BadBrowser::TooLong),
        ] {
            assert_eq!(Choice::parse(text), Err(why), "{text}");
        }
    }
}
