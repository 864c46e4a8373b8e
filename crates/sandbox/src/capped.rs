//! A map that forgets its oldest entries, so that a server left running keeps its size.

use std::collections::{BTreeMap, VecDeque};

#[derive(Debug)]
pub(crate) struct Capped<V> {
    entries: BTreeMap<String, V>,
    order: VecDeque<String>,
    most: usize,
}

impl<V> Capped<V> {
    pub fn new(most: usize) -> Self {
        Self { entries: BTreeMap::new(), order: VecDeque::new(), most }
    }

    /// Adds an entry under a key that was never used before.
    pub fn insert(&mut self, key: String, value: V) {
        self.order.push_back(key.clone());
        self.entries.insert(key, value);
        if self.order.len() > self.most.saturating_mul(2) {
            self.order.retain(|key| self.entries.contains_key(key));
        }
        while self.entries.len() > self.most {
            let Some(oldest) = self.order.pop_front() else { break };
            self.entries.remove(&oldest);
        }
    }

    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub fn remove(&mut self, key: &str) -> Option<V> {
        self.entries.remove(key)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.values_mut()
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&String, &V)> {
        self.order.iter().filter_map(|key| self.entries.get_key_value(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_goes_first_and_the_order_list_stays_small() {
        let mut map = Capped::new(3);
        for i in 0..100 {
            map.insert(i.to_string(), i);
            if i % 2 == 0 {
                map.remove(&i.to_string());
            }
        }
        assert_eq!(map.iter().map(|(_, v)| *v).collect::<Vec<_>>(), [95, 97, 99]);
        assert!(map.order.len() <= 7);
    }
}
