//! A person with their answers ready, and a world of real ports around them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use keyfob_core::doors::environment::Variables;
use keyfob_core::doors::ports::{Browser, BrowserError, NoAnswer, Person, Revealed};
use keyfob_core::doors::provider::Cx;
use keyfob_core::words::login::Step;
use keyfob_core::words::question::{Answer, Question};
use keyfob_core::words::secret::Secret;
use keyfob_platform::clock::SystemClock;
use keyfob_platform::http::Internet;
use keyfob_platform::random::SystemRandom;

/// What a person says when asked; made at that moment, because a one-time code is.
pub type Reply = Box<dyn FnMut(&Question) -> Answer + Send>;

/// Answers each question with the next reply, remembers what was asked, and leaves when there is none left.
#[derive(Default)]
pub struct Scripted {
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<Question>>,
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl Scripted {
    pub fn new(replies: Vec<Reply>) -> Arc<Scripted> {
        Arc::new(Scripted { replies: Mutex::new(replies.into()), asked: Mutex::default() })
    }

    /// Every question so far.
    pub fn asked(&self) -> Vec<Question> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Person for Scripted {
    fn show(&self, _: &Step) {}

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        self.asked.lock().unwrap().push(question.clone());
        let reply = self.replies.lock().unwrap().pop_front();
        reply.map(|mut reply| reply(&question)).ok_or(NoAnswer::Cancelled)
    }

    async fn ask_showing(&self, question: Question, _: Revealed) -> Result<Answer, NoAnswer> {
        self.ask(question).await
    }
}

/// A user name and a password, to be typed and not remembered.
pub fn types(username: &str, password: &str) -> Reply {
    let (username, password) = (username.to_owned(), Secret::new(password));
    Box::new(move |_| Answer::password(&username, password.clone(), false))
}

/// A browser that nothing may open.
#[derive(Debug)]
pub struct NoBrowser;

#[async_trait]
impl Browser for NoBrowser {
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError> {
        panic!("{url} was opened, and nobody asked for it");
    }
}

/// What a provider is lent, all of it real but the person.
pub fn real_world(person: Arc<Scripted>) -> Cx {
    Cx {
        callback: Arc::new(keyfob_platform::callback::Loopback),
        clock: Arc::new(SystemClock),
        http: Arc::new(Internet::new(Arc::new(Variables::default()))),
        person,
        browser: Arc::new(NoBrowser),
        random: Arc::new(SystemRandom),
        environment: Arc::new(Variables::default()),
        paces: keyfob_core::doors::pace::Paces::default(),
    }
}
