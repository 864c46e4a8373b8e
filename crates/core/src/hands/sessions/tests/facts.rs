//! The facts file repeats: it is found out anew where it says nothing, and never written over unread.

use super::*;
use crate::doors::ports::Files as _;

const UNREAD: &str = "/state/facts.json.unread";

/// Files that say nothing, each from another cause.
fn unreadable() -> Vec<Vec<u8>> {
    let newer = br#"{"version":9,"teams":{},"more":true}"#.to_vec();
    vec![b"{ half a fil".to_vec(), Vec::new(), newer, vec![b' '; 5 * 1024 * 1024], b"\xff\xfe".to_vec()]
}

// F104
#[tokio::test]
async fn facts_that_cannot_be_read_are_put_aside_and_found_out_from_the_keychain() {
    for bytes in unreadable() {
        let story = Story::logged_in(Keep::InKeychain).await;
        let cx = story.cx();
        story.time.run(story.sessions.credential(&story.team, &story.admin, &cx)).await.unwrap();
        let before = story.facts();
        story.files.write(FACTS, bytes.clone());
        let (learned, teams) = (story.another(), [story.team.clone()]);
        let facts = story.time.run(learned.relearn(&teams)).await;
        assert_eq!(facts.teams[&story.team.id], before);
        assert_eq!(story.facts(), before, "and all processes are told");
        let aside = story.files.read(Path::new(UNREAD));
        match bytes.len() > 4 * 1024 * 1024 {
            true => assert!(aside.is_err(), "it is still too large"),
            false => assert_eq!(aside.unwrap().unwrap(), bytes),
        }
    }
}

// F104
#[tokio::test]
async fn a_team_that_is_logged_in_goes_on_being_renewed_when_another_team_wrote_the_facts_anew() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let before = story.facts();
    story.files.write(FACTS, "gone");
    let other = Team { id: crate::testkit::id("other"), name: "other".into(), ..story.team.clone() };
    story.time.run(story.sessions.note_name(&other)).await.unwrap();
    assert_eq!(story.facts(), TeamFacts::default());
    story.time.run(story.sessions.relearn(&[story.team.clone(), other])).await;
    assert_eq!(story.facts(), before);
}

// F104
#[tokio::test]
async fn a_team_that_never_logged_in_is_asked_about_once_and_a_locked_keychain_teaches_nothing() {
    let story = Story::new();
    story.store.lock(true);
    let teams = [story.team.clone()];
    assert_eq!(story.time.run(story.sessions.relearn(&teams)).await, Facts::parse(b""));
    assert_eq!(story.files.paths(), [] as [PathBuf; 0], "nothing is known, so nothing is told");
    assert!(story.store.calls().iter().all(|(call, _)| *call == Call::Get), "and nobody is asked");
    story.store.lock(true);
    story.time.run(story.store.for_person().ready()).await.unwrap();
    let asked = story.store.calls().len();
    for _ in 0..3 {
        story.time.run(story.sessions.relearn(&teams)).await;
    }
    assert_eq!(story.store.calls().len(), asked + 1);
    assert_eq!(story.facts(), TeamFacts { name: "acme".into(), ..TeamFacts::default() });
}

// F104
#[tokio::test]
async fn that_a_session_is_in_memory_only_is_found_out_too() {
    let story = Story::keeping(Keep::OrInMemory);
    story.store.break_down(Some(StoreError::NoKeychain { why: "no bus".into() }));
    story.time.run(story.log_in("right", true)).await.unwrap();
    let before = story.facts();
    story.files.write(FACTS, "gone");
    story.time.run(story.sessions.relearn(std::slice::from_ref(&story.team))).await;
    assert_eq!((story.facts().memory_only, story.facts()), (true, before));
}
