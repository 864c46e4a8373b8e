//! What concerns the whole window and stays until it is over: keychain, network, config file, sessions that end soon.

use crate::face::closed::closed;
use crate::face::name::apart;
use crate::face::problem;
use serde::Serialize;

use super::{At, Button, Tone, words};
use crate::doors::pipe::Click;
use crate::face::notice::say;
use crate::face::phrase::{Icon, moment};
use crate::mind::calls::called_for;
use crate::mind::model::{Keychain, TeamEntry};
use crate::words::action::{Action, Page};
use crate::words::notice::{Kind, Telling};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Banner {
    /// Names it, so that the page can tell a new one from one that was there.
    pub key: &'static str,
    pub icon: Icon,
    pub tone: Tone,
    pub title: String,
    pub detail: String,
    pub buttons: Vec<Button>,
}

impl At<'_> {
    pub(super) fn banners(self, page: &Page) -> Vec<Banner> {
        let whole = [self.keychain_banner(page), self.config_banner(), self.offline_banner()];
        whole.into_iter().flatten().chain(self.code_banner(page)).chain(self.ending_banner(page)).collect()
    }

    fn keychain_banner(self, page: &Page) -> Option<Banner> {
        if *page == Page::Keychain {
            return None;
        }
        let why = Button::quiet(words::WHY, Click::open(Page::Keychain));
        let unlock = Button::primary(words::UNLOCK, Click::act(Action::Unlock));
        let (icon, tone) = (Icon::Lock, Tone::Warn);
        Some(match &self.model.keychain {
            Keychain::Works => return None,
            Keychain::Locked | Keychain::NotGranted => Banner {
                key: "locked",
                icon,
                tone,
                title: closed(&self.model.keychain)?.title.into(),
                detail: waiting(self.model.teams.iter().filter(|e| e.state.session.is_some()).map(|e| &e.team.name)),
                buttons: vec![unlock, why],
            },
            Keychain::MemoryOnly => Banner {
                key: "memory",
                icon,
                tone,
                title: problem::in_memory().title,
                detail: words::MEMORY_ONLY.into(),
                buttons: vec![why],
            },
            Keychain::Trouble(problem) => Banner {
                key: "keychain",
                icon: Icon::Cross,
                tone: Tone::Danger,
                title: problem.title.clone(),
                detail: problem.detail.clone(),
                buttons: vec![Button::primary(words::TRY_AGAIN, Click::act(Action::RetryNow)), why],
            },
        })
    }

    fn config_banner(self) -> Option<Banner> {
        let problem = self.model.config_problem.as_ref()?;
        Some(Banner {
            key: "config",
            icon: Icon::Cross,
            tone: Tone::Danger,
            title: problem.title.clone(),
            detail: words::LAST_GOOD_CONFIG.into(),
            buttons: Vec::new(),
        })
    }

    fn offline_banner(self) -> Option<Banner> {
        let since = self.model.offline_since?;
        Some(Banner {
            key: "offline",
            icon: Icon::Slash,
            tone: Tone::Idle,
            title: words::OFFLINE.into(),
            detail: format!("Times are from {}. Keys keep working until they end.", moment(since, self.now, self.tz)),
            buttons: vec![Button::quiet(words::TRY_NOW, Click::act(Action::RetryNow))],
        })
    }

    /// A login that was begun in the tray shows its code here as well, until somebody looks at its own screen.
    fn code_banner(self, page: &Page) -> Option<Banner> {
        let is_elsewhere = |entry: &&TeamEntry| *page != (Page::Login { team: entry.team.id.clone() });
        let waits = self.teams().filter(is_elsewhere).find(|entry| entry.state.shows_code())?;
        let team = waits.team.id.clone();
        let notice = say(&Telling::Team(team.clone(), Kind::CheckCode), self.model, self.now, self.tz)?;
        Some(Banner {
            key: "code",
            icon: Icon::Dots,
            tone: Tone::Idle,
            title: notice.title,
            detail: notice.body,
            buttons: vec![
                Button::primary(words::SHOW, Click::open(Page::Login { team: team.clone() })),
                Button::quiet(words::CANCEL, Click::act(Action::CancelLogin { team })),
            ],
        })
    }

    /// While the window has the focus no notice appears, so it says the same itself.
    fn ending_banner(self, page: &Page) -> Option<Banner> {
        let calls = |entry: &&TeamEntry| {
            let snoozed = entry.state.snoozed_until.is_some_and(|until| self.now < until);
            let kind = called_for(entry, self.model, self.now);
            let warns = matches!(kind, Some(Kind::Ending | Kind::NeedsPerson | Kind::CouldNotRenew));
            warns && !snoozed && entry.is_watched(self.now)
        };
        let these: Vec<_> = self
            .teams()
            .filter(calls)
            .filter_map(|entry| Some((entry.team.id.clone(), called_for(entry, self.model, self.now)?)))
            .collect();
        let telling = match these.as_slice() {
            [] => return None,
            [(team, _)] if *page == (Page::Team { team: team.clone() }) => return None,
            [(team, kind)] => Telling::Team(team.clone(), *kind),
            _ => Telling::Several(these),
        };
        let notice = say(&telling, self.model, self.now, self.tz)?;
        let shows_home = |action: &Action| *action == Action::Open { page: Page::Home };
        let mut buttons: Vec<Button> = notice
            .buttons
            .iter()
            .filter(|button| !matches!(button.action, Action::Dismiss { .. }) && !shows_home(&button.action))
            .map(|button| Button::quiet(button.label, Click::act(button.action.clone())))
            .collect();
        if let Some(first) = buttons.first_mut() {
            first.tone = super::ButtonTone::Primary;
        }
        let failed = matches!(telling, Telling::Team(_, Kind::CouldNotRenew));
        Some(Banner {
            key: "ending",
            icon: if failed { Icon::Cross } else { Icon::Clock },
            tone: if failed { Tone::Danger } else { Tone::Warn },
            title: notice.title,
            detail: notice.body,
            buttons,
        })
    }
}

pub(super) fn waiting<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let all: Vec<String> = names.map(|name| apart(name)).collect();
    match all.as_slice() {
        [] => words::NOBODY_WAITS.into(),
        [one] => format!("{one} is waiting for it."),
        [first @ .., last] if all.len() <= 4 => format!("{} and {last} are waiting for it.", first.join(", ")),
        many => format!("{} teams are waiting for it.", many.len()),
    }
}
