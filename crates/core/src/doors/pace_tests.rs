//! The pace of one server, on a clock of the tests.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::testkit::{VirtualClock, at};

const HOST: &str = "portal.acme.test";

/// A server that bears so many requests a second, and so many at once.
struct Server {
    a_second: f64,
    left: f64,
    most: f64,
    filled: Timestamp,
}

impl Server {
    fn bearing(a_second: f64, most: f64, now: Timestamp) -> Self {
        Server { a_second, left: most, most, filled: now }
    }

    fn bears(&mut self, now: Timestamp) -> bool {
        let since = now.duration_since(self.filled).as_secs_f64();
        (self.left, self.filled) = ((self.left + since * self.a_second).min(self.most), now);
        let bears = self.left >= 1.0;
        self.left -= f64::from(u8::from(bears));
        bears
    }
}

/// Gets so many answers, eight requests at a time; returns the seconds it took and how often the server refused.
async fn ask_for(answers: usize, a_second: f64, most: f64) -> (f64, usize) {
    let clock = Arc::new(VirtualClock::at(at("2026-11-20T11:00:00Z")));
    let (paces, began) = (Paces::default(), clock.now());
    let server = Arc::new(Mutex::new((Server::bearing(a_second, most, began), answers, 0)));
    let mut asking = Vec::new();
    for _ in 0..8 {
        let (clock, paces, server) = (clock.clone(), paces.clone(), server.clone());
        asking.push(tokio::spawn(async move {
            while server.lock().unwrap().1 > 0 {
                let turn = paces.turn(HOST, &*clock).await.unwrap();
                let bears = server.lock().unwrap().0.bears(clock.now());
                clock.sleep(Duration::from_millis(40)).await;
                let mut server = server.lock().unwrap();
                if bears {
                    turn.answered();
                    server.1 = server.1.saturating_sub(1);
                } else {
                    turn.refused(None, clock.now());
                    server.2 += 1;
                }
            }
        }));
    }
    let all = async {
        for one in asking {
            one.await.unwrap();
        }
    };
    clock.run(all).await;
    assert!(clock.longest_sleep() <= LONGEST_WAIT);
    let refused = server.lock().unwrap().2;
    (clock.now().duration_since(began).as_secs_f64(), refused)
}

#[tokio::test]
async fn whatever_a_server_bears_is_found_out_and_nearly_used() {
    // F240
    for (a_second, most) in [(5.0, 1.0), (5.0, 5.0), (12.0, 12.0), (12.0, 1.0), (1.0, 3.0), (0.3, 1.0)] {
        let (took, refused) = ask_for(300, a_second, most).await;
        let least = (300.0 - most) / a_second;
        assert!(took <= least * 1.4 + 10.0, "{a_second}/s: {took} s where {least} s would do");
        assert!(refused <= 60, "{a_second}/s: refused {refused} times");
    }
}

#[tokio::test]
async fn a_server_that_never_asks_to_slow_down_is_never_waited_for() {
    let (took, refused) = ask_for(400, 1e9, 1e9).await;
    // Fifty rounds of 40 ms, and one that was begun before the last answer came.
    assert!(took <= 2.04 && refused == 0, "{took} s, refused {refused} times");
}

#[tokio::test]
async fn a_rest_is_kept_by_everybody_who_asks_that_server_and_by_nobody_else() {
    // F241
    let clock = VirtualClock::at(at("2026-11-20T11:00:00Z"));
    let (paces, began) = (Paces::default(), clock.now());
    let story = async {
        paces.turn(HOST, &clock).await.unwrap().refused(Some(Duration::from_secs(20)), clock.now());
        paces.clone().turn("another.acme.test", &clock).await.unwrap();
        assert_eq!(clock.now(), began);
        paces.clone().turn(HOST, &clock).await.unwrap();
        assert_eq!(clock.now().duration_since(began).as_secs(), 20);
    };
    clock.run(story).await;
}

#[tokio::test]
async fn a_rest_that_is_too_long_to_sit_through_is_told_and_over_when_it_is_over() {
    // F241
    let clock = VirtualClock::at(at("2026-11-20T11:00:00Z"));
    let paces = Paces::default();
    paces.turn(HOST, &clock).await.unwrap().refused(Some(Duration::from_secs(600)), clock.now());
    assert_eq!(paces.turn(HOST, &clock).await.unwrap_err(), Rest(Duration::from_secs(600)));
    clock.jump(SignedDuration::from_secs(570)).await;
    clock.run(async { paces.turn(HOST, &clock).await.unwrap() }).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_nobody_up() {
    let clock = VirtualClock::at(at("2026-11-20T11:00:00Z"));
    let paces = Paces::default();
    paces.turn(HOST, &clock).await.unwrap().refused(None, clock.now());
    clock.jump(SignedDuration::from_hours(-3)).await;
    clock.run(async { paces.turn(HOST, &clock).await.unwrap() }).await;
    assert!(clock.longest_sleep().is_zero());
}
