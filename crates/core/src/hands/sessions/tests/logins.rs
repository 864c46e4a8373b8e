//! Logging in: what a login that fails leaves as it was, and which password is kept.

use std::collections::BTreeMap;

use super::*;
use crate::words::login::Step;
use crate::words::problem::Exit;
use crate::words::question::Question;

fn how() -> HowToLogIn {
    HowToLogIn::default()
}

impl Story {
    async fn login(&self, how: HowToLogIn, cx: &Cx) -> Result<SessionFacts, Problem> {
        self.time.run(self.sessions.login(&self.team, how, cx)).await
    }

    fn password(&self) -> Option<String> {
        self.record().kept.password.map(|p| p.expose().to_owned())
    }
}

// F17
#[tokio::test]
async fn a_login_that_fails_leaves_session_password_and_facts_as_they_were() {
    let failures = [
        ProviderError::WrongPassword,
        ProviderError::TooManyTries,
        ProviderError::Cancelled,
        ProviderError::CodeRefused,
        ProviderError::UnknownChallenge { name: "X".into(), wants: Vec::new() },
        ProviderError::ServerTrouble { host: "h".into(), status: 500 },
        super::twin::ended(),
    ];
    for error in failures {
        for new_password in [false, true] {
            let story = Story::logged_in(Keep::InKeychain).await;
            let (before, facts) = (story.record(), story.facts());
            story.twin.fail_next(Op::Login, error.clone());
            let cx = story.typing("berta", "other", true);
            story.login(HowToLogIn { new_password, ..how() }, &cx).await.unwrap_err();
            assert_eq!(story.record(), before, "{error}");
            assert_eq!(story.facts(), facts);
            story.time.run(story.renew()).await.unwrap();
        }
    }
}

// F17
#[tokio::test]
async fn a_kept_password_that_is_refused_is_not_tried_again_and_gives_way_to_the_next() {
    for (remember, left) in [(true, Some("right")), (false, None)] {
        let story = Story::logged_in(Keep::InKeychain).await;
        let mut record = story.record();
        record.kept.password = Some(Secret::new("changed elsewhere"));
        story.store.tamper(&story.entry(), Some(record.encode().expose()));
        story.twin.asked();
        for expected in ["PASSWORD-WRONG", "PERSON-NEEDED", "PERSON-NEEDED"] {
            assert_eq!(story.login(how(), &story.cx()).await.unwrap_err().code, expected);
        }
        assert_eq!(story.twin.asked(), ["login anna changed elsewhere"]);
        assert_eq!((story.record().session, story.record().kept.password_refused), (record.session, true));
        story.login(how(), &story.typing("anna", "right", remember)).await.unwrap();
        assert_eq!((story.password().as_deref(), story.record().kept.password_refused), (left, false));
    }
}

#[tokio::test]
async fn a_kept_password_logs_in_without_a_question() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let person = Arc::new(ScriptedPerson::default());
    let cx = Cx { person: person.clone(), ..story.cx() };
    story.login(how(), &cx).await.unwrap();
    assert_eq!(person.asked(), [] as [Question; 0]);
    assert_eq!(story.kept(), "a2 r2");
}

#[tokio::test]
async fn a_password_brought_for_once_does_not_replace_the_kept_one() {
    let story = Story::new();
    story.time.run(story.log_in("right", true)).await.unwrap();
    let brought = HowToLogIn { new_password: true, ..how() };
    story.login(brought.clone(), &story.typing("anna", "right", false)).await.unwrap();
    assert_eq!(story.password().as_deref(), Some("right"));
    // Somebody else's stays out of it altogether.
    story.login(brought, &story.typing("berta", "right", false)).await.unwrap();
    assert_eq!((story.password(), story.record().kept.username.as_deref()), (None, Some("berta")));
}

#[tokio::test]
async fn the_kept_password_is_not_tried_for_somebody_else() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.twin.asked();
    let berta = HowToLogIn { username: Some("berta".into()), ..how() };
    assert_eq!(story.login(berta.clone(), &story.cx()).await.unwrap_err().code, "PERSON-NEEDED");
    assert_eq!(story.twin.asked(), [] as [&str; 0]);
    assert_eq!(story.password().as_deref(), Some("right"));
    story.login(berta, &story.typing("berta", "right", true)).await.unwrap();
    assert_eq!(story.twin.asked(), ["login berta right"]);
}

#[tokio::test]
async fn clearing_forgets_everything_but_secrets_that_are_settings_and_then_logs_in() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let secrets = BTreeMap::from(["client-secret", "another"].map(|key| (key.to_owned(), Secret::new(key))));
    story.sessions.keep_secrets(&story.team, secrets.clone()).await.unwrap();
    story.twin.asked();
    let cx = story.typing("berta", "right", false);
    story.login(HowToLogIn { clear: true, ..how() }, &cx).await.unwrap();
    assert_eq!(story.twin.asked(), ["revoke a1", "login berta right"]);
    let record = story.record();
    assert_eq!(record.kept.secrets, secrets);
    assert_eq!((record.kept.username.as_deref(), record.kept.password), (Some("berta"), None));
    assert!(record.generation > 3, "whoever read the old record can tell that this one is newer");
}

#[tokio::test]
async fn what_clearing_could_not_remove_is_not_used_either() {
    let story = Story::logged_in(Keep::InKeychain).await;
    story.store.fail_next(Call::Put, refused());
    let problem = story.login(HowToLogIn { clear: true, ..how() }, &story.cx()).await.unwrap_err();
    assert_eq!((problem.code.as_str(), story.password().as_deref()), ("PERSON-NEEDED", Some("right")));
}

// F43, F46
#[tokio::test]
async fn a_login_whose_session_cannot_be_kept_says_that_it_worked_and_changes_nothing() {
    for error in [refused(), StoreError::ReadBack, StoreError::TimedOut] {
        let story = Story::logged_in(Keep::InKeychain).await;
        let (before, facts) = (story.record(), story.facts());
        story.store.keep_failing(Some((Call::Put, error.clone())));
        let cx = story.cx();
        let problem = story.time.run(story.login(how(), &cx)).await.unwrap_err();
        assert_eq!(problem.code, problem::of_store(&error).code);
        assert_eq!(problem.exit, Exit::Keychain);
        assert!(problem.detail.starts_with("The login itself worked."), "{problem:?}");
        assert_eq!((story.record(), story.facts().session), (before, facts.session));
    }
}

// F46
#[tokio::test]
async fn in_memory_a_login_goes_on_and_the_facts_say_so() {
    let story = Story::keeping(Keep::OrInMemory);
    story.store.fail_next(Call::Put, refused());
    story.time.run(story.log_in("right", false)).await.unwrap();
    assert!(story.facts().memory_only);
    assert_eq!(story.store.entries(), [] as [&str; 0]);
    story.time.run(story.renew()).await.unwrap();
    assert!(!story.facts().memory_only, "the next write found the keychain well again");
    assert_eq!(story.kept(), "a2 r2");
}

// F35, F36
#[tokio::test]
async fn the_keychain_is_unlocked_only_for_a_person_and_asked_once() {
    for (yes, expected) in [(false, "KC-LOCKED"), (true, "")] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.store.lock(yes);
        let outcome = story.login(how(), &story.cx()).await;
        assert_eq!(outcome.err().map(|p| p.code).unwrap_or_default(), expected);
        let prompts = story.store.calls().iter().filter(|(call, _)| *call == Call::Unlock).count();
        assert_eq!(prompts, 1);
    }
}

// F35
#[tokio::test]
async fn a_person_is_told_of_a_prompt_and_of_none_where_there_is_no_keychain() {
    let none = StoreError::NoKeychain { why: "no bus".into() };
    for (error, told) in [(StoreError::Locked, true), (StoreError::NotGranted, true), (none, false)] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.store.fail_next(Call::Ready, error);
        let person = Arc::new(ScriptedPerson::default());
        let cx = Cx { person: person.clone(), ..story.cx() };
        story.login(how(), &cx).await.unwrap();
        assert_eq!(person.shown().contains(&Step::Unlocking), told);
    }
}

// F120, F122, F41
#[tokio::test]
async fn what_comes_of_a_login_can_be_kept_or_nobody_signs_in() {
    let none = || StoreError::NoKeychain { why: "the Secret Service has no default collection".into() };
    for error in [none(), StoreError::NotGranted, StoreError::TimedOut] {
        let story = Story::logged_in(Keep::InKeychain).await;
        story.twin.asked();
        let before = story.record();
        for _ in 0..2 {
            story.store.fail_next(Call::Ready, error.clone());
        }
        let code = story.login(how(), &story.cx()).await.unwrap_err().code;
        assert_eq!((code, story.twin.asked().len()), (problem::of_store(&error).code, 0));
        assert_eq!(story.record(), before);
    }
}

// F122
#[tokio::test]
async fn a_keychain_that_locks_while_a_person_signs_in_is_opened_by_them_again() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let store = story.store.clone();
    story.twin.meanwhile(Op::Login, move |_| store.lock(true));
    story.login(how(), &story.cx()).await.unwrap();
    assert_eq!(story.kept(), "a2 r2");
}

// F83
#[tokio::test]
async fn a_second_login_to_the_same_team_is_told_of_the_first() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let first = story.sessions.lock_login(&story.team).unwrap();
    let problem = story.login(how(), &story.cx()).await.unwrap_err();
    assert_eq!(problem.code, "LOGIN-BUSY");
    // A team that somebody is logging in to does not go away below them.
    let removal = story.time.run(story.sessions.remove(&story.team, &story.cx())).await;
    assert_eq!(removal.unwrap_err().code, "LOGIN-BUSY");
    drop(first);
    story.login(how(), &story.cx()).await.unwrap();
}

#[tokio::test]
async fn a_session_renewed_during_a_login_is_followed_by_the_new_one() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let (store, entry, mut record) = (story.store.clone(), story.entry(), story.record());
    record.generation += 5;
    story.twin.meanwhile(Op::Login, move |_| store.tamper(&entry, Some(record.encode().expose())));
    story.login(how(), &story.cx()).await.unwrap();
    assert_eq!((story.kept().as_str(), story.record().generation), ("a2 r2", 7));
}

#[tokio::test]
async fn credentials_of_the_session_before_are_not_handed_out_after_a_login() {
    let story = Story::logged_in(Keep::InKeychain).await;
    let credential = async || {
        let cx = story.cx();
        story.time.run(story.sessions.credential(&story.team, &story.admin, &cx)).await
    };
    assert_eq!(credential().await.unwrap().token.expose(), "a1");
    // It cannot be removed, and later the config does not know of it any more.
    story.store.refuse([(Call::Remove, story.entry_of(&story.admin))]);
    story.login(how(), &story.cx()).await.unwrap();
    assert!(story.store.entry(&story.entry_of(&story.admin)).is_some());
    story.twin.fail_next(Op::Credential, ProviderError::ServerTrouble { host: "h".into(), status: 500 });
    assert_eq!(credential().await.unwrap_err().code, "NET-SERVER");
    assert_eq!(credential().await.unwrap().token.expose(), "a2");
    story.login(how(), &story.cx()).await.unwrap();
    story.store.refuse([]);
    let bare = Team { profiles: Vec::new(), ..story.team.clone() };
    story.time.run(story.sessions.logout(&bare, false, &story.cx())).await.unwrap();
    assert_eq!(story.store.entries(), [story.entry()]);
}
