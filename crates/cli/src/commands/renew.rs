//! `keyfob renew`: renews sessions without a person.

use jiff::SignedDuration;
use keyfob_core::face::{problem, talk};
use keyfob_core::words::problem::Problem;
use keyfob_core::words::team::Team;

use crate::args::RenewArgs;
use crate::world::World;

pub async fn run(world: &World, args: RenewArgs) -> Result<(), Problem> {
    let config = world.config().await?;
    let (facts, cx) = (world.sessions().relearn(&config.teams).await, world.quiet_cx());
    let mut teams: Vec<&Team> = Vec::new();
    if args.all {
        teams.extend(config.teams.iter().filter(|t| facts.teams.get(&t.id).is_some_and(|f| f.session.is_some())));
    } else if args.teams.is_empty() {
        teams.push(world.which(&config, None).await?);
    }
    for name in &args.teams {
        teams.push(config.team(name).ok_or_else(|| problem::unknown_team(name, config.nearest(name)))?);
    }
    let mut first = None;
    for team in teams {
        let session = facts.teams.get(&team.id).and_then(|t| t.session.as_ref());
        if let (Some(limit), Some(session)) = (args.if_less_than, session)
            && session.expires.duration_since(world.now())
                > SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX)
        {
            continue;
        }
        match world.with_sessions(async |sessions| sessions.renew(team, &cx).await).await {
            Ok(facts) => {
                world.console.talk(&talk::renewed(&team.name, &facts, world.now(), &world.time_zone()));
            }
            // Every team gets its turn; the first problem decides the exit status.
            Err(problem) => {
                world.tell(&problem);
                first = first.or(Some(problem.exit));
            }
        }
    }
    first.map_or(Ok(()), |exit| Err(problem::silent(exit)))
}
