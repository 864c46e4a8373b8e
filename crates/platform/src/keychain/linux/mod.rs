//! The Secret Service over D-Bus: GNOME Keyring, KWallet, KeePassXC.
//!
//! `secret-service` is the crate below the `keyring` family's store for Linux. It is used directly because
//! that store unlocks, with a prompt, whenever it finds something locked, and asks several times more for
//! each read. Items look the same to both: attributes `service` and `username`.
//!
//! Two things can be locked: a collection, as a whole, and each item of an open one, where the service asks
//! the person before a program reads it (KeePassXC's default).

mod line;
mod prompt;

use std::cmp::Reverse;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use keyfob_core::doors::ports::StoreError;
use keyfob_core::words::secret::Secret;
use secret_service::{Collection, Error, Item, SearchItemsResult};
use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zeroize::Zeroize;

use super::SERVICE;
use super::items::{Asks, Items, Open};
use line::{Line, Lines, NO_COLLECTION, failure, no_keychain};

/// Python's `keyring` and `secret-tool` take it for a text.
const CONTENT: &str = "text/plain";

/// What all of our items have.
const OURS: [(&str, &str); 1] = [("service", SERVICE)];

/// The keychain for those who ask nobody, and for those who ask the person.
pub(super) fn opens() -> (Open, Open) {
    let lines = Arc::new(Lines::default());
    let opens = |asks| {
        let lines = lines.clone();
        let items = move |deadline| {
            let (lines, line) = (lines.clone(), lines.get(deadline)?);
            let left_locked = Vec::new();
            Ok(Box::new(SecretServiceItems { lines, line, deadline, asks, left_locked }) as Box<dyn Items>)
        };
        Open::new(items)
    };
    (opens(Asks::Nobody), opens(Asks::ThePerson))
}

struct SecretServiceItems {
    lines: Arc<Lines>,
    line: Arc<Line>,
    deadline: Instant,
    asks: Asks,
    /// The collections that the person left locked when last asked for what they hold.
    left_locked: Vec<OwnedObjectPath>,
}

impl SecretServiceItems {
    fn run<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let answer = self.line.run(self.deadline, work);
        if self.asks() && matches!(answer, Err(StoreError::NotGranted)) {
            // KeePassXC remembers a refusal as long as the connection: on another one it asks again.
            self.line.give_up();
        }
        answer
    }

    fn asks(&self) -> bool {
        self.asks == Asks::ThePerson
    }

    /// Where new items go; `None` on an account that has no keyring yet.
    async fn default_collection(&self) -> Result<Option<Collection<'_>>, StoreError> {
        match self.line.service.get_default_collection().await {
            Ok(collection) => Ok(Some(collection)),
            Err(Error::NoResult) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    async fn collections(&self) -> Result<Vec<Collection<'_>>, StoreError> {
        self.line.service.get_all_collections().await.map_err(failure)
    }

    async fn locked_collections(&self) -> Result<Vec<Collection<'_>>, StoreError> {
        let mut locked = Vec::new();
        for collection in self.collections().await? {
            if is_locked(&collection).await? {
                locked.push(collection);
            }
        }
        Ok(locked)
    }

    /// Where new items go, open. A person is asked to unlock it, or to make one.
    async fn writable(&self) -> Result<Collection<'_>, StoreError> {
        let mut default = self.default_collection().await?;
        if default.is_none() {
            // A database that is locked may not be known as the default one.
            let locked = self.locked_collections().await?;
            if !locked.is_empty() {
                self.ask_to_unlock(locked.iter().map(|c| c.collection_path.as_ref())).await?;
                default = Some(self.default_collection().await?.ok_or(self.stays_locked())?);
            }
        }
        let collection = match default {
            Some(collection) => collection,
            None if self.asks() => self.line.service.create_collection("Default", "default").await.map_err(not_made)?,
            None => return Err(no_keychain(NO_COLLECTION)),
        };
        if !self.is_open(&collection).await? {
            return Err(self.stays_locked());
        }
        self.line.seen_open();
        Ok(collection)
    }

    /// Whether it is open, once the person was asked to open it.
    async fn is_open(&self, collection: &Collection<'_>) -> Result<bool, StoreError> {
        if is_locked(collection).await? {
            self.ask_to_unlock([collection.collection_path.as_ref()]).await?;
            // Some services call a prompt that could not be shown a success.
            return Ok(!is_locked(collection).await?);
        }
        Ok(true)
    }

    fn stays_locked(&self) -> StoreError {
        if self.asks() { StoreError::Dismissed } else { StoreError::Locked }
    }

    /// Shows the prompt of the service, if there is a person. What they left locked is for the caller to see.
    async fn ask_to_unlock(&self, objects: impl IntoIterator<Item = ObjectPath<'_>>) -> Result<(), StoreError> {
        if !self.asks() {
            return Ok(());
        }
        prompt::unlock(&self.line.bus, objects.into_iter().collect()).await
    }

    /// All items with these attributes.
    async fn search(&self, attributes: &[(&str, &str)]) -> Result<SearchItemsResult<Item<'_>>, StoreError> {
        if !self.may_search().await? {
            return Ok(SearchItemsResult { unlocked: Vec::new(), locked: Vec::new() });
        }
        let wanted = attributes.iter().copied().collect();
        self.line.service.search_items(wanted).await.map_err(failure)
    }

    /// Where nothing is open, a search makes KeePassXC ask for the password by itself (keepassxc#8174); and
    /// what is locked may keep to itself what it holds (M2).
    async fn may_search(&self) -> Result<bool, StoreError> {
        if self.line.was_open() {
            return Ok(true);
        }
        if let Some(default) = self.default_collection().await?
            && self.is_open(&default).await?
        {
            self.line.seen_open();
            return Ok(true);
        }
        let (all, locked) = (self.collections().await?.len(), self.locked_collections().await?.len());
        if locked > 0 && locked == all { Err(self.stays_locked()) } else { Ok(all > 0) }
    }

    /// The locked items whose collection is open.
    async fn kept_back<'i>(&self, locked: &'i [Item<'i>]) -> Result<Vec<&'i Item<'i>>, StoreError> {
        let mut kept_back = Vec::new();
        if locked.is_empty() {
            return Ok(kept_back);
        }
        let closed = self.locked_collections().await?;
        for item in locked {
            if !closed.iter().any(|collection| lies_in(item, collection)) {
                kept_back.push(item);
            }
        }
        Ok(kept_back)
    }

    /// The items of that name that can be read, the newest first.
    ///
    /// One that is locked hides which is newest, so it is not passed over, with two exceptions: a login puts
    /// its record where new items go when the person leaves another keyring locked; and so what lies there
    /// came later than what lies in one that is locked.
    async fn find(&self, name: &str) -> Result<Vec<Item<'_>>, StoreError> {
        let mut found = self.search(&attributes(name)).await?;
        if self.asks() && !self.kept_back(&found.locked).await?.is_empty() {
            // All of ours at once: the next of them is needed in a moment.
            let ours = self.search(&OURS).await?.locked;
            let kept_back = self.kept_back(&ours).await?.into_iter();
            self.ask_to_unlock(kept_back.map(|item| item.item_path.as_ref())).await?;
            found = self.search(&attributes(name)).await?;
        }
        let SearchItemsResult { unlocked, locked } = found;
        if !self.kept_back(&locked).await?.is_empty() {
            return Err(StoreError::NotGranted);
        }
        let items = if unlocked.len() > 1 { newest_first(unlocked).await? } else { unlocked };
        if locked.is_empty() || self.asks() {
            return Ok(items);
        }
        let default = self.default_collection().await?;
        let came_later = |item: &Item<'_>| default.as_ref().is_some_and(|collection| lies_in(item, collection));
        if items.first().is_some_and(came_later) { Ok(items) } else { Err(StoreError::Locked) }
    }
}

impl Items for SecretServiceItems {
    fn until(&mut self, deadline: Instant) -> Result<(), StoreError> {
        self.deadline = deadline;
        self.line = self.lines.get(deadline)?;
        Ok(())
    }

    fn longest(&self) -> usize {
        usize::MAX
    }

    fn get(&mut self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.run(async {
            let Some(item) = self.find(name).await?.into_iter().next() else {
                // A locked collection may keep to itself what it holds (M2).
                return match self.default_collection().await? {
                    Some(default) if is_locked(&default).await? => Err(StoreError::Locked),
                    _ => Ok(None),
                };
            };
            let bytes = item.get_secret().await.map_err(failure)?;
            match String::from_utf8(bytes) {
                // Emptied, because removing it would have asked the person.
                Ok(text) if text.is_empty() => Ok(None),
                Ok(text) => Ok(Some(Secret::new(text))),
                Err(error) => {
                    error.into_bytes().zeroize();
                    Err(StoreError::Damaged { why: "it is not a text".into() })
                }
            }
        })
    }

    fn put(&mut self, name: &str, text: &Secret) -> Result<(), StoreError> {
        self.run(async {
            let bytes = text.expose().as_bytes();
            if let Some(item) = self.find(name).await?.into_iter().next() {
                return item.set_secret(bytes, CONTENT).await.map_err(failure);
            }
            let collection = self.writable().await?;
            // "Replace": two processes that both found nothing make one item.
            let label = format!("Keyfob {name}");
            let made = collection.create_item(&label, attributes(name).into(), bytes, true, CONTENT).await;
            made.map(|_| ()).map_err(failure)
        })
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        self.run(async {
            for item in self.find(name).await? {
                if !prompt::delete(&self.line.bus, item.item_path.as_ref()).await? {
                    item.set_secret(b"", CONTENT).await.map_err(failure)?;
                }
            }
            Ok(())
        })
    }

    fn ready(&mut self) -> Result<(), StoreError> {
        let ready = self.run(async {
            self.writable().await?;
            let mut found = self.search(&OURS).await?;
            if self.asks() && !found.locked.is_empty() {
                self.ask_to_unlock(found.locked.iter().map(|item| item.item_path.as_ref())).await?;
                found = self.search(&OURS).await?;
            }
            if !self.kept_back(&found.locked).await?.is_empty() {
                return Err(StoreError::NotGranted);
            }
            if found.locked.is_empty() {
                return Ok(Vec::new());
            }
            let locked = self.locked_collections().await?.into_iter();
            let asked_for = |c: &Collection<'_>| found.locked.iter().any(|item| lies_in(item, c));
            Ok(locked.filter(asked_for).map(|c| c.collection_path.clone()).collect())
        });
        self.left_locked = ready?;
        Ok(())
    }

    fn others_locked(&mut self) -> Result<bool, StoreError> {
        self.run(async {
            let locked = self.locked_collections().await?;
            let paths = locked.iter().map(|c| &c.collection_path);
            let unasked: Vec<_> = paths.filter(|path| !self.left_locked.contains(path)).map(|p| p.as_ref()).collect();
            if !unasked.is_empty() && self.asks() {
                self.ask_to_unlock(unasked).await?;
                return Ok(!self.locked_collections().await?.is_empty());
            }
            Ok(!locked.is_empty())
        })
    }
}

fn attributes(name: &str) -> [(&str, &str); 2] {
    [("service", SERVICE), ("username", name)]
}

async fn is_locked(collection: &Collection<'_>) -> Result<bool, StoreError> {
    collection.is_locked().await.map_err(failure)
}

/// An item's path begins with its collection's (Secret Service API, "Object Paths").
fn lies_in(item: &Item<'_>, collection: &Collection<'_>) -> bool {
    let rest = item.item_path.as_str().strip_prefix(collection.collection_path.as_str());
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Duplicates are made by other programs, or by two keyrings merged into one. The one that was written last
/// counts (F42); two of the same second cannot be told apart.
async fn newest_first(items: Vec<Item<'_>>) -> Result<Vec<Item<'_>>, StoreError> {
    let mut dated = Vec::new();
    for item in items {
        dated.push((item.get_modified().await.map_err(failure)?, item));
    }
    dated.sort_by_key(|(modified, _)| Reverse(*modified));
    match &dated[..] {
        [(one, _), (two, _), ..] if one == two => Err(StoreError::Damaged { why: "it is there more than once".into() }),
        _ => Ok(dated.into_iter().map(|(_, item)| item).collect()),
    }
}

/// A person who wants no keyring on an account that has none.
fn not_made(error: Error) -> StoreError {
    match failure(error) {
        StoreError::Dismissed => no_keychain(&format!("{NO_COLLECTION}, and the request to make one was dismissed")),
        other => other,
    }
}
