//! The sources of profiles: that each is there, and that none leads back to itself.

use crate::words::id::Id;
use crate::words::team::Team;
use crate::words::way::Way;

/// A source that leads nowhere, or round in a circle.
pub(super) struct Broken {
    pub profile: Id,
    pub why: String,
}

pub(super) fn check(teams: &[Team]) -> Result<(), Broken> {
    for team in teams {
        for profile in team.profiles.iter().filter(|profile| profile.source.is_some()) {
            Way::of(teams, team, profile)
                .map_err(|astray| Broken { profile: profile.id.clone(), why: astray.to_string() })?;
        }
    }
    Ok(())
}
