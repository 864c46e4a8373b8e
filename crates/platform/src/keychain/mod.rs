//! Secrets in the operating system's keychain: three answers, deadlines of our own, and no prompt unasked.
//!
//! `items` is what every system gives; `chunks` makes it take long texts, `mark` tells whether it is the
//! keychain we know, `worker` keeps the deadlines. `linux` talks to the Secret Service, `native` to the
//! keychains of macOS and Windows.

mod chunks;
mod items;
#[cfg(target_os = "linux")]
mod linux;
mod mark;
mod memory;
#[cfg(any(target_os = "macos", windows))]
mod native;
mod worker;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use keyfob_core::doors::ports::{SecretKey, SecretStore, StoreError};
use keyfob_core::words::secret::Secret;
#[cfg(target_os = "linux")]
use keyfob_core::{doors::ports::LockAnswer, words::id::Id};

pub use memory::MemoryKeychain;

use items::Open;
use mark::Mark;
pub(crate) use mark::fresh;
use worker::Worker;

/// Work in the background never waits longer; what waits for a person may (security D6, I9).
const BACKGROUND: Duration = Duration::from_millis(2_500);
const PERSON: Duration = Duration::from_secs(120);

/// Entries are the items of this service; an item's user name is [`SecretKey::entry`].
const SERVICE: &str = "keyfob";

/// The keychain of this computer. Nothing is opened before the first call.
#[derive(Debug)]
pub struct Keychain {
    mark: Mark,
    calls: Worker,
    /// A prompt that stays open must not hold up the answer "locked" to others.
    prompts: Worker,
}

impl Keychain {
    /// `state` is the folder where `keychain.json` tells which keychain was written to.
    pub fn new(state: &Path) -> Self {
        #[cfg(target_os = "linux")]
        let open = Open::new(linux::open);
        #[cfg(any(target_os = "macos", windows))]
        let open = Open::new(native::open);
        Keychain::over(open, state)
    }

    fn over(open: Open, state: &Path) -> Self {
        Keychain { mark: Mark::new(state), calls: Worker::new(open.clone()), prompts: Worker::new(open) }
    }
}

#[async_trait]
impl SecretStore for Keychain {
    async fn get(&self, key: &SecretKey) -> Result<Option<Secret>, StoreError> {
        let (name, mark) = (key.entry(), self.mark.clone());
        self.calls
            .ask(BACKGROUND, move |items| {
                let found = chunks::get(items, &name)?;
                if found.is_none() {
                    mark.prove_absent(items)?;
                }
                Ok(found)
            })
            .await
    }

    async fn put(&self, key: &SecretKey, secret: &Secret) -> Result<(), StoreError> {
        let (name, secret, mark) = (key.entry(), secret.clone(), self.mark.clone());
        // A team's record is written after a login or a refresh that read it first; credentials follow from
        // it. So only a login can meet a keychain that is not ours, and a person asked for it.
        let adopt = matches!(key, SecretKey::Team(_));
        self.calls
            .ask(BACKGROUND, move |items| {
                mark.settle(items, adopt)?;
                chunks::put(items, &name, &secret, &fresh())?;
                if chunks::get(items, &name)?.as_ref() == Some(&secret) { Ok(()) } else { Err(StoreError::ReadBack) }
            })
            .await
    }

    async fn remove(&self, key: &SecretKey) -> Result<(), StoreError> {
        let (name, mark) = (key.entry(), self.mark.clone());
        self.calls
            .ask(BACKGROUND, move |items| {
                if items.get(&name)?.is_none() {
                    mark.prove_absent(items)?;
                }
                chunks::remove(items, &name)
            })
            .await
    }

    #[cfg(target_os = "linux")]
    async fn guard(&self, team: &Id) -> Result<LockAnswer, StoreError> {
        // A keychain that nobody has written to yet holds no session.
        let Some(mark) = self.calls.ask(BACKGROUND, mark::canary).await? else { return Ok(LockAnswer::unneeded()) };
        crate::guard::try_take(&mark, team.as_str()).map_err(|e| StoreError::Failed { why: e.to_string() })
    }

    async fn unlock(&self) -> Result<(), StoreError> {
        self.prompts.ask(PERSON, |items| items.unlock()).await
    }
}

#[cfg(test)]
mod tests;
