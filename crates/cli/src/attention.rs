//! A command that cannot go on without a person has the tray program find one.

#[cfg(unix)]
use std::time::Duration;

use keyfob_core::words::problem::{Exit, Problem};
use keyfob_core::words::team::Team;
#[cfg(unix)]
use keyfob_platform::instance::Seat;

use crate::world::World;

/// How long a command waits for somebody to log in: AWS tools give up after a minute.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(55);

/// Does the work; when only a login can help and the tray program is there, waits for the login and tries once more.
pub async fn or_wait<T>(world: &World, team: &Team, work: impl AsyncFn() -> Result<T, Problem>) -> Result<T, Problem> {
    match work().await {
        Err(problem) if matches!(problem.exit, Exit::NotLoggedIn | Exit::PersonNeeded) => {
            if somebody_came(world, team).await { work().await } else { Err(problem) }
        }
        done => done,
    }
}

#[cfg(unix)]
async fn somebody_came(world: &World, team: &Team) -> bool {
    let socket = Seat::by(&world.state.join("locks"), |name| world.raw(name)).socket();
    keyfob_platform::instance::need(&socket, team.id.clone(), PATIENCE).await.unwrap_or(false)
}

#[cfg(not(unix))]
async fn somebody_came(_: &World, _: &Team) -> bool {
    false
}
