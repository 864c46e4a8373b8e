//! What was noticed while a service was asked, and what of it may be why an answer was none that helps.

use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use jiff::{Timestamp, fmt::rfc2822};
use keyfob_core::doors::provider::{AccountError, ProviderError};
use keyfob_core::words::cause::Cause;

/// Seconds between two clocks that are worth a word. Servers forgive more, and networks are never that slow.
const WORTH_A_WORD: i64 = 120;

/// What the last answer of a service showed beside what it was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noticed(Arc<Mutex<Last>>);

#[derive(Debug, Default)]
struct Last {
    /// Seconds that our clock is ahead of the server's, where it told its time.
    ahead: Option<i64>,
    said: String,
}

impl Noticed {
    /// An answer came to what was sent at `asked`. Its `Date` (RFC 9110 §6.6.1) lies between that and now, by right clocks.
    pub fn answer(&self, headers: &HeaderMap, asked: Timestamp, now: Timestamp) {
        let text = headers.get("date").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let date = rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
        let ahead = date.map(|date| match () {
            () if date < asked => asked.duration_since(date).as_secs(),
            () if date > now => -date.duration_since(now).as_secs(),
            () => 0,
        });
        *self.last() = Last { ahead, said: String::new() };
    }

    /// The service refused, in these words.
    pub fn refusal(&self, words: &str) {
        words.clone_into(&mut self.last().said);
    }

    /// Seconds that this computer's clock is ahead, behind where they are negative; `None` where the server told no time.
    pub fn ahead(&self) -> Option<i64> {
        self.last().ahead
    }

    /// The server's words and the clock, where the error does not tell them by itself and they may be why.
    pub fn causes(&self, error: &ProviderError, host: &str) -> Vec<Cause> {
        let words = self.last().said.clone();
        let said = (!words.is_empty() && leaves_out_words(error)).then_some(Cause::Said { words });
        said.into_iter().chain(self.clock(host).filter(|_| depends_on_time(error))).collect()
    }

    /// The clock as a cause, where it differs from that of this host.
    pub fn clock(&self, host: &str) -> Option<Cause> {
        let ahead = self.ahead().filter(|ahead| ahead.abs() >= WORTH_A_WORD);
        ahead.map(|ahead| Cause::Clock { host: host.to_owned(), ahead })
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error is a refusal, and has no place for what was said with it.
fn leaves_out_words(error: &ProviderError) -> bool {
    use ProviderError as E;
    match error {
        E::CodeExpired | E::CodeRefused | E::WrongPassword | E::TooManyTries | E::WrongCode | E::TooLate => true,
        E::NotConfirmed | E::ResetRequired | E::FlowNotAllowed { .. } | E::RoleGone { .. } => true,
        E::Throttled { .. } | E::ServerTrouble { .. } => true,
        E::KeyUnknown { .. } | E::WrongSecretKey { .. } | E::ConsoleNotAllowed { .. } => true,
        E::Account(error) => match error {
            AccountError::NameTaken | AccountError::AddressTaken | AccountError::UnknownUser => true,
            AccountError::SignUpClosed | AccountError::AlreadyConfirmed | AccountError::CodeOver => true,
            AccountError::NotDelivered { .. } | AccountError::NotResettable { .. } => false,
            AccountError::NotTaken { .. } | AccountError::AgainstRules { .. } | AccountError::Barred { .. } => false,
        },
        E::Cancelled | E::PersonNeeded | E::SessionEnded { .. } | E::Because { .. } => false,
        E::PortTaken { .. } | E::PortBusy { .. } | E::NoCallback { .. } => false,
        E::BadNewPassword { .. } | E::UnknownClient { .. } | E::Refused { .. } => false,
        E::Unproven { .. } | E::ClockOff { .. } => false,
        E::PasswordNotAllowed { .. } | E::UnknownChallenge { .. } | E::OtherAccount | E::Unsupported { .. } => false,
        E::CaptivePortal { .. } | E::Unexpected { .. } | E::OverAlready { .. } | E::Http(_) | E::Setting(_) => false,
    }
}

/// A clock that is wrong leads to it.
fn depends_on_time(error: &ProviderError) -> bool {
    match error {
        ProviderError::OverAlready { .. } | ProviderError::WrongCode => true,
        ProviderError::Refused { code, message, .. } => {
            let said = format!("{code} {message}").to_ascii_lowercase();
            ["signature", "timestamp", "skew", "clock", "requestexpired", "expired", "not yet", "in the future"]
                .iter()
                .any(|word| said.contains(word))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    // F56
    #[test]
    fn two_clocks_are_compared_by_what_a_slow_network_cannot_explain() {
        let at = |time: &str| format!("1994-11-06T{time}Z").parse::<Timestamp>().unwrap();
        for (date, ahead) in [
            ("Sun, 06 Nov 1994 08:49:00 GMT", None),
            ("Sun, 06 Nov 1994 08:47:01 GMT", None),
            ("Sun, 06 Nov 1994 08:47:00 GMT", Some(120)),
            ("Sun, 06 Nov 1994 06:49:00 GMT", Some(7200)),
            // Between question and answer, however long that took, both clocks may be right.
            ("Sun, 06 Nov 1994 09:20:00 GMT", None),
            ("Sun, 06 Nov 1994 11:49:30 GMT", Some(-7200)),
            ("soon", None),
            ("", None),
        ] {
            let noticed = Noticed::default();
            let mut headers = HeaderMap::new();
            headers.insert("date", date.parse().unwrap());
            noticed.answer(&headers, at("08:49:00"), at("09:49:30"));
            let told = |noticed: &Noticed| match noticed.clock("h") {
                Some(Cause::Clock { ahead, .. }) => Some(ahead),
                _ => None,
            };
            assert_eq!(told(&noticed), ahead, "{date}");
            // Each answer counts for itself.
            noticed.answer(&HeaderMap::new(), at("08:49:00"), at("09:49:30"));
            assert_eq!(noticed.ahead(), None);
        }
    }
}
