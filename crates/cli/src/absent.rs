//! A stand-in for what is not there: a browser to open.

use keyfob_core::doors::ports::{Browser, BrowserError};
use keyfob_core::face::talk;

/// A browser that stays closed, for `--no-open`.
#[derive(Debug)]
pub struct StaysClosed;

impl Browser for StaysClosed {
    fn open(&self, _: &url::Url) -> Result<(), BrowserError> {
        Err(BrowserError { why: talk::OPENED_FOR_NOBODY.into() })
    }
}
