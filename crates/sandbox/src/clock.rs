//! The sandbox's own clock: the system's unless a test hands in another one.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Answers "how long since 1970-01-01T00:00:00Z?"; cheap to clone, all clones tell the same time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    /// The time of this machine.
    pub fn system() -> Self {
        Self::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// A clock that asks `read` for the time since the Unix epoch, so that a test can lend its virtual time.
    pub fn new(read: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A clock that stands still until the returned [`Hand`] moves it; `epoch` is in seconds.
    pub fn stopped_at(epoch: u64) -> (Self, Hand) {
        let hand = Hand(Arc::new(Mutex::new(Duration::from_secs(epoch))));
        let read = hand.clone();
        (Self::new(move || read.now()), hand)
    }

    /// Time since the Unix epoch.
    pub fn now(&self) -> Duration {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Moves a [`Clock::stopped_at`].
#[derive(Clone, Debug)]
pub struct Hand(Arc<Mutex<Duration>>);

impl Hand {
    /// Puts the clock forward.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// What the clock shows.
    pub fn now(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
