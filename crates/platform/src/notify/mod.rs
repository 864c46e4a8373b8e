//! Notices on the desktop: shown in place of the earlier one, closed when solved, and their clicks heard.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;

use keyfob_core::face::notice::Notice;
use keyfob_core::words::action::Action;
use keyfob_core::words::notice::NoticeId;
use tokio::sync::{mpsc, oneshot};

/// What comes back from the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A person clicked a notice or one of its buttons.
    Clicked(Action),
    /// A notice was dismissed, or has gone with whoever showed it.
    Closed(NoticeId),
    /// A notice that must be seen has gone with whoever showed it.
    Lost(NoticeId),
    /// Nobody shows notices here: this one must be told in another way (fault F90).
    Undelivered(Notice),
    /// Somebody can show notices, who could not a moment ago.
    Returned,
    /// The click that follows may bring a window to the front with this.
    Token(String),
}

/// Shows notices. Every call returns at once; a task of its own talks to the desktop.
#[derive(Debug, Clone)]
pub struct Notices(mpsc::UnboundedSender<Wish>);

#[derive(Debug)]
enum Wish {
    Show(Notice),
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "the system takes them away by itself"))]
    Close(NoticeId),
    End(oneshot::Sender<()>),
}

impl Notices {
    /// Must be called inside a tokio runtime. `hear` is told what comes back; it must not wait.
    pub fn start(
        #[cfg(target_os = "linux")] bus: crate::bus::Bus,
        hear: impl Fn(Heard) + Send + Sync + 'static,
    ) -> Self {
        let (sender, wishes) = mpsc::unbounded_channel();
        #[cfg(target_os = "linux")]
        tokio::spawn(linux::run(bus, wishes, hear));
        #[cfg(not(target_os = "linux"))]
        tokio::spawn(native::run(wishes, hear));
        Notices(sender)
    }

    pub fn show(&self, notice: Notice) {
        let _ = self.0.send(Wish::Show(notice));
    }

    pub fn close(&self, notice: NoticeId) {
        let _ = self.0.send(Wish::Close(notice));
    }

    /// Closes what is on display: buttons that nobody hears any more must not stay.
    pub async fn end(&self) {
        let (done, ended) = oneshot::channel();
        let _ = self.0.send(Wish::End(done));
        let _ = ended.await;
    }
}
