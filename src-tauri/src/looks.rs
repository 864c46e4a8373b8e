//! The look for accounts and roles that the window waits for: one at a time, stopped and taken up again when asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::words::id::Id;
use tokio::sync::Notify;

/// The last look that was begun.
#[derive(Debug, Clone, Default)]
pub struct Looks(Arc<Mutex<Option<(Id, Look)>>>);

/// One look: what it has found outlives its end.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub discovery: Discovery,
    stop: Arc<Notify>,
}

impl Looks {
    /// A new one, in place of any other.
    pub fn begin(&self, team: &Id) -> Look {
        self.replace(team, Discovery::default())
    }

    /// One that goes on where the last one of this team ended.
    pub fn go_on(&self, team: &Id) -> Look {
        let last = self.last().as_ref().filter(|(of, _)| of == team).map(|(_, look)| look.discovery.clone());
        let discovery = last.unwrap_or_default();
        discovery.reopen();
        self.replace(team, discovery)
    }

    pub fn stop(&self, team: &Id) {
        if let Some((_, look)) = self.last().as_ref().filter(|(of, _)| of == team) {
            look.stop.notify_one();
        }
    }

    fn replace(&self, team: &Id, discovery: Discovery) -> Look {
        let look = Look { discovery, stop: Arc::default() };
        if let Some((_, before)) = self.last().replace((team.clone(), look.clone())) {
            before.stop.notify_one();
        }
        look
    }

    fn last(&self) -> MutexGuard<'_, Option<(Id, Look)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Look {
    /// Returns once nobody wants to wait for it any more.
    pub async fn stopped(&self) {
        self.stop.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> Id {
        Id::from_random([byte; 10])
    }

    // F242
    #[tokio::test]
    async fn one_look_ends_the_other_and_goes_on_only_where_its_own_team_was() {
        let looks = Looks::default();
        let first = looks.begin(&id(1));
        first.discovery.list([("1".into(), "one".into())]);
        let second = looks.go_on(&id(1));
        first.stopped().await;
        assert_eq!(second.discovery.found().groups().len(), 1);
        looks.stop(&id(2));
        looks.stop(&id(1));
        second.stopped().await;
        assert!(!looks.go_on(&id(2)).discovery.found().is_listed());
    }
}
