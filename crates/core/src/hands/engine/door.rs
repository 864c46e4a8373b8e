//! The door through which tray, window and tasks speak to the engine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::doors::ports::{NoAnswer, Person, Revealed};
use crate::mind::event::Event;
use crate::mind::model::AskerId;
use crate::words::action::Action;
use crate::words::id::Id;
use crate::words::login::{LoginId, Step};
use crate::words::question::{Answer, Question};

#[derive(Debug)]
pub(super) enum Message {
    Event(Event),
    /// The same, from work that quitting waits for.
    Done(Event),
}

/// Questions without an answer yet, by the login that asks.
type Waiting = BTreeMap<LoginId, Asking>;

#[derive(Debug)]
struct Asking {
    team: Id,
    answer: oneshot::Sender<Answer>,
    /// Shown beside the question, past model and view, for as long as it stands.
    shown: Option<Revealed>,
}

/// Sends events to the engine, from any thread. When the engine has ended, nothing happens.
#[derive(Debug, Clone)]
pub struct Door {
    messages: UnboundedSender<Message>,
    /// Who waits for an answer. Answers hold secrets, so they go past the engine and the model.
    asking: Arc<Mutex<Waiting>>,
    /// Tools that wait for a person, by the number of their question.
    askers: Arc<Mutex<Askers>>,
}

/// The number of the next one, and where each gets its answer.
type Askers = (u64, BTreeMap<AskerId, oneshot::Sender<bool>>);

/// A tool that waits. When it is dropped nobody waits any more.
#[derive(Debug)]
pub struct Needed {
    door: Door,
    team: Id,
    asker: AskerId,
    answer: oneshot::Receiver<bool>,
}

impl Needed {
    /// True once somebody has logged in, false when nobody will.
    pub async fn answer(&mut self) -> bool {
        (&mut self.answer).await.unwrap_or(false)
    }
}

impl Drop for Needed {
    fn drop(&mut self) {
        if self.door.askers().1.remove(&self.asker).is_some() {
            self.door.send(Event::AskerLeft { team: self.team.clone(), asker: self.asker });
        }
    }
}

impl Door {
    pub(super) fn new() -> (Door, UnboundedReceiver<Message>) {
        let (messages, receiver) = unbounded_channel();
        (Door { messages, asking: Arc::default(), askers: Arc::default() }, receiver)
    }

    pub fn send(&self, event: Event) {
        let _ = self.messages.send(Message::Event(event));
    }

    pub fn click(&self, action: Action) {
        self.send(Event::Clicked(action));
    }

    /// Hands over what a person answered in this login; false when nobody waits for it any more.
    pub fn answer(&self, login: LoginId, answer: Answer) -> bool {
        let Some(Asking { team, answer: waiting, .. }) = self.asking().remove(&login) else { return false };
        self.send(Event::LoginAnswered { team, login });
        waiting.send(answer).is_ok()
    }

    /// The secret that is shown beside the open question of this login.
    pub fn revealed(&self, login: LoginId) -> Option<Revealed> {
        self.asking().get(&login)?.shown.clone()
    }

    /// A tool, which calls itself `by`, needs somebody to log in to a team.
    pub fn need(&self, team: Id, by: String) -> Needed {
        let (sender, answer) = oneshot::channel();
        let mut askers = self.askers();
        askers.0 += 1;
        let asker = AskerId(askers.0);
        askers.1.insert(asker, sender);
        drop(askers);
        self.send(Event::Needed { team: team.clone(), asker, by });
        Needed { door: self.clone(), team, asker, answer }
    }

    pub(super) fn answer_asker(&self, asker: AskerId, come: bool) {
        if let Some(waiting) = self.askers().1.remove(&asker) {
            let _ = waiting.send(come);
        }
    }

    pub(super) fn done(&self, event: Event) {
        let _ = self.messages.send(Message::Done(event));
    }

    pub(super) fn forget(&self, login: LoginId) {
        self.asking().remove(&login);
    }

    fn askers(&self) -> MutexGuard<'_, Askers> {
        self.askers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asking(&self) -> MutexGuard<'_, Waiting> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The person behind the window, as one login attempt sees them.
#[derive(Debug)]
pub(super) struct Asker {
    pub door: Door,
    pub team: Id,
    pub login: LoginId,
}

#[async_trait]
impl Person for Asker {
    fn show(&self, step: &Step) {
        self.door.send(Event::LoginStepped { team: self.team.clone(), login: self.login, step: step.clone() });
    }

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        self.put(question, None).await
    }

    async fn ask_showing(&self, question: Question, shown: Revealed) -> Result<Answer, NoAnswer> {
        self.put(question, Some(shown)).await
    }
}

impl Asker {
    async fn put(&self, question: Question, shown: Option<Revealed>) -> Result<Answer, NoAnswer> {
        let (answer, waiting) = oneshot::channel();
        self.door.asking().insert(self.login, Asking { team: self.team.clone(), answer, shown });
        self.door.send(Event::LoginAsked { team: self.team.clone(), login: self.login, question });
        let _open = Open(self);
        waiting.await.map_err(|_| NoAnswer::Cancelled)
    }
}

/// A question that stands. When nobody waits for its answer any more, it is taken away.
struct Open<'a>(&'a Asker);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let Asker { door, team, login } = self.0;
        if door.asking().remove(login).is_some() {
            door.send(Event::LoginAnswered { team: team.clone(), login: *login });
        }
    }
}
