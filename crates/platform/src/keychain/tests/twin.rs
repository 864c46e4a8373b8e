//! A store of items in memory that can be small, locked, empty, hanging or lying: the twin of a keychain.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use keyfob_core::doors::ports::StoreError;
use keyfob_core::words::secret::Secret;

use super::super::items::{Asks, Items, Open};

/// Shared by all that were opened, as a keychain is.
#[derive(Clone)]
pub struct Twin {
    pub inside: Arc<Mutex<Inside>>,
    pub opened: Arc<AtomicUsize>,
    /// Whoever unlocks waits for this.
    pub prompt: Arc<Mutex<()>>,
    longest: usize,
    asks: Asks,
}

#[derive(Default)]
pub struct Inside {
    pub items: BTreeMap<String, String>,
    pub locked: bool,
    /// Another store beside it.
    pub others_locked: bool,
    /// Every `put` and `remove` that happened, in order.
    pub writes: Vec<String>,
    /// The process dies before this write, counted from 0.
    pub dies_at: Option<usize>,
    /// What is kept instead of what was written, once.
    pub keeps_instead: Option<String>,
    /// The next call fails like this, once.
    pub fails: Option<StoreError>,
}

impl Twin {
    pub fn holding(longest: usize) -> Self {
        Twin { inside: Arc::default(), opened: Arc::default(), prompt: Arc::default(), longest, asks: Asks::Nobody }
    }

    pub fn open(&self) -> Open {
        self.open_for(Asks::Nobody)
    }

    pub fn open_for(&self, asks: Asks) -> Open {
        let twin = Twin { asks, ..self.clone() };
        Open::new(move |_| {
            twin.opened.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(twin.clone()))
        })
    }

    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        self.inside().items.keys().cloned().collect()
    }

    fn enter(&self) -> Result<MutexGuard<'_, Inside>, StoreError> {
        let mut inside = self.inside();
        match inside.fails.take() {
            Some(error) => Err(error),
            None if inside.locked => Err(StoreError::Locked),
            None => Ok(inside),
        }
    }

    fn write(&self, what: String) -> Result<MutexGuard<'_, Inside>, StoreError> {
        let mut inside = self.enter()?;
        if inside.dies_at == Some(inside.writes.len()) {
            return Err(StoreError::Failed { why: "killed".into() });
        }
        inside.writes.push(what);
        Ok(inside)
    }
}

impl Items for Twin {
    fn until(&mut self, _: Instant) -> Result<(), StoreError> {
        Ok(())
    }

    fn longest(&self) -> usize {
        self.longest
    }

    fn get(&mut self, name: &str) -> Result<Option<Secret>, StoreError> {
        Ok(self.enter()?.items.get(name).map(Secret::new))
    }

    fn put(&mut self, name: &str, text: &Secret) -> Result<(), StoreError> {
        assert!(text.expose().len() <= self.longest, "{name} got {} bytes", text.expose().len());
        let mut inside = self.write(format!("put {name}"))?;
        let kept = inside.keeps_instead.take().unwrap_or_else(|| text.expose().to_owned());
        inside.items.insert(name.to_owned(), kept);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        self.write(format!("remove {name}"))?.items.remove(name);
        Ok(())
    }

    fn ready(&mut self) -> Result<(), StoreError> {
        if self.asks == Asks::ThePerson {
            let _answered = self.prompt.lock().unwrap();
            self.inside().locked = false;
        }
        self.enter().map(drop)
    }

    fn others_locked(&mut self) -> Result<bool, StoreError> {
        Ok(self.inside().others_locked)
    }
}
