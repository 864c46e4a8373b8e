//! What must not be broken off, what was, and what only looks so.

use tokio::join;

use super::*;
use crate::doors::ports::{Files, LockAnswer};

#[tokio::test]
async fn whoever_wants_to_end_waits_for_what_a_server_was_asked() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let (unfinished, cx) = (Unfinished::default(), story.cx());
    let sessions = story.sessions.clone().with_unfinished(unfinished.clone());
    story.twin.meanwhile(Op::Refresh, move |_| assert!(unfinished.any() && !unfinished.answered()));
    let ending = async {
        story.clock.sleep(Duration::from_millis(50)).await;
        assert_eq!(story.kept(), "a1 r1");
        sessions.finished().await;
        assert_eq!(story.kept(), "a2 r2");
    };
    story.time.run(async { join!(sessions.renew(&story.team, &cx), ending) }).await.0.unwrap();
}

/// Files on which every lock is signed, and let go of before anybody can take it.
#[derive(Debug)]
struct LetGo(MemoryFiles);

impl Files for LetGo {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, FileError> {
        if path.extension().is_some_and(|end| end == "lock") { Ok(Some(b"4711".to_vec())) } else { self.0.read(path) }
    }

    fn replace(&self, path: &Path, expected: Option<Option<&[u8]>>, bytes: &[u8]) -> Result<(), FileError> {
        self.0.replace(path, expected, bytes)
    }

    fn set_aside(&self, path: &Path) -> Result<(), FileError> {
        self.0.set_aside(path)
    }

    fn may_replace(&self, path: &Path) -> Result<(), FileError> {
        self.0.may_replace(path)
    }

    fn try_lock(&self, path: &Path) -> Result<LockAnswer, FileError> {
        self.0.try_lock(path)
    }
}

// F107
#[tokio::test]
async fn a_renewal_that_ended_while_somebody_looked_was_not_broken_off() {
    let mut story = Story::logged_in(Keep::InKeychain).await;
    story.sessions.files = Arc::new(LetGo(story.files.clone()));
    assert!(!story.sessions.was_broken_off(&story.team));
}

#[tokio::test]
async fn what_sessions_say_of_themselves_is_where_they_meet_others_and_no_secret() {
    let story = Story::logged_in(Keep::OrInMemory).await;
    let said = format!("{:?}", story.sessions);
    assert!(said.contains(FACTS) && said.contains("/state/locks") && !said.contains("right"), "{said}");
}
