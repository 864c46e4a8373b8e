//! The desktop as the engine sees it: hands each thing to the part that does it, and waits for none.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use keyfob_core::doors::ports::CopyError;
use keyfob_core::face::notice::Notice;
use keyfob_core::face::tray;
use keyfob_core::face::tray::{Face, Options};
use keyfob_core::hands::engine::Surroundings;
use keyfob_core::mind::model::Model;
use keyfob_core::words::action::Page;
use keyfob_core::words::answers::Answers;
use keyfob_core::words::notice::{Kind, NoticeId};
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::shell::Shell;
use keyfob_core::words::team::Team;
use keyfob_neighbours::answers;
use keyfob_platform::clipboard::SystemClipboard;
use keyfob_platform::clock;
use keyfob_platform::files::DiskFiles;
use keyfob_platform::notify::Notices;
use tokio::sync::{Notify, watch};

use crate::ground::environment;
use crate::remember::Remember;
use crate::say::Window;

#[derive(Debug)]
pub struct Desktop {
    faces: watch::Sender<Face>,
    clipboard: SystemClipboard,
    /// The engine is there before them, because they speak to it.
    others: OnceLock<(Notices, Window)>,
    /// The window has the focus: it says by itself what a notice would.
    focused: AtomicBool,
    shell: Mutex<Shell>,
    remember: Remember,
    demo: bool,
    leaving: Notify,
}

impl Desktop {
    pub fn new(
        faces: watch::Sender<Face>,
        clipboard: SystemClipboard,
        shell: Shell,
        remember: Remember,
        demo: bool,
    ) -> Self {
        Desktop {
            faces,
            clipboard,
            others: OnceLock::new(),
            focused: AtomicBool::new(false),
            shell: Mutex::new(shell),
            remember,
            demo,
            leaving: Notify::new(),
        }
    }

    pub fn connect(&self, notices: Notices, window: Window) {
        let _ = self.others.set((notices, window));
    }

    /// Draws the tray; a face that is the same already is left alone.
    pub fn draw(&self, model: &Model, now: Timestamp) {
        let face = tray::face(model, now, &self.zone(), Options { shell: self.shell(), demo: self.demo });
        self.faces.send_if_modified(|drawn| {
            let new = *drawn != face;
            *drawn = face;
            new
        });
    }

    /// Returns once all that is shown is to be taken away.
    pub async fn leaving(&self) {
        self.leaving.notified().await;
    }

    /// The shell that lines are copied for.
    pub fn shell(&self) -> Shell {
        *self.locked()
    }

    pub fn set_shell(&self, shell: Shell) {
        *self.locked() = shell;
    }

    fn locked(&self) -> MutexGuard<'_, Shell> {
        self.shell.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Surroundings for Desktop {
    fn zone(&self) -> TimeZone {
        clock::time_zone()
    }

    fn render(&self, model: &Model, now: Timestamp) {
        self.focused.store(model.focused, Ordering::Relaxed);
        self.draw(model, now);
        self.remember.keep(model);
        if let Some((_, window)) = self.others.get() {
            window.draw(Arc::new(model.clone()));
        }
    }

    fn notify(&self, notice: &Notice) {
        let Some((notices, window)) = self.others.get() else { return };
        let answers_a_click = matches!(notice.kind, Kind::Copied | Kind::Failed | Kind::Done);
        if answers_a_click && self.focused.load(Ordering::Relaxed) {
            window.tell(notice.clone());
        } else {
            notices.show(notice.clone());
        }
    }

    fn close(&self, notice: &NoticeId) {
        if let Some((notices, _)) = self.others.get() {
            notices.close(notice.clone());
        }
    }

    async fn copy(&self, text: &Secret, clear_after: Option<Duration>) -> Result<(), CopyError> {
        self.clipboard.copy(text, clear_after).await
    }

    /// The files may lie on a disk that hangs, so nobody else waits for them.
    async fn answers(&self, team: &Team, profile: &Profile) -> Option<Answers> {
        if self.demo {
            return None;
        }
        let (team, profile) = (team.clone(), profile.clone());
        let look = move || {
            let env = environment();
            let bytes = |path: &Path| DiskFiles::read_other(path).ok().flatten();
            answers::answers(&|name| env.get(name).cloned(), bytes, &team, &profile)
        };
        tokio::task::spawn_blocking(look).await.ok()
    }

    fn open(&self, page: &Page) {
        if let Some((_, window)) = self.others.get() {
            window.open(page.clone());
        }
    }

    fn leave(&self) {
        self.leaving.notify_one();
    }
}
