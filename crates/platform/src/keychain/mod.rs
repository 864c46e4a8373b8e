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
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyfob_core::doors::ports::{SecretKey, SecretStore, StoreError};
use keyfob_core::words::secret::Secret;
#[cfg(target_os = "linux")]
use keyfob_core::{doors::ports::LockAnswer, words::id::Id};

pub use memory::MemoryKeychain;

use items::{Asks, Items, Open};
use mark::Mark;
pub(crate) use mark::fresh;
use worker::Worker;

/// Work in the background never waits longer; what waits for a person may (security D6, I9).
const BACKGROUND: Duration = Duration::from_millis(2_500);
const PERSON: Duration = Duration::from_secs(120);

/// Entries are the items of this service; an item's user name is [`SecretKey::entry`].
const SERVICE: &str = "keyfob";

/// The keychain of this computer. Nothing is opened before the first call.
#[derive(Debug, Clone)]
pub struct Keychain {
    mark: Mark,
    asks: Asks,
    quiet: Arc<Worker>,
    /// A prompt that stays open must not hold up the answer "locked" to others.
    asking: Arc<Worker>,
}

impl Keychain {
    /// `state` is the folder where `keychain.json` tells which keychain was written to.
    pub fn new(state: &Path) -> Self {
        #[cfg(target_os = "linux")]
        let (quiet, asking) = linux::opens();
        #[cfg(any(target_os = "macos", windows))]
        let (quiet, asking) = native::opens();
        Keychain::over(quiet, asking, state)
    }

    fn over(quiet: Open, asking: Open, state: &Path) -> Self {
        let worker = |open| Arc::new(Worker::new(open));
        Keychain { mark: Mark::new(state), asks: Asks::Nobody, quiet: worker(quiet), asking: worker(asking) }
    }

    async fn ask<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut dyn Items) -> Result<T, StoreError> + Send + 'static,
    {
        match self.asks {
            Asks::Nobody => self.quiet.ask(BACKGROUND, job).await,
            Asks::ThePerson => self.asking.ask(PERSON, job).await,
        }
    }
}

#[async_trait]
impl SecretStore for Keychain {
    async fn get(&self, key: &SecretKey) -> Result<Option<Secret>, StoreError> {
        let (name, mark) = (key.entry(), self.mark.clone());
        self.ask(move |items| {
            let found = chunks::get(items, &name)?;
            if found.is_none() {
                prove_absent(&mark, items)?;
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
        self.ask(move |items| {
            mark.settle(items, adopt)?;
            chunks::put(items, &name, &secret, &fresh())?;
            if chunks::get(items, &name)?.as_ref() == Some(&secret) { Ok(()) } else { Err(StoreError::ReadBack) }
        })
        .await
    }

    async fn remove(&self, key: &SecretKey) -> Result<(), StoreError> {
        let (name, mark) = (key.entry(), self.mark.clone());
        self.ask(move |items| {
            if items.get(&name)?.is_none() {
                prove_absent(&mark, items)?;
            }
            chunks::remove(items, &name)
        })
        .await
    }

    #[cfg(target_os = "linux")]
    async fn guard(&self, team: &Id) -> Result<LockAnswer, StoreError> {
        // A keychain that nobody has written to yet holds no session.
        let Some(mark) = self.ask(mark::canary).await? else { return Ok(LockAnswer::unneeded()) };
        crate::guard::try_take(&mark, team.as_str()).map_err(|e| StoreError::Failed { why: e.to_string() })
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let (mark, asks) = (self.mark.clone(), self.asks);
        self.ask(move |items| {
            items.ready()?;
            match prove_absent(&mark, items) {
                Err(StoreError::Locked) if asks == Asks::Nobody => Err(StoreError::Locked),
                // Whatever keychain this is, a login makes it ours.
                _ => Ok(()),
            }
        })
        .await
    }

    fn for_person(&self) -> Arc<dyn SecretStore> {
        Arc::new(Keychain { asks: Asks::ThePerson, ..self.clone() })
    }
}

/// Says that what was not found is nowhere: what we know may be in a keyring beside this one, and be locked.
fn prove_absent(mark: &Mark, items: &mut dyn Items) -> Result<(), StoreError> {
    match mark.prove_absent(items) {
        Err(StoreError::DifferentKeychain) if items.others_locked()? => Err(StoreError::Locked),
        answer => answer,
    }
}

#[cfg(test)]
mod tests;
