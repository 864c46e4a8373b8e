//! The person at a terminal: shows how far a login has come and asks what only they can answer.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use indicatif::{ProgressBar, ProgressStyle};
use keyfob_core::doors::ports::{NoAnswer, Person};
use keyfob_core::face::talk;
use keyfob_core::words::login::Step;
use keyfob_core::words::question::{Answer, CodeKind, Question};
use keyfob_core::words::secret::Secret;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use tokio::sync::oneshot;

use crate::world::World;

/// What was given on the command line or in the environment, so that it need not be asked.
#[derive(Debug, Default)]
pub struct Given {
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub remember: bool,
}

/// Somebody at a terminal, or a script that gave the answers before.
#[derive(Debug)]
pub struct AtTerminal {
    world: World,
    team: String,
    given: Mutex<Given>,
    remember: bool,
    spinner: Mutex<Option<ProgressBar>>,
    /// The code that was shown last.
    said: Mutex<Option<String>>,
}

impl AtTerminal {
    pub fn new(world: &World, team: &str, given: Given) -> Self {
        AtTerminal {
            world: world.clone(),
            team: team.to_owned(),
            remember: given.remember,
            given: Mutex::new(given),
            spinner: Mutex::default(),
            said: Mutex::default(),
        }
    }

    /// Takes the spinner away, so that the next words stand on a line of their own.
    pub fn quiet(&self) {
        if let Some(spinner) = self.spinner.lock().unwrap_or_else(PoisonError::into_inner).take() {
            spinner.finish_and_clear();
        }
    }

    fn spin(&self, words: String) {
        self.quiet();
        if !self.world.console.has_person() {
            return;
        }
        let spinner = ProgressBar::new_spinner().with_message(words);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            spinner.set_style(style);
        }
        spinner.enable_steady_tick(Duration::from_millis(120));
        *self.spinner.lock().unwrap_or_else(PoisonError::into_inner) = Some(spinner);
    }

    fn code(&self, step: &Step) {
        let Step::ShowCode { code, url, complete_url, host, expires, opened } = step else { return };
        let console = &self.world.console;
        self.quiet();
        // The code comes first; once the browser was asked, the same step tells how that went.
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).replace(code.clone());
        if said.as_ref() != Some(code) {
            return console.talk(&talk::check_code(&self.team, code));
        }
        let left = expires.duration_since(self.world.now());
        console.talk(&talk::page(host, url, complete_url, *opened));
        if console.has_person()
            && let Some(picture) = qr(complete_url, self.world.var("NO_COLOR").is_none())
        {
            console.talk(&talk::scan(&picture));
        }
        console.talk(talk::CODES_MUST_MATCH);
        self.spin(talk::waiting(left));
    }

    /// Asks on a thread of its own, so that Ctrl-C and the time limit are heard meanwhile.
    async fn on_thread<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&World) -> io::Result<T> + Send + 'static,
    ) -> Result<T, NoAnswer> {
        self.quiet();
        if !self.world.console.has_person() {
            return Err(NoAnswer::Nobody);
        }
        let world = self.world.clone();
        let (done, answer) = oneshot::channel();
        std::thread::spawn(move || done.send(ask(&world)));
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            // Ctrl-C, Ctrl-D, or a terminal that was closed.
            _ => Err(NoAnswer::Cancelled),
        }
    }

    async fn secret(&self, prompt: String) -> Result<Secret, NoAnswer> {
        let secret = self.on_thread(move |w| w.console.ask_secret(&prompt)).await?;
        if secret.is_empty() { Err(NoAnswer::Cancelled) } else { Ok(secret) }
    }

    async fn line(&self, prompt: String) -> Result<String, NoAnswer> {
        self.on_thread(move |w| w.console.ask(&prompt)).await
    }

    async fn password(&self, known: Option<String>, wrong: bool) -> Result<Answer, NoAnswer> {
        let (username, password) = {
            let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
            // A refused password is not tried twice.
            (given.username.clone().or(known), given.password.take().filter(|_| !wrong))
        };
        if wrong && self.world.console.has_person() {
            self.quiet();
            self.world.console.talk(talk::WRONG_PASSWORD);
        }
        if let (Some(username), Some(password)) = (&username, password) {
            return Ok(Answer::Password { username: username.clone(), password, remember: self.remember });
        }
        let username = match username {
            Some(known) if !wrong => known,
            known => {
                let typed = self.line(talk::username_prompt(&self.team, known.as_deref())).await?;
                if typed.is_empty() { known.ok_or(NoAnswer::Cancelled)? } else { typed }
            }
        };
        let password = self.secret(talk::password_prompt(&username)).await?;
        Ok(Answer::Password { username, password, remember: self.remember })
    }

    async fn new_password(&self, username: &str, rules: Option<String>) -> Result<Answer, NoAnswer> {
        self.quiet();
        self.world.console.talk(&match rules {
            Some(rules) => talk::new_password_refused(&rules),
            None => talk::wants_new_password(&self.team, username),
        });
        loop {
            let first = self.secret(talk::NEW_PASSWORD.into()).await?;
            let second = self.secret(talk::NEW_PASSWORD_AGAIN.into()).await?;
            if first == second {
                return Ok(Answer::NewPassword(first));
            }
            self.world.console.talk(talk::NOT_THE_SAME);
        }
    }

    async fn factor(&self, factors: &[CodeKind]) -> Result<Answer, NoAnswer> {
        self.quiet();
        for (i, kind) in factors.iter().enumerate() {
            self.world.console.talk(&format!("  {}  {}\n", i + 1, talk::factor(*kind)));
        }
        loop {
            let typed = self.line(talk::WHICH_FACTOR.into()).await?;
            let chosen = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).and_then(|n| factors.get(n));
            match chosen {
                Some(kind) => return Ok(Answer::Factor(*kind)),
                None => self.world.console.talk(&talk::number_wanted(factors.len())),
            }
        }
    }
}

#[async_trait]
impl Person for AtTerminal {
    fn show(&self, step: &Step) {
        match step {
            Step::Starting => self.spin(talk::starting(&self.team)),
            Step::ShowCode { .. } => self.code(step),
            Step::Checking => self.spin(talk::CHECKING.into()),
        }
    }

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        match question {
            Question::Password { username, wrong } => self.password(username, wrong).await,
            Question::Code { kind, sent_to, wrong } => {
                let code = self.secret(talk::code_prompt(kind, sent_to.as_deref(), wrong)).await?;
                // People copy codes with the spaces they are shown with.
                Ok(Answer::Code(Secret::new(code.expose().replace(' ', ""))))
            }
            Question::NewPassword { username, rules } => self.new_password(&username, rules).await,
            Question::ChooseFactor { factors } => self.factor(&factors).await,
            Question::SendPassword { host, endpoint } => {
                self.quiet();
                if !self.world.console.has_person() {
                    return Err(NoAnswer::Nobody);
                }
                self.world.console.talk(&talk::may_send_password(&self.team, &host, &endpoint));
                let typed = self.line(talk::SEND_PASSWORD.into()).await?;
                Ok(if is_yes(&typed) { Answer::Yes } else { Answer::No })
            }
        }
    }
}

/// What people type for yes.
pub fn is_yes(typed: &str) -> bool {
    typed.eq_ignore_ascii_case("y") || typed.eq_ignore_ascii_case("yes")
}

/// A QR code as text: two rows of modules in each line. It is dark on light whatever the terminal's
/// colours are, with its quiet zone; phones read nothing else reliably.
fn qr(url: &str, colours: bool) -> Option<String> {
    let picture = QrCode::with_error_correction_level(url, qrcode::EcLevel::L).ok()?;
    let mut render = picture.render::<Dense1x2>();
    if !colours {
        // Most terminals are dark: the blocks are what is light.
        render.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
        return Some(format!("{}\n", render.quiet_zone(true).build()));
    }
    let text = render.quiet_zone(true).build();
    Some(text.lines().map(|line| format!("\u{1b}[30;107m{line}\u{1b}[0m\n")).collect())
}
