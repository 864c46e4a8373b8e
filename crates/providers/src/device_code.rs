//! A code of the device flow while it waits for its approval (RFC 8628): what is believed of it, and how it is shown.

use std::time::Duration;

use jiff::Timestamp;
use keyfob_core::doors::provider::Cx;
use keyfob_core::words::question::{Opening, Other, Question, Topic, Wait, WaitPage};
use keyfob_core::words::secret::Secret;
use url::Url;

use crate::asking::{Waited, while_waiting};
use crate::browser;
use crate::lifetime::after;
use crate::pace::{Pace, Patience};
use crate::settings::host_of;
use crate::wire::{Failure, unexpected};

/// Seconds between two polls when the server names none (RFC 8628 §3.2).
const INTERVAL: u64 = 5;
/// Seconds a code lives when the server does not say, and at most: our own deadline (F16).
const LIFE: i64 = 600;
const LONGEST_LIFE: i64 = 900;

/// What a server gave, its pages checked already. Zero seconds are none that it named.
pub(crate) struct Given {
    pub device_code: Secret,
    pub user_code: String,
    pub page: Url,
    pub complete_page: Url,
    pub interval: u64,
    pub life: i64,
}

/// A code that waits for its approval.
pub(crate) struct Code {
    pub device_code: Secret,
    user_code: String,
    page: Url,
    complete_page: Url,
    interval: Duration,
    asked: Timestamp,
    deadline: Timestamp,
}

impl Code {
    pub fn of(given: Given, host: &str, cx: &Cx) -> Result<Self, Failure> {
        let Given { device_code, user_code, page, complete_page, interval, life } = given;
        if !(1..=32).contains(&user_code.len()) || !user_code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(Failure::Failed(unexpected(host, "the code to compare is not letters and digits")));
        }
        let interval = Duration::from_secs(if interval == 0 { INTERVAL } else { interval });
        let life = if life <= 0 { LIFE } else { life.min(LONGEST_LIFE) };
        let asked = cx.clock.now();
        Ok(Code { device_code, user_code, page, complete_page, interval, asked, deadline: after(asked, life) })
    }

    /// Shows it and opens its page, while `polls` wait for the approval. Nothing where the person wants another one.
    pub async fn shown<T>(
        &self,
        polls: impl Future<Output = Result<T, Failure>>,
        cx: &Cx,
    ) -> Result<Option<T>, Failure> {
        let approved = async {
            browser::show(&self.complete_page, cx).await;
            polls.await
        };
        match while_waiting(self.question(), approved, cx).await? {
            Waited::Came(came) => Ok(Some(came)),
            Waited::Other(_) => Ok(None),
        }
    }

    /// At which pace it is polled for, and how long.
    pub fn pace(&self) -> (Pace, Patience) {
        (Pace::every(self.interval), Patience::until(self.deadline, self.asked))
    }

    fn question(&self) -> Question {
        let page = WaitPage {
            url: self.page.to_string(),
            complete_url: self.complete_page.to_string(),
            host: host_of(&self.complete_page),
            opening: Opening::Asked,
        };
        let wait = Wait { code: Some(self.user_code.clone()), page: Some(page), expires: self.deadline };
        Question::wait(Topic::Approval, wait).or(Other::NewCode)
    }
}
