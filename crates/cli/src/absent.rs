//! Stand-ins for what is not there: a browser to open, somebody who answers the keychain.

use std::sync::Arc;

use async_trait::async_trait;
use keyfob_core::doors::ports::{Browser, BrowserError, LockAnswer, SecretKey, SecretStore, StoreError};
use keyfob_core::face::talk;
use keyfob_core::words::id::Id;
use keyfob_core::words::secret::Secret;

/// A browser that stays closed, for `--no-open`.
#[derive(Debug)]
pub struct StaysClosed;

#[async_trait]
impl Browser for StaysClosed {
    async fn open(&self, _: &url::Url) -> Result<(), BrowserError> {
        Err(BrowserError { why: talk::OPENED_FOR_NOBODY.into() })
    }
}

/// A keychain that nobody sits at: in a script no prompt may appear, whatever is asked for (invariant 7).
#[derive(Debug, Clone)]
pub struct Unattended(pub Arc<dyn SecretStore>);

#[async_trait]
impl SecretStore for Unattended {
    async fn get(&self, key: &SecretKey) -> Result<Option<Secret>, StoreError> {
        self.0.get(key).await
    }

    async fn put(&self, key: &SecretKey, secret: &Secret) -> Result<(), StoreError> {
        self.0.put(key, secret).await
    }

    async fn remove(&self, key: &SecretKey) -> Result<(), StoreError> {
        self.0.remove(key).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.0.ready().await
    }

    async fn guard(&self, team: &Id) -> Result<LockAnswer, StoreError> {
        self.0.guard(team).await
    }

    fn for_person(&self) -> Arc<dyn SecretStore> {
        Arc::new(self.clone())
    }
}
