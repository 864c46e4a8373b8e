//! `keyfob logout`: ends sessions here and at the server.

use keyfob_core::face::{problem, talk};
use keyfob_core::words::problem::Problem;
use keyfob_core::words::team::Team;

use crate::args::LogoutArgs;
use crate::world::World;

pub async fn run(world: &World, args: LogoutArgs) -> Result<(), Problem> {
    let config = world.config().await?;
    if !args.all {
        let team = world.which(&config, args.team.named()).await?;
        return one(world, &config.teams, team, &args).await;
    }
    let mut first = None;
    for team in &config.teams {
        if let Err(problem) = one(world, &config.teams, team, &args).await {
            world.tell(&problem);
            first = first.or(Some(problem.exit));
        }
    }
    first.map_or(Ok(()), |exit| Err(problem::silent(exit)))
}

async fn one(world: &World, teams: &[Team], team: &Team, args: &LogoutArgs) -> Result<(), Problem> {
    let forget = args.clear;
    let cx = world.quiet_cx();
    let report = world.with_sessions(async |sessions| sessions.among(teams).logout(team, forget, &cx).await).await?;
    if let Some(problem) = &report.not_revoked {
        world.console.talk(talk::NOT_REVOKED);
        world.tell(problem);
    }
    // A script opens nothing: what a browser is logged in to is a person's own.
    if let Some(page) = report.page.filter(|_| world.console.has_person() && !args.no_open)
        && world.browser.open(&page).await.is_ok()
    {
        world.console.talk(&talk::browser_logs_out(page.host_str().unwrap_or_default()));
    }
    let mut left = report.left.into_iter();
    if let Some((_, problem)) = left.next() {
        for (item, problem) in left {
            world.console.talk(&talk::still_kept(&item));
            world.tell(&problem);
        }
        return Err(problem);
    }
    world.console.talk(&talk::logged_out(&team.name, report.was_logged_in, forget));
    Ok(())
}
