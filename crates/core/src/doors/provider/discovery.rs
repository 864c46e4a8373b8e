//! What a session can be traded for, as far as a provider has looked: it adds what comes, and whoever waits looks on.

use std::sync::Arc;

use tokio::sync::watch;

use crate::doors::provider::ProviderError;
use crate::words::about::Target;

/// Shared by who looks and who waits: a copy is the same thing. Whoever looks may stop at any moment and go on later,
/// because what has come stays.
#[derive(Debug, Clone)]
pub struct Discovery(Arc<watch::Sender<Found>>);

/// How far it has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// In the server's order. None before all of them are known.
    groups: Option<Vec<Group>>,
    /// In the order in which they came, each with the place of its group: so a place in here stays what it is.
    targets: Vec<(usize, Target)>,
}

/// What targets belong to, such as an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub looked: Looked,
}

/// Whether a group was looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    NotYet,
    Done,
    /// It costs itself and no other.
    LeftOut(ProviderError),
}

impl Default for Discovery {
    fn default() -> Self {
        Discovery(Arc::new(watch::Sender::new(Found::default())))
    }
}

impl Discovery {
    /// How far it has come now.
    pub fn found(&self) -> watch::Ref<'_, Found> {
        self.0.borrow()
    }

    /// Hears of everything that comes.
    pub fn watch(&self) -> watch::Receiver<Found> {
        self.0.subscribe()
    }

    /// These are the groups, by id and name. One that is named twice is one.
    pub fn list(&self, named: impl IntoIterator<Item = (String, String)>) {
        let mut groups: Vec<Group> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        for (id, name) in named {
            if known.insert(id.clone()) {
                groups.push(Group { id, name, looked: Looked::NotYet });
            }
        }
        self.0.send_modify(|found| found.groups = Some(groups));
    }

    /// The groups that are still to be looked into, with their places; `None` when they are not known themselves.
    pub fn open(&self) -> Option<Vec<(usize, Group)>> {
        let found = self.found();
        let open = found.groups.as_ref()?.iter().enumerate().filter(|(_, group)| group.looked == Looked::NotYet);
        Some(open.map(|(place, group)| (place, group.clone())).collect())
    }

    /// All that the group at this place has.
    pub fn add(&self, place: usize, targets: Vec<Target>) {
        self.0.send_modify(|found| {
            found.mark(place, Looked::Done);
            found.targets.extend(targets.into_iter().map(|target| (place, target)));
        });
    }

    pub fn leave_out(&self, place: usize, why: ProviderError) {
        self.0.send_modify(|found| found.mark(place, Looked::LeftOut(why)));
    }

    /// What was left out is to be looked into again.
    pub fn reopen(&self) {
        self.0.send_modify(|found| {
            for group in found.groups.iter_mut().flatten().filter(|group| group.looked != Looked::Done) {
                group.looked = Looked::NotYet;
            }
        });
    }
}

impl Found {
    /// Whether the groups are known.
    pub fn is_listed(&self) -> bool {
        self.groups.is_some()
    }

    pub fn groups(&self) -> &[Group] {
        self.groups.as_deref().unwrap_or_default()
    }

    /// How many groups were looked into, and need not be again.
    pub fn done(&self) -> usize {
        self.groups().iter().filter(|group| group.looked == Looked::Done).count()
    }

    /// The same with those that were left out.
    pub fn tried(&self) -> usize {
        self.groups().iter().filter(|group| group.looked != Looked::NotYet).count()
    }

    /// Whether there is nothing to show for it.
    pub fn is_in_vain(&self) -> bool {
        self.done() == 0 && self.groups.as_ref().is_none_or(|groups| !groups.is_empty())
    }

    /// The target that came at this place.
    pub fn target(&self, came: usize) -> Option<&Target> {
        self.targets.get(came).map(|(_, target)| target)
    }

    /// All targets in the server's order, each with the place at which it came.
    pub fn targets(&self) -> Vec<(usize, &Target)> {
        let mut all: Vec<_> = self.targets.iter().enumerate().collect();
        all.sort_by_key(|(_, (group, _))| *group);
        all.into_iter().map(|(came, (_, target))| (came, target)).collect()
    }

    fn mark(&mut self, place: usize, looked: Looked) {
        if let Some(group) = self.groups.as_mut().and_then(|groups| groups.get_mut(place)) {
            group.looked = looked;
        }
    }
}
