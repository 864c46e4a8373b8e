//! The sources of profiles: that each is there, and that none leads back to itself.

use crate::words::id::Id;
use crate::words::name::is_same;
use crate::words::profile::Profile;
use crate::words::team::Team;

/// A source that leads nowhere, or round in a circle.
pub(super) struct Broken {
    pub profile: Id,
    pub why: String,
}

pub(super) fn check(teams: &[Team]) -> Result<(), Broken> {
    for team in teams {
        for profile in &team.profiles {
            follow(team, profile, teams).map_err(|why| Broken { profile: profile.id.clone(), why })?;
        }
    }
    Ok(())
}

fn follow<'a>(mut team: &'a Team, mut profile: &'a Profile, teams: &'a [Team]) -> Result<(), String> {
    let mut way = vec![(&team.id, &profile.id)];
    let mut names = vec![profile.name.as_str()];
    while let Some(source) = &profile.source {
        if let Some(name) = &source.team {
            let found = teams.iter().find(|other| is_same(&other.name, name));
            team = found
                .ok_or_else(|| format!("there is no team called {name}, which {} has as its source", profile.name))?;
        }
        // The team's own session: nothing is behind it.
        let Some(name) = &source.profile else { return Ok(()) };
        let found = team.profiles.iter().find(|other| is_same(&other.name, name));
        profile = found
            .ok_or_else(|| format!("{} has no profile called {name}, which is named here as a source", team.name))?;
        names.push(&profile.name);
        if way.contains(&(&team.id, &profile.id)) {
            return Err(format!("these sources go round in a circle: {}", names.join(" → ")));
        }
        way.push((&team.id, &profile.id));
    }
    Ok(())
}
