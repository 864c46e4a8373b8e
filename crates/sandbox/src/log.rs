//! The request log that tests assert on, bounded in entries and in bytes.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::{
    http::{Answer, Request},
    operation::Operation,
};

/// One request as the sandbox saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Epoch seconds on the sandbox's clock.
    pub at: f64,
    pub operation: Operation,
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// All request headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as text, at most 16 KiB of it.
    pub body: String,
    /// The body of the answer as text, at most 16 KiB of it; empty while there is none.
    pub answer: String,
    /// The status that was sent; 0 while the request is being worked on, and when no answer went out.
    pub status: u16,
    /// The fault it met, by name.
    pub fault: Option<String>,
    /// Seconds of work on the answer, on the real clock and without any delay that was asked for.
    pub took: f64,
}

impl Seen {
    fn weight(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(k, v)| k.len() + v.len()).sum();
        self.path.len() + self.body.len() + self.answer.len() + headers + 128
    }
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Seen>,
    weight: usize,
    /// Sequence number of the first entry that is still kept.
    first: u64,
}

impl Log {
    const MOST_ENTRIES: usize = 20_000;
    const MOST_BYTES: usize = 16 << 20;
    const MOST_BODY: usize = 16 << 10;

    /// Writes the request down; the returned number is for [`Log::answered`].
    pub fn push(&mut self, at: f64, operation: Operation, request: &Request) -> u64 {
        let seen = Seen {
            at,
            operation,
            method: request.method.clone(),
            path: request.target.clone(),
            headers: request.headers.iter().cloned().collect(),
            body: Self::kept(&request.body),
            answer: String::new(),
            status: 0,
            fault: None,
            took: 0.0,
        };
        self.weight += seen.weight();
        self.entries.push_back(seen);
        let number = self.first + self.entries.len() as u64 - 1;
        self.forget_the_oldest();
        number
    }

    pub fn answered(&mut self, number: u64, answer: &Answer, status: u16, fault: Option<String>, took: f64) {
        let place = number.checked_sub(self.first).and_then(|i| usize::try_from(i).ok());
        if let Some(seen) = place.and_then(|i| self.entries.get_mut(i)) {
            seen.answer = Self::kept(&answer.body);
            seen.status = status;
            seen.fault = fault;
            seen.took = took;
            self.weight += seen.answer.len();
            self.forget_the_oldest();
        }
    }

    fn kept(body: &[u8]) -> String {
        String::from_utf8_lossy(body.get(..Self::MOST_BODY).unwrap_or(body)).into_owned()
    }

    fn forget_the_oldest(&mut self) {
        while self.entries.len() > Self::MOST_ENTRIES || self.weight > Self::MOST_BYTES {
            let Some(gone) = self.entries.pop_front() else { break };
            self.weight -= gone.weight();
            self.first += 1;
        }
    }

    pub fn entries(&self) -> Vec<Seen> {
        self.entries.iter().cloned().collect()
    }

    pub fn clear(&mut self) {
        self.first += self.entries.len() as u64;
        self.entries.clear();
        self.weight = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_forgets_its_oldest_entries_and_keeps_numbering() {
        let mut log = Log::default();
        let request = Request { body: vec![b'x'; 64 << 10], ..Request::new("POST", "/token", vec![]) };
        let last = (0..3_000).map(|_| log.push(0.0, Operation::PollToken, &request)).last().unwrap_or_default();
        assert_eq!(last, 2_999);
        assert!(log.weight <= Log::MOST_BYTES);
        log.answered(last, &Answer::new(200, "text/plain", "x".repeat(64 << 10)), 200, None, 0.0);
        assert!(log.weight <= Log::MOST_BYTES);
        assert_eq!(log.entries().last().map(|seen| seen.status), Some(200));
        log.answered(0, &Answer::empty(500), 500, None, 0.0);
        assert!(log.entries().iter().all(|seen| seen.status != 500));
    }
}
