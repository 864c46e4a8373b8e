//! What only a person can answer: one of four shapes, about one of a closed list of things; and what they said.
//!
//! A provider says what it asks *about* and in which *shape*. How that reads is the face's, so that a question which
//! nobody has asked before touches neither the window nor the terminal.

mod usual;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::about::Deed;
use crate::words::secret::Secret;

/// The usual keys of fields and ticks.
pub const USERNAME: &str = "username";
pub const PASSWORD: &str = "password";
pub const NEW_PASSWORD: &str = "new-password";
pub const EMAIL: &str = "email";
pub const CODE: &str = "code";
pub const REMEMBER: &str = "remember";

/// From so many choices on, they can be searched.
pub const MANY: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    pub topic: Topic,
    pub shape: Shape,
    /// Where in the login it stands, and in whose name.
    pub place: Option<Place>,
    /// Why the last answer was not taken. What was typed beside it comes back in the fields.
    pub refusal: Option<Refusal>,
    /// Other ways on than to answer.
    pub others: Vec<Other>,
}

/// What a question is about. It decides the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "topic")]
pub enum Topic {
    /// User name and password.
    Password,
    /// A password that the person chooses.
    NewPassword,
    /// A one-time code. `sent_to` is the masked address or number the server told.
    Code { kind: CodeKind, sent_to: Option<String> },
    /// Which of several ways to confirm.
    Factor,
    /// May the password be sent to this host as it is? Asked once for each exact address (threat T08).
    SendPassword { host: String, endpoint: String },
    /// An authenticator that is being set up: its seed is shown, and it proves itself by a code.
    Setup,
    /// A login that somebody approves on the provider's page.
    Approval,
    /// Whose account something is done with.
    Whose { deed: Deed },
    /// A new account. Its user name may be taken already: then that is what was wrong.
    SignUp,
    /// A code that proves an address. `again` when it was asked for once more.
    Confirm { sent_to: Option<String>, again: bool },
    /// A new password in place of a forgotten one, against a code that was sent.
    Reset { sent_to: Option<String>, again: bool },
    /// The password there is and the one that replaces it.
    ChangePassword,
    /// A code that a page shows at the end of a login on another device.
    PastedCode { page: String },
}

impl Topic {
    /// A secret is shown with it that the person takes elsewhere.
    pub fn reveals(&self) -> bool {
        matches!(self, Topic::Setup)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "shape")]
pub enum Shape {
    /// Fields to fill in, and boxes to tick.
    FillIn { fields: Vec<Blank>, ticks: Vec<Tick> },
    /// One of several.
    Choose { options: Vec<Choice> },
    /// Yes or no; no is what happens when nobody cares.
    Confirm,
    /// Nothing to type: something must be done elsewhere, and asking ends by itself once it is.
    Wait(Wait),
}

/// A field to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blank {
    pub key: String,
    pub kind: BlankKind,
    /// What stands in it already; never a secret.
    pub value: String,
    pub required: bool,
}

/// What a field takes, and with it how it is typed, checked and filled in by password managers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum BlankKind {
    Text,
    Username,
    Secret,
    /// A secret that is made up now: typed twice.
    NewSecret,
    /// A one-time code. Blanks in it do not matter.
    Code,
    Email,
    Phone,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tick {
    pub key: String,
    pub on: bool,
}

/// One of several to choose among.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub key: String,
    /// The server's name for it; without one the face has words for the key.
    pub label: String,
    pub detail: String,
    /// What it belongs to, such as an account.
    pub group: String,
    /// The one that was taken last time.
    pub last: bool,
}

/// Something that must be done elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// A code that the person compares with the one on the page (RFC 8628 §3.3).
    pub code: Option<String>,
    pub page: Option<WaitPage>,
    pub expires: Timestamp,
}

/// The page where it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitPage {
    /// Where a code can be typed.
    pub url: String,
    /// The page that has the code filled in.
    pub complete_url: String,
    pub host: String,
    pub opening: Opening,
}

/// What became of opening a page in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "opening")]
pub enum Opening {
    /// The browser has been asked, or will be.
    Asked,
    Opened,
    Failed {
        why: String,
    },
}

/// The step of a login that a question belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// From 1.
    pub step: u32,
    /// As far as is known by now.
    pub of: u32,
    pub who: String,
}

/// Why an answer was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "refusal")]
pub enum Refusal {
    Wrong,
    /// It was right once, and its time is over.
    Over,
    /// In the server's own words.
    Said {
        words: String,
    },
}

/// A way on that is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Other {
    /// A new code in place of the one that is shown.
    NewCode,
    /// The code once more.
    SendAgain,
    /// The page is to be opened on another device.
    AnotherDevice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeKind {
    Authenticator,
    Sms,
    Email,
}

/// What the person said. It can hold secrets, so it has no `Serialize`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Filled(Filled),
    /// The key of the choice.
    Chosen(String),
    Yes,
    No,
    Other(Other),
}

/// What was typed and ticked, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    pub values: BTreeMap<String, Secret>,
    pub ticks: BTreeSet<String>,
}

impl Question {
    pub fn new(topic: Topic, shape: Shape) -> Self {
        Question { topic, shape, place: None, refusal: None, others: Vec::new() }
    }

    pub fn fill_in(topic: Topic, fields: impl IntoIterator<Item = Blank>) -> Self {
        Self::new(topic, Shape::FillIn { fields: fields.into_iter().collect(), ticks: Vec::new() })
    }

    /// The one that was taken last comes first; the others keep their order.
    pub fn choose(topic: Topic, options: impl IntoIterator<Item = Choice>) -> Self {
        let mut options: Vec<Choice> = options.into_iter().collect();
        options.sort_by_key(|choice| !choice.last);
        Self::new(topic, Shape::Choose { options })
    }

    pub fn confirm(topic: Topic) -> Self {
        Self::new(topic, Shape::Confirm)
    }

    pub fn wait(topic: Topic, wait: Wait) -> Self {
        Self::new(topic, Shape::Wait(wait))
    }

    #[must_use]
    pub fn tick(mut self, key: &str, on: bool) -> Self {
        if let Shape::FillIn { ticks, .. } = &mut self.shape {
            ticks.push(Tick { key: key.into(), on });
        }
        self
    }

    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    #[must_use]
    pub fn refused(mut self, refusal: Option<Refusal>) -> Self {
        self.refusal = refusal;
        self
    }

    #[must_use]
    pub fn or(mut self, other: Other) -> Self {
        self.others.push(other);
        self
    }

    /// What must be done elsewhere, if that is the question.
    pub fn waits(&self) -> Option<&Wait> {
        match &self.shape {
            Shape::Wait(wait) => Some(wait),
            _ => None,
        }
    }
}

impl Blank {
    pub fn new(key: &str, kind: BlankKind) -> Self {
        Blank { key: key.into(), kind, value: String::new(), required: true }
    }

    #[must_use]
    pub fn with(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Says whether a text can be the answer, as far as anybody can tell without the server.
    pub fn check(&self, typed: &str) -> Result<(), Misfit> {
        let typed = typed.trim();
        match self.kind {
            _ if typed.is_empty() => {
                if self.required {
                    Err(Misfit::Missing)
                } else {
                    Ok(())
                }
            }
            BlankKind::Email if !is_email(typed) => Err(Misfit::NoEmail),
            BlankKind::Phone if !is_phone(typed) => Err(Misfit::NoPhone),
            _ => Ok(()),
        }
    }
}

/// Why a text does not fit its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    Missing,
    NoEmail,
    NoPhone,
}

impl BlankKind {
    /// Nobody may look over the person's shoulder.
    pub fn is_secret(self) -> bool {
        matches!(self, BlankKind::Secret | BlankKind::NewSecret)
    }
}

impl Choice {
    /// One that the face has words for.
    pub fn known(key: &str) -> Self {
        Choice { key: key.into(), label: String::new(), detail: String::new(), group: String::new(), last: false }
    }
}

impl Filled {
    /// What was typed there; empty when nothing was.
    pub fn take(&mut self, key: &str) -> Secret {
        self.values.remove(key).unwrap_or_else(|| Secret::new(""))
    }

    pub fn ticked(&self, key: &str) -> bool {
        self.ticks.contains(key)
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: Secret) -> Self {
        self.values.insert(key.into(), value);
        self
    }

    #[must_use]
    pub fn tick(mut self, key: &str, on: bool) -> Self {
        if on {
            self.ticks.insert(key.into());
        }
        self
    }
}

impl CodeKind {
    pub const ALL: [CodeKind; 3] = [CodeKind::Authenticator, CodeKind::Sms, CodeKind::Email];

    /// As the key of a choice.
    pub fn key(self) -> &'static str {
        match self {
            CodeKind::Authenticator => "authenticator",
            CodeKind::Sms => "sms",
            CodeKind::Email => "email",
        }
    }

    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) && !text.contains(' ')
}

/// ITU-T E.164: a plus and at most fifteen digits.
fn is_phone(text: &str) -> bool {
    let digits = |digits: &str| (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix('+').is_some_and(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_a_field_is_sent_back() {
        let field = |kind| Blank::new("f", kind);
        assert_eq!(field(BlankKind::Text).check(" "), Err(Misfit::Missing));
        assert_eq!(field(BlankKind::Text).optional().check(" "), Ok(()));
        assert_eq!(field(BlankKind::Email).check("ann@example.com"), Ok(()));
        assert_eq!(field(BlankKind::Email).check("ann@"), Err(Misfit::NoEmail));
        assert_eq!(field(BlankKind::Phone).check("+4915112345678"), Ok(()));
        assert_eq!(field(BlankKind::Phone).check("0151 123"), Err(Misfit::NoPhone));
    }

    #[test]
    fn the_choice_of_last_time_comes_first() {
        let mut options = ["a", "b", "c"].map(Choice::known);
        options[2].last = true;
        let Shape::Choose { options } = Question::choose(Topic::Factor, options).shape else { panic!("no choice") };
        assert_eq!(options.iter().map(|o| o.key.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
    }

    #[test]
    fn an_answer_shows_nothing_of_what_was_typed() {
        let filled = Filled::default().with(PASSWORD, Secret::new("correct horse"));
        assert!(!format!("{:?}", Answer::Filled(filled)).contains("horse"));
    }
}
