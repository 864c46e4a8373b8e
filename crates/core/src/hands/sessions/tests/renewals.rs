//! Renewing: kept before it is used, one refresher at a time, and only the server ends a session.

use std::sync::Mutex;

use tokio::join;

use super::twin::ended;
use super::*;
use crate::doors::ports::HttpError;

// F10
#[tokio::test]
async fn a_rotated_token_is_kept_before_the_new_access_token_is_used() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.pass(57).await;
    story.twin.asked();
    // The server itself refuses to see a token that is not in the keychain.
    let cx = story.cx();
    let credential = story.sessions.credential(&story.team, &story.admin, &cx);
    assert_eq!(story.time.run(credential).await.unwrap().token.expose(), "a2");
    assert_eq!(story.twin.asked(), ["refresh r1", "admin by a2"]);
    assert_eq!(story.kept(), "a2 r2");
}

// F10
#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more_at_once_with_the_same_token() {
    let host = || "h".to_owned();
    for lost in [
        ProviderError::Http(HttpError::Cut { host: host() }),
        ProviderError::Http(HttpError::TimedOut { host: host() }),
        ProviderError::Unexpected { host: host(), what: "half of it".into() },
    ] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.twin.asked();
        story.twin.fail_next(Op::Refresh, lost.clone());
        story.time.run(story.renew()).await.unwrap();
        assert_eq!(story.twin.asked(), ["refresh r1", "refresh r1"]);
        assert_eq!((story.kept().as_str(), story.facts().problem), ("a2 r2", None));
        // Not a third time, and the session stays.
        (0..2).for_each(|_| story.twin.fail_next(Op::Refresh, lost.clone()));
        story.time.run(story.renew()).await.unwrap_err();
        assert_eq!(story.twin.asked(), ["refresh r2", "refresh r2"]);
        assert_eq!(story.kept(), "a2 r2");
    }
}

// F46, F43
#[tokio::test]
async fn a_renewal_that_the_keychain_does_not_take_gives_out_nothing_newer() {
    for error in [refused(), StoreError::TimedOut, StoreError::ReadBack, StoreError::Locked] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.store.keep_failing(Some((Call::Put, error.clone())));
        let problem = story.time.run(story.renew()).await.unwrap_err();
        assert!(problem.code.starts_with("KC-"), "{problem:?}");
        assert!(problem.detail.contains("The server did renew it"), "{problem:?}");
        assert_eq!(story.kept(), "a1 r1", "{error}");
        assert_eq!(story.facts().problem.unwrap().code, problem.code);
        assert_eq!(story.sessions.token(&story.team, TokenKind::Access, &story.cx()).await.unwrap().expose(), "a1");
    }
}

// F102
#[tokio::test]
async fn a_keychain_that_hangs_after_the_server_rotated_is_outwaited_and_that_is_told() {
    for error in [StoreError::TimedOut, StoreError::Locked, refused(), StoreError::NoKeychain { why: "gone".into() }] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.store.keep_failing(Some((Call::Put, error.clone())));
        let (store, told, unfinished) = (story.store.clone(), Mutex::default(), story.sessions.unfinished.clone());
        let healed = async {
            story.clock.sleep(Duration::from_secs(30)).await;
            *told.lock().unwrap() = story.facts().problem;
            assert!(unfinished.any() && unfinished.answered(), "who wants to end the process must wait");
            store.keep_failing(None);
        };
        let (renewed, ()) = story.time.run(async { join!(story.renew(), healed) }).await;
        renewed.unwrap();
        assert_eq!((story.kept().as_str(), story.record().generation), ("a2 r2", 2), "{error}");
        assert!(told.into_inner().unwrap().unwrap().detail.contains("The server did renew it"));
        assert_eq!((story.facts().problem, unfinished.any()), (None, false));
    }
}

// F102
#[tokio::test]
async fn nobody_uses_an_old_token_while_the_tray_holds_the_new_one() {
    for error in [StoreError::TimedOut, StoreError::NoKeychain { why: "gone".into() }] {
        let story = Story::logged_in(Keep::OrInMemory).await;
        story.store.keep_failing(Some((Call::Put, error.clone())));
        story.time.run(story.renew()).await.unwrap();
        story.twin.asked();
        assert!(story.facts().memory_only, "that is told");
        let (other, cx) = (story.another(), story.cx());
        let blocked = story.time.run(other.renew(&story.team, &cx)).await.unwrap_err();
        assert_eq!((blocked.code.as_str(), story.twin.asked()), ("FILE-LOCKED", vec![]), "{error}");
        story.store.keep_failing(None);
        story.pass(1).await;
        assert_eq!((story.kept().as_str(), story.facts().memory_only), ("a2 r2", false));
        story.time.run(other.renew(&story.team, &cx)).await.unwrap();
        assert_eq!(story.kept(), "a3 r3");
    }
}

// F46
#[tokio::test]
async fn in_memory_a_renewal_goes_on_says_so_and_is_kept_as_soon_as_that_works() {
    let story = Story::logged_in(Keep::OrInMemory).await;
    story.store.fail_next(Call::Put, refused());
    story.time.run(story.renew()).await.unwrap();
    assert!(story.facts().memory_only);
    assert_eq!(story.kept(), "a1 r1");
    assert_eq!(story.sessions.token(&story.team, TokenKind::Access, &story.cx()).await.unwrap().expose(), "a2");
    story.time.run(story.renew()).await.unwrap();
    assert!(!story.facts().memory_only);
    assert_eq!(story.kept(), "a3 r3");
}

/// A program that does not know our lock trades the token while we do.
fn rotated_elsewhere(story: &Story) {
    let (store, entry, mut record) = (story.store.clone(), story.entry(), story.record());
    record.generation += 1;
    let session = record.session.as_mut().unwrap();
    (session.access, session.refresh) = (Secret::new("a2"), Some(Secret::new("r2")));
    story.twin.meanwhile(Op::Refresh, move |server| {
        server.newest = 2;
        store.tamper(&entry, Some(record.encode().expose()));
    });
}

// F18, F19
#[tokio::test]
async fn a_token_that_somebody_else_rotated_is_looked_up_once_more() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.asked();
    rotated_elsewhere(&story);
    story.time.run(story.renew()).await.unwrap();
    assert_eq!(story.twin.asked(), ["refresh r1", "refresh r2"]);
    assert_eq!((story.kept().as_str(), story.record().generation), ("a3 r3", 3));
}

// F18
#[tokio::test]
async fn a_session_that_the_server_revoked_is_tried_once_and_never_again() {
    for (elsewhere, tries) in [(false, 1), (true, 2)] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.twin.asked();
        if elsewhere {
            rotated_elsewhere(&story);
        }
        story.twin.server().ended = true;
        assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "SESSION-ENDED");
        assert_eq!(story.twin.asked().len(), tries);
        for _ in 0..3 {
            assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "SESSION-ENDED");
        }
        assert_eq!(story.twin.asked(), [] as [&str; 0]);
        let facts = story.facts();
        assert!(!facts.session.unwrap().renews && facts.problem.is_some());
        assert!(story.record().kept.password.is_some(), "what is kept beside the session stays");
    }
}

// F18
#[tokio::test]
async fn a_refusal_that_cannot_be_checked_ends_nothing() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.fail_next(Op::Refresh, ended());
    let store = story.store.clone();
    story.twin.meanwhile(Op::Refresh, move |_| store.fail_next(Call::Get, StoreError::Locked));
    assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "KC-LOCKED");
    assert_eq!(story.kept(), "a1 r1");
    story.time.run(story.renew()).await.unwrap();
}

// F19
#[tokio::test]
async fn who_waited_for_a_renewal_uses_what_came_of_it() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.pass(10).await;
    let other = story.another();
    let cx = story.cx();
    let (one, two) = story.time.run(async { join!(story.renew(), other.renew(&story.team, &cx)) }).await;
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(story.kept(), "a2 r2");
}

// F107
#[tokio::test]
async fn a_session_lost_with_a_process_that_was_killed_is_told_by_whoever_comes_next() {
    for lost in [true, false] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.pass(10).await;
        story.twin.asked();
        story.twin.server().newest += u32::from(lost);
        let lock = format!("/state/locks/{}.lock", story.team.id);
        story.files.write(&lock, "4711");
        let cx = story.cx();
        let token = story.time.run(story.sessions.token(&story.team, TokenKind::Access, &cx)).await;
        assert_eq!(story.twin.asked(), ["refresh r1"], "though its access token is good for long");
        match token {
            Ok(token) => assert_eq!((token.expose(), lost), ("a2", false)),
            Err(problem) => assert_eq!((problem.code.as_str(), lost), ("SESSION-ENDED", true)),
        }
        assert_eq!(story.facts().problem.is_some(), lost, "and all processes are told");
        story.files.write(&lock, "4711");
        let found: Vec<bool> = (0..2).map(|_| story.sessions.was_broken_off(&story.team)).collect();
        assert_eq!(found, [true, false]);
        story.files.write(&lock, "");
        assert!(!story.sessions.was_broken_off(&story.team), "a Keyfob of before left its lock files, without a word");
    }
}

// F105
#[tokio::test]
async fn who_keeps_files_elsewhere_waits_for_the_renewal_all_the_same() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.pass(61).await;
    story.twin.asked();
    let (store, files, find) = (story.store.clone(), MemoryFiles::default(), twin::find);
    let places = Places { facts: "/elsewhere/facts.json".into(), locks: "/elsewhere/locks".into() };
    let (files, clock, tokens) = (Arc::new(files), story.clock.clone(), story.tokens);
    let elsewhere = Sessions::new(store, files, clock, places, find, tokens, Keep::InKeychain);
    let (one, two) = (story.cx(), story.cx());
    let tokens = async {
        let ours = story.sessions.token(&story.team, TokenKind::Access, &one);
        join!(ours, elsewhere.token(&story.team, TokenKind::Access, &two))
    };
    let (ours, theirs) = story.time.run(tokens).await;
    assert_eq!((ours.unwrap().expose(), theirs.unwrap().expose()), ("a2", "a2"));
    assert_eq!(story.twin.asked(), ["refresh r1"]);
}

// F105
#[tokio::test]
async fn without_the_guard_of_a_keychain_that_hangs_nothing_is_renewed() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.asked();
    story.store.fail_next(Call::Guard, StoreError::TimedOut);
    assert_eq!(story.time.run(story.renew()).await.unwrap_err().code, "KC-TIMEOUT");
    assert_eq!(story.twin.asked(), [] as [&str; 0]);
    story.time.run(story.renew()).await.unwrap();
}

// F49
#[tokio::test]
async fn a_keychain_that_takes_five_seconds_for_each_call_delays_and_breaks_nothing() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.pass(61).await;
    story.twin.asked();
    story.store.slow(story.clock.clone(), Duration::from_secs(5));
    let begun = story.clock.now();
    let (one, two, cx) = (story.another(), story.another(), story.cx());
    let (a, b, c) = story
        .time
        .run(async {
            join!(
                story.sessions.credential(&story.team, &story.admin, &cx),
                one.credential(&story.team, &story.admin, &cx),
                two.credential(&story.team, &story.admin, &cx),
            )
        })
        .await;
    let first = a.unwrap();
    assert_eq!((&b.unwrap(), &c.unwrap()), (&first, &first));
    assert_eq!(story.twin.asked(), ["refresh r1", "admin by a2"]);
    assert!(story.clock.now().duration_since(begun).as_secs() <= 30);
}

// F01, F14
#[tokio::test]
async fn trouble_that_passes_leaves_the_session_as_it_is() {
    let host = || "sso.example".to_owned();
    let passing = [
        ProviderError::Throttled { host: host(), retry_after: Some(7) },
        ProviderError::ServerTrouble { host: host(), status: 503 },
        ProviderError::CaptivePortal { host: host() },
        ProviderError::Unexpected { host: host(), what: "HTML".into() },
        ProviderError::Http(HttpError::Dns { host: host() }),
        ProviderError::Http(HttpError::Cut { host: host() }),
        ProviderError::Refused { host: host(), code: "AccessDenied".into(), message: String::new() },
    ];
    for error in passing {
        let story = Story::logged_in(Keep::InKeychain).await;
        let before = story.record();
        (0..1 + usize::from(error.may_be_done())).for_each(|_| story.twin.fail_next(Op::Refresh, error.clone()));
        story.time.run(story.renew()).await.unwrap_err();
        assert_eq!(story.record(), before, "{error}");
        let facts = story.facts();
        assert!(facts.session.unwrap().renews);
        assert_eq!(facts.offline_since.is_some(), error.is_offline());
        story.time.run(story.renew()).await.unwrap();
        assert_eq!((story.facts().problem, story.facts().offline_since), (None, None));
    }
}

// F69
#[tokio::test]
async fn a_lock_that_somebody_keeps_is_named_after_thirty_seconds_and_nothing_is_asked() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let calls = story.store.calls().len();
    story.twin.asked();
    let _held = story.sessions.lock(&story.team).await.unwrap();
    let begun = story.clock.now();
    let other = story.another();
    let problem = story.time.run(other.renew(&story.team, &story.cx())).await.unwrap_err();
    assert_eq!(problem.code, "FILE-LOCKED");
    assert!(problem.title.contains(&std::process::id().to_string()));
    assert!((30..31).contains(&story.clock.now().duration_since(begun).as_secs()));
    assert_eq!((story.store.calls().len(), story.twin.asked().len()), (calls, 0));
}

// F85
#[tokio::test]
async fn a_team_renamed_while_it_renews_keeps_its_new_name() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let mut renamed = story.team.clone();
    renamed.name = "acme-prod".into();
    let other = story.another();
    let (outcome, noted) = story.time.run(async { join!(story.renew(), other.note_name(&renamed)) }).await;
    assert!(outcome.is_ok() && noted.is_ok());
    assert_eq!(story.facts().name, "acme-prod");
}

// F85
#[tokio::test]
async fn a_team_removed_while_it_renews_is_gone_afterwards() {
    for removal_first in [false, true] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.store.slow(story.clock.clone(), Duration::from_secs(1));
        let (other, cx) = (story.another(), story.cx());
        let (renewed, removed) = story
            .time
            .run(async {
                if removal_first {
                    let (removed, renewed) = join!(other.remove(&story.team, &cx), story.renew());
                    (renewed, removed)
                } else {
                    join!(story.renew(), other.remove(&story.team, &cx))
                }
            })
            .await;
        assert_eq!(renewed.is_err(), removal_first);
        assert_eq!(removed.unwrap().left, []);
        assert_eq!(story.store.entries(), [] as [&str; 0]);
        assert!(!story.sessions.facts().teams.contains_key(&story.team.id));
    }
}

#[tokio::test]
async fn facts_that_cannot_be_read_cost_no_session() {
    for garbage in [&b"\xff\xfe{"[..], b"", b"{\"version\":1", b"{\"version\":99,\"teams\":{}}"] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.files.write(FACTS, garbage);
        story.time.run(story.renew()).await.unwrap();
        assert_eq!(story.facts().name, "acme");
        assert!(story.facts().session.is_some());
    }
}

#[tokio::test]
async fn a_renewal_whose_teller_died_is_told_by_the_next() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.pass(10).await;
    let facts = story.files.read(Path::new(FACTS)).unwrap().unwrap();
    story.time.run(story.renew()).await.unwrap();
    story.files.write(FACTS, facts);
    story.twin.asked();
    let renewed = story.time.run(story.renew()).await.unwrap();
    assert_eq!(story.twin.asked(), [] as [&str; 0]);
    assert_eq!(story.facts().session, Some(renewed));
}

// F57
#[tokio::test]
async fn facts_that_cannot_be_written_undo_nothing() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.files.fail_next(FileError::Io { path: FACTS.into(), why: "no space".into() });
    story.time.run(story.renew()).await.unwrap();
    assert_eq!(story.kept(), "a2 r2");
}
