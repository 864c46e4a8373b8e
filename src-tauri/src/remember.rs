//! The file of what was told already: read at the start, written whenever something new was told.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use keyfob_core::doors::ports::Files;
use keyfob_core::hands::remembered::Remembered;
use keyfob_core::mind::model::Model;

pub const FILE: &str = "told.json";

#[derive(Debug)]
pub struct Remember {
    files: Arc<dyn Files>,
    path: PathBuf,
    /// What the file says.
    written: Mutex<Remembered>,
}

impl Remember {
    pub fn load(files: Arc<dyn Files>, path: PathBuf) -> Self {
        let bytes = files.read(&path).ok().flatten().unwrap_or_default();
        Remember { files, path, written: Mutex::new(Remembered::parse(&bytes)) }
    }

    /// Puts it into the first model.
    pub fn recall(&self, model: &mut Model) {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).recall(model);
    }

    /// Writes what is new. A disk that is full costs being told twice, at most.
    pub fn keep(&self, model: &Model) {
        let now = Remembered::of(model);
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if *written != now && self.files.replace(&self.path, None, &now.to_bytes()).is_ok() {
            *written = now;
        }
    }
}
