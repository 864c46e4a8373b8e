//! Programs that open a page: tried one after the other, each watched until it has ended.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::place::Whereabouts;

/// Browsers that are read in the terminal they were started in.
const IN_THE_TERMINAL: [&str; 6] = ["lynx", "links", "links2", "elinks", "w3m", "netrik"];

/// Opens a page as a Linux desktop does.
#[cfg(target_os = "linux")]
pub fn open(url: &str, place: &Whereabouts, patience: Duration) -> Result<(), String> {
    let env = |name: &str| std::env::var(name).unwrap_or_default();
    let none = "there is none; BROWSER can name one";
    first(lines(&env("BROWSER"), &env("XDG_CURRENT_DESKTOP").to_lowercase(), url), none, place, patience)
}

/// Opens it by the first of these that is there.
pub fn run(lines: Vec<Vec<String>>, place: &Whereabouts, patience: Duration) -> Result<(), String> {
    let program = lines.first().and_then(|line| line.first()).cloned().unwrap_or_default();
    first(lines, &format!("{program}: it was not found"), place, patience)
}

/// Returns when an opener has ended, which may be when the person closes the browser. One that fails within `patience`
/// has opened nothing, and the next one is tried.
fn first(lines: Vec<Vec<String>>, none: &str, place: &Whereabouts, patience: Duration) -> Result<(), String> {
    let mut why = none.to_owned();
    for line in lines {
        let Some((program, args)) = line.split_first() else { continue };
        let mut command = Command::new(program);
        place.send(command.args(args));
        let name = Path::new(program).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !IN_THE_TERMINAL.contains(&name.as_str()) {
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        }
        let begin = Instant::now();
        match command.status() {
            Ok(status) if status.success() || begin.elapsed() >= patience => return Ok(()),
            Ok(status) => why = format!("{name} ended with {status}"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => why = format!("{name}: {error}"),
        }
    }
    Err(why)
}

/// A command line with the address in it: where `%u` or `%s` asks for it, else last.
pub fn with_address<'a>(words: impl IntoIterator<Item = &'a str>, url: &str) -> Vec<String> {
    let mut asked = false;
    let mut words: Vec<String> = words.into_iter().map(|word| filled(word, url, &mut asked)).collect();
    if !asked {
        words.push(url.to_owned());
    }
    words
}

/// The command lines to try: what the person named, what their desktop brings, and last the script that knows many.
#[cfg(target_os = "linux")]
fn lines(browser: &str, desktop: &str, url: &str) -> Vec<Vec<String>> {
    let own: &[&[&str]] = match desktop {
        kde if kde.contains("kde") => &[&["kde-open"], &["kde-open5"]],
        xfce if xfce.contains("xfce") => &[&["exo-open"], &["gio", "open"]],
        gnome if ["gnome", "cinnamon", "mate", "unity"].iter().any(|name| gnome.contains(name)) => &[&["gio", "open"]],
        _ => &[],
    };
    let usual: [&[&str]; 3] = [&["xdg-open"], &["x-www-browser"], &["wslview"]];
    let known = own.iter().chain(&usual).map(|line| line.iter().copied().chain([url]).map(str::to_owned).collect());
    browser.split(':').filter_map(|line| named(line, url)).chain(known).collect()
}

/// One of `$BROWSER`: words, with `%s` for the address, `%c` for a colon and `%%` for a percent sign; an address that
/// is not asked for comes last.
#[cfg(target_os = "linux")]
fn named(line: &str, url: &str) -> Option<Vec<String>> {
    let words = with_address(line.split_ascii_whitespace(), url);
    (words.len() > 1).then_some(words)
}

fn filled(word: &str, url: &str, asked: &mut bool) -> String {
    let mut parts = word.split('%');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    while let Some(part) = parts.next() {
        match part.chars().next() {
            // Two in a row are one, and what follows them is text.
            None => {
                filled.push('%');
                filled.push_str(parts.next().unwrap_or_default());
            }
            Some('s' | 'u') => {
                *asked = true;
                filled.push_str(url);
                filled.push_str(&part[1..]);
            }
            Some('c') => {
                filled.push(':');
                filled.push_str(&part[1..]);
            }
            Some(_) => {
                filled.push('%');
                filled.push_str(part);
            }
        }
    }
    filled
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_named_comes_first_and_the_script_that_knows_many_after_the_desktop_s_own() {
        let programs = |browser: &str, desktop: &str| -> Vec<String> {
            lines(browser, desktop, "u").into_iter().map(|line| line.join(" ")).collect()
        };
        assert_eq!(programs("a:b --x", ""), ["a u", "b --x u", "xdg-open u", "x-www-browser u", "wslview u"]);
        assert_eq!(programs("", "ubuntu:gnome")[..2], ["gio open u", "xdg-open u"]);
        assert_eq!(programs("", "kde")[..2], ["kde-open u", "kde-open5 u"]);
        assert_eq!(programs("", "xfce")[0], "exo-open u");
    }

    #[test]
    fn the_address_stands_where_the_person_wants_it_and_once() {
        let words = |line: &str| named(line, "h:/s%s").map(|words| words.join(" "));
        assert_eq!(words("firefox").as_deref(), Some("firefox h:/s%s"));
        assert_eq!(words("fx --url=%s --new").as_deref(), Some("fx --url=h:/s%s --new"));
        assert_eq!(words("fx %c %% 100%%s %d %s%%").as_deref(), Some("fx : % 100%s %d h:/s%s%"));
        assert_eq!(words("  "), None);
    }
}
