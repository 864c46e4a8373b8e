//! Stories of sessions: renewing in silence, servers in trouble, other processes, ends.

use super::*;

#[tokio::test]
async fn a_session_renews_in_silence_until_the_server_ends_it_and_that_is_said_once() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    story.click(Action::LogIn { team: id("acme") }).await;
    assert_eq!(story.shell.titles(), ["Check the code: WDDH-KRPT"]);
    story.pass(20).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    assert_eq!(story.shell.on_display(), []);

    story.pass(5 * HOUR).await;
    assert!(story.tries() >= 5, "an hour's session was renewed {} times in five hours", story.tries());
    assert_eq!(story.shell.titles().len(), 1, "renewing said something: {:?}", story.shell.titles());

    story.always(Renewal::Fails(ProviderError::SessionEnded { code: "invalid_grant".into(), said: String::new() }));
    story.pass(4 * HOUR).await;
    let tries = story.tries();
    assert_eq!(story.health("acme"), Health::Ended);
    assert_eq!(story.shell.titles()[1..], ["acme has ended"]);
    story.pass(8 * HOUR).await;
    assert_eq!(story.tries(), tries, "F18: an ended session is not tried again");
    assert_eq!(story.shell.titles().len(), 2);
}

#[tokio::test]
async fn nobody_hears_twice_of_an_end_and_after_twelve_hours_it_is_a_log_out_like_any_other() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 60))]);
    story.pass(HOUR + 30).await;
    assert_eq!(story.shell.titles(), ["acme ends in 10 min", "acme has ended"]);
    assert_eq!(story.health("acme"), Health::Ended);
    story.pass(12 * HOUR).await;
    assert_eq!(story.health("acme"), Health::SignedOut);
    assert_eq!(story.shell.on_display(), [], "the old notice went away by itself");
    assert_eq!(story.shell.titles().len(), 2);
}

// F85
#[tokio::test]
async fn a_team_deleted_while_it_renews_leaves_no_trace() {
    let story = tell(vec![logged_in("acme", session(start(), 60)), logged_in("lab", session(start(), 60))]);
    story.pass(1).await;
    story.twin.renewals.lock().unwrap().push_back(Renewal::Slow(5));
    story.click(Action::Renew { team: id("acme") }).await;
    let mut renamed = team("lab");
    renamed.name = "laboratory".into();
    story.door.send(Event::TeamsChanged { teams: vec![renamed] });
    story.pass(10).await;
    let model = story.shell.model();
    assert_eq!(model.teams.len(), 1);
    assert_eq!(model.teams[0].team.name, "laboratory");
    assert_eq!(story.health("lab"), Health::Fresh, "a rename keeps the session");
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// F79
#[tokio::test]
async fn a_renewal_that_panics_is_tried_again_and_takes_nobody_along() {
    let story = tell(vec![logged_in("acme", session(start(), 60)), logged_in("lab", session(start(), 60))]);
    story.twin.renewals.lock().unwrap().push_back(Renewal::Panics);
    story.pass(HOUR).await;
    assert_eq!([story.health("acme"), story.health("lab")], [Health::Fresh, Health::Fresh]);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
    let tried: BTreeSet<Id> = story.twin.tries.lock().unwrap().iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(tried.len(), 2);
}

// F01
#[tokio::test]
async fn an_hour_without_a_network_is_no_storm_no_alarm_and_heals_by_itself() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(30 * MINUTE).await;
    story.always(Renewal::Fails(offline()));
    story.pass(HOUR).await;
    assert_eq!(story.health("acme"), Health::Offline);
    let times: Vec<Timestamp> = story.twin.tries.lock().unwrap().iter().map(|(_, at)| *at).collect();
    for pair in times.windows(2) {
        assert!(pair[1].duration_since(pair[0]) >= SignedDuration::from_secs(30), "{pair:?}");
    }
    story.always(Renewal::Works);
    story.pass(2 * MINUTE + 30).await;
    assert_eq!(story.health("acme"), Health::Fresh, "F14: the longest pause is two minutes");
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// F14
#[tokio::test]
async fn a_server_in_trouble_is_mentioned_only_when_little_time_is_left() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(30 * MINUTE).await;
    story.always(Renewal::Fails(ProviderError::ServerTrouble { host: "oidc.example.com".into(), status: 503 }));
    story.pass(19 * MINUTE).await;
    assert!(story.tries() > 1);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
    story.pass(11 * MINUTE).await;
    assert_eq!(story.shell.titles(), ["Could not renew acme"]);
    story.always(Renewal::Works);
    story.pass(3 * MINUTE).await;
    assert_eq!(story.shell.titles()[1..], ["acme renewed"]);
    assert_eq!(story.health("acme"), Health::Fresh);
}

#[tokio::test]
async fn three_teams_that_end_within_five_minutes_share_their_notices() {
    let story = tell(
        [("a", 60), ("b", 62), ("c", 64), ("later", 90)]
            .map(|(name, minutes)| logged_in(name, fixed_session(start(), minutes)))
            .into(),
    );
    story.pass(50 * MINUTE + 1).await;
    assert_eq!(story.shell.titles(), ["3 teams end soon"]);
    assert_eq!(story.shell.on_display()[0].body, "a, b, c");
    story.pass(15 * MINUTE).await;
    assert_eq!(story.shell.titles()[1..], ["a has ended", "2 teams have ended", "3 teams have ended"]);
    assert_eq!(story.shell.on_display().len(), 1);
}

#[tokio::test]
async fn what_another_keyfob_process_did_is_seen_within_thirty_seconds() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    story.pass(10).await;
    let there =
        TeamFacts { name: "acme".into(), session: Some(session(story.clock.now(), 60)), ..TeamFacts::default() };
    story.twin.facts.lock().unwrap().teams.insert(id("acme"), there);
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    let gone = TeamFacts { name: "acme".into(), ..TeamFacts::default() };
    story.twin.facts.lock().unwrap().teams.insert(id("acme"), gone);
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::SignedOut);
    story.twin.facts.lock().unwrap().teams.clear();
    story.pass(30).await;
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// F107
#[tokio::test]
async fn what_a_process_was_killed_in_is_found_out_within_thirty_seconds_and_told() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(MINUTE).await;
    let renewals = story.twin.tries.lock().unwrap().len();
    *story.twin.broken_off.lock().unwrap() = Some(id("acme"));
    story.pass(30).await;
    assert_eq!(story.twin.tries.lock().unwrap().len(), renewals + 1);
    story.pass(10 * MINUTE).await;
    assert_eq!(story.twin.tries.lock().unwrap().len(), renewals + 1, "once");
}

#[tokio::test]
async fn a_facts_file_that_cannot_be_read_logs_nobody_out() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    let there = TeamFacts { name: "acme".into(), session: Some(session(start(), 60)), ..TeamFacts::default() };
    story.twin.facts.lock().unwrap().teams.insert(id("acme"), there);
    story.pass(60).await;
    *story.twin.facts.lock().unwrap() = Facts::parse(b"{ half a fil");
    story.pass(60).await;
    assert_eq!(story.health("acme"), Health::Fresh);
}

#[tokio::test]
async fn nothing_is_drawn_anew_that_looks_the_same() {
    let far = SessionFacts { limit: Some(at("2026-11-28T11:00:00Z")), ..session(start(), 600) };
    let story = tell(vec![logged_in("acme", far)]);
    story.pass(MINUTE).await;
    let before = story.shell.renders();
    story.pass(20 * MINUTE).await;
    assert_eq!(story.shell.renders(), before, "“7 days” stays “7 days”");
}
