//! A profile, as a terminal shows it.

use crate::face::chain;
use crate::face::left_out::LeftOut;
use crate::words::plain::clean;
use crate::words::profile::Profile;
use crate::words::team::Team;

/// What it stands for, line by line.
pub fn show(team: &Team, profile: &Profile) -> String {
    let mut text = format!("{}\n  team  {}\n", profile.name, team.name);
    for (key, field) in &profile.target {
        text.push_str(&format!("  {}  {}\n", clean(key), clean(field)));
    }
    if profile.is_chained() {
        text.push_str(&format!("  assumes  {}\n", chain::chain(profile)));
    }
    if let Some(region) = profile.region.as_deref().or_else(|| team.setting("region")) {
        text.push_str(&format!("  region  {}\n", clean(region)));
    }
    text
}

/// A `--set` that is no pair, as the end of a sentence.
pub fn no_pair(given: &str) -> String {
    format!("--set takes KEY=VALUE, not {given}")
}

pub const LOOKING: &str = "Asking the server for accounts ·";

/// How far a look through accounts has come.
pub fn looking(tried: usize, of: usize) -> String {
    format!("Looking through accounts: {tried} of {of} ·")
}

/// Somebody ended the look.
pub fn stopped(done: usize, of: usize, would_add: bool) -> String {
    let added = if would_add { " Nothing was added." } else { "" };
    format!("Stopped: {done} of {of} accounts were looked through.{added}\n")
}

/// Accounts that are missing from the list above, and why.
pub fn left_out(left_out: &LeftOut) -> String {
    let why = &left_out.why;
    let mut text = format!("! Not looked through: {}\n  {} ({})\n", left_out.names().join(", "), why.title, why.code);
    for line in [&why.detail, &why.hint] {
        if !line.is_empty() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}
