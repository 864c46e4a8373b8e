//! Waiting for what is to be seen, however busy the computer is.

use std::time::Duration;

use keyfob_core::doors::ports::Clock;
use keyfob_core::face::problem;
use keyfob_core::face::problem::DemoStop;
use keyfob_core::words::problem::Problem;

/// The longest anything takes to appear on a computer that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(180);
pub const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Looks again and again until there is something to see.
pub async fn until<T>(clock: &dyn Clock, what: &str, look: impl AsyncFn() -> Option<T>) -> Result<T, Problem> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(seen) = look().await {
            return Ok(seen);
        }
        if waited > PATIENCE {
            return Err(problem::demo_stopped(DemoStop::Missing(what)));
        }
        clock.sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
}
