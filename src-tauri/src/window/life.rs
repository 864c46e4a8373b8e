//! Decides when the window is over: a minute after it was closed, or when its page dies again and again.

use std::time::{Duration, Instant};

/// How long a window that was closed waits hidden, so that a second look is instant.
const WAIT: Duration = Duration::from_secs(60);
/// How often a page that has died is loaded again within [`PERIOD`].
const RELOADS: usize = 2;
const PERIOD: Duration = Duration::from_secs(60);

/// What the window has lived through, as far as it still matters.
#[derive(Debug, Default)]
pub struct Life {
    seen: bool,
    closed: Option<Instant>,
    deaths: Vec<Instant>,
}

impl Life {
    /// True for the first time there is something to see.
    pub fn first_look(&mut self) -> bool {
        !std::mem::replace(&mut self.seen, true)
    }

    /// Before that, nothing shows it: an empty window would only flash.
    pub fn was_seen(&self) -> bool {
        self.seen
    }

    /// Somebody looks at it.
    pub fn opened(&mut self) {
        self.closed = None;
    }

    pub fn closed(&mut self, now: Instant) {
        self.closed = Some(now);
    }

    /// How much longer it waits hidden: nothing left when it is over, `None` while somebody looks.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        self.closed.map(|since| WAIT.saturating_sub(now.saturating_duration_since(since)))
    }

    /// The process of its page has died. False when loading it again has been tried often enough.
    pub fn may_reload(&mut self, now: Instant) -> bool {
        self.deaths.retain(|death| now.saturating_duration_since(*death) < PERIOD);
        self.deaths.push(now);
        self.deaths.len() <= RELOADS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn there_is_one_first_look() {
        let mut life = Life::default();
        assert!(!life.was_seen());
        assert!(life.first_look());
        assert!(life.was_seen());
        assert!(!life.first_look());
    }

    #[test]
    fn a_closed_window_waits_for_a_minute() {
        let start = Instant::now();
        let mut life = Life::default();
        assert_eq!(life.left(start), None);
        life.closed(start);
        assert_eq!(life.left(after(start, 25)), Some(Duration::from_secs(35)));
        assert_eq!(life.left(after(start, 60)), Some(Duration::ZERO));
        assert_eq!(life.left(after(start, 3600)), Some(Duration::ZERO));
    }

    #[test]
    fn a_window_that_was_opened_again_begins_another_minute_when_closed() {
        let start = Instant::now();
        let mut life = Life::default();
        life.closed(start);
        life.opened();
        assert_eq!(life.left(after(start, 60)), None);
        life.closed(after(start, 59));
        assert_eq!(life.left(after(start, 60)), Some(Duration::from_secs(59)));
    }

    // F87
    #[test]
    fn a_page_is_loaded_again_at_most_twice_a_minute() {
        let start = Instant::now();
        let mut life = Life::default();
        let may: Vec<bool> = [0, 10, 59, 61, 80].map(|at| life.may_reload(after(start, at))).into();
        // The one refused counts as well: a page that dies all the time stays down.
        assert_eq!(may, [true, true, false, false, false]);
        assert!(life.may_reload(after(start, 200)));
    }
}
