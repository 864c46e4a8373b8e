//! The thin loop: takes in events one by one, lets [`update`] decide, and performs the effects.
//!
//! It decides nothing itself. Logins and renewals run as tasks beside it, so that it is always ready for the
//! next click, and a task that panics takes nobody along (fault F79).

mod door;
mod hands;
mod surroundings;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{AbortHandle, JoinHandle};

use crate::doors::ports::{Browser, BrowserError, Clock, Person};
use crate::face::talk::profile::unanswered_briefly;
use crate::face::{export, notice, problem, tray};
use crate::mind::effect::Effect;
use crate::mind::event::Event;
use crate::mind::expiry;
use crate::mind::model::{Model, TeamEntry};
use crate::mind::update::update;
use crate::words::browser::BROWSER;
use crate::words::facts::Facts;
use crate::words::failure::{Failure, FailureKind};
use crate::words::id::Id;
use crate::words::login::LoginId;
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::question::Answer;
use crate::words::secret::Secret;
use crate::words::shell::Shell;
use crate::words::team::Team;

use door::{Asker, Message};
pub use door::{Door, Needed};
pub use hands::{Hands, SessionHands};
pub use surroundings::Surroundings;

/// Longer without a look than this: the computer slept, or the clock was set.
const SLEPT: SignedDuration = SignedDuration::from_secs(35);
/// A clock goes back so much without meaning anything.
const SLACK: SignedDuration = SignedDuration::from_secs(2);
/// How long a secret stays on the clipboard (threat T16).
const SECRET_STAYS: Duration = Duration::from_secs(30);
/// How long quitting waits for work that ends soon: nobody looks on any more, but a session manager does.
const SOON: Duration = Duration::from_millis(1500);
/// How long it waits for a server that was asked, and for the keychain behind it: what it answers is worth something
/// here only (fault F84). Each has its own deadline, and together they are over by then.
const LAST_WAIT: Duration = Duration::from_secs(60);

/// What the engine reaches the world through.
#[derive(Debug, Clone)]
pub struct World {
    pub clock: Arc<dyn Clock>,
    pub hands: Arc<dyn Hands>,
    pub shell: Arc<dyn Surroundings>,
    pub browser: Arc<dyn Browser>,
    pub options: tray::Options,
}

/// A login, or something else that a person takes part in.
#[derive(Debug)]
struct Attempt {
    work: AbortHandle,
    /// Ends once the work has, and what came of it is told.
    told: JoinHandle<()>,
}

#[derive(Debug)]
pub struct Engine {
    model: Model,
    world: World,
    door: Door,
    messages: UnboundedReceiver<Message>,
    attempts: BTreeMap<LoginId, Attempt>,
    /// Attempts that were stopped and may not have let go of everything yet.
    stopped: Vec<JoinHandle<()>>,
    /// Renewals and log outs under way: quitting waits for them.
    busy: usize,
    last_look: Timestamp,
    facts: Facts,
    drawn: Option<(Model, tray::Face)>,
    quitting: bool,
}

impl Engine {
    /// The engine, and the door through which everybody speaks to it. Must be run inside a tokio runtime.
    pub fn new(model: Model, world: World) -> (Engine, Door) {
        let (door, messages) = Door::new();
        let engine = Engine {
            last_look: world.clock.now(),
            facts: Facts::default(),
            model,
            world,
            door: door.clone(),
            messages,
            attempts: BTreeMap::new(),
            stopped: Vec::new(),
            busy: 0,
            drawn: None,
            quitting: false,
        };
        (engine, door)
    }

    /// Runs until somebody quits.
    pub async fn run(mut self) {
        // A start is like waking up: renewals first, then one summary.
        self.take_in(Event::Woke { jumped: SignedDuration::ZERO });
        self.look();
        while !self.quitting {
            let wait = expiry::next_look(&self.model, self.world.clock.now());
            let clock = self.world.clock.clone();
            tokio::select! {
                biased;
                message = self.messages.recv() => match message {
                    Some(message) => self.hear(message),
                    None => break,
                },
                () = clock.sleep(wait.unsigned_abs().max(Duration::from_millis(1))) => self.look(),
            }
        }
        self.wind_down().await;
    }

    /// Lets renewals and log outs come to their end: a rotated token that is not stored is a lost session.
    async fn wind_down(mut self) {
        for (_, attempt) in std::mem::take(&mut self.attempts) {
            attempt.work.abort();
        }
        self.world.shell.leave();
        let clock = self.world.clock.clone();
        let limit = clock.sleep(SOON);
        tokio::pin!(limit);
        while self.busy > 0 {
            tokio::select! {
                biased;
                Some(message) = self.messages.recv() => self.hear(message),
                () = &mut limit => break,
            }
        }
        tokio::select! {
            biased;
            () = self.world.hands.finished() => {}
            () = clock.sleep(LAST_WAIT) => {}
        }
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Event(Event::Ticked) => self.look(),
            Message::Event(event) => self.take_in(event),
            Message::Done(event) => {
                self.busy = self.busy.saturating_sub(1);
                self.take_in(event);
            }
        }
    }

    /// Looks at the clock and at what other processes did.
    fn look(&mut self) {
        let facts = self.world.hands.facts();
        let mut changed = facts.clone();
        changed.teams.retain(|id, team| self.facts.teams.get(id) != Some(team));
        self.facts = facts;
        if changed.teams.is_empty() {
            self.take_in(Event::Ticked);
        } else {
            self.take_in(Event::FactsChanged { facts: changed });
        }
        let renews = |entry: &&TeamEntry| entry.state.session.as_ref().is_some_and(|session| session.renews);
        let broken_off = |entry: &&TeamEntry| self.world.hands.was_broken_off(&entry.team);
        let teams = self.model.teams.iter().filter(renews).filter(broken_off).map(|entry| entry.team.id.clone());
        for team in teams.collect::<Vec<_>>() {
            self.take_in(Event::BrokenOff { team });
        }
    }

    fn take_in(&mut self, event: Event) {
        let now = self.world.clock.now();
        let jumped = now.duration_since(self.last_look);
        self.last_look = now;
        let mut effects = Vec::new();
        if jumped > SLEPT || jumped < -SLACK {
            effects = update(&mut self.model, Event::Woke { jumped }, now);
        }
        effects.extend(update(&mut self.model, event, now));
        for effect in effects {
            self.perform(effect, now);
        }
        self.draw(now);
    }

    fn draw(&mut self, now: Timestamp) {
        let face = tray::face(&self.model, now, &self.world.shell.zone(), self.world.options);
        if self.drawn.as_ref().is_some_and(|(model, drawn)| *drawn == face && *model == self.model) {
            return;
        }
        self.world.shell.render(&self.model, now);
        self.drawn = Some((self.model.clone(), face));
    }

    fn perform(&mut self, effect: Effect, now: Timestamp) {
        let shell = self.world.shell.clone();
        match effect {
            Effect::StartLogin { team, login, wish } => {
                self.attempt(team, login, async move |hands, team, person| {
                    let facts = hands.login(&team, wish, person).await?;
                    Ok(Event::LoggedIn { team: team.id, login: Some(login), facts })
                });
            }
            Effect::StartAccount { team, login, deed } => {
                self.attempt(team, login, async move |hands, team, person| {
                    hands.account(&team, deed, person).await?;
                    Ok(Event::AccountDone { team: team.id, login, deed })
                });
            }
            Effect::StopLogin { team: _, login } => {
                if let Some(Attempt { work, told }) = self.attempts.remove(&login) {
                    work.abort();
                    self.stopped.push(told);
                }
                self.door.forget(login);
            }
            Effect::GoOtherWay { login, other } => drop(self.door.answer(login, Answer::Other(other))),
            Effect::StartRenew { team } => self.start_renew(team),
            Effect::StartLogout { team } => self.start_logout(team),
            Effect::Unlock => self.start_unlock(),
            Effect::AnswerAsker { asker, come } => self.door.answer_asker(asker, come),
            Effect::Notify(telling) => {
                if let Some(notice) = notice::say(&telling, &self.model, now, &shell.zone()) {
                    shell.notify(&notice);
                }
            }
            Effect::CloseNotice(id) => shell.close(&id),
            Effect::CopyExport { team, profile, shell } => self.copy_export(&team, profile.as_ref(), shell),
            Effect::CopySecret { team, profile, shell } => self.copy_secret(&team, profile.as_ref(), shell),
            Effect::Copy { text } => self.copy(Secret::new(text), "keyfob login", None),
            Effect::OpenBrowser { team, url } => self.open_browser(&team, url),
            Effect::OpenWindow(page) => shell.open(&page),
            Effect::Quit => self.quitting = true,
        }
    }

    /// Begins an attempt that a person takes part in, and sends what came of it.
    fn attempt<F>(
        &mut self,
        id: Id,
        login: LoginId,
        job: impl FnOnce(Arc<dyn Hands>, Team, Arc<dyn Person>) -> F + Send + 'static,
    ) where
        F: Future<Output = Result<Event, Failure>> + Send + 'static,
    {
        let Some(team) = self.team(&id) else { return };
        let (hands, door) = (self.world.hands.clone(), self.door.clone());
        let person = Arc::new(Asker { door: self.door.clone(), team: id.clone(), login });
        // One that takes another's place would find that one's lock still taken.
        let stopped = std::mem::take(&mut self.stopped);
        let task = tokio::spawn(async move {
            for attempt in stopped {
                let _ = attempt.await;
            }
            job(hands, team, person).await
        });
        let work = task.abort_handle();
        let told = tokio::spawn(async move {
            let event = match task.await {
                Ok(Ok(event)) => event,
                Ok(Err(failure)) => Event::LoginFailed { team: id, login, failure },
                Err(died) if died.is_cancelled() => return,
                Err(_) => Event::LoginFailed { team: id, login, failure: panicked() },
            };
            door.send(event);
        });
        self.attempts.retain(|_, attempt| !attempt.work.is_finished());
        self.attempts.insert(login, Attempt { work, told });
    }

    fn start_renew(&mut self, id: Id) {
        let hands = self.world.hands.clone();
        self.work(
            id,
            async move |team| hands.renew(&team).await,
            |id, outcome| match outcome {
                Ok(Ok(facts)) => Event::Renewed { team: id, facts },
                Ok(Err(failure)) => Event::RenewFailed { team: id, failure },
                Err(failure) => Event::RenewFailed { team: id, failure },
            },
        );
    }

    fn start_logout(&mut self, id: Id) {
        let hands = self.world.hands.clone();
        self.work(
            id,
            async move |team| hands.logout(&team).await,
            |id, outcome| match outcome {
                Ok(Ok(left)) => Event::LoggedOut { team: id, left },
                Ok(Err(problem)) => Event::LogoutFailed { team: id, problem },
                Err(failure) => Event::LogoutFailed { team: id, problem: failure.problem },
            },
        );
    }

    /// Runs something that must not be cut off by quitting, and sends what came of it.
    fn work<T, F>(
        &mut self,
        id: Id,
        job: impl FnOnce(Team) -> F + Send + 'static,
        outcome: impl FnOnce(Id, Result<T, Failure>) -> Event + Send + 'static,
    ) where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let Some(team) = self.team(&id) else { return };
        self.busy += 1;
        let door = self.door.clone();
        let task = tokio::spawn(job(team));
        tokio::spawn(async move {
            let ended = task.await.map_err(|_| panicked());
            door.done(outcome(id, ended));
        });
    }

    fn start_unlock(&self) {
        let (hands, door) = (self.world.hands.clone(), self.door.clone());
        tokio::spawn(async move {
            door.send(match hands.unlock().await {
                Ok(()) => Event::KeychainChanged { keychain: crate::mind::model::Keychain::Works },
                Err(problem) => Event::UnlockFailed { problem },
            });
        });
    }

    fn copy_export(&self, team: &Id, profile: Option<&Id>, shell: Shell) {
        let Some(entry) = self.model.entry(team) else { return };
        let profile = profile.and_then(|id| entry.team.profiles.iter().find(|p| p.id == *id));
        let asked = export::Asked { team: &entry.team, profile, keys: None, token: None };
        let lines = export::Lines::new(asked).map_err(export::Refused::from).and_then(|lines| lines.copied(shell));
        match lines {
            Ok(lines) => {
                let profile = profile.map(|profile| (entry.team.clone(), profile.clone()));
                self.copy(lines.text, "keyfob env", profile);
            }
            Err(refused) => self.failed(&problem::of_export(&refused, shell)),
        }
    }

    /// Copies a secret beside everything else: a server may have to be asked for it.
    fn copy_secret(&self, team: &Id, profile: Option<&Id>, shell: Shell) {
        let Some(entry) = self.model.entry(team) else { return };
        let (team, hands, desktop) = (entry.team.clone(), self.world.hands.clone(), self.world.shell.clone());
        let profile = profile.and_then(|id| team.profiles.iter().find(|p| p.id == *id)).cloned();
        // Only where a source may be another team's.
        let behind = profile.as_ref().is_some_and(|profile| profile.source.is_some());
        let teams: Vec<Team> = self.model.teams.iter().filter(|_| behind).map(|entry| entry.team.clone()).collect();
        tokio::spawn(async move {
            let instead = if profile.is_some() { "keyfob env --with aws" } else { "keyfob token" };
            let copied = match hands.secret(&teams, &team, profile.as_ref(), shell).await {
                Ok(secret) => {
                    desktop.copy(&secret, Some(SECRET_STAYS)).await.map_err(|e| problem::of_copy(&e, instead))
                }
                Err(problem) => Err(problem),
            };
            desktop.notify(&match copied {
                Ok(()) => notice::of_copied_secret(&team, profile.as_ref(), SECRET_STAYS),
                Err(problem) => notice::of_failed(&problem),
            });
        });
    }

    /// Copies a text without a secret and shows it: from a tray nothing else would say that it worked. The name of a
    /// profile is worth what the files of AWS tools make of it, which is said too.
    fn copy(&self, text: Secret, instead: &'static str, profile: Option<(Team, Profile)>) {
        let desktop = self.world.shell.clone();
        tokio::spawn(async move {
            desktop.notify(&match desktop.copy(&text, None).await {
                Ok(()) => {
                    let advice = match &profile {
                        Some((team, profile)) => {
                            let answers = desktop.answers(team, profile).await;
                            answers.and_then(|answers| unanswered_briefly(team, profile, &answers))
                        }
                        None => None,
                    };
                    notice::of_copied(text.expose(), advice.as_deref())
                }
                Err(error) => notice::of_failed(&problem::of_copy(&error, instead)),
            });
        });
    }

    fn open_browser(&self, team: &Id, url: String) {
        let (usual, desktop) = (self.world.browser.clone(), self.world.shell.clone());
        let named = self.model.entry(team).and_then(|entry| usual.named(entry.team.setting(BROWSER)?));
        let browser = named.unwrap_or(usual);
        tokio::spawn(async move {
            let opened = match url::Url::parse(&url) {
                Ok(parsed) => browser.open(&parsed).await,
                Err(error) => Err(BrowserError { why: error.to_string() }),
            };
            if let Err(error) = opened {
                desktop.notify(&notice::of_failed(&problem::of_browser(&error, &url)));
            }
        });
    }

    fn failed(&self, problem: &Problem) {
        self.world.shell.notify(&notice::of_failed(problem));
    }

    fn team(&self, id: &Id) -> Option<Team> {
        self.model.entry(id).map(|entry| entry.team.clone())
    }
}

/// A task of ours died; what it said while dying is for the log, not for a person.
fn panicked() -> Failure {
    Failure { problem: problem::internal(), kind: FailureKind::Passing, retry_after: None }
}

#[cfg(test)]
mod tests;
