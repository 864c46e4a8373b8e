//! Virtual time: sleeping takes none.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use keyfob_core::doors::ports::Clock;

/// When every story begins.
pub fn start() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

/// A clock on which sleeping takes no time. Jumps happen during the next sleep, as when a computer sleeps.
#[derive(Debug)]
pub struct VirtualClock {
    now: Mutex<Timestamp>,
    pub naps: Mutex<Vec<Duration>>,
    jumps: Mutex<VecDeque<SignedDuration>>,
}

impl VirtualClock {
    pub fn new() -> Arc<Self> {
        Arc::new(VirtualClock { now: Mutex::new(start()), naps: Mutex::default(), jumps: Mutex::default() })
    }

    pub fn advance(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// The n-th sleep from now on is stretched by so many seconds of wall-clock time.
    pub fn jump_in_each_sleep(&self, seconds: &[i64]) {
        self.jumps.lock().unwrap().extend(seconds.iter().map(|s| SignedDuration::from_secs(*s)));
    }

    pub fn since_1970(&self) -> Duration {
        Duration::try_from(self.now().as_duration()).unwrap()
    }

    /// Seconds since the story began.
    pub fn elapsed(&self) -> f64 {
        self.now().duration_since(start()).as_secs_f64()
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, how_long: Duration) {
        self.naps.lock().unwrap().push(how_long);
        let jump = self.jumps.lock().unwrap().pop_front().unwrap_or_default();
        *self.now.lock().unwrap() += SignedDuration::try_from(how_long).unwrap() + jump;
        tokio::task::yield_now().await;
    }
}
