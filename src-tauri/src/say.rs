//! What is said to the window's desk, and the handle to say it with: whoever has one needs to know nothing of the desk.

use std::sync::Arc;

use jiff::Timestamp;
use keyfob_core::face::notice::Notice;
use keyfob_core::face::window::Desk;
use keyfob_core::mind::model::Model;
use keyfob_core::words::action::Page;
use tokio::sync::{mpsc, oneshot};

use crate::pipe::Came;

/// The window as everybody else sees it: what is sent to it never waits.
#[derive(Debug, Clone)]
pub struct Window(mpsc::UnboundedSender<Say>);

/// What can be said to the desk.
pub enum Say {
    Drawn(Arc<Model>),
    Open(Page),
    #[cfg_attr(not(unix), expect(dead_code, reason = "a second start is heard through a socket"))]
    Raise,
    /// The person is at another display from now on.
    #[cfg_attr(not(unix), expect(dead_code, reason = "a second start is heard through a socket"))]
    Moved,
    Tell(Notice),
    LookForTeams,
    Came(u64, Came),
    Done(Outcome),
    End(oneshot::Sender<()>),
}

/// What an errand leaves on the desk.
pub type Outcome = Box<dyn FnOnce(&mut Desk, Timestamp) + Send>;

impl Window {
    /// The handle, and the end where the desk hears what is said.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Say>) {
        let (sender, said) = mpsc::unbounded_channel();
        (Window(sender), said)
    }

    pub fn draw(&self, model: Arc<Model>) {
        self.say(Say::Drawn(model));
    }

    pub fn open(&self, page: Page) {
        self.say(Say::Open(page));
    }

    #[cfg(unix)]
    pub fn raise(&self) {
        self.say(Say::Raise);
    }

    /// What is shown from now on is shown where the person is now.
    #[cfg(unix)]
    pub fn moved(&self) {
        self.say(Say::Moved);
    }

    /// Says in the window what cannot or need not be said by a notice.
    pub fn tell(&self, notice: Notice) {
        self.say(Say::Tell(notice));
    }

    pub fn look_for_teams(&self) {
        self.say(Say::LookForTeams);
    }

    /// Ends the window, and what can still be undone becomes final.
    pub async fn end(&self) {
        let (done, ended) = oneshot::channel();
        self.say(Say::End(done));
        let _ = ended.await;
    }

    pub fn say(&self, say: Say) {
        let _ = self.0.send(say);
    }
}
