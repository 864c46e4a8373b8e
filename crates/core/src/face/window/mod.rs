//! The window: what it shows as data that can be compared, and the words of the door between tray and window.
//!
//! Three things meet here, all pure. [`Desk`] remembers which page lies open and what work on it is
//! unfinished; [`view()`] draws it, together with the model, as a [`View`]; [`Up`] and [`Down`] are the lines
//! of JSON that tray and window exchange. What a line from the window asks for comes out of [`Desk::take`]
//! as a list of [`Errand`]s, so that the tray program performs and decides nothing.
//!
//! A view holds no secret: it is made of the model, which cannot hold one. What a person types goes the
//! other way only ([`Typed`]).

mod asked;
mod banner;
mod chained;
mod desk;
mod down;
mod errand;
mod form;
mod home;
mod import;
mod login;
mod parts;
mod roles;
mod settings;
mod team;
mod wait;
pub mod words;

use crate::face::name::apart;
use crate::words::prefs::Theme;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::mind::model::{Model, TeamEntry};
use crate::words::action::Page;
use crate::words::login::LoginId;
use crate::words::shell::Shell;

pub use crate::doors::pipe::{BadLine, Chosen, Click, Entered, LoginAnswer, MAX_LINE, TeamForm, Typed, Up};
pub use asked::{Asked, AskedBody, AskedChoice, AskedField, AskedGroup, AskedTick};
pub use banner::Banner;
pub use desk::{Desk, Removing};
pub use down::{Down, Heard};
pub use errand::{AddedProfiles, Errand, Finding};
pub use form::{FieldForm, FieldOption, Form, FormOf, ProviderForm, Trouble};
pub use home::{Home, Row, Welcome};
pub use import::{Import, ImportKind, ImportRow, Source};
pub use login::{LoginScreen, LoginStep};
pub use parts::{Button, ButtonTone, Choice, MenuItem, ProblemView, Said, Tile, Toggle, Tone};
pub use roles::{Account, Missing, RoleRow, Roles};
pub use settings::{KeychainScreen, Settings};
pub use team::{ClockRow, Detail, Line, Meter, ProfileRow, Removal, TeamScreen};
pub use wait::{CodeToCompare, PageToOpen, Qr, Waiting};

/// All that the window shows. Two that are equal need not be sent twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct View {
    /// Where the window is; the page moves the focus when it changes.
    #[cfg_attr(test, ts(type = "{ page: string; team?: string }"))]
    pub page: Page,
    /// The heading of the page, and the title of the window.
    pub title: String,
    /// The mark of the team that the page is about.
    pub tile: Option<Tile>,
    pub back: Option<Button>,
    pub nav: Vec<Nav>,
    pub banners: Vec<Banner>,
    pub screen: Screen,
    /// What was just done; shown for a while and announced.
    pub said: Option<Said>,
    pub theme: Theme,
    /// The embedded cloud stands in for the real one.
    pub demo: Option<Button>,
}

impl View {
    /// The login whose question shows a secret beside it.
    pub fn reveals(&self) -> Option<LoginId> {
        match &self.screen {
            Screen::Login(LoginScreen { login, step: LoginStep::Ask(asked), .. }) if asked.reveals => {
                Some(LoginId(*login))
            }
            _ => None,
        }
    }
}

/// The content of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Screen {
    Welcome(Welcome),
    Home(Home),
    Login(LoginScreen),
    Team(TeamScreen),
    Removal(Removal),
    Form(Form),
    Import(Import),
    Roles(Roles),
    Settings(Settings),
    Keychain(KeychainScreen),
}

/// A place that can be reached from everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Nav {
    pub icon: NavIcon,
    pub label: &'static str,
    pub click: Click,
    pub current: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum NavIcon {
    Teams,
    Add,
    Import,
    Settings,
}

/// What a view depends on beside model and desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The shell that lines are copied for.
    pub shell: Option<Shell>,
    pub theme: Theme,
    /// `None` where the system has no such thing.
    pub start_at_login: Option<bool>,
    pub demo: bool,
    /// Where the config file is, as a person would type it.
    pub config_path: String,
    pub version: String,
}

impl Around {
    fn shell(&self) -> Shell {
        self.shell.unwrap_or(Shell::Bash)
    }
}

/// Draws the page that lies open.
pub fn view(model: &Model, desk: &Desk, around: &Around, now: Timestamp, tz: &TimeZone) -> View {
    let at = At { model, desk, around, now, tz };
    let (page, screen) = at.screen();
    let title = match &screen {
        Screen::Welcome(_) => words::WELCOME.into(),
        Screen::Home(_) => words::TEAMS.into(),
        Screen::Login(login) => login.title.clone(),
        Screen::Team(team) => team.name.clone(),
        Screen::Removal(removal) => format!("Remove {}?", apart(&removal.name)),
        Screen::Form(form) if form.of == FormOf::Profile => words::ADD_A_PROFILE.into(),
        Screen::Form(form) if form.team.is_some() => format!("Edit {}", apart(&form.name)),
        Screen::Form(_) => words::ADD_TEAM.into(),
        Screen::Import(_) => words::IMPORT_TEAMS.into(),
        Screen::Roles(roles) => format!("Accounts and roles of {}", apart(&roles.name)),
        Screen::Settings(_) => words::SETTINGS.into(),
        Screen::Keychain(_) => words::KEYCHAIN.into(),
    };
    View {
        tile: page_team(&page).and_then(|team| model.entry(team)).map(|entry| Tile::of(&entry.team)),
        back: at.back(&page),
        nav: at.nav(&page),
        banners: at.banners(&page),
        said: desk.said(now),
        theme: around.theme,
        demo: around.demo.then(|| Button::quiet(words::LEAVE_DEMO, Click::LeaveDemo)),
        page,
        title,
        screen,
    }
}

fn page_team(page: &Page) -> Option<&crate::words::id::Id> {
    match page {
        Page::Team { team }
        | Page::Login { team }
        | Page::EditTeam { team }
        | Page::RemoveTeam { team }
        | Page::AddProfile { team }
        | Page::Roles { team } => Some(team),
        Page::Home | Page::AddTeam | Page::Import | Page::Settings | Page::Keychain => None,
    }
}

/// Everything a view is made of.
#[derive(Clone, Copy)]
struct At<'a> {
    model: &'a Model,
    desk: &'a Desk,
    around: &'a Around,
    now: Timestamp,
    tz: &'a TimeZone,
}

impl<'a> At<'a> {
    /// The page that can be shown: one of a team that has gone is home.
    fn screen(self) -> (Page, Screen) {
        let page = self.desk.place();
        let screen = match page {
            Page::Home => None,
            Page::Team { team } => self.entry(team).map(|entry| Screen::Team(self.team(entry))),
            Page::Login { team } => self.entry(team).map(|entry| match self.login(entry) {
                Some(login) => Screen::Login(login),
                None => Screen::Team(self.team(entry)),
            }),
            Page::RemoveTeam { team } => self.entry(team).map(|entry| Screen::Removal(self.removal(entry))),
            Page::EditTeam { team } => self.entry(team).map(|entry| Screen::Form(self.form(Some(entry)))),
            Page::AddProfile { team } => self.entry(team).map(|entry| Screen::Form(self.profile_form(entry))),
            Page::Roles { team } => self.entry(team).map(|entry| Screen::Roles(self.roles(entry))),
            Page::AddTeam => Some(Screen::Form(self.form(None))),
            Page::Import => Some(Screen::Import(self.import())),
            Page::Settings => Some(Screen::Settings(self.settings())),
            Page::Keychain => Some(Screen::Keychain(self.keychain())),
        };
        match screen {
            Some(screen) => (page.clone(), screen),
            None if self.teams().next().is_none() => (Page::Home, Screen::Welcome(self.welcome())),
            None => (Page::Home, Screen::Home(self.home())),
        }
    }

    /// All teams but those whose removal can still be undone, pinned ones first.
    fn teams(self) -> impl Iterator<Item = &'a TeamEntry> {
        let there = move |entry: &&TeamEntry| !self.desk.is_removing(&entry.team.id);
        let (pinned, others): (Vec<_>, Vec<_>) = self.model.teams.iter().filter(there).partition(|e| e.team.pinned);
        pinned.into_iter().chain(others)
    }

    fn entry(self, team: &crate::words::id::Id) -> Option<&'a TeamEntry> {
        self.model.entry(team).filter(|_| !self.desk.is_removing(team))
    }

    fn back(self, page: &Page) -> Option<Button> {
        let to = match page {
            Page::Home => return None,
            Page::RemoveTeam { team } | Page::EditTeam { team } | Page::AddProfile { team } | Page::Roles { team } => {
                Page::Team { team: team.clone() }
            }
            _ => Page::Home,
        };
        let label = match &to {
            Page::Team { team } => self.entry(team).map(|entry| entry.team.name.clone()).unwrap_or_default(),
            _ => words::TEAMS.to_owned(),
        };
        Some(Button { label, ..Button::quiet("", Click::open(to)) })
    }

    fn nav(self, page: &Page) -> Vec<Nav> {
        let to = |icon, label, to: Page, current| Nav { icon, label, click: Click::open(to), current };
        let add = matches!(page, Page::AddTeam);
        let (import, settings) = (matches!(page, Page::Import), matches!(page, Page::Settings));
        vec![
            to(NavIcon::Teams, words::TEAMS, Page::Home, !(add || import || settings)),
            to(NavIcon::Add, words::ADD_TEAM, Page::AddTeam, add),
            Nav { icon: NavIcon::Import, label: words::IMPORT_TEAMS, click: Click::FindTeams, current: import },
            to(NavIcon::Settings, words::SETTINGS, Page::Settings, settings),
        ]
    }
}

#[cfg(test)]
mod tests;
