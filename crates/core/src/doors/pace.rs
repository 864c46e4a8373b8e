//! How fast each server may be asked: one pace for everything in this process, learned from what the servers answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::doors::ports::Clock;

/// What the first request to slow down leads to.
const FIRST_GAP: Duration = Duration::from_millis(100);
/// Slower than this no server is asked: what it wants then, it says as a rest.
const LONGEST_GAP: Duration = Duration::from_secs(10);
/// Below it there is nothing to keep to any more.
const SHORTEST_GAP: Duration = Duration::from_millis(10);
/// A rest that is longer is not sat through unsaid: whoever asks is told of it. It is also the longest sleep (security D18).
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The paces of all servers that ever asked to slow down. A copy is the same thing; there is one for a process.
#[derive(Debug, Clone, Default)]
pub struct Paces(Arc<Mutex<BTreeMap<String, Pace>>>);

/// What one server bears.
#[derive(Debug)]
struct Pace {
    /// Between two requests.
    gap: Duration,
    /// When the next one may leave.
    next: Timestamp,
    /// How far ahead that was when it was set: more can only be left when the clock was set back.
    ahead: Duration,
    /// How often it was slowed down.
    slowed: u32,
}

/// Leave to send one request; how it was answered is told to it.
#[derive(Debug)]
pub struct Turn {
    paces: Paces,
    host: String,
    /// As it was when the request left: what was sent before a slowing says nothing of the pace after it.
    slowed: u32,
}

/// The server wants no request for longer than one waits for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest(pub Duration);

impl Paces {
    /// Waits until the server may be asked again: not at all, as long as it never asked to slow down.
    pub async fn turn(&self, host: &str, clock: &dyn Clock) -> Result<Turn, Rest> {
        loop {
            let now = clock.now();
            let taken = self.all().get_mut(host).map_or(Ok(0), |pace| pace.take(now));
            match taken {
                Ok(slowed) => return Ok(Turn { paces: self.clone(), host: host.to_owned(), slowed }),
                Err(left) if left > LONGEST_WAIT => return Err(Rest(left)),
                Err(left) => clock.sleep(left).await,
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Pace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// The server did what was asked, or said why not: it bears a little more.
    pub fn answered(self) {
        let mut all = self.paces.all();
        let Some(pace) = all.get_mut(&self.host).filter(|pace| pace.slowed == self.slowed) else { return };
        pace.gap -= pace.gap / 100;
        if pace.gap < SHORTEST_GAP {
            all.remove(&self.host);
        }
    }

    /// The server asked to slow down, and perhaps for a rest.
    pub fn refused(self, rest: Option<Duration>, now: Timestamp) {
        let mut all = self.paces.all();
        let pace = all.entry(self.host).or_insert(Pace {
            gap: Duration::ZERO,
            next: now,
            ahead: Duration::ZERO,
            slowed: self.slowed,
        });
        if pace.slowed == self.slowed {
            pace.slowed = pace.slowed.wrapping_add(1);
            pace.gap = (pace.gap * 3 / 2).clamp(FIRST_GAP, LONGEST_GAP);
        }
        pace.hold(rest.unwrap_or_default().max(pace.gap), now);
    }
}

impl Pace {
    /// Takes the turn that is due, or says how long there is none.
    fn take(&mut self, now: Timestamp) -> Result<u32, Duration> {
        let left = Duration::try_from(self.next.duration_since(now)).unwrap_or_default();
        if !left.is_zero() && left <= self.ahead {
            return Err(left);
        }
        (self.next, self.ahead) = (after(now, self.gap), self.gap);
        Ok(self.slowed)
    }

    /// Lets nothing leave for so long; a longer rest that is under way stays.
    fn hold(&mut self, rest: Duration, now: Timestamp) {
        let until = after(now, rest);
        if until > self.next {
            (self.next, self.ahead) = (until, rest);
        }
    }
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
