//! The name behind a session, and a session from the beginning.

use super::*;
use crate::words::login::{Aside, Step, Wish};

fn anew() -> HowToLogIn {
    HowToLogIn { wish: Wish { new_session: true, ..Wish::default() }, ..HowToLogIn::default() }
}

/// A team whose logins tell no name.
fn nameless(profiles: usize) -> Story {
    let mut story = Story::new();
    story.twin.server().nameless = true;
    story.team.profiles.truncate(profiles);
    story
}

// F288
#[tokio::test]
async fn whoever_has_profiles_is_known_by_name_right_after_the_login() {
    let story = nameless(3);
    let facts = story.time.run(story.log_in("right", false)).await.unwrap();
    assert_eq!((facts.who.as_str(), facts.nameless), ("alice", false));
    assert_eq!(story.twin.asked(), ["login anna right", "admin by a1", "who by a1"]);
    assert_eq!(story.facts().session, Some(facts.clone()));
    assert_eq!(story.record().session.unwrap().facts(), facts);
    // The tool that comes next finds its credential, and nobody asks again.
    story.time.run(story.sessions.credential(&story.team, &story.admin, &story.cx())).await.unwrap();
    story.time.run(story.renew()).await.unwrap();
    assert_eq!(story.twin.asked(), ["refresh r1"]);
    assert_eq!(story.facts().session.unwrap().who, "alice");
}

// F288
#[tokio::test]
async fn without_a_profile_the_first_credential_tells_the_name_and_is_asked_once() {
    let story = nameless(0);
    let facts = story.time.run(story.log_in("right", false)).await.unwrap();
    assert_eq!((facts.who.as_str(), facts.nameless), ("acme.test", true));
    let builds = profile("build", "123456789012", "Build");
    for profile in [&story.admin, &builds] {
        story.time.run(story.sessions.credential(&story.team, profile, &story.cx())).await.unwrap();
    }
    assert_eq!(story.twin.asked(), ["login anna right", "admin by a1", "who by a1", "build by a1"]);
    assert_eq!(story.facts().session.unwrap().who, "alice");
}

// F288
#[tokio::test]
async fn a_name_that_is_not_told_keeps_no_tool_waiting_for_long_nor_twice() {
    for slow in [false, true] {
        let story = nameless(0);
        story.time.run(story.log_in("right", false)).await.unwrap();
        match slow {
            true => story.twin.server().slow = Some(Op::Who),
            false => story.twin.fail_next(Op::Who, ProviderError::ServerTrouble { host: "sts".into(), status: 503 }),
        }
        let begin = story.clock.now();
        let builds = profile("build", "123456789012", "Build");
        for profile in [&story.admin, &builds] {
            story.time.run(story.sessions.credential(&story.team, profile, &story.cx())).await.unwrap();
        }
        assert!(story.clock.now().duration_since(begin).as_millis() <= 1_500);
        let asked = story.twin.asked();
        assert_eq!(asked.iter().filter(|what| what.starts_with("who")).count(), usize::from(!slow), "{asked:?}");
        let facts = story.facts().session.unwrap();
        assert_eq!((facts.who.as_str(), facts.nameless), ("acme.test", true));
    }
}

// F289
#[tokio::test]
async fn a_new_session_begins_where_the_old_one_was_ended_at_the_provider() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.time.run(story.sessions.credential(&story.team, &story.admin, &story.cx())).await.unwrap();
    story.twin.asked();
    story.time.run(story.sessions.login(&story.team, anew(), &story.cx())).await.unwrap();
    assert_eq!(story.twin.asked(), ["revoke a1", "login anna right"]);
    assert_eq!(story.kept(), "a2 r2");
    assert_eq!(story.store.entry(&story.entry_of(&story.admin)), None, "it is of the old permissions");
}

// F289
#[tokio::test]
async fn a_session_that_cannot_be_ended_at_the_provider_stays_and_the_login_does_not_begin() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let (record, facts) = (story.record(), story.facts());
    story.twin.asked();
    story.twin.fail_next(Op::Revoke, ProviderError::ServerTrouble { host: "portal".into(), status: 503 });
    let told = story.time.run(story.sessions.login(&story.team, anew(), &story.cx())).await.unwrap_err();
    assert_eq!(told.code, "NET-SERVER");
    assert_eq!(story.twin.asked(), ["revoke a1"]);
    assert_eq!((story.record(), story.facts()), (record, facts));
}

// F289
#[tokio::test]
async fn where_there_was_no_session_to_end_the_person_hears_of_it() {
    let story = Story::new();
    let person = Arc::new(ScriptedPerson::default().answer(typed("anna", "right", false)));
    let cx = Cx { person: person.clone(), ..story.cx() };
    story.time.run(story.sessions.login(&story.team, anew(), &cx)).await.unwrap();
    assert!(person.shown().contains(&Step::Told(Aside::NothingEnded)), "{:?}", person.shown());
    assert_eq!(story.twin.asked(), ["login anna right"]);
}
