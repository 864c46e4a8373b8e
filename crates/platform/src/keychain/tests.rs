//! The rules of the keychain over a twin: three answers, the mark, and reading back.

#![allow(clippy::unwrap_used)]

pub(crate) mod twin;

use keyfob_core::words::id::Id;

use super::*;
use twin::Twin;

fn team() -> SecretKey {
    SecretKey::Team(Id::from_random([1; 10]))
}

fn credential() -> SecretKey {
    SecretKey::Credential(Id::from_random([1; 10]), Id::from_random([2; 10]))
}

fn over(twin: &Twin, state: &Path) -> Keychain {
    Keychain::over(twin.open(), twin.open_for(Asks::ThePerson), state)
}

struct Fixture {
    state: tempfile::TempDir,
    twin: Twin,
    keychain: Keychain,
}

fn fixture() -> Fixture {
    let (state, twin) = (tempfile::tempdir().unwrap(), Twin::holding(usize::MAX));
    let keychain = over(&twin, state.path());
    Fixture { state, twin, keychain }
}

impl Fixture {
    /// The daemon came back with another home: same computer, other items.
    fn with_another_keychain(&self) -> (Twin, Keychain) {
        let twin = Twin::holding(usize::MAX);
        let keychain = over(&twin, self.state.path());
        (twin, keychain)
    }
}

#[tokio::test]
async fn what_was_put_is_got_until_it_is_removed() {
    let f = fixture();
    let secret = Secret::new("s3cret");
    assert_eq!(f.keychain.get(&team()).await, Ok(None));
    f.keychain.put(&team(), &secret).await.unwrap();
    assert_eq!(f.keychain.get(&team()).await, Ok(Some(secret)));
    assert_eq!(f.keychain.get(&credential()).await, Ok(None));
    f.keychain.remove(&team()).await.unwrap();
    f.keychain.remove(&team()).await.unwrap();
    assert_eq!(f.keychain.get(&team()).await, Ok(None));
}

#[tokio::test]
async fn the_first_write_leaves_a_mark_on_both_sides_before_the_entry() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
    assert_eq!(f.twin.inside().writes, ["put canary".to_owned(), format!("put {}", team().entry())]);
    let file = std::fs::read_to_string(f.state.path().join("keychain.json")).unwrap();
    let mark = f.twin.inside().items["canary"].clone();
    assert_eq!(file, format!(r#"{{"version":1,"mark":"{mark}"}}"#));
    assert!(!f.keychain.get(&team()).await.unwrap().unwrap().is_empty());
}

// F40, M4
#[tokio::test]
async fn another_keychain_is_told_and_not_touched() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
    let (empty, other) = f.with_another_keychain();
    for _ in 0..2 {
        assert_eq!(other.get(&team()).await, Err(StoreError::DifferentKeychain));
        assert_eq!(other.remove(&team()).await, Err(StoreError::DifferentKeychain));
        assert_eq!(other.put(&credential(), &Secret::new("c")).await, Err(StoreError::DifferentKeychain));
    }
    assert_eq!(empty.inside().writes, [""; 0]);
    assert_eq!(f.keychain.get(&team()).await, Ok(Some(Secret::new("x"))), "the one of before is still ours");
}

// F40
#[tokio::test]
async fn a_login_makes_another_keychain_ours_and_the_one_of_before_is_then_the_other() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("old")).await.unwrap();
    let (_, other) = f.with_another_keychain();
    other.put(&team(), &Secret::new("new")).await.unwrap();
    assert_eq!(other.get(&team()).await, Ok(Some(Secret::new("new"))));
    assert_eq!(other.get(&credential()).await, Ok(None));
    assert_eq!(f.keychain.get(&credential()).await, Err(StoreError::DifferentKeychain));
    assert_eq!(f.keychain.remove(&credential()).await, Err(StoreError::DifferentKeychain));
}

#[tokio::test]
async fn a_lost_mark_file_is_written_again_from_the_keychain() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
    let mark = f.twin.inside().items["canary"].clone();
    std::fs::remove_file(f.state.path().join("keychain.json")).unwrap();
    f.keychain.put(&team(), &Secret::new("y")).await.unwrap();
    assert_eq!(f.twin.inside().items["canary"], mark);
    assert!(std::fs::read_to_string(f.state.path().join("keychain.json")).unwrap().contains(&mark));
}

// F45: what cannot be read proves nothing
#[tokio::test]
async fn a_broken_mark_file_proves_no_absence_but_hides_no_entry() {
    for broken in ["", "{", "[]", r#"{"version":2,"mark":"x"}"#, "\0\0"] {
        let f = fixture();
        f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
        std::fs::write(f.state.path().join("keychain.json"), broken).unwrap();
        assert_eq!(f.keychain.get(&team()).await, Ok(Some(Secret::new("x"))));
        assert_eq!(f.keychain.get(&credential()).await, Err(StoreError::DifferentKeychain), "{broken}");
        f.keychain.put(&team(), &Secret::new("y")).await.unwrap();
        assert_eq!(f.keychain.get(&credential()).await, Ok(None), "a login mends it");
    }
}

// F35
#[tokio::test]
async fn a_locked_keychain_is_an_answer_of_its_own_for_everything() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
    f.twin.inside().locked = true;
    assert_eq!(f.keychain.get(&team()).await, Err(StoreError::Locked));
    assert_eq!(f.keychain.get(&credential()).await, Err(StoreError::Locked));
    assert_eq!(f.keychain.put(&team(), &Secret::new("y")).await, Err(StoreError::Locked));
    assert_eq!(f.keychain.remove(&credential()).await, Err(StoreError::Locked));
    f.keychain.for_person().ready().await.unwrap();
    assert_eq!(f.keychain.get(&team()).await, Ok(Some(Secret::new("x"))));
}

// F43
#[tokio::test]
async fn a_keychain_that_keeps_something_else_is_caught_at_once() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
    f.twin.inside().keeps_instead = Some("y".into());
    assert_eq!(f.keychain.put(&team(), &Secret::new("z")).await, Err(StoreError::ReadBack));
    f.keychain.put(&team(), &Secret::new("z")).await.unwrap();
}

// F48
#[tokio::test]
async fn an_entry_deleted_behind_our_back_is_proven_absent() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
    f.twin.inside().items.remove(&team().entry());
    assert_eq!(f.keychain.get(&team()).await, Ok(None));
}

// F44
#[tokio::test]
async fn a_store_of_small_items_takes_a_long_record() {
    let (state, twin) = (tempfile::tempdir().unwrap(), Twin::holding(2_400));
    let keychain = over(&twin, state.path());
    let long = Secret::new("t".repeat(65_536));
    keychain.put(&team(), &long).await.unwrap();
    assert_eq!(keychain.get(&team()).await, Ok(Some(long)));
    keychain.remove(&team()).await.unwrap();
    assert_eq!(twin.names(), ["canary"]);
}

#[tokio::test]
async fn two_processes_that_write_first_agree_on_one_mark() {
    for _ in 0..20 {
        let f = fixture();
        let other = over(&f.twin, f.state.path());
        let (one, two) = (Secret::new("1"), Secret::new("2"));
        let (key_one, key_two) = (team(), credential());
        let (a, b) = tokio::join!(f.keychain.put(&key_one, &one), other.put(&key_two, &two));
        assert_eq!((a, b), (Ok(()), Ok(())));
        let file = std::fs::read_to_string(f.state.path().join("keychain.json")).unwrap();
        let mark = f.twin.inside().items["canary"].clone();
        assert!(file.contains(&mark));
    }
}

// F37
#[tokio::test]
async fn a_prompt_that_stays_open_holds_up_nobody() {
    let f = fixture();
    f.keychain.put(&team(), &Secret::new("x")).await.unwrap();
    f.twin.inside().locked = true;
    let prompt = f.twin.prompt.clone();
    let open = prompt.lock().unwrap();
    let (key, person) = (team(), f.keychain.for_person());
    let (unlocked, answers) = tokio::join!(person.ready(), async {
        let one = f.keychain.get(&key).await;
        let two = f.keychain.put(&key, &Secret::new("y")).await;
        // The person answers only now.
        drop(open);
        (one, two)
    });
    assert_eq!(answers, (Err(StoreError::Locked), Err(StoreError::Locked)));
    assert_eq!(unlocked, Ok(()));
    assert_eq!(f.keychain.get(&team()).await, Ok(Some(Secret::new("x"))));
}
