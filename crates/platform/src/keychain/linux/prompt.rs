//! What the Secret Service asks the person before it unlocks or deletes something.
//!
//! `secret-service` shows a prompt only when nothing at all could be unlocked without one, shows it for each
//! deletion, and waits for ever when the service ends meanwhile.

use futures_util::StreamExt;
use keyfob_core::doors::ports::StoreError;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus::{Connection, Proxy};

use super::line::{no_keychain, of_bus};

const SECRETS: &str = "org.freedesktop.secrets";

/// The path that stands for "none".
const NONE: &str = "/";

/// Unlocks collections and items, and waits for as long as the person is asked.
pub(super) async fn unlock(bus: &Connection, objects: Vec<ObjectPath<'_>>) -> Result<(), StoreError> {
    let service = proxy(bus, ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets"), "Service").await?;
    let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
        service.call("Unlock", &(objects,)).await.map_err(|e| of_bus(&e))?;
    if prompt.as_str() == NONE { Ok(()) } else { show(bus, prompt.as_ref()).await }
}

/// Deletes an item, unless the service asks before it does: then it is left and `false` comes back.
pub(super) async fn delete(bus: &Connection, item: ObjectPath<'_>) -> Result<bool, StoreError> {
    let item = proxy(bus, item, "Item").await?;
    let prompt: OwnedObjectPath = item.call("Delete", &()).await.map_err(|e| of_bus(&e))?;
    if prompt.as_str() == NONE {
        return Ok(true);
    }
    let prompt = proxy(bus, prompt.as_ref(), "Prompt").await?;
    prompt.call::<_, _, ()>("Dismiss", &()).await.map_err(|e| of_bus(&e))?;
    Ok(false)
}

async fn show(bus: &Connection, path: ObjectPath<'_>) -> Result<(), StoreError> {
    let prompt = proxy(bus, path, "Prompt").await?;
    // Before it is shown: some are answered at once.
    let mut completed = prompt.receive_signal("Completed").await.map_err(|e| of_bus(&e))?;
    let mut owner = prompt.receive_owner_changed().await.map_err(|e| of_bus(&e))?;
    prompt.call::<_, _, ()>("Prompt", &("",)).await.map_err(|e| of_bus(&e))?;
    tokio::select! {
        Some(_) = completed.next() => Ok(()),
        _ = owner.next() => Err(no_keychain("the program that offers the Secret Service ended while it asked")),
    }
}

async fn proxy<'p>(bus: &Connection, path: ObjectPath<'p>, interface: &str) -> Result<Proxy<'p>, StoreError> {
    let interface = format!("org.freedesktop.Secret.{interface}");
    Proxy::new(bus, SECRETS, path, interface).await.map_err(|e| of_bus(&e))
}
