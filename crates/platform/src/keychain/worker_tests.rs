//! Callers that come back in time, and a thread that does not.

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar};

use super::super::tests::twin::Twin;
use super::*;

/// Of a call that is answered, however busy the machine.
const LIMIT: Duration = Duration::from_secs(60);
/// Of a call that never is.
const SHORT: Duration = Duration::from_millis(50);

/// A gate that jobs wait at, as in a daemon that was stopped.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn wait(&self) {
        let _open = self.0.1.wait_while(self.0.0.lock().unwrap(), |open| !*open).unwrap();
    }

    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}

fn worker() -> (Worker, Twin) {
    let twin = Twin::holding(usize::MAX);
    (Worker::new(twin.open()), twin)
}

#[tokio::test]
async fn the_store_is_opened_once_for_many_calls() {
    let (worker, twin) = worker();
    for _ in 0..3 {
        assert_eq!(worker.ask(LIMIT, |items| items.get("x")).await, Ok(None));
    }
    assert_eq!(twin.opened.load(Ordering::SeqCst), 1);
}

// F38
#[tokio::test]
async fn a_hanging_store_costs_each_caller_its_limit_and_leaves_one_thread_behind() {
    let (worker, _twin) = worker();
    let (gate, applied) = (Gate::default(), Arc::new(AtomicUsize::new(0)));
    let (stuck, count) = (gate.clone(), applied.clone());
    let first = worker.ask(SHORT, move |_| {
        stuck.wait();
        Ok(1)
    });
    // It waits in the queue behind the first: when the store comes back, nobody wants it any more.
    let second = worker.ask(SHORT, move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(2)
    });
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first, second), (Err(StoreError::TimedOut), Err(StoreError::TimedOut)));

    let begun = Instant::now();
    assert_eq!(worker.ask(LIMIT, |_| Ok(3)).await, Err(StoreError::TimedOut));
    assert!(begun.elapsed() < LIMIT / 2, "no second thread is started while the first one hangs");
    assert_eq!(worker.lock().started, 1);

    gate.open();
    let deadline = Instant::now() + LIMIT;
    while worker.lock().left_behind.as_ref().is_some_and(|thread| !thread.is_finished()) {
        assert!(Instant::now() < deadline, "the thread left behind did not end");
        tokio::task::yield_now().await;
    }
    assert_eq!(worker.ask(LIMIT, |_| Ok(4)).await, Ok(4), "after it came back all is well");
    assert_eq!(applied.load(Ordering::SeqCst), 0, "a late job was done after all");
}

// F47
#[tokio::test]
async fn a_store_that_was_open_for_longer_is_opened_anew_when_it_fails() {
    let (worker, twin) = worker();
    assert_eq!(worker.ask(LIMIT, |items| items.get("x")).await, Ok(None));
    twin.inside().fails = Some(StoreError::Failed { why: "no such session".into() });
    assert_eq!(worker.ask(LIMIT, |items| items.get("x")).await, Ok(None));
    assert_eq!(twin.opened.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_store_that_fails_when_fresh_is_not_asked_again() {
    let (worker, twin) = worker();
    twin.inside().fails = Some(StoreError::Failed { why: "no".into() });
    assert_eq!(worker.ask(LIMIT, |items| items.get("x")).await, Err(StoreError::Failed { why: "no".into() }));
    assert_eq!(twin.opened.load(Ordering::SeqCst), 1);
}

// F79
#[tokio::test]
async fn a_panic_below_costs_one_call_and_no_more() {
    let (worker, _twin) = worker();
    let answer = worker.ask(LIMIT, |_| -> Result<(), StoreError> { panic!("on purpose") }).await;
    assert!(matches!(answer, Err(StoreError::Failed { .. })), "{answer:?}");
    let deadline = Instant::now() + LIMIT;
    // The thread is about to end when its caller hears of it.
    while worker.lock().thread.as_ref().is_some_and(|thread| !thread.handle.is_finished()) {
        assert!(Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    assert_eq!(worker.ask(LIMIT, |_| Ok(1)).await, Ok(1));
}
