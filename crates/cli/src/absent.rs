//! Stand-ins for what is not there: a person to ask, a browser to open.

use async_trait::async_trait;
use keyfob_core::ports::{Answer, Browser, BrowserError, NoAnswer, Person, Question, Step};
use keyfob_core::talk;

/// Nobody: for work that must never bother a person.
#[derive(Debug)]
pub struct Nobody;

#[async_trait]
impl Person for Nobody {
    fn show(&self, _: &Step) {}

    async fn ask(&self, _: Question) -> Result<Answer, NoAnswer> {
        Err(NoAnswer::Nobody)
    }
}

/// A browser that stays closed, for `--no-open`.
#[derive(Debug)]
pub struct StaysClosed;

impl Browser for StaysClosed {
    fn open(&self, _: &url::Url) -> Result<(), BrowserError> {
        Err(BrowserError { why: talk::OPENED_FOR_NOBODY.into() })
    }
}
