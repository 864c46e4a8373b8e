//! The person at a terminal: shows how far a login has come and asks what only they can answer.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use indicatif::{ProgressBar, ProgressStyle};
use keyfob_core::doors::ports::{NoAnswer, Person, Revealed};
use keyfob_core::face::talk::ask;
use keyfob_core::face::{ask as words, talk};
use keyfob_core::words::login::Step;
use keyfob_core::words::question::{
    Answer, Blank, BlankKind, Choice, Filled, MANY, Opening, Other, Question, REMEMBER, Shape, Tick, Topic, Wait,
    WaitPage,
};
use keyfob_core::words::secret::Secret;

use crate::asking::is_yes;
use crate::world::World;

/// What came of one field.
enum Typed {
    Text(Secret),
    Other(Other),
}

/// What was given on the command line or in the environment, so that it need not be asked.
#[derive(Debug, Default)]
pub struct Given {
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub code: Option<Secret>,
    pub remember: bool,
}

/// What is being done, for a person who waits; gone from the terminal when dropped. Nothing of it goes into a pipe.
#[derive(Debug)]
pub struct Spinner(Option<ProgressBar>);

impl Spinner {
    pub fn new(world: &World, words: String) -> Self {
        let console = &world.console;
        if !console.has_person() || !world.has_cursor() {
            return Spinner(None);
        }
        // What stands first in it is seen in a narrow terminal too.
        let fits = console.size().is_none_or(|(_, columns)| words.chars().count() + 8 < columns);
        let template = if fits { "{spinner} {msg} {elapsed}" } else { "{spinner} {wide_msg}" };
        let bar = ProgressBar::new_spinner().with_message(words);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Spinner(Some(bar))
    }

    fn turns(&self) -> bool {
        self.0.is_some()
    }

    pub fn say(&self, words: String) {
        if let Some(bar) = &self.0 {
            bar.set_message(words);
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Somebody at a terminal, or a script that gave the answers before.
#[derive(Debug)]
pub struct AtTerminal {
    world: World,
    team: String,
    given: Mutex<Given>,
    remember: bool,
    spinner: Mutex<Option<Spinner>>,
    /// What is waited for, and whether that can be done on another device too.
    waiting: Mutex<Option<(Wait, bool)>>,
}

impl AtTerminal {
    pub fn new(world: &World, team: &str, given: Given) -> Self {
        AtTerminal {
            world: world.clone(),
            team: team.to_owned(),
            remember: given.remember,
            given: Mutex::new(given),
            spinner: Mutex::default(),
            waiting: Mutex::default(),
        }
    }

    /// Takes the spinner away, so that the next words stand on a line of their own.
    pub fn quiet(&self) {
        self.spinner.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Turns while something is waited for. Where nothing can turn, it is said once if there is something to be read.
    fn spin(&self, words: String, once: bool) {
        self.quiet();
        let spinner = Spinner::new(&self.world, words.clone());
        if once && !spinner.turns() {
            self.world.console.talk(&format!("{words}\n"));
        }
        *self.spinner.lock().unwrap_or_else(PoisonError::into_inner) = Some(spinner);
    }

    /// The code comes first; what became of the browser is told once it was asked.
    fn wait(&self, question: &Question, wait: &Wait) {
        self.quiet();
        if let Some(code) = &wait.code {
            self.world.console.talk(&ask::check_code(&self.team, code));
        }
        let elsewhere = question.others.contains(&Other::AnotherDevice);
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some((wait.clone(), elsewhere));
    }

    /// Whatever stands between, the code is in the last line too, where it stays (fault F220).
    fn opened(&self, opening: &Opening) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((Wait { page: Some(page), code, expires }, elsewhere)) = &*waiting else { return };
        let console = &self.world.console;
        self.quiet();
        let left = expires.duration_since(self.world.now());
        let page = WaitPage { opening: opening.clone(), ..page.clone() };
        let last = ask::waiting(code.as_deref(), left);
        let Some(code) = code.as_deref() else {
            console.talk(&ask::page_here(&self.team, &page));
            if *elsewhere {
                console.talk(&ask::another_device(&self.team));
            }
            return self.spin(last, false);
        };
        let words = ask::page(&page);
        let above = ask::check_code(&self.team, code);
        console.talk(&words);
        self.picture(&page.complete_url, &[&above, &words, ask::CODES_MUST_MATCH, &last]);
        console.talk(ask::CODES_MUST_MATCH);
        self.spin(last, true);
    }

    /// Draws a QR code where it fits beside these words.
    fn picture(&self, of: &str, beside: &[&str]) {
        if !self.world.console.has_person() {
            return;
        }
        let words = format!("{}\n{}", beside.concat(), ask::scan(""));
        if let Some(picture) = self.world.picture(of, &words) {
            self.world.console.draw(&ask::scan(&picture));
        }
    }

    async fn secret(&self, prompt: String) -> Result<Secret, NoAnswer> {
        self.quiet();
        let secret = self.world.ask_secret(prompt).await?;
        if secret.is_empty() { Err(NoAnswer::Cancelled) } else { Ok(secret) }
    }

    async fn line(&self, prompt: String) -> Result<String, NoAnswer> {
        self.quiet();
        self.world.ask(prompt).await
    }

    /// What the command line or the environment said already. Nothing that was refused is tried twice.
    fn known(&self, question: &Question, field: &Blank) -> Option<Secret> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        match (&question.topic, field.kind) {
            (Topic::Password, BlankKind::Username) => given.username.as_deref().map(Secret::new),
            (Topic::Password, BlankKind::Secret) => given.password.take().filter(|_| question.refusal.is_none()),
            (Topic::Code { .. }, BlankKind::Code) => given.code.take().filter(|_| question.refusal.is_none()),
            _ => None,
        }
    }

    async fn fill_in(&self, question: &Question, fields: &[Blank], ticks: &[Tick]) -> Result<Answer, NoAnswer> {
        if self.world.console.has_person() {
            self.quiet();
            self.world.console.talk(&ask::before(question, &self.team));
        }
        if self.world.console.has_person() && !question.others.is_empty() {
            self.world.console.talk(ask::OTHER_WAYS);
        }
        let mut filled = Filled::default();
        let mut who = None;
        for field in fields {
            let typed = match self.known(question, field) {
                Some(known) => known,
                None => match self.field(question, field, who.as_deref()).await? {
                    Typed::Text(typed) => typed,
                    Typed::Other(other) => return Ok(Answer::Other(other)),
                },
            };
            if field.kind == BlankKind::Username {
                who = Some(typed.expose().to_owned());
            }
            filled = filled.with(&field.key, typed);
        }
        for tick in ticks {
            // Whether a password is remembered is said by `--remember`, not asked at each login.
            let on = if tick.key == REMEMBER { self.remember } else { self.yes(ask::tick(tick), tick.on).await? };
            filled = filled.tick(&tick.key, on);
        }
        Ok(Answer::Filled(filled))
    }

    async fn field(&self, question: &Question, field: &Blank, who: Option<&str>) -> Result<Typed, NoAnswer> {
        // Who logs in was told before, and nobody doubts it.
        let doubted = question.topic != Topic::Password || question.refusal.is_some();
        if field.kind == BlankKind::Username && !field.value.is_empty() && !doubted {
            return Ok(Typed::Text(Secret::new(field.value.as_str())));
        }
        let prompt = ask::prompt(question, field, &self.team, who);
        loop {
            let typed = match field.kind {
                BlankKind::NewSecret => match self.secret(prompt.clone()).await? {
                    ways if self.is_ways(question, &ways) => ways,
                    first => match self.once_more(first).await? {
                        Some(same) => same,
                        None => continue,
                    },
                },
                BlankKind::Secret | BlankKind::Code => self.secret(prompt.clone()).await?,
                _ => match self.line(prompt.clone()).await? {
                    typed if typed.is_empty() && !field.value.is_empty() => Secret::new(field.value.as_str()),
                    // Enter alone, where something is needed, is how people leave.
                    typed if typed.is_empty() && field.required => return Err(NoAnswer::Cancelled),
                    typed => Secret::new(typed),
                },
            };
            if self.is_ways(question, &typed) {
                match self.other(&question.others).await? {
                    Some(other) => return Ok(Typed::Other(other)),
                    None => continue,
                }
            }
            match field.check(typed.expose()) {
                Ok(()) => return Ok(Typed::Text(typed)),
                Err(misfit) => self.world.console.talk(&format!("{}\n", words::misfit(misfit))),
            }
        }
    }

    /// Hands a new secret back once it was typed again.
    async fn once_more(&self, first: Secret) -> Result<Option<Secret>, NoAnswer> {
        if self.secret(ask::AGAIN.into()).await? == first {
            return Ok(Some(first));
        }
        self.world.console.talk(ask::NOT_THE_SAME);
        Ok(None)
    }

    fn is_ways(&self, question: &Question, typed: &Secret) -> bool {
        !question.others.is_empty() && typed.expose().trim() == ask::WAYS
    }

    /// The other ways on, as a numbered list; nothing where Enter alone goes back to the question.
    async fn other(&self, others: &[Other]) -> Result<Option<Other>, NoAnswer> {
        for (place, other) in others.iter().enumerate() {
            self.world.console.talk(&ask::other(place + 1, *other));
        }
        loop {
            let typed = self.line(ask::WHICH_WAY.into()).await?;
            if typed.is_empty() {
                return Ok(None);
            }
            match typed.parse::<usize>().ok().and_then(|number| others.get(number.checked_sub(1)?)) {
                Some(other) => return Ok(Some(*other)),
                None => self.world.console.talk(&ask::number_wanted(others.len())),
            }
        }
    }

    /// A numbered list. A long one is narrowed down by letters; Enter alone takes the one of last time.
    async fn choose(&self, question: &Question, options: &[Choice]) -> Result<Answer, NoAnswer> {
        self.quiet();
        self.world.console.talk(&ask::before(question, &self.team));
        let mut shown: Vec<&Choice> = options.iter().collect();
        self.list(&shown);
        loop {
            let prompt = if options.len() >= MANY { ask::which_of_many(shown.len()) } else { ask::WHICH.into() };
            let typed = self.line(prompt).await?;
            let number = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let last = shown.iter().find(|choice| choice.last && typed.is_empty());
            if let Some(choice) = number.and_then(|n| shown.get(n)).or(last) {
                return Ok(Answer::Chosen(choice.key.clone()));
            }
            if number.is_some() || typed.is_empty() || options.len() < MANY {
                self.world.console.talk(&ask::number_wanted(shown.len()));
                continue;
            }
            let found: Vec<&Choice> = options.iter().filter(|choice| words::matches(choice, &typed)).collect();
            if found.is_empty() {
                self.world.console.talk(&ask::nothing_matches(&typed));
            } else {
                shown = found;
                self.list(&shown);
            }
        }
    }

    fn list(&self, options: &[&Choice]) {
        let mut group = "";
        for (i, choice) in options.iter().enumerate() {
            if choice.group != group {
                group = &choice.group;
                self.world.console.talk(&ask::group(group));
            }
            self.world.console.talk(&ask::choice(i + 1, choice));
        }
    }

    async fn yes(&self, prompt: String, without: bool) -> Result<bool, NoAnswer> {
        let typed = self.line(prompt).await?;
        Ok(if typed.is_empty() { without } else { is_yes(&typed) })
    }
}

#[async_trait]
impl Person for AtTerminal {
    fn show(&self, step: &Step) {
        match step {
            Step::Starting => self.spin(talk::starting(&self.team), false),
            Step::Unlocking => {
                self.quiet();
                self.world.console.talk(talk::UNLOCKING);
            }
            Step::Opening(opening) => self.opened(opening),
            Step::Told(aside) => {
                self.quiet();
                self.world.console.talk(&format!("{}\n", words::aside(*aside)));
            }
            Step::Checking => self.spin(talk::CHECKING.into(), false),
            Step::Keeping => {
                self.quiet();
                self.world.console.talk(talk::KEEPING);
            }
        }
    }

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        match &question.shape {
            Shape::FillIn { fields, ticks } => self.fill_in(&question, fields, ticks).await,
            Shape::Choose { options } => self.choose(&question, options).await,
            Shape::Confirm => {
                self.quiet();
                if !self.world.console.has_person() {
                    return Err(NoAnswer::Nobody);
                }
                self.world.console.talk(&ask::before(&question, &self.team));
                let yes = self.yes(ask::confirm(&question.topic), false).await?;
                Ok(if yes { Answer::Yes } else { Answer::No })
            }
            Shape::Wait(wait) => {
                self.wait(&question, wait);
                // What is waited for ends it; Ctrl-C and a new try are the other way on.
                std::future::pending().await
            }
        }
    }

    async fn ask_showing(&self, question: Question, shown: Revealed) -> Result<Answer, NoAnswer> {
        self.quiet();
        // Into a pipe or a log nothing of it goes.
        if !self.world.console.has_person() {
            return Err(NoAnswer::Nobody);
        }
        let key = ask::reveal(shown.text.expose());
        self.world.console.talk(&key);
        self.picture(shown.uri.expose(), &[&key, &ask::before(&question, &self.team), "\n"]);
        self.ask(question).await
    }
}

/// However a login ends, half a line of it is not left behind.
impl Drop for AtTerminal {
    fn drop(&mut self) {
        self.quiet();
    }
}
