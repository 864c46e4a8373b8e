//! A profile, as a terminal shows it.

use crate::face::chain;
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
