//! Signals that end a command: heard at once, obeyed when nothing is under way that must not be broken off.

use std::sync::Arc;

use keyfob_core::face::talk;
use keyfob_core::hands::sessions::Unfinished;
use keyfob_core::words::problem::Exit;
use tokio::sync::{mpsc, watch};

/// Tells the parts of a command that it is to end.
#[derive(Debug, Clone)]
pub struct Ends(Arc<watch::Sender<Option<Exit>>>);

impl Default for Ends {
    fn default() -> Self {
        Ends(Arc::new(watch::Sender::new(None)))
    }
}

impl Ends {
    /// How the command is to end, if somebody said so.
    pub fn now(&self) -> Option<Exit> {
        *self.0.borrow()
    }

    /// Returns once the command is to end: what it then says is its last word.
    pub async fn told(&self) -> Exit {
        let mut told = self.0.subscribe();
        match told.wait_for(Option::is_some).await {
            Ok(exit) => exit.unwrap_or(Exit::Cancelled),
            // The sender is held by `self`.
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits for a signal, then for what is unfinished: for all of it at the first signal, at the second only for what
    /// a server has answered already, because only we have it (fault F101). The third ends it all the same.
    pub(crate) async fn hear(&self, unfinished: &Unfinished, say: impl Fn(&str)) -> Exit {
        let mut signals = Signals::new();
        let exit = signals.next().await;
        if unfinished.any() {
            say(talk::ENDING);
        }
        tokio::select! {
            biased;
            () = unfinished.ended() => {}
            _ = signals.next() => {
                if unfinished.answered() {
                    say(talk::ONCE_MORE);
                }
                tokio::select! {
                    biased;
                    () = unfinished.kept() => {}
                    _ = signals.next() => {}
                }
            }
        }
        self.0.send_replace(Some(exit));
        exit
    }
}

/// What ends a process, unless it is heard.
struct Signals(mpsc::UnboundedReceiver<Exit>);

impl Signals {
    /// Where they cannot be heard, the system ends the process by itself.
    #[cfg(unix)]
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let (tell, told) = mpsc::unbounded_channel();
        for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()] {
            let Ok(mut heard) = signal(kind) else { continue };
            let (tell, exit) = (tell.clone(), Exit::of_signal(kind.as_raw_value()));
            tokio::spawn(async move { while heard.recv().await.is_some() && tell.send(exit).is_ok() {} });
        }
        Signals(told)
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        tokio::spawn(
            async move { while tokio::signal::ctrl_c().await.is_ok() && tell.send(Exit::Cancelled).is_ok() {} },
        );
        Signals(told)
    }

    async fn next(&mut self) -> Exit {
        match self.0.recv().await {
            Some(exit) => exit,
            None => std::future::pending().await,
        }
    }
}
