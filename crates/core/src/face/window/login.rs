//! A login as the window shows it: a question to answer, something to wait for, or how it ended.

use crate::face::window::asked::asked;
use crate::face::window::wait::waiting;
use serde::Serialize;

use super::{Asked, At, Button, ProblemView, Waiting, words};
use crate::doors::pipe::Click;
use crate::face::deed;
use crate::mind::model::{Login, TeamEntry, Undone};
use crate::words::action::{Action, Page};
use crate::words::id::Id;
use crate::words::login::Step;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoginScreen {
    #[cfg_attr(test, ts(type = "string"))]
    pub team: Id,
    pub name: String,
    /// The heading of the page.
    #[serde(skip)]
    pub title: String,
    /// The attempt; 0 when there is none any more.
    #[cfg_attr(test, ts(type = "number"))]
    pub login: u64,
    pub step: LoginStep,
    pub cancel: Button,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum LoginStep {
    Busy {
        text: String,
    },
    /// Something to fill in, to choose or to confirm.
    Ask(Asked),
    /// Something that must be done elsewhere.
    Wait(Waiting),
    Failed {
        problem: ProblemView,
    },
}

impl At<'_> {
    /// The login under way, or the one that failed; `None` when there is neither: then the team is shown.
    pub(super) fn login(self, entry: &TeamEntry) -> Option<LoginScreen> {
        let team = entry.team.id.clone();
        let state = &entry.state;
        let close = || Button::quiet(words::CLOSE, Click::open(Page::Team { team: team.clone() }));
        let (login, step, cancel) = match (&state.login, &state.undone, &state.problem) {
            (Some(login), ..) => {
                let cancel = Button::quiet(words::CANCEL, Click::act(Action::CancelLogin { team: team.clone() }));
                (login.id.0, self.step(entry, login), cancel)
            }
            (None, Some(Undone { deed, problem }), _) => {
                let mut problem = self.problem(problem, Some(entry));
                let again = Click::act(Action::Account { team: team.clone(), deed: *deed });
                problem.buttons.push(Button::quiet(words::START_AGAIN, again));
                (0, LoginStep::Failed { problem }, close())
            }
            (None, None, Some(problem)) => {
                let mut problem = self.problem(problem, Some(entry));
                let again = Button::primary(words::START_AGAIN, Click::act(Action::LogIn { team: team.clone() }));
                let starts = |button: &Button| button.click == again.click;
                if let Some(button) = problem.buttons.iter_mut().find(|button| starts(button)) {
                    if problem.code == "CODE-EXPIRED" {
                        button.label = words::GET_NEW_CODE.into();
                    }
                } else {
                    let tone = if problem.buttons.is_empty() { again.tone } else { super::ButtonTone::Quiet };
                    problem.buttons.push(Button { tone, ..again });
                }
                (0, LoginStep::Failed { problem }, close())
            }
            (None, None, None) => return None,
        };
        let name = entry.team.name.clone();
        let deed = match (&state.login, &state.undone) {
            (Some(login), _) => login.deed,
            (None, undone) => undone.as_ref().map(|undone| undone.deed),
        };
        let title = deed.map_or_else(|| format!("Log in to {name}"), |deed| deed::title(deed, &name));
        Some(LoginScreen { team, name, title, login, step, cancel })
    }

    fn step(self, entry: &TeamEntry, login: &Login) -> LoginStep {
        match (&login.asking, &login.step) {
            (Some(question), _) => match question.waits() {
                Some(wait) => LoginStep::Wait(waiting(question, wait, entry, login)),
                None => {
                    let about = self.model.about(&entry.team).filter(|_| login.deed.is_none());
                    LoginStep::Ask(asked(question, entry, about, login, self.desk.sent_back(login.id)))
                }
            },
            (None, Step::Starting) if login.deed.is_some() => LoginStep::Busy { text: words::ONE_MOMENT.into() },
            (None, Step::Starting) => LoginStep::Busy { text: words::STARTING.into() },
            (None, Step::Unlocking) => LoginStep::Busy { text: words::UNLOCKING.into() },
            (None, Step::Checking | Step::Opening(_) | Step::Told(_)) => {
                LoginStep::Busy { text: words::CHECKING.into() }
            }
            (None, Step::Keeping) => LoginStep::Busy { text: words::KEEPING.into() },
        }
    }
}
