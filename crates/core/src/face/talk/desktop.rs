//! What `keyfob-desktop` says of itself in a terminal.

use std::ffi::OsString;

const HELP: &str = "Keyfob's icon near the clock: stay logged in to your teams

Usage: keyfob-desktop [OPTIONS]

Options:
      --background  Show the icon only, and open no window
      --demo        Run on an embedded cloud: no account needed, nothing is kept
  -h, --help        Print help
  -V, --version     Print version

Examples:
  keyfob-desktop
  keyfob-desktop --demo

Everything can be done in a terminal too: see `keyfob --help`.
";

/// Its help or its version, where one of them is asked for, whatever else is.
pub fn help(args: &[OsString], version: &str) -> Option<String> {
    let asks = |short: &str, long: &str| args.iter().any(|arg| arg == short || arg == long);
    if asks("-h", "--help") {
        return Some(HELP.to_owned());
    }
    asks("-V", "--version").then(|| format!("keyfob-desktop {version}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // F228
    #[test]
    fn help_and_version_are_told_to_whoever_asks() {
        let said = |line: &str| help(&line.split(' ').map(OsString::from).collect::<Vec<_>>(), "1.2.3");
        assert!(said("--demo --help").is_some_and(|text| text.contains("--background")));
        assert_eq!(said("-V").as_deref(), Some("keyfob-desktop 1.2.3\n"));
        assert_eq!(said("--background"), None);
    }
}
