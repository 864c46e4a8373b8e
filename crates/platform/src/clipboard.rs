//! The clipboard: texts to paste, and secrets that are marked as such and taken back after a while (threat T16).
//!
//! Every word with it is said on a thread of its own, and waited for no longer than a person would: behind it are a
//! display server and whichever program owns the clipboard, and each of them may hang.

use std::sync::Arc;
use std::time::Duration;

use arboard::Clipboard;
use keyfob_core::doors::ports::{Clock, CopyError};
use keyfob_core::words::secret::Secret;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::screen;

/// How long a display server may take for one copy.
const PATIENCE: Duration = Duration::from_secs(2);

/// The clipboard of this desktop. Nothing is opened before the first copy; from then on this process hands
/// the text out, as it has to on X11 and Wayland.
#[derive(Debug, Clone)]
pub struct SystemClipboard {
    /// Who holds it works on the clipboard: of several that hang, one has a thread.
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
    /// to keep it, and it is removed again unless something else was copied meanwhile. Must be called inside a
    /// tokio runtime. Who locks the screen or lets the computer sleep takes it away at once.
    pub async fn copy(&self, text: &Secret, clear_after: Option<Duration>) -> Result<(), CopyError> {
        let silent = || CopyError { why: "the clipboard does not answer".into() };
        let state = timeout(PATIENCE, self.state.clone().lock_owned()).await.map_err(|_| silent())?;
        let (text, secret) = (text.clone(), clear_after.is_some());
        let mut put = on_thread(state, move |state| state.put(&text, secret));
        match timeout(PATIENCE, &mut put).await {
            Ok(put) => {
                let number = put.unwrap_or_else(|_| Err(silent()))?;
                if let Some(after) = clear_after {
                    tokio::spawn(self.clone().clear(number, after));
                }
                Ok(())
            }
            Err(_) => {
                // It was said to have failed: should it work late, it must not stay.
                let own = self.clone();
                tokio::spawn(async move {
                    if let Ok(Ok(number)) = put.await {
                        own.take_back(Some(number)).await;
                    }
                });
                Err(silent())
            }
        }
    }

    async fn clear(self, number: u64, after: Duration) {
        tokio::select! {
            () = self.clock.sleep(after) => {}
            // Whoever comes by next must not find it (fault F92).
            () = screen::left() => {}
        }
        self.take_back(Some(number)).await;
    }

    /// Takes back a secret, if one lies there: before the program ends.
    pub async fn end(&self) {
        self.take_back(None).await;
        // Offers what is left to a clipboard manager, so that a copied line outlives us.
        let state = self.state.clone().lock_owned().await;
        let _ = on_thread(state, |state| state.open = None).await;
    }

    /// Removes our secret if it is still there, and still the one of this copy.
    async fn take_back(&self, number: Option<u64>) {
        let mut state = self.state.lock().await;
        if number.is_some_and(|number| number != state.number) {
            return;
        }
        let Some(secret) = state.secret.take() else { return };
        // Whose text it is must be asked, and another program may take its time for that: who copies meanwhile does
        // not wait for it.
        drop(state);
        let _ = tokio::task::spawn_blocking(move || {
            let Ok(mut open) = Clipboard::new() else { return };
            if open.get_text().map(Secret::new).is_ok_and(|there| there == secret) {
                let _ = open.clear();
            }
        })
        .await;
    }
}

/// Does something with the clipboard that may hang. Who gives up waiting leaves the thread to its work.
fn on_thread<T: Send + 'static>(
    mut state: OwnedMutexGuard<State>,
    work: impl FnOnce(&mut State) -> T + Send + 'static,
) -> JoinHandle<T> {
    tokio::task::spawn_blocking(move || work(&mut state))
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
