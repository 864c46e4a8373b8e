//! What must not be broken off: from the moment that a server is asked for something until that is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// Counts what this process has begun and not ended, for whoever wants to end the process.
#[derive(Debug, Clone)]
pub struct Unfinished(Arc<watch::Sender<Count>>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    asked: usize,
    /// Of these, the server has answered: what it said is worth something here only.
    answered: usize,
}

impl Default for Unfinished {
    fn default() -> Self {
        Unfinished(Arc::new(watch::Sender::new(Count::default())))
    }
}

impl Unfinished {
    /// True while there is something to wait for.
    pub fn any(&self) -> bool {
        *self.0.borrow() != Count::default()
    }

    /// True while a server has answered and that is not kept yet.
    pub fn answered(&self) -> bool {
        self.0.borrow().answered > 0
    }

    /// Waits until nothing is under way.
    pub async fn ended(&self) {
        self.until(|count| *count == Count::default()).await;
    }

    /// Waits only for what a server has answered already.
    pub async fn kept(&self) {
        self.until(|count| count.answered == 0).await;
    }

    async fn until(&self, ready: impl FnMut(&Count) -> bool) {
        // The sender is held by `self`, so it cannot be gone.
        let _ = self.0.subscribe().wait_for(ready).await;
    }

    pub(in crate::hands) fn begin(&self) -> Begun {
        self.0.send_modify(|count| count.asked += 1);
        Begun { of: self.clone(), answered: AtomicBool::new(false) }
    }
}

/// Ends when dropped.
#[derive(Debug)]
pub(in crate::hands) struct Begun {
    of: Unfinished,
    answered: AtomicBool,
}

impl Begun {
    pub fn answered(&self) {
        if !self.answered.swap(true, Ordering::Relaxed) {
            self.of.0.send_modify(|count| count.answered += 1);
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.of.0.send_modify(|count| {
            count.asked -= 1;
            count.answered -= usize::from(self.answered.load(Ordering::Relaxed));
        });
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    fn is_over(waiting: impl Future) -> bool {
        pin!(waiting).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    // F102
    #[test]
    fn what_was_begun_is_counted_until_it_ends_and_what_was_answered_until_it_is_kept() {
        let unfinished = Unfinished::default();
        let seen = || {
            let waits = (!is_over(unfinished.ended()), !is_over(unfinished.kept()));
            assert_eq!(waits, (unfinished.any(), unfinished.answered()));
            waits
        };
        assert_eq!(seen(), (false, false));
        let (one, other) = (unfinished.begin(), unfinished.begin());
        assert_eq!(seen(), (true, false));
        one.answered();
        one.answered();
        other.answered();
        assert_eq!(seen(), (true, true));
        drop(one);
        assert_eq!(seen(), (true, true));
        drop(other);
        assert_eq!(seen(), (false, false));
        drop(unfinished.begin());
        assert_eq!(seen(), (false, false));
    }
}
