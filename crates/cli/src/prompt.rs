//! `keyfob status --prompt`: one short line for a shell prompt, from the facts file alone.
//!
//! It runs at every prompt of every shell, so it does without the parser of the command line, without the
//! config, without threads, and without a time zone.

use std::ffi::OsString;
use std::path::Path;

use jiff::Timestamp;
use keyfob_core::doors::ports::{Clock, Files};
use keyfob_core::face::talk;
use keyfob_core::words::facts::Facts;
use keyfob_core::words::name::is_same;
use keyfob_core::words::problem::Exit;
use keyfob_platform::clock::SystemClock;
use keyfob_platform::files::DiskFiles;

use crate::world::{Console, Terminal};

/// The team named by `status [TEAM] --prompt` in either order; `None` when these are other words.
pub fn asked_for(args: &[OsString]) -> Option<Option<String>> {
    let [status, words @ ..] = args else { return None };
    let team = match words {
        [flag] if flag == "--prompt" => None,
        [flag, team] | [team, flag] if flag == "--prompt" => Some(team.to_str()?.to_owned()),
        _ => return None,
    };
    let is_team = team.as_ref().is_none_or(|t| !t.starts_with('-'));
    (status == "status" && is_team).then_some(team)
}

/// Prints the line; returns the exit status, which is 3 when the person is not logged in.
pub fn run(state: &Path, team: Option<&str>) -> u8 {
    let bytes = DiskFiles.read(&state.join("facts.json")).ok().flatten();
    let facts = Facts::parse(&bytes.unwrap_or_default());
    match line(&facts, team, SystemClock.now()) {
        Some(line) => u8::from(Terminal.result(&line).is_err()),
        None => Exit::NotLoggedIn.status(),
    }
}

/// Such as `acme-prod 42m`, for the team of that name or the one used last; `None` when nobody is logged in.
pub fn line(facts: &Facts, team: Option<&str>, now: Timestamp) -> Option<String> {
    let found = match team {
        Some(name) => facts.teams.values().find(|t| is_same(&t.name, name)),
        None => facts.last.as_ref().and_then(|id| facts.teams.get(id)),
    };
    talk::prompt(found?, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_prompt_takes_the_short_way() {
        let asked = |line: &str| asked_for(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(asked("status --prompt"), Some(None));
        assert_eq!(asked("status acme --prompt"), Some(Some("acme".into())));
        assert_eq!(asked("status --prompt acme"), Some(Some("acme".into())));
        for other in ["status", "status acme", "status --json --prompt", "env --prompt", "status a b --prompt"] {
            assert_eq!(asked(other), None, "{other}");
        }
    }
}
