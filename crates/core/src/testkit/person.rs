//! A person with a script, a browser that opens nothing, and chance that repeats itself.

use crate::doors::callback::{Callback, CallbackError, Expected, Listening};
use crate::doors::ports::Revealed;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::doors::ports::{Browser, BrowserError, NoAnswer, Person, Random};
use crate::words::login::Step;
use crate::words::question::{Answer, Question};

/// Answers from a list, and keeps what was shown and asked. When the list is empty, nobody is there.
#[derive(Debug, Default)]
pub struct ScriptedPerson(Mutex<Script>);

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<Result<Answer, NoAnswer>>,
    shown: Vec<Step>,
    asked: Vec<Question>,
    revealed: Vec<Revealed>,
}

impl ScriptedPerson {
    #[must_use]
    pub fn answer(self, answer: Answer) -> Self {
        self.script().answers.push_back(Ok(answer));
        self
    }

    /// Gives up at this question.
    #[must_use]
    pub fn cancel(self) -> Self {
        self.script().answers.push_back(Err(NoAnswer::Cancelled));
        self
    }

    pub fn shown(&self) -> Vec<Step> {
        self.script().shown.clone()
    }

    pub fn asked(&self) -> Vec<Question> {
        self.script().asked.clone()
    }

    /// The secrets that were shown beside questions.
    pub fn revealed(&self) -> Vec<Revealed> {
        self.script().revealed.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Person for ScriptedPerson {
    fn show(&self, step: &Step) {
        self.script().shown.push(step.clone());
    }

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        let next = {
            let mut script = self.script();
            let waits = question.waits().is_some();
            script.asked.push(question);
            let goes_another_way = matches!(script.answers.front(), Some(Ok(Answer::Other(_)) | Err(_)));
            if waits && !goes_another_way { None } else { script.answers.pop_front() }.ok_or(waits)
        };
        match next {
            Ok(answer) => answer,
            // Somebody who has nothing else to say does what is waited for.
            Err(true) => std::future::pending().await,
            Err(false) => Err(NoAnswer::Nobody),
        }
    }

    async fn ask_showing(&self, question: Question, shown: Revealed) -> Result<Answer, NoAnswer> {
        self.script().revealed.push(shown);
        self.ask(question).await
    }
}

/// Keeps the addresses it was asked to open; there may be none that can open them.
#[derive(Debug, Default)]
pub struct RecordingBrowser {
    opened: Mutex<Vec<url::Url>>,
    missing: bool,
}

impl RecordingBrowser {
    /// A computer without a browser.
    pub fn missing() -> Self {
        RecordingBrowser { missing: true, ..RecordingBrowser::default() }
    }

    pub fn opened(&self) -> Vec<String> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).iter().map(url::Url::to_string).collect()
    }
}

#[async_trait]
impl Browser for RecordingBrowser {
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError> {
        if self.missing {
            return Err(BrowserError { why: "there is none".into() });
        }
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(url.clone());
        Ok(())
    }
}

/// Numbers that look random and are the same for the same seed (SplitMix64). Never for real secrets.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    pub fn new(seed: u64) -> Self {
        SeededRandom(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Nobody comes back from a browser here.
#[derive(Debug)]
pub struct NoCallback;

#[async_trait]
impl Callback for NoCallback {
    async fn open(&self, _: Expected) -> Result<Box<dyn Listening>, CallbackError> {
        Err(CallbackError::Failed { why: "there is no browser in this test".into() })
    }
}
