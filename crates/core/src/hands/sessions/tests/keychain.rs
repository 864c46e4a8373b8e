//! What the keychain may answer, and what may follow: only proven absence leads to a write.

use super::*;

fn all() -> [StoreError; 7] {
    [
        StoreError::NoKeychain { why: "no bus".into() },
        StoreError::Locked,
        StoreError::Dismissed,
        StoreError::TimedOut,
        StoreError::DifferentKeychain,
        StoreError::Damaged { why: "it is damaged at character 1".into() },
        refused(),
    ]
}

// F35, F38, F40
#[tokio::test]
async fn a_keychain_that_gives_no_answer_gets_no_write_and_nobody_is_asked() {
    for error in all() {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.pass(61).await;
        story.twin.asked();
        let (before, writes) = (story.record(), story.writes());
        story.store.break_down(Some(error.clone()));
        let cx = story.cx();
        let expected = problem::of_store(&error).code;
        assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, expected);
        let token = story.sessions.token(&story.team, TokenKind::Access, &cx);
        assert_eq!(story.time.run(token).await.unwrap_err().code, expected);
        let credential = story.sessions.credential(&story.team, &story.admin, &cx);
        assert_eq!(story.time.run(credential).await.unwrap_err().code, expected);
        assert_eq!(story.time.run(story.sessions.logout(&story.team, false, &cx)).await.unwrap_err().code, expected);
        // A prompt to unlock would count as a write here, too.
        assert_eq!((story.writes(), story.twin.asked().len()), (writes, 0), "{error}");
        story.store.break_down(None);
        assert_eq!(story.record(), before);
        story.time.run(story.renew()).await.unwrap();
    }
}

// F40
#[tokio::test]
async fn only_a_login_makes_another_keychain_ours() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.store.tamper(&story.entry(), None);
    // Two looks at what was kept before; the write makes it ours.
    story.store.fail_next(Call::Get, StoreError::DifferentKeychain);
    story.store.fail_next(Call::Get, StoreError::DifferentKeychain);
    story.time.run(story.log_in("right", false)).await.unwrap();
    assert_eq!(story.kept(), "a2 r2");
}

// F45
#[tokio::test]
async fn an_entry_that_cannot_be_read_is_left_alone_until_a_login_sets_it_aside() {
    for text in ["", "{", "{\"version\":2,\"session\":{}}", "garbage"] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.store.tamper(&story.entry(), Some(text));
        assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "KC-DAMAGED");
        assert_eq!(story.store.entry(&story.entry()), Some(Secret::new(text)));
        story.time.run(story.log_in("right", false)).await.unwrap();
        assert_eq!(story.kept(), "a2 r2");
        assert_eq!(story.store.entry(&format!("{}.aside", story.entry())), Some(Secret::new(text)));
    }
}

// F45
#[tokio::test]
async fn an_entry_that_cannot_be_set_aside_is_not_written_over() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.store.tamper(&story.entry(), Some("garbage"));
    story.store.refuse([(Call::Put, format!("{}.aside", story.entry()))]);
    assert_eq!(story.time.run(story.log_in("right", false)).await.unwrap_err().code, "KC-FAILED");
    assert_eq!(story.store.entry(&story.entry()), Some(Secret::new("garbage")));
}

// F48
#[tokio::test]
async fn an_entry_removed_behind_our_back_ends_the_session_for_everybody_to_see() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.store.tamper(&story.entry(), None);
    let writes = story.writes();
    assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "SESSION-ENDED");
    let session = story.facts().session.unwrap();
    assert!(!session.renews && session.expires <= story.clock.now());
    assert_eq!(story.writes(), writes);
}

#[tokio::test]
async fn who_was_never_logged_in_is_told_so() {
    let story = Story::new();
    let cx = story.cx();
    assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "NOT-LOGGED-IN");
    let token = story.sessions.token(&story.team, TokenKind::IdOrAccess, &cx);
    assert_eq!(story.time.run(token).await.unwrap_err().code, "NOT-LOGGED-IN");
    assert_eq!(story.facts(), TeamFacts::default());
    assert_eq!(story.writes(), 0);
}

// F46
#[tokio::test]
async fn what_another_program_kept_since_counts_more_than_what_was_left_in_memory() {
    let story = Story::logged_in(Keep::OrInMemory).await;
    story.store.fail_next(Call::Put, StoreError::TimedOut);
    story.time.run(story.renew()).await.unwrap();
    let token = async || story.sessions.token(&story.team, TokenKind::Access, &story.cx()).await.unwrap();
    assert_eq!(token().await.expose(), "a2", "the keychain has an older one");
    let (other, cx) = (story.another(), story.typing("anna", "right", false));
    story.time.run(other.login(&story.team, HowToLogIn::default(), &cx)).await.unwrap();
    assert_eq!(token().await.expose(), "a3");
    assert_eq!(story.time.run(other.logout(&story.team, false, &cx)).await.unwrap().left, []);
    assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "NOT-LOGGED-IN");
}

// F33
#[tokio::test]
async fn without_a_keychain_a_session_lives_in_memory_only_where_that_was_agreed_to() {
    let nothing = StoreError::NoKeychain { why: "no bus".into() };
    let story = Story::new();
    story.store.break_down(Some(nothing.clone()));
    assert_eq!(story.time.run(story.log_in("right", true)).await.unwrap_err().code, "KC-NONE");
    assert_eq!(story.twin.asked(), [] as [&str; 0], "nobody was asked for a password in vain");

    let story = Story::keeping(Keep::OrInMemory);
    story.store.break_down(Some(nothing));
    story.twin.server().only_kept = false;
    story.time.run(story.log_in("right", true)).await.unwrap();
    assert!(story.facts().memory_only);
    story.time.run(story.renew()).await.unwrap();
    story.time.run(story.sessions.credential(&story.team, &story.admin, &story.cx())).await.unwrap();
    let report = story.time.run(story.sessions.logout(&story.team, true, &story.cx())).await.unwrap();
    assert_eq!((report.was_logged_in, report.left), (true, vec![]));
    assert_eq!(story.facts(), TeamFacts { name: "acme".into(), ..TeamFacts::default() });
    assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "NOT-LOGGED-IN");
}
