//! The queue of things that shall go wrong, and what each of them does.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operation::Operation;

/// One thing that goes wrong. Faults wait in a queue; a request takes the first one that fits (a [`What::Delay`] that
/// fits is taken too, so a slow server can also be a broken one). The page and the control surface are only hit when
/// named.
///
/// As JSON: `{"on":"PollToken","after":0,"times":2,"what":{"Delay":{"millis":500}}}`; `on` null or missing is anywhere,
/// `times` 0 is until cleared, unit faults are strings (`"what":"SlowDown"`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// The operation to hit, or every one.
    #[serde(default)]
    pub on: Option<Operation>,
    /// How many fitting requests pass unharmed first.
    #[serde(default)]
    pub after: u32,
    /// How many requests are hit; 0 means until cleared.
    #[serde(default = "one")]
    pub times: u32,
    pub what: What,
}

fn one() -> u32 {
    1
}

impl Fault {
    /// Hits the next request of `operation`, once.
    pub fn on(operation: Operation, what: What) -> Self {
        Self { on: Some(operation), after: 0, times: 1, what }
    }

    /// Hits the next request, whatever it is, once.
    pub fn anywhere(what: What) -> Self {
        Self { on: None, after: 0, times: 1, what }
    }

    /// Hits `times` requests.
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Hits every fitting request until [`crate::FaultQueue::clear`].
    pub fn always(self) -> Self {
        self.times(0)
    }

    /// Lets `after` fitting requests pass first.
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }

    fn fits(&self, operation: Operation) -> bool {
        match self.on {
            Some(on) => on == operation,
            None => !matches!(operation, Operation::Page | Operation::Control),
        }
    }
}

/// What goes wrong. *Instead* means that the service does nothing; *after* means that the service did its work (it
/// rotated, it minted, it logged out) and only its answer suffers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum What {
    /// Waits, then goes on as usual. Real time, not the sandbox's clock.
    Delay { millis: u64 },
    /// Instead: this answer.
    Status {
        status: u16,
        #[serde(default)]
        headers: Vec<(String, String)>,
        #[serde(default)]
        body: String,
    },
    /// Instead: `SlowDownException` (RFC 8628 section 3.5).
    SlowDown,
    /// Instead: an error in the shape of the operation's service, e.g. `kind: "TooManyRequestsException", status: 429`.
    Error {
        kind: String,
        message: String,
        status: u16,
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// Instead: 200 with a captive portal's HTML page.
    Html200,
    /// Instead: a redirect (302, 307, …) to `to`.
    Redirect { status: u16, to: String },
    /// Instead: 200 without a body.
    EmptyBody,
    /// Instead: 200 with a JSON body of `bytes` bytes, made while it is sent.
    HugeBody { bytes: u64 },
    /// Instead: a header section that never ends.
    EndlessHeader,
    /// After: the connection is closed without a byte of answer.
    LostAnswer,
    /// After: a TCP reset when `bytes` bytes of the answer (head and body together) are sent.
    ResetAfter { bytes: usize },
    /// After: the connection is closed after half of the announced body.
    CutBody,
    /// After: the announced length is shorter than the body by a quarter.
    WrongLength,
    /// After: one byte every `millis`.
    Drip { millis: u64 },
    /// After: the success body changed by a JSON merge patch (RFC 7396; null removes). Errors and XML stay as they are.
    Answer { patch: Value },
}

/// What a request has to suffer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub delay: Duration,
    pub what: Option<What>,
}

/// The queue itself; taken from by the server, filled through [`crate::FaultQueue`].
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// More than this many waiting faults are a mistake of the script; the rest is dropped.
    const MOST: usize = 10_000;

    pub fn push(&mut self, fault: Fault) {
        if self.0.len() < Self::MOST {
            self.0.push(fault);
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn waiting(&self) -> usize {
        self.0.len()
    }

    /// Takes what `operation` has to suffer now.
    pub fn take(&mut self, operation: Operation) -> Plan {
        let mut plan = Plan::default();
        for fault in &mut self.0 {
            if !fault.fits(operation) {
                continue;
            }
            let delay = match fault.what {
                What::Delay { millis } => Some(Duration::from_millis(millis)),
                _ => None,
            };
            if delay.is_none() && plan.what.is_some() {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            match delay {
                Some(delay) => plan.delay += delay,
                None => plan.what = Some(fault.what.clone()),
            }
            // Endless faults stay at 0; used up ones are marked and swept below.
            fault.times = match fault.times {
                0 => 0,
                1 => u32::MAX,
                more => more - 1,
            };
        }
        self.0.retain(|fault| fault.times != u32::MAX);
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_passes_some_hits_some_and_is_used_up() {
        let mut faults = Faults::default();
        faults.push(Fault::on(Operation::PollToken, What::SlowDown).after(1).times(2));
        let hits: Vec<bool> = (0..5).map(|_| faults.take(Operation::PollToken).what.is_some()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert_eq!(faults.waiting(), 0);
    }

    #[test]
    fn a_delay_adds_to_another_fault_and_only_one_other_is_taken() {
        let mut faults = Faults::default();
        faults.push(Fault::anywhere(What::Delay { millis: 5 }).always());
        faults.push(Fault::anywhere(What::Html200));
        faults.push(Fault::anywhere(What::EmptyBody));
        let plan = faults.take(Operation::ListAccounts);
        assert_eq!(plan.delay, Duration::from_millis(5));
        assert!(matches!(plan.what, Some(What::Html200)));
        assert!(matches!(faults.take(Operation::ListAccounts).what, Some(What::EmptyBody)));
        assert_eq!(faults.waiting(), 1);
    }

    #[test]
    fn page_and_control_are_spared_unless_named() {
        let mut faults = Faults::default();
        faults.push(Fault::anywhere(What::EmptyBody));
        assert!(faults.take(Operation::Control).what.is_none());
        assert!(faults.take(Operation::Page).what.is_none());
        assert!(faults.take(Operation::Logout).what.is_some());
    }
}
