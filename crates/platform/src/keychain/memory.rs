//! A keychain in memory, gone with the program: for the demo, which keeps nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use keyfob_core::doors::ports::{SecretKey, SecretStore, StoreError};
use keyfob_core::words::secret::Secret;

#[derive(Debug, Default, Clone)]
pub struct MemoryKeychain(Arc<Mutex<BTreeMap<SecretKey, Secret>>>);

impl MemoryKeychain {
    fn items(&self) -> MutexGuard<'_, BTreeMap<SecretKey, Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for MemoryKeychain {
    async fn get(&self, key: &SecretKey) -> Result<Option<Secret>, StoreError> {
        Ok(self.items().get(key).cloned())
    }

    async fn put(&self, key: &SecretKey, secret: &Secret) -> Result<(), StoreError> {
        self.items().insert(key.clone(), secret.clone());
        Ok(())
    }

    async fn remove(&self, key: &SecretKey) -> Result<(), StoreError> {
        self.items().remove(key);
        Ok(())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn for_person(&self) -> Arc<dyn SecretStore> {
        Arc::new(self.clone())
    }
}
