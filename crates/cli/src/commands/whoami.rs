//! `keyfob whoami`: who is logged in, by the words of the ID token.

use keyfob_core::face::talk;
use keyfob_core::words::claims::text;
use keyfob_core::words::problem::Problem;
use serde_json::json;

use crate::args::WhoamiArgs;
use crate::world::World;

pub async fn run(world: &World, args: WhoamiArgs) -> Result<(), Problem> {
    let config = world.config().await?;
    let team = world.which(&config, args.team.named()).await?;
    let cx = world.quiet_cx();
    let claims = world.with_sessions(async |sessions| sessions.claims(team, &cx).await).await?;
    if args.json {
        let [issuer, subject] = ["iss", "sub"].map(|key| text(&claims, key));
        return world.json(&json!({"version": 1, "issuer": issuer, "subject": subject, "claims": claims}));
    }
    world.show(&talk::claims(&claims))
}
