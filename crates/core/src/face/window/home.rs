//! The list of teams, and the page that greets a person who has none.

use serde::Serialize;

use super::{At, Button, ButtonTone, MenuItem, Source, Tile, Tone, words};
use crate::doors::pipe::Click;
use crate::face::deed;
use crate::face::phrase::{Icon, capital, present};
use crate::mind::health::Health;
use crate::mind::model::TeamEntry;
use crate::words::about::{About, Deed};
use crate::words::action::{Action, Page};
use crate::words::id::Id;
use crate::words::plain::clean;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Home {
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Row {
    #[cfg_attr(test, ts(type = "string"))]
    pub team: Id,
    pub tile: Tile,
    pub name: String,
    /// Who and by what, such as `admin · Cognito`.
    pub sub: String,
    pub icon: Icon,
    pub tone: Tone,
    /// Such as `6 h 12 min left`.
    pub state: String,
    pub pinned: bool,
    pub primary: Button,
    /// All that can be done; its keys work while the row has the focus (experience B7).
    pub menu: Vec<MenuItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Welcome {
    /// What other programs on this computer know.
    pub sources: Vec<Source>,
    pub looking: bool,
    pub add: Button,
    pub import: Button,
    pub demo: Option<Button>,
}

impl At<'_> {
    pub(super) fn welcome(self) -> Welcome {
        let sources = self.sources();
        let some = sources.iter().any(|source| source.new > 0);
        let import = Button::quiet(words::LOOK_FOR_TEAMS, Click::FindTeams);
        let add = Button::primary(words::ADD_TEAM, Click::open(Page::AddTeam));
        Welcome {
            import: if some { Button::primary(words::REVIEW_AND_IMPORT, Click::open(Page::Import)) } else { import },
            add: if some { Button { tone: ButtonTone::Quiet, ..add } } else { add },
            sources,
            looking: self.desk.import.looking,
            demo: (!self.around.demo).then(|| Button::quiet(words::TRY_DEMO, Click::TryDemo)),
        }
    }

    pub(super) fn home(self) -> Home {
        Home { rows: self.teams().map(|entry| self.row(entry)).collect() }
    }

    fn row(self, entry: &TeamEntry) -> Row {
        let team = &entry.team;
        let shown = present(entry, self.model, self.now, self.tz);
        let provider = self.model.about(team).map_or(team.provider.as_str(), |about| about.name);
        let who = entry.state.session.as_ref().filter(|_| shown.health != Health::SignedOut).map(|s| clean(&s.who));
        Row {
            team: team.id.clone(),
            tile: Tile::of(team),
            name: team.name.clone(),
            sub: who.map_or(provider.to_owned(), |who| format!("{who} · {provider}")),
            icon: shown.icon,
            tone: Tone::of(shown.health),
            state: capital(&shown.label),
            pinned: team.pinned,
            primary: self.primary(entry, shown.health),
            menu: self.menu(entry, shown.health),
        }
    }

    /// The one thing a person most likely wants with a team now.
    pub(super) fn primary(self, entry: &TeamEntry, health: Health) -> Button {
        let (team, name) = (entry.team.id.clone(), &entry.team.name);
        match health {
            Health::Working if entry.state.login.is_some() => {
                let label = if entry.state.login.as_ref().is_some_and(|login| login.asks().is_some()) {
                    words::ANSWER
                } else {
                    words::SHOW
                };
                let what = entry.state.login.as_ref().and_then(|login| login.deed);
                let what = what
                    .map_or_else(|| format!("the login to {name}"), |deed| format!("· {}", deed::title(deed, name)));
                Button::primary(label, Click::open(Page::Login { team })).called(format!("{label} {what}"))
            }
            Health::SignedOut => {
                Button::primary(words::LOG_IN, Click::act(Action::LogIn { team })).called(format!("Log in to {name}"))
            }
            Health::Soon if self.renews_by_click(entry) => {
                Button::primary(words::RENEW, Click::act(Action::Renew { team })).called(format!("Renew {name}"))
            }
            Health::Soon | Health::Ended | Health::Broken => {
                let label = if entry.state.session.is_some() { words::LOG_IN_AGAIN } else { words::LOG_IN };
                Button::primary(label, Click::act(Action::LogIn { team })).called(format!("{label} to {name}"))
            }
            Health::Working | Health::Fresh | Health::Offline | Health::Locked => {
                Button::quiet(words::COPY, self.copy(entry, None)).called(format!("Copy the line for {name}"))
            }
        }
    }

    /// All that can be done with a team, for the menu behind `⋯`.
    pub(super) fn menu(self, entry: &TeamEntry, health: Health) -> Vec<MenuItem> {
        let team = &entry.team.id;
        let item = |label: &str, key, click| MenuItem { label: label.into(), key, click, danger: false };
        let lives = entry.state.session.is_some();
        let leaves = lives && !matches!(health, Health::Ended | Health::SignedOut);
        let mut menu = vec![item(words::DETAILS, Some("O"), Click::open(Page::Team { team: team.clone() }))];
        if self.can_copy(entry, health) {
            menu.push(item(words::COPY_LINE, Some("C"), self.copy(entry, None)));
        }
        if self.can_renew(entry, health) {
            menu.push(item(words::RENEW_NOW, Some("R"), Click::act(Action::Renew { team: team.clone() })));
        }
        if let Some(login) = &entry.state.login {
            let label = if login.deed.is_some() { words::CANCEL } else { words::CANCEL_LOGIN };
            menu.push(item(label, None, Click::act(Action::CancelLogin { team: team.clone() })));
        } else if health != Health::Locked {
            let label = if lives { words::LOG_IN_AGAIN } else { words::LOG_IN };
            let key = (!leaves).then_some("L");
            menu.push(item(label, key, Click::act(Action::LogIn { team: team.clone() })));
            if lives && self.model.about(&entry.team).is_some_and(About::asks_elsewhere) {
                menu.push(item(words::NEW_SESSION, None, Click::act(Action::LogInAnew { team: team.clone() })));
            }
        }
        if lives {
            let key = leaves.then_some("L");
            menu.push(item(words::LOG_OUT, key, Click::act(Action::LogOut { team: team.clone() })));
        }
        if leaves && self.offers(Deed::ChangePassword, entry) {
            let (team, deed) = (team.clone(), Deed::ChangePassword);
            menu.push(item(deed::offer(deed), None, Click::act(Action::Account { team, deed })));
        }
        let pin = if entry.team.pinned { words::UNPIN } else { words::PIN };
        menu.push(item(pin, Some("P"), Click::Pin { team: team.clone(), pinned: !entry.team.pinned }));
        menu.push(item(words::EDIT, None, Click::open(Page::EditTeam { team: team.clone() })));
        let remove = Click::open(Page::RemoveTeam { team: team.clone() });
        menu.push(MenuItem { label: words::REMOVE_TEAM.into(), key: None, click: remove, danger: true });
        menu
    }

    /// A renewal a person may ask for. One that is running needs no second click.
    pub(super) fn can_renew(self, entry: &TeamEntry, health: Health) -> bool {
        let renews = entry.state.session.as_ref().is_some_and(|session| session.renews);
        let ended_for_good = health == Health::Ended && self.model.prefs.auto_renew;
        let lives = matches!(health, Health::Fresh | Health::Soon | Health::Offline | Health::Broken | Health::Ended);
        renews && lives && !ended_for_good
    }

    /// True when a click prevents the end, so that nobody has to log in.
    pub(super) fn renews_by_click(self, entry: &TeamEntry) -> bool {
        !self.model.prefs.auto_renew && entry.state.session.as_ref().is_some_and(|session| session.renews)
    }

    pub(super) fn can_copy(self, entry: &TeamEntry, health: Health) -> bool {
        entry.state.session.is_some() && !matches!(health, Health::SignedOut | Health::Ended)
    }

    pub(super) fn copy(self, entry: &TeamEntry, profile: Option<Id>) -> Click {
        Click::act(Action::CopyExport { team: entry.team.id.clone(), profile, shell: self.around.shell() })
    }
}
