//! The desktop as the engine sees it.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::doors::ports::CopyError;
use crate::face::notice::Notice;
use crate::mind::model::Model;
use crate::words::action::Page;
use crate::words::answers::Answers;
use crate::words::notice::NoticeId;
use crate::words::profile::Profile;
use crate::words::secret::Secret;
use crate::words::team::Team;

/// The desktop around us: tray, notifications, clipboard, window. Nothing here keeps the engine waiting.
#[async_trait]
pub trait Surroundings: Send + Sync + Debug {
    /// The time zone to show times in, as it is now: people travel while programs run.
    fn zone(&self) -> TimeZone;
    /// Draws tray and window anew. Called only when something that is shown has changed.
    fn render(&self, model: &Model, now: Timestamp);
    /// Shows a notice in place of an earlier one with the same id. Where the system draws no buttons, it
    /// shows [`crate::face::notice::without_buttons`] of it.
    fn notify(&self, notice: &Notice);
    fn close(&self, notice: &NoticeId);
    /// Puts a text on the clipboard. With `clear_after` it is marked confidential and removed again, unless
    /// something else was copied meanwhile.
    async fn copy(&self, text: &Secret, clear_after: Option<Duration>) -> Result<(), CopyError>;
    /// Who answers when an AWS tool is asked for this profile by its name; `None` where nobody can say.
    async fn answers(&self, _: &Team, _: &Profile) -> Option<Answers> {
        None
    }
    /// Brings the window to the front, at this page.
    fn open(&self, page: &Page);
    /// Takes away all that a person sees. The program ends when the engine has: it may still have to finish what must
    /// not be broken off.
    fn leave(&self);
}
