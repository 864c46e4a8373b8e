//! A secret that is typed and not shown: the terminal's echo comes back on every way out of the prompt (fault F221).

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyfob_core::words::secret::Secret;
use rustix::process::{Signal, getpgrp, getpid, getsid, kill_process};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};

/// Somebody is asked: how the terminal was before, and what the prompt says.
struct Asked {
    before: Termios,
    prompt: String,
}

static ASKED: Mutex<Option<Asked>> = Mutex::new(None);
static HEEDED: AtomicBool = AtomicBool::new(false);

/// Asks for a line without showing it. The echo goes before the prompt comes: what a quick typist types is not shown.
pub fn ask(prompt: &str) -> io::Result<Secret> {
    let silence = Silence::begin(prompt);
    say(prompt);
    let line = read_line();
    drop(silence);
    say("\n");
    line
}

/// Puts the echo back when the program ends, by a panic too, whoever may still be waiting for a line.
pub struct AtTheEnd;

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let mut asked = asked();
        put_back(&mut asked);
        // Nobody takes it away again.
        std::mem::forget(asked);
    }
}

/// Heeds ^Z from now on: the shell gets its echo back, and whoever comes back to the prompt finds it as they left it.
pub fn heed_stops() {
    if HEEDED.swap(true, Ordering::Relaxed) {
        return;
    }
    let Ok(mut stops) = signal(SignalKind::from_raw(Signal::TSTP.as_raw())) else { return };
    tokio::spawn(async move {
        while stops.recv().await.is_some() {
            let Ok(mut continues) = signal(SignalKind::from_raw(Signal::CONT.as_raw())) else { return };
            if stop() && continues.recv().await.is_some() {
                go_on();
            }
        }
    });
}

/// Stops as the system does it. Where nobody could let the program go on again, the system does not stop it either.
fn stop() -> bool {
    if getsid(None).is_ok_and(|session| session == getpgrp()) {
        return false;
    }
    if let Some(Asked { before, .. }) = &*asked() {
        set(before);
    }
    kill_process(getpid(), Signal::STOP).is_ok()
}

fn go_on() {
    if let Some(Asked { before, prompt }) = &*asked() {
        set(&silent(before));
        say(prompt);
    }
}

/// A terminal without echo, until this is dropped.
struct Silence;

impl Silence {
    fn begin(prompt: &str) -> Self {
        let mut asked = asked();
        if let Ok(before) = tcgetattr(io::stdin()) {
            set(&silent(&before));
            *asked = Some(Asked { before, prompt: prompt.to_owned() });
        }
        Silence
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        put_back(&mut asked());
    }
}

fn asked() -> MutexGuard<'static, Option<Asked>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn put_back(asked: &mut Option<Asked>) {
    if let Some(Asked { before, .. }) = asked.take() {
        set(&before);
    }
}

fn silent(before: &Termios) -> Termios {
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    silent
}

/// A terminal that has gone has no echo to lose.
fn set(modes: &Termios) {
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, modes);
}

fn say(words: &str) {
    use keyfob_core::words::plain;
    use std::io::Write;
    let _ = io::stderr().lock().write_all(plain::lines(words).as_bytes());
}

/// A line from the terminal itself, byte by byte: what is typed ahead stays there, and no buffer keeps the secret.
fn read_line() -> io::Result<Secret> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match rustix::io::read(io::stdin(), &mut byte) {
            Ok(0) if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) => line.extend(byte),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if line.ends_with(b"\r") {
        line.pop();
    }
    String::from_utf8(line).map(Secret::new).map_err(|_| io::ErrorKind::InvalidData.into())
}
