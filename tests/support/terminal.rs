//! A program on a pseudo-terminal, typed and pasted to, as `script` of util-linux lends it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a program may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(180);

pub struct Terminal {
    child: Child,
    keys: Option<ChildStdin>,
    shown: Receiver<Vec<u8>>,
    /// What was shown since the last wait ended.
    screen: Vec<u8>,
}

impl Terminal {
    /// Starts a command line at home in `home`, with this environment and nothing else.
    pub fn start(command: &str, home: &Path, env: &BTreeMap<String, String>) -> Self {
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--command", command, "/dev/null"])
            .current_dir(home)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home)
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .env("LC_ALL", "C.UTF-8")
            .envs(env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("script is missing: install bsdutils");
        let keys = child.stdin.take();
        let mut output = child.stdout.take().unwrap();
        let (sender, shown) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { child, keys, shown, screen: Vec::new() }
    }

    /// Presses keys, or pastes: to a terminal they are the same.
    pub fn press(&mut self, keys: &str) {
        let pipe = self.keys.as_mut().unwrap();
        pipe.write_all(keys.as_bytes()).unwrap();
        pipe.flush().unwrap();
    }

    /// Waits until a text is shown and returns all that was shown up to its end; fails when it is not.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.screen.windows(text.len()).position(|w| w == text.as_bytes()) {
                let shown: Vec<u8> = self.screen.drain(..at + text.len()).collect();
                return String::from_utf8_lossy(&shown).into_owned();
            }
            match self.shown.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.screen.extend(bytes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{text:?} was not shown, but: {}", String::from_utf8_lossy(&self.screen))
                }
            }
        }
    }

    /// Waits for the program to end and returns its exit status.
    pub fn status(mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            match self.shown.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.screen.extend(bytes),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap().code().unwrap_or(-1),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the program does not end: {}", String::from_utf8_lossy(&self.screen))
                }
            }
        }
    }
}

impl Drop for Terminal {
    /// Also when a test fails: nothing of ours is left running.
    fn drop(&mut self) {
        drop(self.keys.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
