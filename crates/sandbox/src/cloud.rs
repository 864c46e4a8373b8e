//! One sandbox without its socket: its state, the faults that wait, the log, and the time as it sees it.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crate::{clock::Clock, faults::Faults, log::Log, world::World};

#[derive(Debug)]
pub(crate) struct Cloud {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    clock: Clock,
    /// Seconds by which this cloud is ahead of its clock.
    shifted: AtomicI64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cloud {
    pub fn new(world: World) -> Self {
        Self {
            clock: world.setup.clock.clone(),
            world: Mutex::new(world),
            faults: Mutex::default(),
            log: Mutex::default(),
            shifted: AtomicI64::new(0),
        }
    }

    /// Time since the Unix epoch as this cloud sees it.
    pub fn now(&self) -> Duration {
        let by = self.shifted.load(Ordering::Relaxed);
        let (now, distance) = (self.clock.now(), Duration::from_secs(by.unsigned_abs()));
        if by < 0 { now.saturating_sub(distance) } else { now + distance }
    }

    pub fn shift(&self, seconds: i64) {
        self.shifted.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Works on the state at the present time.
    pub fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let mut world = locked(&self.world);
        world.now = self.now();
        work(&mut world)
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }
}
