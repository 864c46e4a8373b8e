//! Where records lie: in the keychain or, when there is none and that was agreed to, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::doors::ports::{LockAnswer, SecretKey, SecretStore, StoreError};
use crate::hands::record::Record;
use crate::words::id::Id;
use crate::words::secret::Secret;

use super::Keep;

pub(super) struct Shelf {
    store: Arc<dyn SecretStore>,
    keep: Keep,
    memory: Arc<Mutex<BTreeMap<SecretKey, Secret>>>,
}

/// Where a secret ended up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kept {
    InKeychain,
    /// The keychain did not take it, and may still have what it had before.
    InMemory(StoreError),
}

impl Shelf {
    pub fn new(store: Arc<dyn SecretStore>, keep: Keep) -> Self {
        Shelf { store, keep, memory: Arc::default() }
    }

    /// The same shelf for somebody who waits and can be asked to unlock the keychain.
    pub fn for_person(&self) -> Self {
        Shelf { store: self.store.for_person(), keep: self.keep, memory: self.memory.clone() }
    }

    /// Tries to take the lock of a team's session wherever this keychain is used.
    pub async fn guard(&self, team: &Id) -> Result<LockAnswer, StoreError> {
        self.store.guard(team).await
    }

    /// Whether a new record can be kept here, or how not.
    pub async fn ready(&self) -> Result<(), StoreError> {
        match self.store.ready().await {
            Err(StoreError::NoKeychain { .. }) if self.keep == Keep::OrInMemory => Ok(()),
            answer => answer,
        }
    }

    pub async fn record(&self, team: &Id) -> Result<Option<Record>, StoreError> {
        let key = SecretKey::Team(team.clone());
        let in_memory = self.memory().get(&key).map(read).transpose()?;
        let Some(ours) = in_memory else {
            return self.get(&key).await?.as_ref().map(read).transpose();
        };
        // The keychain was out of order when ours was written. Who wrote to it since has the newer word.
        if let Ok(Some(text)) = self.store.get(&key).await
            && let Ok(theirs) = read(&text)
            && theirs.generation >= ours.generation
        {
            self.memory().remove(&key);
            return Ok(Some(theirs));
        }
        Ok(Some(ours))
    }

    /// Writes the record under the next generation number.
    pub async fn keep_record(&self, team: &Id, record: &mut Record) -> Result<Kept, StoreError> {
        record.generation += 1;
        self.put_record(team, record).await
    }

    /// Writes the record as it is.
    pub async fn put_record(&self, team: &Id, record: &Record) -> Result<Kept, StoreError> {
        self.put(&SecretKey::Team(team.clone()), &record.encode()).await
    }

    /// The record was written to memory only.
    pub fn is_in_memory(&self, team: &Id) -> bool {
        self.memory().contains_key(&SecretKey::Team(team.clone()))
    }

    /// Writes the record of this generation from memory to the keychain; false when it is not there any more.
    pub async fn bring_home(&self, team: &Id, generation: u64) -> Result<bool, StoreError> {
        let key = SecretKey::Team(team.clone());
        let Some(text) = self.memory().get(&key).cloned() else { return Ok(false) };
        if read(&text)?.generation != generation {
            return Ok(false);
        }
        self.store.put(&key, &text).await?;
        self.memory().remove(&key);
        Ok(true)
    }

    /// Puts an entry that cannot be read beside its place, so that writing a new one loses nothing (fault F45).
    pub async fn set_aside(&self, team: &Id) -> Result<(), StoreError> {
        match self.get(&SecretKey::Team(team.clone())).await? {
            Some(text) => self.put(&SecretKey::SetAside(team.clone()), &text).await.map(|_| ()),
            None => Ok(()),
        }
    }

    pub async fn get(&self, key: &SecretKey) -> Result<Option<Secret>, StoreError> {
        if let Some(found) = self.memory().get(key) {
            return Ok(Some(found.clone()));
        }
        match self.store.get(key).await {
            Err(StoreError::NoKeychain { .. }) if self.keep == Keep::OrInMemory => Ok(None),
            answer => answer,
        }
    }

    pub async fn put(&self, key: &SecretKey, secret: &Secret) -> Result<Kept, StoreError> {
        match self.store.put(key, secret).await {
            Ok(()) => {
                self.memory().remove(key);
                Ok(Kept::InKeychain)
            }
            // Whatever kept the keychain from taking it: a token that was rotated a moment ago must not be lost.
            Err(error) if self.keep == Keep::OrInMemory => {
                self.memory().insert(key.clone(), secret.clone());
                Ok(Kept::InMemory(error))
            }
            Err(error) => Err(error),
        }
    }

    pub async fn remove(&self, key: &SecretKey) -> Result<(), StoreError> {
        self.memory().remove(key);
        match self.store.remove(key).await {
            Err(StoreError::NoKeychain { .. }) if self.keep == Keep::OrInMemory => Ok(()),
            answer => answer,
        }
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, BTreeMap<SecretKey, Secret>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(text: &Secret) -> Result<Record, StoreError> {
    Record::decode(text).map_err(|e| StoreError::Damaged { why: e.to_string() })
}
