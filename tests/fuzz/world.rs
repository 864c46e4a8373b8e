//! The world that a provider is lent here: time that passes at once, answers from a list, a person who says something.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use keyfob_core::doors::callback::{Callback, CallbackError, Expected, Listening};
use keyfob_core::doors::environment::Variables;
use keyfob_core::doors::ports::{Browser, BrowserError, Clock, Http, HttpError, NoAnswer, Person, Random, Revealed};
use keyfob_core::doors::provider::Cx;
use keyfob_core::words::login::Step;
use keyfob_core::words::question::{Answer, Filled, Question, Shape};
use keyfob_core::words::secret::Secret;

/// More questions than any login has.
const MOST_ASKED: usize = 40;

/// When every story begins.
pub fn start() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

/// One answer of a server.
#[derive(Debug, Clone)]
pub struct Given {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Given {
    fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body.clone()));
        // A status that HTTP does not know cannot come through its client.
        *response.status_mut() = self.status.try_into().unwrap_or_default();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::from_bytes(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

#[derive(Debug)]
pub struct World {
    now: Mutex<Timestamp>,
    answers: Mutex<VecDeque<Given>>,
    pub given: Mutex<Vec<Given>>,
    asked: Mutex<usize>,
}

impl World {
    /// A world in which servers answer so, one after the other, and cannot be reached afterwards.
    pub fn new(answers: Vec<Given>) -> Arc<Self> {
        Arc::new(World {
            now: Mutex::new(start()),
            answers: Mutex::new(answers.into()),
            given: Mutex::default(),
            asked: Mutex::default(),
        })
    }

    pub fn cx(self: &Arc<Self>) -> Cx {
        Cx {
            clock: Arc::clone(self) as Arc<dyn Clock>,
            http: Arc::clone(self) as Arc<dyn Http>,
            person: Arc::clone(self) as Arc<dyn Person>,
            browser: Arc::clone(self) as Arc<dyn Browser>,
            callback: Arc::clone(self) as Arc<dyn Callback>,
            random: Arc::clone(self) as Arc<dyn Random>,
            environment: Arc::new(Variables::default()),
            paces: keyfob_core::doors::pace::Paces::default(),
        }
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, how_long: Duration) {
        *self.now.lock().unwrap() += SignedDuration::try_from(how_long).unwrap();
        tokio::task::yield_now().await;
    }
}

#[async_trait]
impl Http for World {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let next = self.answers.lock().unwrap().pop_front();
        let Some(next) = next else { return Err(HttpError::Connect { host: "h".into(), why: "gone".into() }) };
        self.given.lock().unwrap().push(next.clone());
        if next.status < 100 { Err(HttpError::Cut { host: "h".into() }) } else { Ok(next.response()) }
    }
}

#[async_trait]
impl Person for World {
    fn show(&self, _: &Step) {}

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        let asked = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked
        };
        assert!(asked <= MOST_ASKED, "it does not stop asking: {question:?}");
        match question.shape {
            Shape::Wait(_) => std::future::pending().await,
            Shape::FillIn { fields, .. } => {
                let typed = |filled: Filled, key: &str| filled.with(key, Secret::new("123456"));
                Ok(Answer::Filled(fields.iter().fold(Filled::default(), |filled, field| typed(filled, &field.key))))
            }
            Shape::Choose { options } => {
                options.first().map(|one| Answer::Chosen(one.key.clone())).ok_or(NoAnswer::Nobody)
            }
            Shape::Confirm => Ok(Answer::Yes),
        }
    }

    async fn ask_showing(&self, question: Question, _: Revealed) -> Result<Answer, NoAnswer> {
        self.ask(question).await
    }
}

#[async_trait]
impl Browser for World {
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError> {
        assert_eq!(url.scheme(), "https", "it opens {url}");
        Ok(())
    }
}

#[async_trait]
impl Callback for World {
    async fn open(&self, _: Expected) -> Result<Box<dyn Listening>, CallbackError> {
        Err(CallbackError::Failed { why: "nobody comes back".into() })
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}
