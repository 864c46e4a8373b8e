//! What is left of a session that is not renewed: because it cannot be, or because the server is in trouble.

use super::twin::ended;
use super::*;

impl Story {
    /// Logged in for an hour, without a token to renew by.
    async fn lasting() -> Self {
        let story = Story::new();
        story.twin.server().lasting = true;
        story.time.run(story.log_in("right", true)).await.unwrap();
        story.twin.asked();
        story
    }

    async fn token(&self) -> Result<String, String> {
        let token = self.time.run(self.sessions.token(&self.team, TokenKind::Access, &self.cx())).await;
        token.map(|token| token.expose().to_owned()).map_err(|problem| problem.code)
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_renewed_is_used_up_to_its_last_minute() {
    let story = Story::lasting().await;
    story.pass(58).await;
    assert_eq!(story.token().await, Ok("a1".into()));
    assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "CANNOT-RENEW");
    story.pass(1).await;
    assert_eq!(story.token().await, Err("SESSION-ENDED".into()));
    assert_eq!((story.twin.asked().len(), story.kept().as_str()), (0, "a1 -"), "there is nothing to ask for");
}

// F14
#[tokio::test]
async fn a_session_is_used_up_to_its_last_minute_while_the_server_is_in_trouble() {
    for (minutes, expected) in [(57, Ok("a1".into())), (59, Err("NET-SERVER".into()))] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.pass(minutes).await;
        story.twin.fail_next(Op::Refresh, ProviderError::ServerTrouble { host: "h".into(), status: 503 });
        assert_eq!(story.token().await, expected);
    }
}

// F23
#[tokio::test]
async fn a_token_that_is_refused_and_cannot_be_renewed_is_over_for_everybody() {
    let story = Story::lasting().await;
    story.twin.fail_next(Op::Credential, ended());
    let credential = story.time.run(story.sessions.credential(&story.team, &story.admin, &story.cx())).await;
    assert_eq!(credential.unwrap_err().code, "SESSION-ENDED");
    let facts = story.facts();
    assert_eq!((story.kept().as_str(), facts.problem.unwrap().code.as_str()), ("none", "SESSION-ENDED"));
    assert!(facts.session.unwrap().expires <= story.clock.now());
}

// F48
#[tokio::test]
async fn an_entry_that_is_gone_is_news_unless_its_session_was_over_anyway() {
    for (minutes, news) in [(30, true), (60, false), (90, false)] {
        let story = Story::lasting().await;
        story.pass(minutes).await;
        story.store.tamper(&story.entry(), None);
        assert_eq!(story.token().await, Err("SESSION-ENDED".into()));
        assert_eq!(story.facts().problem.is_some(), news, "after {minutes} minutes");
    }
}
