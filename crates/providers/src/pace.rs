//! The pace of polling (RFC 8628 §3.5): never early, slower when asked to, and not for ever.

use std::time::Duration;

use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};

use crate::wire::Failure;

/// What `slow_down` adds for good (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// Polling a little early makes some servers slow down without end (security I19).
const MARGIN: Duration = Duration::from_millis(500);
/// The longest pause after network trouble, and the longest sleep at all (security D18).
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long to wait before the next poll.
pub(crate) struct Pace {
    /// Only ever grows.
    interval: Duration,
    /// More than the interval after network trouble; zero when the server answers.
    trouble: Duration,
}

impl Pace {
    pub fn every(interval: Duration) -> Self {
        Pace { interval, trouble: Duration::ZERO }
    }

    pub fn pause(&self) -> Duration {
        self.interval.max(self.trouble) + MARGIN
    }

    /// The server answered, and nobody has decided yet.
    pub fn go_on(&mut self) {
        self.trouble = Duration::ZERO;
    }

    pub fn slow_down(&mut self) {
        self.interval += SLOWER;
        self.trouble = Duration::ZERO;
    }

    /// What may pass is waited out, twice as long each time; a rest that the server wants is granted.
    pub fn after_trouble(&mut self, failure: Failure) -> Result<(), Failure> {
        match failure {
            Failure::Failed(error) if error.is_passing() => {
                let doubled = (self.interval.max(self.trouble) * 2).min(LONGEST_PAUSE);
                let wanted = match error {
                    ProviderError::Throttled { retry_after, .. } => retry_after.unwrap_or_default(),
                    _ => 0,
                };
                self.trouble = doubled.max(Duration::from_secs(wanted.into()));
                Ok(())
            }
            other => Err(other),
        }
    }
}

/// Our own deadline. The wall clock decides, because a computer may sleep; the time spent waiting decides
/// too, because a wall clock may be set back.
pub(crate) struct Patience {
    deadline: Timestamp,
    left: Duration,
}

impl Patience {
    pub fn until(deadline: Timestamp, now: Timestamp) -> Self {
        let left = deadline.duration_since(now);
        Patience { deadline, left: Duration::try_from(left).unwrap_or_default() }
    }

    /// Sleeps, in pieces of 30 s at most, or fails when the deadline comes first.
    pub async fn sleep(&mut self, how_long: Duration, cx: &Cx) -> Result<(), Failure> {
        let mut rest = how_long;
        while !rest.is_zero() {
            let by_clock = Duration::try_from(self.deadline.duration_since(cx.clock.now())).unwrap_or_default();
            let piece = rest.min(LONGEST_PAUSE).min(self.left).min(by_clock);
            if piece.is_zero() {
                return Err(Failure::Failed(ProviderError::CodeExpired));
            }
            cx.clock.sleep(piece).await;
            self.left -= piece;
            rest -= piece;
        }
        Ok(())
    }
}
