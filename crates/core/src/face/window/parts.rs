//! The small pieces that screens are made of.

use jiff::Timestamp;
use serde::Serialize;

use super::{At, words};
use crate::doors::pipe::Click;
use crate::face::deed;
use crate::mind::health::Health;
use crate::mind::model::{TeamEntry, TeamState};
use crate::words::about::Deed;
use crate::words::action::Action;
use crate::words::problem::{Problem, Remedy};
use crate::words::team::Team;

/// Something to press. The page hands its `click` back as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Button {
    pub label: String,
    /// A longer name for screen readers where the label alone says too little, such as `Log in to lab`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub a11y: Option<String>,
    pub click: Click,
    pub tone: ButtonTone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ButtonTone {
    Primary,
    Quiet,
    Danger,
}

impl Button {
    pub(super) fn primary(label: &str, click: Click) -> Self {
        Button { label: label.into(), a11y: None, click, tone: ButtonTone::Primary }
    }

    pub(super) fn quiet(label: &str, click: Click) -> Self {
        Button { tone: ButtonTone::Quiet, ..Button::primary(label, click) }
    }

    pub(super) fn danger(label: &str, click: Click) -> Self {
        Button { tone: ButtonTone::Danger, ..Button::primary(label, click) }
    }

    #[must_use]
    pub(super) fn called(mut self, a11y: impl Into<String>) -> Self {
        self.a11y = Some(a11y.into());
        self
    }
}

/// A row of the menu behind `⋯`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MenuItem {
    pub label: String,
    /// The letter that does the same while the list of teams has the focus.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub key: Option<&'static str>,
    pub click: Click,
    pub danger: bool,
}

/// One of several of which one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choice {
    pub label: String,
    pub click: Click,
    pub current: bool,
}

/// Something that is on or off; its `click` turns it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Toggle {
    pub label: &'static str,
    pub hint: &'static str,
    pub on: bool,
    pub click: Click,
}

/// A team's mark: two letters on one of twelve hues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tile {
    pub letters: String,
    /// 0 to 11.
    pub hue: u8,
}

impl Tile {
    /// The first letters of the first two words, or of the only one. The hue comes from the id: it stays
    /// when the team is renamed.
    pub fn of(team: &Team) -> Self {
        let mut words = team.name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let letters: String = match (words.next(), words.next()) {
            (Some(one), Some(two)) => one.chars().take(1).chain(two.chars().take(1)).collect(),
            (Some(one), None) => one.chars().take(2).collect(),
            (None, _) => "?".into(),
        };
        let sum: u32 = team.id.as_str().bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        Tile { letters: letters.to_uppercase().chars().take(2).collect(), hue: u8::try_from(sum % 12).unwrap_or(0) }
    }
}

/// What a colour stands for; the text always says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Tone {
    Idle,
    Ok,
    Warn,
    Danger,
}

impl Tone {
    pub(super) fn of(health: Health) -> Self {
        match health {
            Health::SignedOut | Health::Working | Health::Offline => Tone::Idle,
            Health::Fresh => Tone::Ok,
            Health::Soon | Health::Locked => Tone::Warn,
            Health::Ended | Health::Broken => Tone::Danger,
        }
    }
}

/// What was just done, shown for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Said {
    /// Another number is another saying, even with the same words.
    #[cfg_attr(test, ts(type = "number"))]
    pub serial: u64,
    pub text: String,
    pub tone: Tone,
    /// Such as *Undo*.
    pub button: Option<Button>,
    #[serde(skip)]
    pub until: Timestamp,
}

/// A problem with its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProblemView {
    pub title: String,
    pub detail: String,
    pub hint: String,
    /// Stable: what search engines and colleagues find.
    pub code: String,
    pub buttons: Vec<Button>,
}

impl At<'_> {
    /// A problem that concerns a team, if one is given. Its hint is left out where a button does the same.
    pub(super) fn problem(self, problem: &Problem, entry: Option<&TeamEntry>) -> ProblemView {
        let mut buttons = self.remedy(problem.remedy, entry);
        let tells_command = problem.hint.contains('`') && !buttons.is_empty();
        let is_it = |state: &TeamState| match &state.undone {
            Some(undone) => undone.problem == *problem,
            None => state.problem.as_ref() == Some(problem),
        };
        if let Some(entry) = entry.filter(|entry| is_it(&entry.state)) {
            let copy = Action::CopyProblem { team: entry.team.id.clone() };
            buttons.push(Button::quiet(words::COPY_DETAILS, Click::act(copy)));
        }
        ProblemView {
            title: problem.title.clone(),
            detail: problem.detail.clone(),
            hint: if tells_command { String::new() } else { problem.hint.clone() },
            code: problem.code.clone(),
            buttons,
        }
    }

    /// The button for something with the account, where the provider offers it.
    fn deed(self, deed: Deed, entry: Option<&TeamEntry>) -> Vec<Button> {
        let Some(entry) = entry.filter(|entry| self.offers(deed, entry)) else { return Vec::new() };
        let click = Click::act(Action::Account { team: entry.team.id.clone(), deed });
        vec![Button::primary(deed::offer(deed), click)]
    }

    pub(super) fn offers(self, deed: Deed, entry: &TeamEntry) -> bool {
        self.model.about(&entry.team).is_some_and(|about| about.accounts.contains(&deed))
    }

    fn remedy(self, remedy: Remedy, entry: Option<&TeamEntry>) -> Vec<Button> {
        use crate::words::action::Page;
        let team = entry.map(|entry| entry.team.id.clone());
        let lives = entry.is_some_and(|entry| entry.state.session.is_some());
        match (remedy, team) {
            (Remedy::LogIn, Some(team)) => {
                let label = if lives { words::LOG_IN_AGAIN } else { words::LOG_IN };
                vec![Button::primary(label, Click::act(Action::LogIn { team }))]
            }
            (Remedy::Confirm, _) => self.deed(Deed::Confirm, entry),
            (Remedy::Forgot, _) => self.deed(Deed::Forgot, entry),
            (Remedy::TryAgain, Some(team)) if lives => {
                vec![Button::primary(words::TRY_AGAIN, Click::act(Action::Renew { team }))]
            }
            (Remedy::TryAgain, Some(team)) => {
                vec![Button::primary(words::TRY_AGAIN, Click::act(Action::LogIn { team }))]
            }
            (Remedy::TryAgain, None) => vec![Button::primary(words::TRY_AGAIN, Click::act(Action::RetryNow))],
            (Remedy::Unlock, _) => vec![Button::primary(words::UNLOCK, Click::act(Action::Unlock))],
            (Remedy::EditTeam, Some(team)) => {
                vec![Button::primary(words::EDIT_TEAM, Click::open(Page::EditTeam { team }))]
            }
            (Remedy::EditTeam | Remedy::LogIn | Remedy::EditConfig | Remedy::None, _) => Vec::new(),
        }
    }
}
