//! Names and values of other programs, made fit for Keyfob's own rules.

use std::collections::{BTreeMap, BTreeSet};

use keyfob_core::words::name::{MAX_NAME, MAX_PROFILE_NAME, as_iot_folder, check_name, check_profile_name};
use url::{Host, Url};

/// Makes a name of any text: what may not stand in a name becomes `-`. Gives `instead` when nothing is left.
pub fn clean(text: &str, instead: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = if c.is_alphanumeric() || "._-@+= ".contains(c) { c } else { '-' };
        // A run of unfit characters, or of spaces, is one.
        if (c == '-' || c == ' ') && name.ends_with(c) {
            continue;
        }
        name.push(c);
    }
    let name: String = name.trim_start_matches(['-', '.', ' ']).chars().take(MAX_NAME).collect();
    let name = name.trim_end_matches([' ', '-']);
    if check_name(name).is_ok() { name.to_owned() } else { instead.to_owned() }
}

/// Makes the name of a profile of any text: as much of it stays as may.
pub fn clean_profile(text: &str) -> String {
    let fits = |c: char| check_profile_name(&format!("a{c}a")).is_ok();
    let name: String = text.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let name: String = name.trim_start_matches(['-', ' ']).chars().take(MAX_PROFILE_NAME).collect();
    let name = name.trim_end_matches([' ', '-']);
    if check_profile_name(name).is_ok() { name.to_owned() } else { "profile".to_owned() }
}

/// Hands out names so that no two are the same.
#[derive(Debug)]
pub struct Names {
    taken: BTreeSet<String>,
    /// Names that this makes equal are the same.
    key: fn(&str) -> String,
    /// The longest that one may be, in characters.
    longest: usize,
    /// How far the numbers of a name have been given out, so that a thousand of one name are no million looks.
    last: BTreeMap<String, usize>,
}

impl Names {
    /// Of teams: those that the `iot` CLI would take for one another are the same.
    pub fn of_teams() -> Self {
        Names { taken: BTreeSet::new(), key: as_iot_folder, longest: MAX_NAME, last: BTreeMap::new() }
    }

    /// Of one team's profiles.
    pub fn of_profiles() -> Self {
        Names { taken: BTreeSet::new(), key: str::to_owned, longest: MAX_PROFILE_NAME, last: BTreeMap::new() }
    }

    /// The name itself, or with the first number behind it that is free.
    pub fn free(&mut self, name: &str) -> String {
        let mut chosen = name.to_owned();
        let number = self.last.entry(name.to_owned()).or_insert(1);
        while !self.taken.insert((self.key)(&chosen)) {
            *number += 1;
            let end = format!("-{number}");
            let room = self.longest - end.len();
            chosen = name.chars().take(room).collect::<String>() + &end;
        }
        chosen
    }
}

/// An AWS region by its shape, such as `eu-west-1` or `us-gov-west-1`: words and then a number.
pub fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let word = |part: &&str| (2..=12).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase());
    (2..=4).contains(&words.len())
        && words.iter().all(word)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Browsers and services take no longer ones everywhere, and no provider of ours does.
const LONGEST_ADDRESS: usize = 2048;

/// An address that a login may go to: https without user info, or http to this computer.
pub fn is_safe_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    // The parser silently drops tabs and line ends and takes `\` for `/`: what is shown must be what is used.
    let as_written = !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    let plain = url.username().is_empty() && url.password().is_none();
    let safe = match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        },
        _ => false,
    };
    text.len() <= LONGEST_ADDRESS && as_written && plain && safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_keeps_what_it_may_and_is_never_empty() {
        for (text, name) in [
            ("acme-prod", "acme-prod"),
            ("ABC$", "ABC"),
            ("a/b:c", "a-b-c"),
            ("../../etc", "etc"),
            ("--rf", "rf"),
            ("a  b", "a b"),
            ("日本", "日本"),
            ("!!!", "team"),
            ("", "team"),
            ("a\u{202e}b\n", "a-b"),
        ] {
            assert_eq!(clean(text, "team"), name, "{text:?}");
        }
    }

    #[test]
    fn names_that_the_iot_cli_mixes_up_are_numbered() {
        let mut names = Names::of_teams();
        assert_eq!(names.free("ab"), "ab");
        assert_eq!(names.free("a.b"), "a.b-2");
        assert_eq!(names.free("ab"), "ab-3");
        let long = "x".repeat(MAX_NAME);
        assert_eq!(names.free(&long), long);
        assert!(names.free(&long).ends_with("x-2"));
        let mut names = Names::of_profiles();
        assert_eq!(["ab", "a.b", "ab"].map(|n| names.free(n)), ["ab", "a.b", "ab-2"]);
    }

    #[test]
    fn a_region_is_told_by_its_shape() {
        for good in ["eu-west-1", "us-gov-west-1", "ap-southeast-12"] {
            assert!(is_region(good), "{good}");
        }
        for bad in ["", "-", "eu", "eu-west", "eu/west-1", "EU-WEST-1", "eu-west-1.evil.test", "eu-west-123", "eu--1"] {
            assert!(!is_region(bad), "{bad}");
        }
    }

    #[test]
    fn only_addresses_that_mean_what_they_show_are_safe() {
        for good in ["https://d-1.awsapps.com/start", "http://127.0.0.1:9/x", "http://localhost/", "http://[::1]/"] {
            assert!(is_safe_address(good), "{good}");
        }
        for bad in [
            "http://d-1.awsapps.com/start",
            "https://user@evil.test/",
            "https://a:b@evil.test/",
            "https:\\\\evil.test",
            "https://a.test/\tb",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://localhost.evil.test/",
            "https://",
            "d-1.awsapps.com/start",
            "",
        ] {
            assert!(!is_safe_address(bad), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn every_cleaned_name_is_fit(text in any::<String>()) {
            prop_assert_eq!(check_name(&clean(&text, "team")), Ok(()));
        }
    }
}
