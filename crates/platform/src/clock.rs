//! The computer's own clock.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use keyfob_core::ports::Clock;

/// Tells the wall-clock time, and waits on the async runtime it is called in.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, how_long: Duration) {
        tokio::time::sleep(how_long).await;
    }
}
