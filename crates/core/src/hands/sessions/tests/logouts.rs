//! Logging out: everything goes, and what does not is named and tried again.

use crate::words::problem::Exit;
use std::collections::BTreeSet;

use super::*;

impl Story {
    /// Logged in, with a credential for each profile and an entry that was set aside.
    async fn full() -> Self {
        let story = Story::logged_in(Keep::InKeychain).await;
        for profile in &story.team.profiles {
            story.time.run(story.sessions.credential(&story.team, profile, &story.cx())).await.unwrap();
        }
        story.store.tamper(&format!("{}.aside", story.entry()), Some("garbage"));
        story
    }

    async fn logout(&self, forget: bool) -> Result<LogoutReport, Problem> {
        self.time.run(self.sessions.logout(&self.team, forget, &self.cx())).await
    }

    async fn remove(&self) -> Result<LogoutReport, Problem> {
        self.time.run(self.sessions.remove(&self.team, &self.cx())).await
    }
}

fn names(report: &LogoutReport) -> BTreeSet<String> {
    report.left.iter().map(|(item, _)| item.clone()).collect()
}

#[tokio::test]
async fn logging_out_keeps_who_it_was_and_forgetting_does_not() {
    for (forget, left) in [(false, Some("anna".to_owned())), (true, None)] {
        let story = Story::full().await;
        let report = story.logout(forget).await.unwrap();
        assert_eq!(report, LogoutReport { was_logged_in: true, ..LogoutReport::default() });
        let record = story.record();
        assert_eq!((record.session, &record.kept.username), (None, &left));
        assert_eq!(record.kept.password.is_some(), !forget);
        assert_eq!(story.facts(), TeamFacts { name: "acme".into(), ..TeamFacts::default() });
        assert_eq!(story.twin.asked().last().map(String::as_str), Some("revoke a1"));
        assert!(!story.logout(forget).await.unwrap().was_logged_in);
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_told_is_mentioned_and_keeps_nothing_here() {
    let story = Story::full().await;
    story.twin.fail_next(Op::Revoke, ProviderError::ServerTrouble { host: "h".into(), status: 500 });
    let report = story.logout(false).await.unwrap();
    assert_eq!(report.not_revoked.unwrap().code, "NET-SERVER");
    assert_eq!(story.record().session, None);
}

// F50: all 64 patterns in which the six deletions of a removal can fail.
#[tokio::test]
async fn what_the_keychain_does_not_let_go_of_is_named_and_goes_the_next_time() {
    for pattern in 0..64_u32 {
        let story = Story::full().await;
        let aside = format!("{}.aside", story.entry());
        let credentials: Vec<String> = story.team.profiles.iter().map(|p| story.entry_of(p)).collect();
        let mut calls = vec![(Call::Put, story.entry()), (Call::Remove, story.entry()), (Call::Remove, aside.clone())];
        calls.extend(credentials.iter().map(|entry| (Call::Remove, entry.clone())));
        let failing = |place: usize| pattern & (1 << place) != 0;
        story.store.refuse(calls.iter().enumerate().filter(|(n, _)| failing(*n)).map(|(_, call)| call.clone()));

        let report = story.remove().await.unwrap();
        let mut expected = BTreeSet::new();
        if failing(1) || failing(2) {
            expected.insert("acme".to_owned());
        }
        for (n, name) in ["admin", "build", "check"].iter().enumerate().filter(|(n, _)| failing(3 + n)) {
            let _ = n;
            expected.insert(format!("acme · {name}"));
        }
        assert_eq!(names(&report), expected, "pattern {pattern:06b}");
        // What is left is exactly what was named, and nobody gets it.
        let left: BTreeSet<String> = story.store.entries().into_iter().collect();
        let stays = calls.iter().enumerate().skip(1).filter(|(n, _)| failing(*n)).map(|(_, (_, entry))| entry.clone());
        assert_eq!(left, stays.collect(), "pattern {pattern:06b}");
        if !failing(0) || !failing(1) {
            for profile in &story.team.profiles {
                let cx = story.cx();
                let credential = story.sessions.credential(&story.team, profile, &cx);
                assert_eq!(story.time.run(credential).await.unwrap_err().exit, Exit::NotLoggedIn);
            }
        }

        story.store.refuse([]);
        assert_eq!(story.remove().await.unwrap().left, []);
        assert_eq!(story.store.entries(), [] as [&str; 0]);
        assert!(!story.sessions.facts().teams.contains_key(&story.team.id));
    }
}

// F50
#[tokio::test]
async fn a_session_that_could_not_be_removed_still_shows_and_can_be_logged_out_again() {
    let story = Story::full().await;
    story.store.refuse([(Call::Put, story.entry())]);
    assert_eq!(names(&story.logout(false).await.unwrap()), ["acme".to_owned()].into());
    assert!(story.facts().session.is_some() && !story.facts().memory_only);
    story.store.refuse([]);
    let report = story.logout(false).await.unwrap();
    assert_eq!((report.was_logged_in, report.left), (true, vec![]));
    assert_eq!(story.facts().session, None);
}

// F50, F46
#[tokio::test]
async fn memory_does_not_hide_a_session_that_stayed_in_the_keychain() {
    let story = Story::logged_in(Keep::OrInMemory).await;
    story.store.fail_next(Call::Put, StoreError::TimedOut);
    assert_eq!(names(&story.logout(false).await.unwrap()), ["acme".to_owned()].into());
}

// F50, F46
#[tokio::test]
async fn a_session_in_memory_whose_end_the_keychain_does_not_take_shows_as_one() {
    let story = Story::keeping(Keep::OrInMemory);
    story.store.break_down(Some(StoreError::NoKeychain { why: "no bus".into() }));
    story.time.run(story.log_in("right", true)).await.unwrap();
    story.store.break_down(None);
    story.store.fail_next(Call::Put, StoreError::TimedOut);
    assert_eq!(names(&story.logout(false).await.unwrap()), ["acme".to_owned()].into());
    let facts = story.facts();
    assert!(facts.memory_only && facts.session.is_some(), "{facts:?}");
}

// F50
#[tokio::test]
async fn a_credential_that_stayed_goes_the_next_time_though_no_profile_stands_for_it_any_more() {
    let story = Story::full().await;
    story.store.refuse([(Call::Remove, story.entry_of(&story.admin))]);
    assert_eq!(names(&story.logout(false).await.unwrap()), ["acme · admin".to_owned()].into());
    story.store.refuse([]);
    let bare = Team { profiles: Vec::new(), ..story.team.clone() };
    story.time.run(story.sessions.logout(&bare, false, &story.cx())).await.unwrap();
    assert_eq!(story.store.entry(&story.entry_of(&story.admin)), None);
}

#[tokio::test]
async fn the_team_that_commands_mean_is_nobody_once_it_is_removed_and_no_other_one_before() {
    let story = Story::full().await;
    let last = || story.sessions.facts().last;
    let other = Team { id: crate::testkit::id("other"), name: "other".into(), ..story.team.clone() };
    story.time.run(story.sessions.remove(&other, &story.cx())).await.unwrap();
    assert_eq!(last(), Some(story.team.id.clone()));
    story.remove().await.unwrap();
    assert_eq!(last(), None);
}

#[tokio::test]
async fn credentials_that_only_the_config_knows_of_are_removed_too() {
    let story = Story::full().await;
    story.files.write(FACTS, "garbage");
    story.logout(false).await.unwrap();
    assert_eq!(story.store.entries(), [story.entry(), format!("{}.aside", story.entry())]);
}

#[tokio::test]
async fn a_team_of_a_provider_that_is_gone_can_be_removed() {
    let mut story = Story::full().await;
    story.team.provider = "unheard-of".into();
    let report = story.remove().await.unwrap();
    assert_eq!(report.not_revoked.unwrap().code, "PROVIDER-UNKNOWN");
    assert_eq!(story.store.entries(), [] as [&str; 0]);
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_does_not_keep_a_team_from_being_removed() {
    let story = Story::full().await;
    story.store.tamper(&story.entry(), Some("garbage"));
    assert_eq!(story.logout(false).await.unwrap_err().code, "KC-DAMAGED");
    assert_eq!(story.remove().await.unwrap().left, []);
    assert_eq!(story.store.entries(), [] as [&str; 0]);
}
