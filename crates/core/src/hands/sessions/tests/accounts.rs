//! What is done with an account: whose session it is lent, and what is kept of it.

use super::*;
use crate::words::about::Deed;
use crate::words::question::{Filled, USERNAME};

impl Story {
    async fn account(&self, deed: Deed, names: &[&str]) -> Result<(), Problem> {
        let said = |name: &&str| Answer::Filled(Filled::default().with(USERNAME, Secret::new(*name)));
        let person = names.iter().map(said).fold(ScriptedPerson::default(), ScriptedPerson::answer);
        self.time.run(self.sessions.account(&self.team, deed, &self.with(person))).await
    }
}

#[tokio::test]
async fn what_is_learnt_of_an_account_is_kept_beside_the_session() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.account(Deed::Forgot, &["berta"]).await.unwrap();
    let record = story.record();
    assert_eq!((record.kept.username.as_deref(), record.kept.password), (Some("berta"), None));
    assert_eq!(story.kept(), "a1 r1", "the session was touched");
    // A script has nobody to ask.
    let problem = story.account(Deed::Forgot, &[]).await.unwrap_err();
    assert_eq!((problem.code.as_str(), problem.exit.status()), ("PERSON-NEEDED", 4));
}

#[tokio::test]
async fn a_deed_that_needs_a_session_is_lent_a_renewed_one_or_none() {
    let story = Story::new();
    let problem = story.account(Deed::ChangePassword, &["anna"]).await.unwrap_err();
    assert_eq!(problem.code, "NOT-LOGGED-IN");

    let story = Story::logged_in(Keep::InKeychain).await;
    story.pass(59).await;
    story.account(Deed::ChangePassword, &["anna"]).await.unwrap();
    assert_eq!(story.twin.server().asked.last().unwrap(), "change-password by a2");
}

// F23
#[tokio::test]
async fn a_token_that_is_refused_before_its_time_is_renewed_once() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.fail_next(Op::Account, twin::ended());
    story.account(Deed::ChangePassword, &["anna", "anna"]).await.unwrap();
    assert_eq!(story.twin.server().asked.last().unwrap(), "change-password by a2");
}

#[tokio::test]
async fn only_what_a_provider_offers_is_tried() {
    let story = Story::new();
    story.twin.server().bare = true;
    let problem = story.account(Deed::SignUp, &["anna"]).await.unwrap_err();
    assert_eq!((problem.code.as_str(), problem.exit.status()), ("ACCOUNT-UNSUPPORTED", 2));
}

#[tokio::test]
async fn nobody_does_two_things_at_once_with_one_account() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let _busy = story.files.try_lock(Path::new(&format!("/state/locks/{}.login.lock", story.team.id))).unwrap();
    assert_eq!(story.account(Deed::Forgot, &["anna"]).await.unwrap_err().code, "LOGIN-BUSY");
}

#[tokio::test]
async fn a_deed_is_no_failure_unless_a_password_that_is_worth_nothing_now_stays_behind() {
    for (remember, deed, expected) in
        [(true, Deed::Forgot, Some("KC-FAILED")), (true, Deed::ChangePassword, None), (false, Deed::Forgot, None)]
    {
        let story = Story::new();
        story.time.run(story.log_in("right", remember)).await.unwrap();
        story.store.refuse([(Call::Put, story.entry())]);
        let problem = story.account(deed, &["berta"]).await.err();
        assert_eq!(problem.as_ref().map(|p| p.code.as_str()), expected, "{deed:?} {remember}");
    }
}
