//! `keyfob token`: hands a team's token to another program.

use keyfob_core::face::{problem, talk};
use keyfob_core::hands::sessions::TokenKind;
use keyfob_core::words::plain::is_plain;
use keyfob_core::words::problem::Problem;

use crate::args::TokenArgs;
use crate::world::World;

pub async fn run(world: &World, args: TokenArgs) -> Result<(), Problem> {
    if world.console.shows_results() && !args.reveal {
        return Err(problem::would_reveal("The token", talk::REVEAL_TOKEN));
    }
    let config = world.config().await?;
    let team = world.which(&config, args.team.named()).await?;
    let kind = match args.kind.as_deref() {
        Some("id") => TokenKind::Id,
        Some(_) => TokenKind::Access,
        None => TokenKind::IdOrAccess,
    };
    let cx = world.quiet_cx();
    let token = world.with_sessions(async |sessions| sessions.token(team, kind, &cx).await).await?;
    if world.console.shows_results() && !token.expose().chars().all(is_plain) {
        return Err(problem::token_not_plain());
    }
    world.result(token.expose())?;
    world.result("\n")
}
