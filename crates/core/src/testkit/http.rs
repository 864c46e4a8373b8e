//! Scripted answers instead of a network.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use crate::doors::ports::{Http, HttpError};

/// Gives its answers one after the other and keeps the requests. A request that the script did not foresee
/// fails, so that a test sees it.
#[derive(Debug, Default)]
pub struct ScriptedHttp(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    answers: VecDeque<Result<http::Response<Bytes>, HttpError>>,
    requests: Vec<http::Request<Bytes>>,
}

impl ScriptedHttp {
    /// Adds an answer with a body.
    #[must_use]
    pub fn answer(self, status: u16, body: impl Into<Bytes>) -> Self {
        let answer = http::Response::builder().status(status).body(body.into()).unwrap();
        self.state().answers.push_back(Ok(answer));
        self
    }

    /// Adds an answer that never comes.
    #[must_use]
    pub fn failure(self, error: HttpError) -> Self {
        self.state().answers.push_back(Err(error));
        self
    }

    /// The requests so far, oldest first.
    pub fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.state().requests.clone()
    }

    /// How many answers nobody asked for yet.
    pub fn left(&self) -> usize {
        self.state().answers.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Http for ScriptedHttp {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let mut state = self.state();
        state.requests.push(request);
        let unforeseen = || HttpError::Malformed { why: "the script has no answer to this request".into() };
        state.answers.pop_front().unwrap_or_else(|| Err(unforeseen()))
    }
}
