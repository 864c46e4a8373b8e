//! A question as one form of the window: fields to fill in, one of several to choose, or a yes.

use serde::Serialize;

use super::{Button, words};
use crate::doors::pipe::Click;
use crate::face::phrase::capital;
use crate::face::{ask, deed};
use crate::mind::model::{Login, TeamEntry};
use crate::words::about::{About, Deed};
use crate::words::action::Action;
use crate::words::id::Id;
use crate::words::login::LoginId;
use crate::words::plain::clean;
use crate::words::question::{Blank, BlankKind, Choice, MANY, Question, Shape, Tick, Topic};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Asked {
    /// Such as `Step 2 of 2, as ann`; may be empty.
    pub place: String,
    pub title: &'static str,
    pub text: String,
    /// To be compared letter by letter; may be empty.
    pub address: String,
    /// What the server said of the last answer; may be empty.
    pub said: String,
    /// Why the last answer was not taken, where no single field is to blame; may be empty.
    pub refused: String,
    pub body: AskedBody,
    /// The field that has the focus; empty for the first thing there is.
    pub focus: String,
    pub send: &'static str,
    /// For the password manager, where the name is not a field of the form; may be empty.
    pub username: String,
    /// A secret is shown beside it, which comes down the pipe in a line of its own.
    pub reveals: bool,
    /// Other ways on.
    pub others: Vec<Button>,
    /// Which question of the login it is: another one is another form.
    pub number: u32,
    /// Grows when an answer was sent back without reaching the server.
    #[cfg_attr(test, ts(type = "number"))]
    pub serial: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "shape")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AskedBody {
    FillIn { fields: Vec<AskedField>, ticks: Vec<AskedTick> },
    Choose { groups: Vec<AskedGroup>, chosen: String, search: &'static str },
    Confirm { refuse: &'static str },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AskedField {
    pub key: String,
    pub kind: BlankKind,
    pub label: String,
    pub hint: &'static str,
    pub value: String,
    pub required: bool,
    pub error: String,
    /// The value of the attribute of that name, for password managers (HTML, autofill field names).
    pub autocomplete: &'static str,
    /// How the second field of a new secret is called; empty where it is typed once.
    pub again: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AskedTick {
    pub key: String,
    pub on: bool,
    pub label: String,
    pub hint: &'static str,
}

/// Choices that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AskedGroup {
    /// Empty where nothing is grouped.
    pub name: String,
    pub choices: Vec<AskedChoice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AskedChoice {
    pub key: String,
    pub label: String,
    pub detail: String,
    /// Where it stands out, such as *Last time*; may be empty.
    pub note: &'static str,
}

/// An answer that was sent back before it reached anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SentBack {
    pub login: LoginId,
    pub serial: u64,
    pub field: String,
    pub why: &'static str,
}

pub(super) fn asked(
    question: &Question,
    entry: &TeamEntry,
    about: Option<&About>,
    login: &Login,
    back: Option<&SentBack>,
) -> Asked {
    let topic = &question.topic;
    let (blamed, wrong) = ask::refused(question);
    let body = body(question, blamed.map(|kind| (kind, wrong)), back);
    Asked {
        place: place(question),
        title: ask::title(topic),
        text: ask::text(question, &entry.team.name),
        address: ask::address(topic),
        said: ask::said(question).unwrap_or_default(),
        refused: if blamed.is_none() { wrong.into() } else { String::new() },
        focus: focus(&body),
        send: ask::send(topic),
        username: username(question),
        reveals: topic.reveals(),
        others: others(question, &entry.team.id, login.id)
            .into_iter()
            .chain(deeds(topic, &entry.team.id, about))
            .collect(),
        number: login.asked,
        serial: back.map_or(0, |back| back.serial),
        body,
    }
}

/// Such as `Step 2 of 2, as ann`; empty for the only step there is.
pub(super) fn place(question: &Question) -> String {
    question.place.as_ref().map(|place| capital(&ask::place(place))).unwrap_or_default()
}

/// The buttons that lead another way.
pub(super) fn others(question: &Question, team: &Id, login: LoginId) -> Vec<Button> {
    let click = |other| Click::Other { team: team.clone(), login, other };
    question.others.iter().map(|other| Button::quiet(ask::other(*other), click(*other))).collect()
}

/// Who has no password, or has it no more, need not turn back: what the provider offers for that stands beside it.
fn deeds(topic: &Topic, team: &Id, about: Option<&About>) -> Vec<Button> {
    let offered = about.filter(|_| *topic == Topic::Password).map_or(&[][..], |about| about.accounts);
    let wanted = [Deed::Forgot, Deed::SignUp].into_iter().filter(|deed| offered.contains(deed));
    let click = |deed| Click::act(Action::Account { team: team.clone(), deed });
    wanted.map(|deed| Button::quiet(deed::offer(deed), click(deed))).collect()
}

fn body(question: &Question, blamed: Option<(BlankKind, &'static str)>, back: Option<&SentBack>) -> AskedBody {
    match &question.shape {
        Shape::FillIn { fields, ticks } => AskedBody::FillIn {
            fields: fields.iter().map(|field| self::field(question, field, blamed, back)).collect(),
            ticks: ticks.iter().map(tick).collect(),
        },
        Shape::Choose { options } => AskedBody::Choose {
            chosen: options.first().map(|choice| choice.key.clone()).unwrap_or_default(),
            groups: groups(options),
            search: if options.len() >= MANY { words::SEARCH_CHOICES } else { "" },
        },
        Shape::Confirm | Shape::Wait(_) => AskedBody::Confirm { refuse: ask::refuse(&question.topic) },
    }
}

fn field(
    question: &Question,
    field: &Blank,
    blamed: Option<(BlankKind, &'static str)>,
    back: Option<&SentBack>,
) -> AskedField {
    let sent_back = back.filter(|back| back.field == field.key).map(|back| back.why);
    let wrong = blamed.filter(|(kind, _)| *kind == field.kind).map(|(_, why)| why);
    AskedField {
        key: field.key.clone(),
        kind: field.kind,
        label: ask::label(&question.topic, field),
        hint: ask::hint(&question.topic, field),
        value: clean(&field.value),
        required: field.required,
        error: sent_back.or(wrong).unwrap_or_default().into(),
        autocomplete: match field.kind {
            BlankKind::Username => "username",
            BlankKind::Secret => "current-password",
            BlankKind::NewSecret => "new-password",
            BlankKind::Code => "one-time-code",
            BlankKind::Email => "email",
            BlankKind::Phone => "tel",
            BlankKind::Text => "off",
        },
        again: if field.kind == BlankKind::NewSecret { words::THE_SAME_AGAIN } else { "" },
    }
}

fn tick(tick: &Tick) -> AskedTick {
    let (label, hint) = ask::tick(&tick.key);
    AskedTick { key: tick.key.clone(), on: tick.on, label, hint }
}

/// In the order in which each group is met first.
fn groups(options: &[Choice]) -> Vec<AskedGroup> {
    let mut groups: Vec<AskedGroup> = Vec::new();
    for choice in options {
        let (label, detail) = ask::choice(choice);
        let note = if choice.last { words::LAST_TIME } else { "" };
        let one = AskedChoice { key: choice.key.clone(), label, detail, note };
        let name = clean(&choice.group);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.choices.push(one),
            None => groups.push(AskedGroup { name, choices: vec![one] }),
        }
    }
    groups
}

/// The field to blame, else the first that is still empty.
fn focus(body: &AskedBody) -> String {
    let AskedBody::FillIn { fields, .. } = body else { return String::new() };
    let blamed = fields.iter().find(|field| !field.error.is_empty());
    let empty = || fields.iter().find(|field| field.value.is_empty() && field.required);
    blamed.or_else(empty).or(fields.first()).map(|field| field.key.clone()).unwrap_or_default()
}

/// A name that is no field of a form with a secret: so password managers know whose it is.
fn username(question: &Question) -> String {
    let Shape::FillIn { fields, .. } = &question.shape else { return String::new() };
    let named = fields.iter().any(|field| field.kind == BlankKind::Username);
    match &question.place {
        Some(place) if !named && fields.iter().any(|field| field.kind.is_secret()) => clean(&place.who),
        _ => String::new(),
    }
}
