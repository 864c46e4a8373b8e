//! The keychains of macOS and Windows, which the crate `keyring` opens.
//!
//! `keyring` speaks of a service and a user only; how long an entry stays, and where, is said to the store below.

use std::sync::Arc;
use std::time::Instant;

use keyfob_core::doors::ports::{SecretKey, StoreError};
use keyfob_core::words::secret::Secret;
use keyring::Error;
use keyring_core::{CredentialStore, Entry, get_default_store};
use zeroize::{Zeroize, Zeroizing};

use super::SERVICE;
use super::items::{Asks, Items, Open};

struct NativeItems {
    store: Arc<CredentialStore>,
    asks: Asks,
}

/// The keychain for those who ask nobody, and for those who ask the person.
pub(super) fn opens() -> (Open, Open) {
    (Open::new(|_| open(Asks::Nobody)), Open::new(|_| open(Asks::ThePerson)))
}

fn open(asks: Asks) -> Result<Box<dyn Items>, StoreError> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(StoreError::NoKeychain { why: error.to_string() });
    }
    let store = get_default_store().ok_or_else(|| StoreError::NoKeychain { why: Error::NoDefaultStore.to_string() })?;
    Ok(Box::new(NativeItems { store, asks }))
}

impl NativeItems {
    fn entry(&self, name: &str) -> Result<Entry, StoreError> {
        self.store.build(SERVICE, name, Some(&system::MODIFIERS.into())).map_err(failure)
    }

    /// While it lives, the system answers with an error where it would ask.
    fn quiet(&self) -> Result<Option<system::Quiet>, StoreError> {
        (self.asks == Asks::Nobody).then(system::no_prompts).transpose()
    }
}

impl Items for NativeItems {
    /// These systems' calls cannot be given up; the worker's thread is left behind instead.
    fn until(&mut self, _: Instant) -> Result<(), StoreError> {
        Ok(())
    }

    fn longest(&self) -> usize {
        system::LONGEST
    }

    fn get(&mut self, name: &str) -> Result<Option<Secret>, StoreError> {
        let _quiet = self.quiet()?;
        match self.entry(name)?.get_secret() {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Secret::new(text))),
                Err(error) => {
                    error.into_bytes().zeroize();
                    Err(StoreError::Damaged { why: "it is not a text".into() })
                }
            },
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    fn put(&mut self, name: &str, text: &Secret) -> Result<(), StoreError> {
        let _quiet = self.quiet()?;
        self.entry(name)?.set_secret(text.expose().as_bytes()).map_err(failure)
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        let _quiet = self.quiet()?;
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }

    /// What cannot be read, such as our own mark, cannot be written either.
    fn ready(&mut self) -> Result<(), StoreError> {
        if self.asks == Asks::ThePerson {
            system::unlock()?;
        }
        self.get(&SecretKey::Canary.entry()).map(drop)
    }

    /// These systems look in all that are open, and say so when one is not.
    fn others_locked(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }
}

fn failure(error: Error) -> StoreError {
    match error {
        Error::PlatformFailure(cause) => system::failure(cause.as_ref()),
        Error::NoStorageAccess(cause) => system::no_access(cause.as_ref()),
        // The bytes may be a secret: they are wiped, and not part of the words.
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            StoreError::Damaged { why: "it is not what Keyfob writes".into() }
        }
        Error::Ambiguous(_) => StoreError::Damaged { why: "it is there more than once".into() },
        other => StoreError::Failed { why: other.to_string() },
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::error::Error;

    use keyfob_core::doors::ports::StoreError;
    use security_framework::base::Error as OsError;
    pub use security_framework::os::macos::keychain::KeychainUserInteractionLock as Quiet;
    use security_framework::os::macos::keychain::SecKeychain;

    pub const LONGEST: usize = usize::MAX;
    pub const MODIFIERS: [(&str, &str); 0] = [];

    pub fn no_prompts() -> Result<Quiet, StoreError> {
        SecKeychain::disable_user_interaction().map_err(|e| of(&e))
    }

    pub fn unlock() -> Result<(), StoreError> {
        SecKeychain::default().and_then(|mut keychain| keychain.unlock(None)).map_err(|e| of(&e))
    }

    pub fn failure(cause: &(dyn Error + Send + Sync + 'static)) -> StoreError {
        match cause.downcast_ref::<OsError>() {
            Some(error) => of(error),
            None => StoreError::Failed { why: cause.to_string() },
        }
    }

    pub fn no_access(cause: &(dyn Error + Send + Sync + 'static)) -> StoreError {
        failure(cause)
    }

    /// The numbers of `SecBase.h`.
    fn of(error: &OsError) -> StoreError {
        match error.code() {
            // errSecInteractionNotAllowed, errSecInteractionRequired
            -25308 | -25315 => StoreError::Locked,
            // errSecUserCanceled, errSecAuthFailed
            -128 | -25293 => StoreError::Dismissed,
            // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain, errSecNoDefaultKeychain
            -25291 | -25294 | -25295 | -25307 => StoreError::NoKeychain { why: error.to_string() },
            _ => StoreError::Failed { why: error.to_string() },
        }
    }
}

#[cfg(windows)]
mod system {
    use std::error::Error;

    use keyfob_core::doors::ports::StoreError;

    /// The system's limit is 2,560 bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE).
    pub const LONGEST: usize = 2_400;
    /// Not `Enterprise`, the store's default: a session must not roam to other computers.
    pub const MODIFIERS: [(&str, &str); 1] = [("persistence", "Local")];

    /// The Credential Manager opens with the person's log-on and never asks.
    pub struct Quiet;

    #[allow(clippy::unnecessary_wraps)]
    pub fn no_prompts() -> Result<Quiet, StoreError> {
        Ok(Quiet)
    }

    #[allow(clippy::unnecessary_wraps)]
    pub fn unlock() -> Result<(), StoreError> {
        Ok(())
    }

    pub fn failure(cause: &(dyn Error + Send + Sync + 'static)) -> StoreError {
        StoreError::Failed { why: cause.to_string() }
    }

    /// There is no log-on session (ERROR_NO_SUCH_LOGON_SESSION), as in a service or over SSH.
    pub fn no_access(cause: &(dyn Error + Send + Sync + 'static)) -> StoreError {
        StoreError::NoKeychain { why: cause.to_string() }
    }
}
