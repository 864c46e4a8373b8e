//! What the rules above need of a store of items: one operating system's keychain, or a twin in tests.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use keyfob_core::doors::ports::StoreError;
use keyfob_core::words::secret::Secret;

/// Whom a store may ask to unlock something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Nobody asked for what is done, so nothing may appear on the screen.
    Nobody,
    ThePerson,
}

/// The items of the service `keyfob`, by name. Calls block, so they run on the worker's thread.
pub(crate) trait Items {
    /// The calls that follow give up with [`StoreError::TimedOut`] at this time, where the system lets
    /// them; where it does not, the worker's thread is left behind.
    fn until(&mut self, deadline: Instant) -> Result<(), StoreError>;

    /// The most bytes an item can hold.
    fn longest(&self) -> usize;

    /// `Ok(None)` says that an open store does not have it; whether it is the right store is asked by
    /// [`super::mark`].
    fn get(&mut self, name: &str) -> Result<Option<Secret>, StoreError>;

    /// Makes or replaces the item: afterwards it holds the old text or the new one, never none.
    fn put(&mut self, name: &str, text: &Secret) -> Result<(), StoreError>;

    /// Removes it; one that is not there is no error.
    fn remove(&mut self, name: &str) -> Result<(), StoreError>;

    /// Makes sure that new items can be written and what is there can be read.
    ///
    /// To a store that asks the person, what they leave locked elsewhere than where new items go is no hindrance.
    fn ready(&mut self) -> Result<(), StoreError>;

    /// Whether other stores beside this one are locked, and stay so, and may hide what was not found.
    fn others_locked(&mut self) -> Result<bool, StoreError>;
}

/// How a store is opened; called on the worker's thread.
#[derive(Clone)]
pub(crate) struct Open(Arc<OpenFn>);

type OpenFn = dyn Fn(Instant) -> Result<Box<dyn Items>, StoreError> + Send + Sync;

impl Open {
    pub fn new(open: impl Fn(Instant) -> Result<Box<dyn Items>, StoreError> + Send + Sync + 'static) -> Self {
        Open(Arc::new(open))
    }

    pub fn open(&self, deadline: Instant) -> Result<Box<dyn Items>, StoreError> {
        (self.0)(deadline)
    }
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Open")
    }
}
