//! A clock that stands still until a test moves it, and that can jump as a sleeping computer's does.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use crate::doors::ports::Clock;

/// So many turns without any use of the clock count as "everybody waits".
const QUIET_TURNS: u32 = 64;

/// A clock for tests. Time passes only in [`VirtualClock::advance`] and [`VirtualClock::run`], which step
/// from one due moment to the next and let all tasks come to rest in between.
///
/// It knows that all tasks wait by giving them turns until nobody has used the clock for 64 of them. That
/// holds for one current-thread runtime whose tasks wait for nothing but this clock and each other; it
/// does not see sockets, threads or blocking calls.
#[derive(Debug)]
pub struct VirtualClock(Mutex<State>);

#[derive(Debug)]
struct State {
    wall: Timestamp,
    /// Time that has passed without jumps: what sleeps are measured in.
    run: Duration,
    sleepers: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
    next: u64,
    uses: u64,
    longest: Duration,
}

impl VirtualClock {
    pub fn at(now: Timestamp) -> Self {
        let state = State {
            wall: now,
            run: Duration::ZERO,
            sleepers: BTreeMap::new(),
            next: 0,
            uses: 0,
            longest: Duration::ZERO,
        };
        VirtualClock(Mutex::new(state))
    }

    /// Lets time pass, waking every sleeper at its moment and in its order.
    pub async fn advance(&self, by: Duration) {
        self.settle().await;
        let until = self.state().run + by;
        while self.step(until) {
            self.settle().await;
        }
    }

    /// Sets the wall clock without letting time pass: a suspend when positive, a correction when negative.
    /// Sleepers notice nothing, as `CLOCK_MONOTONIC` stands still while a computer sleeps.
    pub async fn jump(&self, by: SignedDuration) {
        self.settle().await;
        let mut state = self.state();
        state.wall = state.wall.checked_add(by).unwrap();
    }

    /// Runs something to its end, moving time to the next due moment whenever all tasks wait.
    ///
    /// # Panics
    /// When all tasks wait and nobody sleeps: nothing will ever happen again.
    pub async fn run<T>(&self, story: impl Future<Output = T>) -> T {
        let mut story = pin!(story);
        loop {
            let mut settled = pin!(self.settle());
            let ended = std::future::poll_fn(|cx| {
                if let Poll::Ready(end) = story.as_mut().poll(cx) {
                    return Poll::Ready(Some(end));
                }
                settled.as_mut().poll(cx).map(|()| None)
            });
            if let Some(end) = ended.await {
                return end;
            }
            assert!(self.step(Duration::MAX), "all tasks wait for ever");
        }
    }

    /// The longest sleep anybody asked for.
    pub fn longest_sleep(&self) -> Duration {
        self.state().longest
    }

    /// Gives all tasks turns until they wait.
    pub async fn settle(&self) {
        let (mut seen, mut quiet) = (self.state().uses, 0);
        while quiet < QUIET_TURNS {
            tokio::task::yield_now().await;
            let uses = self.state().uses;
            quiet = if uses == seen { quiet + 1 } else { 0 };
            seen = uses;
        }
    }

    /// Moves to the next due moment and wakes its sleeper; false (and at the end of the time) when none is left.
    fn step(&self, until: Duration) -> bool {
        let mut state = self.state();
        state.sleepers.retain(|_, sleeper| !sleeper.is_closed());
        let due = state.sleepers.first_key_value().map(|((due, _), _)| *due).filter(|due| *due <= until);
        if let Some(to) = due.or((until != Duration::MAX).then_some(until)) {
            let passed = to.saturating_sub(state.run);
            state.wall = state.wall.checked_add(passed).unwrap();
            state.run = state.run.max(to);
        }
        if due.is_some()
            && let Some((_, sleeper)) = state.sleepers.pop_first()
        {
            let _ = sleeper.send(());
        }
        due.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let mut state = self.state();
        state.uses += 1;
        state.wall
    }

    async fn sleep(&self, how_long: Duration) {
        let (wake, woken) = oneshot::channel();
        {
            let mut state = self.state();
            state.uses += 1;
            state.next += 1;
            state.longest = state.longest.max(how_long);
            let key = (state.run + how_long, state.next);
            state.sleepers.insert(key, wake);
        }
        let _ = woken.await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testkit::at;

    #[tokio::test]
    async fn sleepers_wake_in_their_order_and_at_their_moment() {
        let clock = Arc::new(VirtualClock::at(at("2026-01-01T00:00:00Z")));
        let seen = Arc::new(Mutex::new(Vec::new()));
        for seconds in [20, 5, 10] {
            let (clock, seen) = (clock.clone(), seen.clone());
            tokio::spawn(async move {
                clock.sleep(Duration::from_secs(seconds)).await;
                seen.lock().unwrap().push((seconds, clock.now()));
            });
        }
        clock.advance(Duration::from_secs(12)).await;
        assert_eq!(clock.now(), at("2026-01-01T00:00:12Z"));
        clock.jump(SignedDuration::from_hours(8)).await;
        clock.advance(Duration::from_secs(8)).await;
        let expected =
            [(5, at("2026-01-01T00:00:05Z")), (10, at("2026-01-01T00:00:10Z")), (20, at("2026-01-01T08:00:20Z"))];
        assert_eq!(*seen.lock().unwrap(), expected);
    }

    #[tokio::test]
    async fn a_story_runs_to_its_end_in_no_time() {
        let clock = VirtualClock::at(at("2026-01-01T00:00:00Z"));
        let story = async {
            for _ in 0..100 {
                clock.sleep(Duration::from_secs(30)).await;
            }
            clock.now()
        };
        assert_eq!(clock.run(story).await, at("2026-01-01T00:50:00Z"));
        assert_eq!(clock.longest_sleep(), Duration::from_secs(30));
    }
}
