//! The window's desk: which page lies open, what work on it is unfinished, and what a line from below asks for.
//!
//! Like `update` for the model, [`Desk::take`] is total: it never waits and never fails. The tray program
//! runs the errands it gives back and tells the desk how they went.

mod roles;

use std::collections::BTreeMap;

use crate::face::ask;
use crate::face::window::asked::SentBack;
use crate::face::window::errand::{Errand, Finding};
use crate::words::question::Shape;
use jiff::{SignedDuration, Timestamp};

use super::chained::{self, CHAIN};
use super::form::REGION;
use super::{Button, Said, Tone, Trouble, words};
use crate::doors::pipe::{Chosen, Click, Entered, LoginAnswer, TeamForm, Typed, Up};
use crate::face::name::apart;
use crate::face::notice::Notice;
use crate::face::talk::import::Imported;
use crate::mind::expiry;
use crate::mind::model::Model;
use crate::words::about::Field;
use crate::words::action::{Action, Page};
use crate::words::browser::{BROWSER, Choice};
use crate::words::change::Change;
use crate::words::id::Id;
use crate::words::login::LoginId;
use crate::words::name::{as_iot_folder, check_name, check_profile_name, composed, is_same};
use crate::words::notice::Kind;
use crate::words::plain::clean;
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::question::Answer;
use crate::words::secret::Secret;
use crate::words::settings::Settings;
use crate::words::team::Team;

/// How long a removal can be undone.
const UNDO: SignedDuration = SignedDuration::from_secs(10);
/// How long a saying stays.
const SAID: SignedDuration = SignedDuration::from_secs(8);

/// What the window shows beside the model. It outlives the window program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desk {
    place: Option<Page>,
    said: Option<Said>,
    serial: u64,
    pub(super) form: FormWork,
    pub(super) import: ImportWork,
    pub(super) roles: roles::RolesWork,
    removing: Option<Removing>,
    sent_back: Option<SentBack>,
}

/// A team that is to go, and when it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removing {
    pub team: Id,
    pub name: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FormWork {
    pub saving: bool,
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ImportWork {
    pub looking: bool,
    pub importing: bool,
    pub number: u64,
    pub found: Option<Vec<Finding>>,
    pub warnings: Vec<String>,
    pub trouble: Option<Trouble>,
}

impl Desk {
    pub fn place(&self) -> &Page {
        self.place.as_ref().unwrap_or(&Page::Home)
    }

    /// Another page: what was unfinished on the last one is left behind.
    pub fn open(&mut self, page: Page) {
        if *self.place() != page {
            self.form = FormWork::default();
            self.import.trouble = None;
            self.place = Some(page);
        }
    }

    /// Takes in what the window said.
    pub fn take(&mut self, up: Up, model: &Model, now: Timestamp) -> Vec<Errand> {
        match up {
            Up::Focus { focused } => vec![Errand::Focus(focused)],
            Up::Act { click } => self.click(click, model, now),
            Up::Answer { typed } => self.typed(typed, model, now),
        }
    }

    fn click(&mut self, click: Click, model: &Model, now: Timestamp) -> Vec<Errand> {
        match click {
            Click::Act { action: action @ (Action::LogIn { .. } | Action::LogInAnew { .. }) } => {
                let (Action::LogIn { team } | Action::LogInAnew { team }) = &action else { return Vec::new() };
                self.open(Page::Login { team: team.clone() });
                vec![Errand::Tell(action)]
            }
            Click::Act { action: Action::Account { team, deed } } => {
                self.open(Page::Login { team: team.clone() });
                vec![Errand::Tell(Action::Account { team, deed })]
            }
            Click::Act { action: Action::CancelLogin { team } } => {
                self.open(Page::Team { team: team.clone() });
                vec![Errand::Tell(Action::CancelLogin { team })]
            }
            Click::Act { action } => vec![Errand::Tell(action)],
            Click::Other { team, login, other } => vec![Errand::Answer { team, login, answer: Answer::Other(other) }],
            Click::Pin { team, pinned } => vec![Errand::Pin { team, pinned }],
            Click::Remove { team } => self.remove(team, model, now),
            Click::UndoRemove => {
                if let Some(undone) = self.removing.take() {
                    self.say(format!("{} stays", apart(&undone.name)), Tone::Ok, now);
                }
                Vec::new()
            }
            Click::RemoveProfile { team, profile } => vec![Errand::RemoveProfile { team, profile }],
            Click::FindRoles { team } => self.find_roles(team),
            Click::LookOn { team } => self.look_on(team),
            Click::StopLooking { team } => vec![Errand::StopLooking { team }],
            Click::FindTeams => {
                self.open(Page::Import);
                vec![self.look_for_teams()]
            }
            Click::SetPrefs { prefs } => vec![Errand::SetPrefs(prefs)],
            Click::SetShell { shell } => vec![Errand::SetShell(shell)],
            Click::SetTheme { theme } => vec![Errand::SetTheme(theme)],
            Click::StartAtLogin { on } => vec![Errand::StartAtLogin(on)],
            Click::TryDemo => vec![Errand::TryDemo],
            Click::LeaveDemo => vec![Errand::LeaveDemo],
        }
    }

    fn typed(&mut self, typed: Typed, model: &Model, now: Timestamp) -> Vec<Errand> {
        match typed {
            Typed::Login { team, login, answer } => self.answer(team, login, answer, model),
            Typed::Team { form } => self.save(form, model),
            Typed::Profile { form } => self.save_profile(form, model),
            Typed::Import { found, chosen } => self.import_chosen(found, &chosen, model),
            Typed::Profiles { team, found, keys } => self.add_roles(team, found, &keys, model, now),
        }
    }

    // --- the question of a login ---

    /// What does not fit its field is sent back at once, with all else that was typed in its place.
    fn answer(&mut self, team: Id, login: LoginId, answer: LoginAnswer, model: &Model) -> Vec<Errand> {
        let login_of = |team| model.entry(team)?.state.login.as_ref().filter(|current| current.id == login);
        let fields = match login_of(&team).and_then(|current| current.asking.as_ref()).map(|asking| &asking.shape) {
            Some(Shape::FillIn { fields, .. }) => fields.as_slice(),
            _ => &[],
        };
        if let Some((field, misfit)) = answer.misfit(fields) {
            self.serial += 1;
            self.sent_back = Some(SentBack { login, serial: self.serial, field, why: ask::misfit(misfit) });
            return Vec::new();
        }
        self.sent_back = None;
        vec![Errand::Answer { team, login, answer: answer.into() }]
    }

    pub(super) fn sent_back(&self, login: LoginId) -> Option<&SentBack> {
        self.sent_back.as_ref().filter(|back| back.login == login)
    }

    // --- the form of a team ---

    fn save(&mut self, form: TeamForm, model: &Model) -> Vec<Errand> {
        let TeamForm { team, name, provider, settings, secrets } = form;
        let name = composed(name.trim()).into_owned();
        self.form = FormWork::default();
        if let Err(bad) = check_name(&name) {
            self.refuse_form(Trouble::of_name(&bad.to_string()));
            return Vec::new();
        }
        if let Some(taken) = alike(&name, team.as_ref(), model) {
            self.refuse_form(Trouble::taken(&name, taken));
            return Vec::new();
        }
        let settings = filled(settings);
        let secrets: BTreeMap<String, Secret> = secrets
            .into_iter()
            .map(|(key, Entered(secret))| (key, secret))
            .filter(|(_, secret)| !secret.is_empty())
            .collect();
        // A team that is there has its secrets already.
        let given = |field: &Field| match field.secret {
            true => team.is_some() || secrets.contains_key(field.key),
            false => settings.contains_key(field.key),
        };
        if let Some(about) = model.providers.iter().find(|about| about.id == provider)
            && let Some(missing) = about.fields.iter().find(|field| field.required && !given(field))
        {
            self.refuse_form(Trouble::missing(missing));
            return Vec::new();
        }
        let before = team.as_ref().and_then(|team| model.entry(team)?.team.setting(BROWSER));
        let line = settings.get(BROWSER).filter(|line| Some(line.as_str()) != before);
        // A page does not say what is run on this computer.
        if line.is_some_and(|line| matches!(Choice::parse(line), Ok(Choice::Command(_)))) {
            self.refuse_form(Trouble::command_line());
            return Vec::new();
        }
        self.form.saving = true;
        vec![Errand::SaveTeam { team, name, provider, settings, secrets }]
    }

    /// A profile that is written down by hand.
    fn save_profile(&mut self, form: TeamForm, model: &Model) -> Vec<Errand> {
        self.form = FormWork::default();
        let Some((team, entry)) = form.team.and_then(|team| Some((team.clone(), model.entry(&team)?))) else {
            return Vec::new();
        };
        let name = form.name.trim().to_owned();
        let taken = entry.team.profiles.iter().any(|profile| is_same(&profile.name, &name));
        if let Err(bad) = check_profile_name(&name) {
            self.refuse_form(Trouble::of_name(&bad.to_string()));
            return Vec::new();
        }
        if taken {
            self.refuse_form(Trouble::profile_taken(&name, &entry.team.name));
            return Vec::new();
        }
        let mut target = filled(form.settings);
        let profile = if form.provider == CHAIN {
            match chained::filled_in(target, entry, model, name) {
                Ok(profile) => profile,
                Err(trouble) => {
                    self.refuse_form(trouble);
                    return Vec::new();
                }
            }
        } else {
            let region = target.remove(REGION);
            Profile { region, ..Profile::new(team.clone(), name, target) }
        };
        self.form.saving = true;
        vec![Errand::AddProfile { team, profile }]
    }

    /// The profile is in the config file, or this is why not.
    pub fn saved_profile(&mut self, outcome: Result<(), Trouble>, team: &Id, name: &str, now: Timestamp) {
        match outcome {
            Ok(()) => {
                self.say(format!("Added {}", apart(name)), Tone::Ok, now);
                self.open(Page::Team { team: team.clone() });
                self.form = FormWork::default();
            }
            Err(trouble) => self.refuse_form(trouble),
        }
    }

    fn refuse_form(&mut self, mut trouble: Trouble) {
        self.serial += 1;
        trouble.serial = self.serial;
        self.form = FormWork { saving: false, trouble: Some(trouble) };
    }

    /// The team is in the config file, under this id; or why it is not.
    pub fn saved(&mut self, outcome: Result<Id, Trouble>, name: &str, now: Timestamp) {
        match outcome {
            Ok(team) => {
                let new = *self.place() == Page::AddTeam;
                self.say(format!("{} {}", if new { "Added" } else { "Changed" }, apart(name)), Tone::Ok, now);
                self.open(Page::Team { team });
                self.form = FormWork::default();
            }
            Err(trouble) => self.refuse_form(trouble),
        }
    }

    // --- import ---

    /// What the tray program does by itself when there are no teams: the first page says what it found.
    pub fn look_for_teams(&mut self) -> Errand {
        self.import = ImportWork { looking: true, number: self.import.number + 1, ..ImportWork::default() };
        Errand::FindTeams
    }

    pub fn found_teams(&mut self, found: Vec<Finding>, warnings: Vec<String>) {
        let number = self.import.number;
        self.import = ImportWork { found: Some(found), warnings, number, ..ImportWork::default() };
    }

    fn import_chosen(&mut self, found: u64, chosen: &[Chosen], model: &Model) -> Vec<Errand> {
        let Some(findings) = self.import.found.as_ref().filter(|_| self.import.number == found) else {
            return Vec::new();
        };
        let (mut teams, mut changes): (Vec<Team>, Vec<(Id, Change)>) = (Vec::new(), Vec::new());
        let mut trouble = None;
        for Chosen { key, name } in chosen {
            let Some(finding) = usize::try_from(*key).ok().and_then(|key| findings.get(key)) else { continue };
            if let Some(change) = &finding.change {
                changes.push((finding.team.id.clone(), change.clone()));
                continue;
            }
            let name = &*composed(name.trim());
            let field = format!("name-{key}");
            let among = teams.iter().find(|team| as_iot_folder(&team.name) == as_iot_folder(name));
            if let Err(bad) = check_name(name) {
                trouble = Some(Trouble { field: Some(field), ..Trouble::of_name(&bad.to_string()) });
            } else if let Some(taken) = alike(name, None, model).or(among.map(|team| team.name.as_str())) {
                trouble = Some(Trouble { field: Some(field), ..Trouble::taken(name, taken) });
            }
            if trouble.is_some() {
                break;
            }
            teams.push(Team { name: name.to_owned(), ..finding.team.clone() });
        }
        if let Some(mut trouble) = trouble {
            self.serial += 1;
            trouble.serial = self.serial;
            self.import.trouble = Some(trouble);
            return Vec::new();
        }
        if teams.is_empty() && changes.is_empty() {
            return Vec::new();
        }
        self.import.trouble = None;
        self.import.importing = true;
        vec![Errand::ImportTeams { teams, changes }]
    }

    /// So much is in the config file now, or nothing because of this.
    pub fn imported(&mut self, outcome: Result<Imported, Problem>, now: Timestamp) {
        self.import.importing = false;
        match outcome {
            Ok(all) => {
                self.say(all.words(), Tone::Ok, now);
                self.import = ImportWork { number: self.import.number, ..ImportWork::default() };
                self.open(Page::Home);
            }
            Err(problem) => {
                self.serial += 1;
                self.import.trouble = Some(Trouble { serial: self.serial, ..Trouble::of_problem(&problem) });
            }
        }
    }

    // --- removal ---

    /// One removal at a time can be undone: a second one makes the first one final.
    fn remove(&mut self, team: Id, model: &Model, now: Timestamp) -> Vec<Errand> {
        let Some(entry) = model.entry(&team) else { return Vec::new() };
        let name = entry.team.name.clone();
        let errands = self.finish_removal();
        self.removing = Some(Removing { team, name: name.clone(), at: expiry::after(now, UNDO) });
        self.open(Page::Home);
        self.say(format!("Removed {}", apart(&name)), Tone::Idle, now);
        if let Some(said) = &mut self.said {
            said.button = Some(Button::quiet(words::UNDO, Click::UndoRemove));
            said.until = expiry::after(now, UNDO);
        }
        errands
    }

    /// Call it with every tick, and when [`Desk::wake_at`] has come.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Errand> {
        if self.said.as_ref().is_some_and(|said| said.until <= now) {
            self.said = None;
        }
        if self.removing.as_ref().is_some_and(|removing| removing.at <= now) {
            return self.finish_removal();
        }
        Vec::new()
    }

    /// The removal under way, for good: also before the program ends.
    pub fn finish_removal(&mut self) -> Vec<Errand> {
        self.removing.take().map(|gone| Errand::RemoveTeam { team: gone.team }).into_iter().collect()
    }

    /// When something on the desk becomes due.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let said = self.said.as_ref().map(|said| said.until);
        let removing = self.removing.as_ref().map(|removing| removing.at);
        said.into_iter().chain(removing).min()
    }

    pub(super) fn is_removing(&self, team: &Id) -> bool {
        self.removing.as_ref().is_some_and(|removing| removing.team == *team)
    }

    // --- sayings ---

    /// Something was copied; the text holds no secret.
    pub fn say_copied(&mut self, text: &str, now: Timestamp) {
        self.say(format!("Copied: {}", clean(text.trim())), Tone::Ok, now);
    }

    pub fn say_problem(&mut self, problem: &Problem, now: Timestamp) {
        let text = if problem.detail.is_empty() {
            problem.title.clone()
        } else {
            format!("{}. {}", problem.title, problem.detail)
        };
        self.say(text, Tone::Danger, now);
    }

    /// What a notice would say, where none can be shown or none is needed.
    pub fn say_notice(&mut self, notice: &Notice, now: Timestamp) {
        match notice.kind {
            Kind::Copied => self.say_copied(&notice.body, now),
            Kind::Done => {
                self.say(format!("{}. {}", notice.title, notice.body).trim().to_owned(), Tone::Ok, now);
                let next = notice.buttons.first();
                if let (Some(said), Some(next)) = (&mut self.said, next) {
                    said.button = Some(Button::quiet(next.label, Click::act(next.action.clone())));
                }
            }
            _ => self.say(format!("{}. {}", notice.title, notice.body), Tone::Danger, now),
        }
    }

    fn say(&mut self, text: String, tone: Tone, now: Timestamp) {
        self.serial += 1;
        self.said = Some(Said { serial: self.serial, text, tone, button: None, until: expiry::after(now, SAID) });
    }

    pub(super) fn said(&self, now: Timestamp) -> Option<Said> {
        self.said.clone().filter(|said| now < said.until)
    }
}

/// What was filled in, without the blanks around it.
fn filled(settings: Settings) -> Settings {
    let trimmed = settings.into_iter().map(|(key, text)| (key, text.trim().to_owned()));
    trimmed.filter(|(_, text)| !text.is_empty()).collect()
}

/// The name of another team that this one could be taken for, by us or by the `iot` CLI.
fn alike<'a>(name: &str, own: Option<&Id>, model: &'a Model) -> Option<&'a str> {
    let folder = as_iot_folder(name);
    let mut others = model.teams.iter().map(|entry| &entry.team).filter(|team| Some(&team.id) != own);
    others.find(|team| as_iot_folder(&team.name) == folder).map(|team| team.name.as_str())
}

pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
