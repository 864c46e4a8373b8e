//! The Secret Service over D-Bus: GNOME Keyring, KWallet, KeePassXC.
//!
//! `secret-service` is the crate below the `keyring` family's store for Linux. It is used directly because
//! that store unlocks, with a prompt, whenever it finds something locked, and asks several times more for
//! each read. Items look the same to both: attributes `service` and `username`.

use std::cmp::Reverse;
use std::future::Future;
use std::path::Path;
use std::time::Instant;

use keyfob_core::doors::ports::StoreError;
use keyfob_core::words::secret::Secret;
use secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use tokio::runtime::Runtime;
use zeroize::Zeroize;

use super::SERVICE;
use super::items::Items;

/// What the library hands to the service is encrypted, so that no program that listens on the bus reads it
/// (threat T24).
const ENCRYPTED: EncryptionType = EncryptionType::Dh;

/// Python's `keyring` and `secret-tool` take it for a text.
const CONTENT: &str = "text/plain";

const NO_COLLECTION: &str = "the Secret Service has no default collection";

/// An open session with the service.
struct SecretServiceItems {
    service: SecretService<'static>,
    /// After `service`, so that it outlives the connection.
    runtime: Runtime,
    deadline: Instant,
}

pub(super) fn open(deadline: Instant) -> Result<Box<dyn Items>, StoreError> {
    find_bus(|name| std::env::var(name).ok(), |path| path.exists())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(|e| StoreError::Failed { why: e.to_string() })?;
    let service = within(&runtime, deadline, async {
        let bus = zbus::Connection::session().await;
        let bus = bus.map_err(|e| no_keychain(&format!("the session bus cannot be reached: {e}")))?;
        SecretService::connect_with_existing(ENCRYPTED, bus).await.map_err(failure)
    })?;
    Ok(Box::new(SecretServiceItems { service, runtime, deadline }))
}

/// Looks before connecting, so that the reason is clear and comes at once (F33). Nothing is started:
/// `dbus-launch` would leave a bus behind for every call (`cli/cli#7582`).
fn find_bus(env: impl Fn(&str) -> Option<String>, exists: impl Fn(&Path) -> bool) -> Result<(), StoreError> {
    if env("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty()) {
        return Ok(());
    }
    let folder = env("XDG_RUNTIME_DIR")
        .filter(|folder| !folder.is_empty())
        .unwrap_or_else(|| format!("/run/user/{}", rustix::process::geteuid().as_raw()));
    let socket = Path::new(&folder).join("bus");
    if exists(&socket) {
        return Ok(());
    }
    Err(no_keychain(&format!(
        "there is no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set, and {} is not there",
        socket.display()
    )))
}

impl SecretServiceItems {
    fn run<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        within(&self.runtime, self.deadline, work)
    }

    /// The items of that name in unlocked collections, the newest first. One that is locked hides which is
    /// newest, so it is not passed over.
    async fn find(&self, name: &str) -> Result<Vec<Item<'_>>, StoreError> {
        let found = self.service.search_items(attributes(name).into()).await.map_err(failure)?;
        if !found.locked.is_empty() {
            return Err(StoreError::Locked);
        }
        let mut items = found.unlocked;
        if items.len() > 1 {
            items = newest_first(items).await?;
        }
        Ok(items)
    }

    /// Where new items go, open; `None` on an account that has no keyring yet.
    async fn default_collection(&self) -> Result<Option<Collection<'_>>, StoreError> {
        let collection = match self.service.get_default_collection().await {
            Ok(collection) => collection,
            Err(Error::NoResult) => return Ok(None),
            Err(error) => return Err(failure(error)),
        };
        if collection.is_locked().await.map_err(failure)? { Err(StoreError::Locked) } else { Ok(Some(collection)) }
    }
}

impl Items for SecretServiceItems {
    fn until(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    fn longest(&self) -> usize {
        usize::MAX
    }

    fn get(&mut self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.run(async {
            let Some(item) = self.find(name).await?.into_iter().next() else {
                // A locked collection may keep to itself what it holds (M2).
                self.default_collection().await?;
                return Ok(None);
            };
            let bytes = item.get_secret().await.map_err(failure)?;
            match String::from_utf8(bytes) {
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
            let collection = self.default_collection().await?;
            let collection = collection.ok_or_else(|| no_keychain(NO_COLLECTION))?;
            // "Replace": two processes that both found nothing make one item.
            let label = format!("Keyfob {name}");
            let made = collection.create_item(&label, attributes(name).into(), bytes, true, CONTENT).await;
            made.map(|_| ()).map_err(failure)
        })
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        self.run(async {
            for item in self.find(name).await? {
                item.delete().await.map_err(failure)?;
            }
            Ok(())
        })
    }

    fn unlock(&mut self) -> Result<(), StoreError> {
        self.run(async {
            let collection = match self.service.get_default_collection().await {
                Ok(collection) => collection,
                // A fresh account has none yet (F41); the service asks for its password.
                Err(Error::NoResult) => self.service.create_collection("Default", "default").await.map_err(failure)?,
                Err(error) => return Err(failure(error)),
            };
            if collection.is_locked().await.map_err(failure)? {
                collection.unlock().await.map_err(failure)?;
            }
            // Some services call a prompt that could not be shown a success.
            if collection.is_locked().await.map_err(failure)? { Err(StoreError::Dismissed) } else { Ok(()) }
        })
    }
}

fn attributes(name: &str) -> [(&str, &str); 2] {
    [("service", SERVICE), ("username", name)]
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

fn within<T>(
    runtime: &Runtime,
    deadline: Instant,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    runtime
        .block_on(async { tokio::time::timeout_at(deadline.into(), work).await.unwrap_or(Err(StoreError::TimedOut)) })
}

fn no_keychain(why: &str) -> StoreError {
    StoreError::NoKeychain { why: why.into() }
}

fn failure(error: Error) -> StoreError {
    let bus = match error {
        Error::Locked => return StoreError::Locked,
        Error::Prompt => return StoreError::Dismissed,
        Error::NoResult => return no_keychain(NO_COLLECTION),
        Error::Unavailable => return no_keychain("the session bus cannot be reached"),
        Error::Zbus(error) => error,
        Error::ZbusFdo(zbus::fdo::Error::ZBus(error)) => error,
        other => return StoreError::Failed { why: other.to_string() },
    };
    match &bus {
        zbus::Error::MethodError(name, text, _) => match name.as_str() {
            "org.freedesktop.Secret.Error.IsLocked" => StoreError::Locked,
            // Nobody has the name, and nobody can be started for it.
            "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
                no_keychain("no program offers the Secret Service (org.freedesktop.secrets)")
            }
            spawn if spawn.starts_with("org.freedesktop.DBus.Error.Spawn.") => {
                no_keychain("the program that offers the Secret Service could not be started")
            }
            other => StoreError::Failed { why: text.clone().unwrap_or_else(|| other.to_owned()) },
        },
        other => StoreError::Failed { why: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(env: &[(&str, &str)], socket: bool) -> Result<(), StoreError> {
        let value = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        find_bus(value, |_| socket)
    }

    // F33
    #[test]
    fn a_missing_session_bus_is_told_before_anything_is_connected() {
        assert_eq!(with(&[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")], false), Ok(()));
        assert_eq!(with(&[("XDG_RUNTIME_DIR", "/run/user/7")], true), Ok(()));
        let why = "there is no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set, and /run/user/7/bus is not there";
        assert_eq!(with(&[("XDG_RUNTIME_DIR", "/run/user/7")], false), Err(no_keychain(why)));
    }
}
