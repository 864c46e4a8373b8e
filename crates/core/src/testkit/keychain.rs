//! A keychain in memory that can be locked, be too small, and fail on command.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::doors::ports::{Clock, LockAnswer, LockGuard, SecretKey, SecretStore, StoreError};
use crate::words::id::Id;
use crate::words::secret::Secret;

/// What is asked of a keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Get,
    Put,
    Remove,
    /// A prompt.
    Unlock,
    Guard,
    /// Can be let fail, and is not counted.
    Ready,
}

#[derive(Debug, Default, Clone)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    guards: Guards,
    asks_person: bool,
}

type Guards = Arc<Mutex<BTreeSet<String>>>;

/// One team's lock among all that share this keychain.
#[derive(Debug)]
struct Guard {
    guards: Guards,
    entry: String,
}

impl LockGuard for Guard {}

impl Drop for Guard {
    fn drop(&mut self) {
        lock(&self.guards).remove(&self.entry);
    }
}

fn lock(guards: &Guards) -> MutexGuard<'_, BTreeSet<String>> {
    guards.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct State {
    items: BTreeMap<String, Secret>,
    locked: bool,
    /// A person would say yes to the prompt.
    unlocks: bool,
    limit: Option<usize>,
    /// Fails every call until taken away.
    broken: Option<StoreError>,
    /// Fails every call of a sort until taken away.
    failing: Option<(Call, StoreError)>,
    faults: VecDeque<(Call, StoreError)>,
    /// Calls that fail for one entry.
    refused: Vec<(Call, String)>,
    /// How long each call takes, and on which clock.
    slow: Option<(Arc<dyn Clock>, Duration)>,
    calls: Vec<(Call, String)>,
}

impl MemoryStore {
    /// Refuses secrets longer than so many bytes, as Windows does beyond 2,560.
    #[must_use]
    pub fn with_limit(self, bytes: usize) -> Self {
        self.state().limit = Some(bytes);
        self
    }

    /// Lets the next call of this sort fail; several faults are used up in their order.
    pub fn fail_next(&self, call: Call, error: StoreError) {
        self.state().faults.push_back((call, error));
    }

    /// Lets calls of this sort fail for these entries, and for no others.
    pub fn refuse(&self, calls: impl IntoIterator<Item = (Call, String)>) {
        self.state().refused = calls.into_iter().collect();
    }

    /// Lets every call of this sort fail until called with `None`.
    pub fn keep_failing(&self, failing: Option<(Call, StoreError)>) {
        self.state().failing = failing;
    }

    /// Lets every call fail until called with `None`.
    pub fn break_down(&self, error: Option<StoreError>) {
        self.state().broken = error;
    }

    /// Lets every call take so long.
    pub fn slow(&self, clock: Arc<dyn Clock>, each: Duration) {
        self.state().slow = Some((clock, each));
    }

    /// Locks it; `unlocks` says what the person will answer when asked.
    pub fn lock(&self, unlocks: bool) {
        let mut state = self.state();
        state.locked = true;
        state.unlocks = unlocks;
    }

    /// Writes or removes an entry behind everybody's back.
    pub fn tamper(&self, entry: &str, text: Option<&str>) {
        let mut state = self.state();
        match text {
            Some(text) => state.items.insert(entry.to_owned(), Secret::new(text)),
            None => state.items.remove(entry),
        };
    }

    /// What is kept under an entry's name.
    pub fn entry(&self, entry: &str) -> Option<Secret> {
        self.state().items.get(entry).cloned()
    }

    pub fn entries(&self) -> Vec<String> {
        self.state().items.keys().cloned().collect()
    }

    /// All calls so far with the entry they were about, oldest first.
    pub fn calls(&self) -> Vec<(Call, String)> {
        self.state().calls.clone()
    }

    async fn pause(&self) {
        let slow = self.state().slow.clone();
        if let Some((clock, each)) = slow {
            clock.sleep(each).await;
        }
    }

    fn begin(&self, call: Call, entry: &str) -> Result<MutexGuard<'_, State>, StoreError> {
        let mut state = self.state();
        if call != Call::Ready {
            state.calls.push((call, entry.to_owned()));
        }
        if let Some(place) = state.faults.iter().position(|(when, _)| *when == call)
            && let Some((_, error)) = state.faults.remove(place)
        {
            return Err(error);
        }
        if let Some((_, error)) = state.failing.as_ref().filter(|(when, _)| *when == call) {
            return Err(error.clone());
        }
        if state.refused.iter().any(|(when, what)| *when == call && what == entry) {
            return Err(StoreError::Failed { why: "this entry is refused".into() });
        }
        if let Some(error) = &state.broken {
            return Err(error.clone());
        }
        if state.locked && !self.asks_person {
            return Err(StoreError::Locked);
        }
        if state.locked {
            state.calls.push((Call::Unlock, String::new()));
            state.locked = !state.unlocks;
        }
        if state.locked { Err(StoreError::Dismissed) } else { Ok(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for MemoryStore {
    async fn get(&self, key: &SecretKey) -> Result<Option<Secret>, StoreError> {
        self.pause().await;
        let entry = key.entry();
        Ok(self.begin(Call::Get, &entry)?.items.get(&entry).cloned())
    }

    async fn put(&self, key: &SecretKey, secret: &Secret) -> Result<(), StoreError> {
        self.pause().await;
        let entry = key.entry();
        let mut state = self.begin(Call::Put, &entry)?;
        if let Some(limit) = state.limit.filter(|limit| secret.expose().len() > *limit) {
            return Err(StoreError::Failed { why: format!("The secret is longer than {limit} bytes") });
        }
        state.items.insert(entry, secret.clone());
        Ok(())
    }

    async fn remove(&self, key: &SecretKey) -> Result<(), StoreError> {
        self.pause().await;
        let entry = key.entry();
        self.begin(Call::Remove, &entry)?.items.remove(&entry);
        Ok(())
    }

    async fn guard(&self, team: &Id) -> Result<LockAnswer, StoreError> {
        let (guards, entry) = (self.guards.clone(), team.to_string());
        let mut state = self.state();
        if let Some(place) = state.faults.iter().position(|(when, _)| *when == Call::Guard)
            && let Some((_, error)) = state.faults.remove(place)
        {
            return Err(error);
        }
        if !lock(&guards).insert(entry.clone()) {
            return Ok(LockAnswer::Held { pid: Some(std::process::id()) });
        }
        Ok(LockAnswer::Taken(Box::new(Guard { guards, entry })))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.pause().await;
        self.begin(Call::Ready, "").map(drop)
    }

    fn for_person(&self) -> Arc<dyn SecretStore> {
        Arc::new(MemoryStore { asks_person: true, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_locked_keychain_says_so_and_never_that_something_is_absent() {
        let store = MemoryStore::default();
        let key = SecretKey::Canary;
        assert_eq!(store.get(&key).await, Ok(None));
        store.lock(false);
        assert_eq!(store.get(&key).await, Err(StoreError::Locked));
        assert_eq!(store.ready().await, Err(StoreError::Locked));
        assert_eq!(store.for_person().ready().await, Err(StoreError::Dismissed));
        store.lock(true);
        assert_eq!(store.for_person().ready().await, Ok(()));
        assert_eq!(store.get(&key).await, Ok(None));
    }

    #[tokio::test]
    async fn faults_come_once_and_a_small_store_refuses_what_is_too_long() {
        let store = MemoryStore::default().with_limit(4);
        let key = SecretKey::Canary;
        store.fail_next(Call::Put, StoreError::TimedOut);
        assert_eq!(store.get(&key).await, Ok(None));
        assert_eq!(store.put(&key, &Secret::new("1234")).await, Err(StoreError::TimedOut));
        assert_eq!(store.put(&key, &Secret::new("1234")).await, Ok(()));
        assert!(store.put(&key, &Secret::new("12345")).await.is_err());
        assert_eq!(store.entry("canary"), Some(Secret::new("1234")));
    }
}
