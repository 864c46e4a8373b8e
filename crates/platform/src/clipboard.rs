//! The clipboard: texts to paste, and secrets that are marked as such and taken back after a while (threat T16).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arboard::Clipboard;
use keyfob_core::doors::ports::{Clock, CopyError};
use keyfob_core::words::secret::Secret;

use crate::screen;

/// The clipboard of this desktop. Nothing is opened before the first copy; from then on this process hands
/// the text out, as it has to on X11 and Wayland.
#[derive(Debug, Clone)]
pub struct SystemClipboard {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    open: Option<Clipboard>,
    /// Which copy is the latest.
    number: u64,
    /// The secret that lies on the clipboard, as far as we know.
    secret: Option<Secret>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("number", &self.number).finish_non_exhaustive()
    }
}

impl SystemClipboard {
    /// `clock` measures how long a secret stays.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        SystemClipboard { state: Arc::default(), clock }
    }

    /// Puts a text on the clipboard. With `clear_after` it counts as a secret: clipboard managers are asked not
    /// to keep it, and it is removed again unless something else was copied meanwhile. Must then be called
    /// inside a tokio runtime. Who locks the screen or lets the computer sleep takes it away at once.
    pub fn copy(&self, text: &Secret, clear_after: Option<Duration>) -> Result<(), CopyError> {
        let number = self.state().put(text, clear_after.is_some())?;
        if let Some(after) = clear_after {
            let own = self.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = own.clock.sleep(after) => {}
                    // Whoever comes by next must not find it (fault F92).
                    () = screen::left() => {}
                }
                own.state().take_back(Some(number));
            });
        }
        Ok(())
    }

    /// Takes back a secret, if one lies there: before the program ends.
    pub fn end(&self) {
        let mut state = self.state();
        state.take_back(None);
        // Offers what is left to a clipboard manager, so that a copied line outlives us.
        state.open = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, text: &Secret, secret: bool) -> Result<u64, CopyError> {
        let first = match &mut self.open {
            Some(open) => set(open, text, secret).is_ok(),
            None => false,
        };
        if !first {
            // None was open, or the display that it was opened on is gone.
            self.open = None;
            let mut open = Clipboard::new().map_err(|e| failed(&e))?;
            set(&mut open, text, secret).map_err(|e| failed(&e))?;
            self.open = Some(open);
        }
        self.number += 1;
        self.secret = secret.then(|| text.clone());
        Ok(self.number)
    }

    /// Removes our secret if it is still there, and still the one of this copy.
    fn take_back(&mut self, number: Option<u64>) {
        if number.is_some_and(|number| number != self.number) {
            return;
        }
        let (Some(secret), Some(open)) = (self.secret.take(), &mut self.open) else { return };
        let there = open.get_text().map(Secret::new);
        if there.is_ok_and(|there| there == secret) {
            let _ = open.clear();
        }
    }
}

fn set(open: &mut Clipboard, text: &Secret, secret: bool) -> Result<(), arboard::Error> {
    #[cfg(target_os = "macos")]
    use arboard::SetExtApple as _;
    #[cfg(target_os = "linux")]
    use arboard::SetExtLinux as _;
    #[cfg(windows)]
    use arboard::SetExtWindows as _;
    let set = open.set();
    #[cfg(windows)]
    let set = if secret { set.exclude_from_cloud().exclude_from_history().exclude_from_monitoring() } else { set };
    #[cfg(not(windows))]
    let set = if secret { set.exclude_from_history() } else { set };
    set.text(text.expose())
}

fn failed(error: &arboard::Error) -> CopyError {
    CopyError { why: error.to_string() }
}
