//! Credentials: handed out again while they are good, minted anew when they are not.

use jiff::SignedDuration;

use super::*;
use crate::doors::provider::discovery::Discovery;
use crate::hands::record::encode_credential;
use crate::mind::expiry::after;
use crate::words::session::Credential;

impl Story {
    async fn credential(&self) -> Result<Credential, Problem> {
        self.time.run(self.sessions.credential(&self.team, &self.admin, &self.cx())).await
    }

    /// How often the keychain was asked for it.
    fn looks(&self) -> usize {
        self.store.calls().into_iter().filter(|call| *call == (Call::Get, self.entry_of(&self.admin))).count()
    }

    fn minted(&self) -> usize {
        self.twin.asked().iter().filter(|what| what.starts_with("admin by")).count()
    }
}

#[tokio::test]
async fn a_credential_is_handed_out_again_while_no_sdk_would_ask_for_another() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let first = story.credential().await.unwrap();
    story.pass(43).await;
    assert_eq!(story.credential().await.unwrap(), first);
    story.pass(1).await;
    assert_ne!(story.credential().await.unwrap(), first);
    assert_eq!(story.minted(), 2);
}

#[tokio::test]
async fn a_credential_that_lives_fifteen_minutes_is_used_for_ten_of_them() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.server().credential_life = 15;
    let first = story.credential().await.unwrap();
    story.pass(10).await;
    assert_eq!(story.credential().await.unwrap(), first);
    story.pass(1).await;
    assert_ne!(story.credential().await.unwrap(), first);
}

// F01, F14
#[tokio::test]
async fn what_is_left_of_a_credential_is_used_while_no_new_one_can_be_had() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let first = story.credential().await.unwrap();
    story.pass(50).await;
    let trouble = || ProviderError::ServerTrouble { host: "h".into(), status: 503 };
    story.twin.fail_next(Op::Credential, trouble());
    assert_eq!(story.credential().await.unwrap(), first);
    // Never in its last minute.
    story.pass(9).await;
    story.twin.fail_next(Op::Refresh, trouble());
    assert_eq!(story.credential().await.unwrap_err().code, "NET-SERVER");
}

// F01
#[tokio::test]
async fn what_is_left_is_looked_at_again_when_it_is_handed_out() {
    for (more, used) in [(0, false), (1, true)] {
        let story = Story::logged_in(Keep::InKeychain).await;
        let kept = story.credential().await.unwrap();
        // Another program has put one there that ends sooner than the facts say. The server takes a tenth of a second.
        let now = story.clock.now();
        let shorter = Credential { expires: after(now, SignedDuration::from_millis(60_100 + more)), ..kept };
        let minted = after(now, SignedDuration::from_hours(-1));
        let text = encode_credential(&shorter, &story.admin, minted);
        story.store.tamper(&story.entry_of(&story.admin), Some(text.expose()));
        story.twin.fail_next(Op::Credential, ProviderError::ServerTrouble { host: "h".into(), status: 503 });
        assert_eq!(story.credential().await.ok(), used.then_some(shorter));
    }
}

#[tokio::test]
async fn what_the_facts_call_over_is_not_asked_of_the_keychain() {
    let story = Story::new();
    story.twin.server().life = 600;
    story.time.run(story.log_in("right", true)).await.unwrap();
    story.credential().await.unwrap();
    assert_eq!(story.looks(), 0, "there was none");
    story.pass(58).await;
    story.credential().await.unwrap();
    assert_eq!(story.looks(), 2, "without the lock, and with it");
    story.pass(59).await;
    story.credential().await.unwrap();
    assert_eq!(story.looks(), 2, "in its last minute it is as good as over");
}

// F25
#[tokio::test]
async fn a_credential_that_is_over_when_it_comes_is_refused_and_not_kept() {
    let story = Story::logged_in(Keep::InKeychain).await;
    for life in [0, -60] {
        story.twin.server().credential_life = life;
        assert_eq!(story.credential().await.unwrap_err().code, "NET-UNEXPECTED");
        assert_eq!(story.store.entry(&story.entry_of(&story.admin)), None);
    }
}

// F23
#[tokio::test]
async fn an_access_token_refused_before_its_time_is_renewed_once_and_then_it_is_over() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.asked();
    story.twin.fail_next(Op::Credential, super::twin::ended());
    assert_eq!(story.credential().await.unwrap().token.expose(), "a2");
    assert_eq!(story.twin.asked(), ["admin by a1", "refresh r1", "admin by a2"]);

    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.asked();
    story.twin.fail_next(Op::Credential, super::twin::ended());
    story.twin.server().ended = true;
    assert_eq!(story.credential().await.unwrap_err().code, "SESSION-ENDED");
    assert_eq!(story.twin.asked(), ["admin by a1", "refresh r1"]);
    assert_eq!(story.kept(), "none");
    assert!(!story.facts().session.unwrap().renews);
}

// F51
#[tokio::test]
async fn a_credential_from_the_future_is_not_believed() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let first = story.credential().await.unwrap();
    story.time.jump(jiff::SignedDuration::from_hours(-2)).await;
    assert_ne!(story.credential().await.unwrap(), first);
}

// F45
#[tokio::test]
async fn a_kept_credential_that_cannot_be_read_is_replaced() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.credential().await.unwrap();
    for garbage in ["", "{", "{\"version\":1}", "{\"version\":7}"] {
        story.store.tamper(&story.entry_of(&story.admin), Some(garbage));
        let new = story.credential().await.unwrap();
        assert_eq!(story.credential().await.unwrap(), new);
    }
}

// F46
#[tokio::test]
async fn a_credential_that_cannot_be_kept_is_good_for_this_once() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.store.fail_next(Call::Put, refused());
    story.credential().await.unwrap();
    assert_eq!(story.facts().credentials.len(), 0);
    story.credential().await.unwrap();
    assert_eq!(story.minted(), 2);
}

#[tokio::test]
async fn a_credential_of_a_profile_that_goes_away_goes_with_it_even_if_no_fact_tells_of_it() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.credential().await.unwrap();
    story.files.write(FACTS, "garbage");
    story.sessions.forget_credential(&story.team, &story.admin).await.unwrap();
    assert_eq!(story.store.entry(&story.entry_of(&story.admin)), None);
    // Without any credential, a keychain that is out of order keeps nobody from removing a profile.
    story.store.break_down(Some(StoreError::Locked));
    story.files.write(FACTS, "garbage");
    story.sessions.forget_credential(&story.team, &story.admin).await.unwrap();
    assert_eq!(story.files.paths(), [Path::new(FACTS)], "there is nothing to tell");
}

// F50
#[tokio::test]
async fn a_credential_that_is_known_of_and_cannot_be_removed_keeps_its_profile() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.credential().await.unwrap();
    let facts = story.facts();
    story.store.break_down(Some(StoreError::NoKeychain { why: "no bus".into() }));
    let problem = story.sessions.forget_credential(&story.team, &story.admin).await.unwrap_err();
    assert_eq!((problem.code.as_str(), story.facts()), ("KC-NONE", facts));
    story.store.break_down(None);
    story.sessions.forget_credential(&story.team, &story.admin).await.unwrap();
    assert_eq!(story.facts().credentials.len(), 0);
}

#[tokio::test]
async fn a_session_that_is_refused_in_the_middle_of_a_look_is_renewed_and_the_look_goes_on() {
    // F242
    let story = Story::logged_in(Keep::InKeychain).await;
    let refused = || ProviderError::SessionEnded { code: "UnauthorizedException".into(), said: String::new() };
    story.twin.asked();
    for refuses in [false, true, false, true] {
        story.twin.meanwhile(Op::Targets, move |server| {
            server.faults.extend(refuses.then(|| (Op::Targets, refused())));
        });
    }
    let found = Discovery::default();
    story.time.run(story.sessions.targets(&story.team, &story.cx(), &found)).await.unwrap();
    let (asked, found) = (story.twin.asked(), found.found());
    assert_eq!(
        asked,
        [
            "account 1 by a1",
            "account 2 by a1",
            "refresh r1",
            "account 2 by a2",
            "account 3 by a2",
            "refresh r2",
            "account 3 by a3"
        ]
    );
    assert_eq!((found.done(), found.targets().len()), (3, 3));
}

#[tokio::test]
async fn a_look_that_no_token_helps_is_given_up_and_what_has_come_stays() {
    // F242
    let story = Story::logged_in(Keep::InKeychain).await;
    let found = Discovery::default();
    found.list([("1".into(), "account 1".into()), ("2".into(), "account 2".into())]);
    found.add(0, Vec::new());
    for _ in 0..2 {
        story.twin.fail_next(
            Op::Targets,
            ProviderError::SessionEnded { code: "UnauthorizedException".into(), said: String::new() },
        );
    }
    let stopped = story.time.run(story.sessions.targets(&story.team, &story.cx(), &found)).await.unwrap_err();
    assert_eq!(stopped.code, "SESSION-ENDED");
    assert_eq!((found.found().done(), found.found().tried()), (1, 1));
}
