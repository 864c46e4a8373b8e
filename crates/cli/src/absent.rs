//! A stand-in for what is not there: a browser to open.

use async_trait::async_trait;
use keyfob_core::doors::ports::{Browser, BrowserError};
use keyfob_core::face::talk;

/// A browser that stays closed, for `--no-open`.
#[derive(Debug)]
pub struct StaysClosed;

#[async_trait]
impl Browser for StaysClosed {
    async fn open(&self, _: &url::Url) -> Result<(), BrowserError> {
        Err(BrowserError { why: talk::OPENED_FOR_NOBODY.into() })
    }
}
