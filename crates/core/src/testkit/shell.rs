//! A desktop that shows nothing and remembers everything.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::doors::ports::CopyError;
use crate::face::notice::Notice;
use crate::hands::engine::Surroundings;
use crate::mind::model::Model;
use crate::words::action::Page;
use crate::words::notice::NoticeId;
use crate::words::secret::Secret;

use super::sample::zone;

#[derive(Debug)]
pub struct RecordingShell(Mutex<State>);

#[derive(Debug)]
struct State {
    zone: TimeZone,
    renders: usize,
    model: Model,
    /// Every notice that ever appeared, oldest first.
    notices: Vec<Notice>,
    /// Those on display now.
    on_display: BTreeMap<NoticeId, Notice>,
    copied: Vec<(Secret, Option<Duration>)>,
    opened: Vec<Page>,
    left: usize,
    clipboard_missing: bool,
}

impl Default for RecordingShell {
    fn default() -> Self {
        RecordingShell(Mutex::new(State {
            zone: zone(),
            renders: 0,
            model: Model::default(),
            notices: Vec::new(),
            on_display: BTreeMap::new(),
            copied: Vec::new(),
            opened: Vec::new(),
            left: 0,
            clipboard_missing: false,
        }))
    }
}

impl RecordingShell {
    pub fn set_zone(&self, zone: TimeZone) {
        self.state().zone = zone;
    }

    pub fn lose_clipboard(&self) {
        self.state().clipboard_missing = true;
    }

    /// The model as it was last drawn.
    pub fn model(&self) -> Model {
        self.state().model.clone()
    }

    pub fn renders(&self) -> usize {
        self.state().renders
    }

    /// The titles of all notices that ever appeared, oldest first.
    pub fn titles(&self) -> Vec<String> {
        self.state().notices.iter().map(|notice| notice.title.clone()).collect()
    }

    pub fn on_display(&self) -> Vec<Notice> {
        self.state().on_display.values().cloned().collect()
    }

    pub fn copied(&self) -> Vec<(Secret, Option<Duration>)> {
        self.state().copied.clone()
    }

    pub fn opened(&self) -> Vec<Page> {
        self.state().opened.clone()
    }

    /// How often everything was taken away.
    pub fn left(&self) -> usize {
        self.state().left
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Surroundings for RecordingShell {
    fn zone(&self) -> TimeZone {
        self.state().zone.clone()
    }

    fn render(&self, model: &Model, _now: Timestamp) {
        let mut state = self.state();
        state.renders += 1;
        state.model = model.clone();
    }

    fn notify(&self, notice: &Notice) {
        let mut state = self.state();
        state.notices.push(notice.clone());
        state.on_display.insert(notice.id.clone(), notice.clone());
    }

    fn close(&self, notice: &NoticeId) {
        self.state().on_display.remove(notice);
    }

    async fn copy(&self, text: &Secret, clear_after: Option<Duration>) -> Result<(), CopyError> {
        let mut state = self.state();
        if state.clipboard_missing {
            return Err(CopyError { why: "There is no display".into() });
        }
        state.copied.push((text.clone(), clear_after));
        Ok(())
    }

    fn open(&self, page: &Page) {
        self.state().opened.push(page.clone());
    }

    fn leave(&self) {
        self.state().left += 1;
    }
}
