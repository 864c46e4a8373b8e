//! `keyfob whoami`: whose credentials a profile has, as STS says; who is logged in, by the words of the ID token.

use std::sync::Arc;

use keyfob_core::doors::provider::Cx;
use keyfob_core::face::{problem, talk};
use keyfob_core::words::claims::text;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::team::Team;
use serde_json::json;

use crate::args::WhoamiArgs;
use crate::terminal::{AtTerminal, Given};
use crate::world::World;

pub async fn run(world: &World, args: WhoamiArgs) -> Result<(), Problem> {
    let config = world.config().await?;
    let team = world.which(&config, args.team.named()).await?;
    match args.profile.as_deref() {
        Some(name) => {
            of_profile(world, &config.teams, team, world.profile_of(team, Some(name)).await?, args.json).await
        }
        None => match of_team(world, team, args.json).await {
            // Its sessions have no ID token: it is a profile that somebody is.
            Err(problem) if problem.code == "UNSUPPORTED" => Err(problem::which_profile(&team.name, &team.profiles)),
            outcome => outcome,
        },
    }
}

async fn of_team(world: &World, team: &Team, json: bool) -> Result<(), Problem> {
    let cx = world.quiet_cx();
    let claims = world.with_sessions(async |sessions| sessions.claims(team, &cx).await).await?;
    if json {
        let [issuer, subject] = ["iss", "sub"].map(|key| text(&claims, key));
        return world.json(&json!({"version": 1, "issuer": issuer, "subject": subject, "claims": claims}));
    }
    world.show(&talk::claims(&claims))
}

async fn of_profile(world: &World, teams: &[Team], team: &Team, profile: &Profile, json: bool) -> Result<(), Problem> {
    let cx = asking(world, team);
    let caller = world.with_sessions(async |sessions| sessions.among(teams).caller(team, profile, &cx).await).await?;
    tell_shortened(world, profile);
    if json {
        let (account, arn, user_id) = (caller.account, caller.arn, caller.user_id);
        return world.json(&json!({"version": 1, "account": account, "arn": arn, "user_id": user_id}));
    }
    world.show(&talk::profile::caller(&caller.account, &caller.arn, &caller.user_id))
}

/// A context for work that may ask the person at this terminal, if there is one, and nobody else.
pub(super) fn asking(world: &World, team: &Team) -> Cx {
    match world.console.has_person() {
        true => world.cx(Arc::new(AtTerminal::new(world, &team.name, Given::default())), world.browser.clone()),
        false => world.quiet_cx(),
    }
}

/// A role that lasts less long than its profile asks for is not to surprise anybody.
pub(super) fn tell_shortened(world: &World, profile: &Profile) {
    if let Some(allowed) = world.sessions().facts().allowed(profile) {
        world.console.talk(&talk::profile::shortened(profile, allowed));
    }
}
