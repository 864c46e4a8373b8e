//! The world of the demo: a clock that runs fast, and a terminal that types by itself.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use keyfob_core::doors::ports::Clock;
use keyfob_core::words::plain;
use keyfob_core::words::secret::Secret;
use keyfob_sandbox::Sandbox;

use crate::world::Console;

/// Nobody waits longer than this for anything in the demo.
const SHORT: Duration = Duration::from_millis(250);
/// Results longer than this are tokens and keys, and of no interest beyond their beginning.
const CUT_AT: usize = 120;

/// A clock that takes long waits in a moment, and the cloud's clock with it.
#[derive(Debug)]
pub struct Clockwork {
    ahead: AtomicI64,
    cloud: Arc<Sandbox>,
}

impl Clockwork {
    pub fn new(cloud: Arc<Sandbox>) -> Self {
        Clockwork { ahead: AtomicI64::new(0), cloud }
    }

    /// Lets so many seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
        self.cloud.shift(seconds);
    }
}

#[async_trait]
impl Clock for Clockwork {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead.load(Ordering::Relaxed));
        let now = keyfob_platform::clock::SystemClock.now();
        now.checked_add(ahead).unwrap_or(now)
    }

    async fn sleep(&self, how_long: Duration) {
        tokio::time::sleep(how_long.min(SHORT)).await;
        let rest = how_long.saturating_sub(SHORT).as_secs_f64().ceil();
        if rest > 0.0 {
            self.pass(rest as i64);
        }
    }
}

/// The person's own terminal, with somebody else at the keyboard. Everything goes to stdout, so that the
/// story stays in order when it is piped.
#[derive(Debug)]
pub struct DemoConsole {
    outer: Arc<dyn Console>,
    typing: Mutex<VecDeque<String>>,
    piped: Mutex<Option<String>>,
}

impl DemoConsole {
    pub fn new(outer: Arc<dyn Console>) -> Self {
        DemoConsole { outer, typing: Mutex::default(), piped: Mutex::default() }
    }

    /// Tells the story.
    pub fn tell(&self, text: &str) {
        // A reader that went away hears no more of it; the demo ends by itself.
        let _ = self.outer.result(text);
    }

    /// What will be typed at the next prompt.
    pub fn types(&self, text: &str) {
        self.typing.lock().unwrap_or_else(PoisonError::into_inner).push_back(text.to_owned());
    }

    /// What the next command finds on its stdin, with nobody at the keyboard.
    pub fn pipes(&self, text: &str) {
        *self.piped.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.to_owned());
    }

    /// A command is over: what it left unread is gone.
    pub fn done(&self) {
        self.typing.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.piped.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn next(&self) -> io::Result<String> {
        let next = self.typing.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        next.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Console for DemoConsole {
    fn result(&self, text: &str) -> io::Result<()> {
        let shown: Vec<String> = text.split('\n').map(cut).collect();
        self.outer.result(&shown.join("\n"))
    }

    fn talk(&self, text: &str) {
        self.tell(&plain::lines(text));
    }

    fn draw(&self, picture: &str) {
        self.tell(picture);
    }

    fn shows_results(&self) -> bool {
        false
    }

    fn is_read(&self) -> bool {
        false
    }

    fn size(&self) -> Option<(usize, usize)> {
        self.outer.size()
    }

    fn has_person(&self) -> bool {
        !self.typing.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn ask(&self, prompt: &str) -> io::Result<String> {
        let typed = self.next()?;
        self.tell(&format!("{prompt}{typed}\n"));
        Ok(typed)
    }

    fn ask_secret(&self, prompt: &str) -> io::Result<Secret> {
        let typed = self.next()?;
        self.tell(&format!("{prompt}\n"));
        Ok(Secret::new(typed))
    }

    fn read_secret(&self) -> io::Result<Secret> {
        let piped = self.piped.lock().unwrap_or_else(PoisonError::into_inner).take();
        piped.map(Secret::new).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

fn cut(line: &str) -> String {
    if line.chars().count() <= CUT_AT {
        return line.to_owned();
    }
    let beginning: String = line.chars().take(CUT_AT).collect();
    format!("{beginning}…")
}
