//! Stories of the clock: sleep, jumps, time zones, the edges of time.

use super::*;

// F52
#[tokio::test]
async fn a_night_of_sleep_ends_in_exactly_one_notice_and_it_is_right() {
    let mut teams: Vec<_> = ["a", "b", "c"].map(|name| logged_in(name, session(start(), 60))).into();
    teams.push(logged_in("fixed", fixed_session(start(), 90)));
    let story = tell(teams);
    story.pass(10 * MINUTE).await;
    story.twin.renewals.lock().unwrap().extend([
        Renewal::Slow(2),
        Renewal::Fails(ProviderError::SessionEnded { code: "invalid_grant".into(), said: String::new() }),
        Renewal::Slow(5),
    ]);
    story.clock.jump(SignedDuration::from_hours(8)).await;
    story.pass(40).await;
    assert_eq!(story.shell.titles(), ["2 teams have ended"]);
    assert_eq!(story.shell.on_display()[0].body, "b, fixed");
    assert_eq!(
        [story.health("a"), story.health("b"), story.health("c")],
        [Health::Fresh, Health::Ended, Health::Fresh]
    );
    story.pass(HOUR).await;
    assert_eq!(story.shell.titles().len(), 1);
}

// F52
#[tokio::test]
async fn the_first_look_after_waking_up_comes_within_thirty_seconds() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(7).await;
    story.clock.jump(SignedDuration::from_hours(8)).await;
    let woke = story.clock.now();
    story.pass(30).await;
    let first = story.twin.tries.lock().unwrap()[0].1;
    assert!(first.duration_since(woke) <= SignedDuration::from_secs(30));
}

// F53
#[tokio::test]
async fn waking_up_without_a_network_raises_no_alarm() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(MINUTE).await;
    story.always(Renewal::Fails(offline()));
    story.clock.jump(SignedDuration::from_hours(8)).await;
    story.pass(2 * MINUTE).await;
    assert_eq!(story.health("acme"), Health::Offline);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
    story.always(Renewal::Works);
    story.door.send(Event::NetworkReturned);
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// F51
#[tokio::test]
async fn a_clock_that_jumps_is_noticed_and_ends_no_session_that_renews() {
    for hours in [2, -2, 3 * 24, -10 * 365 * 24] {
        let story = tell(vec![logged_in("acme", session(start(), 60))]);
        story.pass(20 * MINUTE).await;
        let before = story.tries();
        story.clock.jump(SignedDuration::from_hours(hours)).await;
        story.pass(MINUTE).await;
        assert!(story.tries() > before, "{hours} h: not renewed within a minute");
        assert_eq!(story.health("acme"), Health::Fresh, "{hours} h");
        assert_eq!(story.shell.titles(), Vec::<String>::new(), "{hours} h");
        story.clock.jump(SignedDuration::from_hours(-hours)).await;
        story.pass(30 * MINUTE).await;
        assert_eq!(story.health("acme"), Health::Fresh, "{hours} h and back");
        assert_eq!(story.shell.titles(), Vec::<String>::new(), "{hours} h and back");
    }
}

// F51
#[tokio::test]
async fn an_end_that_the_clock_took_back_is_told_when_it_really_comes() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 120))]);
    story.clock.jump(SignedDuration::from_hours(5)).await;
    story.pass(30).await;
    assert_eq!(story.shell.titles(), ["acme has ended"]);
    story.clock.jump(SignedDuration::from_hours(-5)).await;
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    assert_eq!(story.shell.on_display(), []);
    story.pass(2 * HOUR).await;
    assert_eq!(story.shell.titles()[1..], ["acme ends in 10 min", "acme has ended"]);
}

// F54
#[tokio::test]
async fn a_change_of_time_zone_changes_words_and_no_decisions() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 120))]);
    story.pass(MINUTE).await;
    story.shell.set_zone(TimeZone::posix("JST-9").unwrap());
    let tries = story.tries();
    story.pass(109 * MINUTE + 1).await;
    assert_eq!(story.tries(), tries);
    assert_eq!(story.shell.titles(), ["acme ends in 10 min"]);
    story.pass(10 * MINUTE).await;
    assert_eq!(story.shell.on_display()[0].body, "Ended at 22:00. Commands will fail until you log in.");
}

// F55
#[tokio::test]
async fn sessions_from_the_edges_of_time_do_no_harm() {
    let odd = |issued: &str, expires: &str| SessionFacts {
        who: "admin".into(),
        nameless: false,
        issued: at(issued),
        expires: at(expires),
        limit: None,
        renews: true,
    };
    let far = "9999-12-30T21:59:59Z";
    let story = tell(vec![
        logged_in("old", odd("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z")),
        logged_in("far", odd("2026-11-20T10:00:00Z", far)),
        logged_in("backwards", odd(far, "1970-01-01T00:00:00Z")),
        logged_in("2038", odd("2026-11-20T10:00:00Z", "2038-01-19T03:14:08Z")),
    ]);
    story.pass(10 * MINUTE).await;
    for name in ["old", "far", "backwards", "2038"] {
        assert_eq!(story.health(name), Health::Fresh, "{name}");
    }
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// D18
#[tokio::test]
async fn the_loop_never_sleeps_longer_than_thirty_seconds() {
    let story = tell_with(Model {
        teams: vec![logged_in("acme", session(start(), 60))],
        prefs: Prefs { early_hint: true, ..Prefs::default() },
        ..Model::default()
    });
    story.pass(HOUR).await;
    assert!(story.clock.longest_sleep() <= Duration::from_secs(30));
}
