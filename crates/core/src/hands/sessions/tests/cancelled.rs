//! A login or renewal that is given up at any moment: what was kept is whole, and the next try works.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use jiff::Timestamp;

use super::*;

/// A clock whose every sleep lasts one turn, so that each turn of a story is one step further.
#[derive(Debug)]
struct Turns;

#[async_trait]
impl Clock for Turns {
    fn now(&self) -> Timestamp {
        at("2026-11-20T12:00:00Z")
    }

    async fn sleep(&self, _how_long: Duration) {
        tokio::task::yield_now().await;
    }
}

/// Gives a story so many turns, then drops it; its outcome if it came to its end.
fn turns<T>(story: impl Future<Output = T>, turns: usize) -> Option<T> {
    let mut story = pin!(story);
    let mut cx = Context::from_waker(Waker::noop());
    (0..turns).find_map(|_| match story.as_mut().poll(&mut cx) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    })
}

const PLENTY: usize = 1000;

/// Logged in as `a1`, with a credential and a kept password; every call to the keychain takes a turn.
fn story() -> Story {
    let clock = Arc::new(Turns);
    let story = Story::on(clock.clone(), Arc::new(VirtualClock::at(clock.now())), Keep::InKeychain);
    story.store.slow(clock, Duration::from_secs(1));
    turns(story.log_in("right", true), PLENTY).unwrap().unwrap();
    turns(story.sessions.credential(&story.team, &story.admin, &story.cx()), PLENTY).unwrap().unwrap();
    story
}

// F82
#[test]
fn a_login_given_up_at_any_moment_leaves_the_old_session_or_the_new_one_whole() {
    let mut seen_old = 0;
    for given_up in 1.. {
        let story = story();
        let (before, facts) = (story.record(), story.facts());
        let how = HowToLogIn { new_password: true, ..HowToLogIn::default() };
        let cx = story.typing("anna", "right", true);
        let ended = turns(story.sessions.login(&story.team, how, &cx), given_up).is_some();
        assert_eq!(story.files.locks(), [] as [&Path; 0], "a lock is still held after turn {given_up}");
        let after = story.record();
        if after.session == before.session {
            seen_old += 1;
            assert_eq!((&after, story.facts().session), (&before, facts.session), "turn {given_up}");
        } else {
            assert_eq!(story.kept(), "a2 r2", "turn {given_up}");
        }
        // Whatever it was, renewing and logging in go on from there.
        if story.kept() == format!("a{0} r{0}", story.twin.server().newest) {
            turns(story.renew(), PLENTY).unwrap().unwrap();
        }
        turns(story.log_in("right", true), PLENTY).unwrap().unwrap();
        if ended {
            assert!(given_up > 5 && seen_old > 3, "too few turns to prove anything: {given_up}, {seen_old}");
            return;
        }
    }
}

// F82
#[test]
fn a_login_given_up_while_the_server_or_the_person_thinks_changes_nothing_at_all() {
    let story = story();
    let (before, facts, entries) = (story.record(), story.facts(), story.store.entries());
    story.twin.asked();
    for given_up in 1.. {
        let cx = story.cx();
        turns(story.sessions.login(&story.team, HowToLogIn::default(), &cx), given_up);
        if !story.twin.asked().is_empty() {
            assert!(given_up > 1);
            return;
        }
        assert_eq!(
            (story.record(), story.facts(), story.store.entries()),
            (before.clone(), facts.clone(), entries.clone())
        );
    }
}

// F84
#[test]
fn a_renewal_given_up_at_any_moment_never_gives_out_what_is_not_kept() {
    for given_up in 1.. {
        let story = story();
        let ended = turns(story.renew(), given_up).is_some();
        assert_eq!(story.files.locks(), [] as [&Path; 0]);
        assert!(["a1 r1", "a2 r2"].contains(&story.kept().as_str()));
        turns(story.log_in("right", true), PLENTY).unwrap().unwrap();
        if ended {
            assert!(given_up > 3, "{given_up}");
            return;
        }
    }
}

// F50
#[test]
fn a_log_out_given_up_at_any_moment_can_be_done_again() {
    for given_up in 1.. {
        let story = story();
        let ended = turns(story.sessions.logout(&story.team, true, &story.cx()), given_up).is_some();
        assert_eq!(story.files.locks(), [] as [&Path; 0]);
        let report = turns(story.sessions.logout(&story.team, true, &story.cx()), PLENTY).unwrap().unwrap();
        assert_eq!(report.left, []);
        assert_eq!(story.store.entries(), [story.entry()], "turn {given_up}");
        assert_eq!((story.record().session, story.facts().session), (None, None));
        if ended {
            return;
        }
    }
}
