//! One running `keyfob-window`: lines go down its stdin and come up its stdout, and it can be ended.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use keyfob_core::doors::pipe::{MAX_LINE, Up};
use keyfob_core::face::window::Down;
use keyfob_platform::place::Whereabouts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use zeroize::{Zeroize, Zeroizing};

/// Lines that a window has not read yet. One that hangs gets no more of them, and is ended.
const UNREAD: usize = 64;
/// How long a window may take to end when it is told to.
const LAST_WORDS: Duration = Duration::from_millis(800);

/// What comes from a window.
#[derive(Debug)]
pub enum Came {
    Up(Up),
    /// It has ended: by itself and well, or not.
    Ended {
        well: bool,
    },
}

#[derive(Debug)]
pub struct Pipe {
    down: mpsc::Sender<Zeroizing<Vec<u8>>>,
    end: Option<oneshot::Sender<()>>,
}

impl Pipe {
    /// Starts the program where the person is. It ends when its stdin does, and so with us.
    pub fn start(
        program: &Path,
        place: &Whereabouts,
        came: impl Fn(Came) + Clone + Send + 'static,
    ) -> io::Result<Pipe> {
        let mut command = Command::new(program);
        place.send(command.as_std_mut());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        // Taken out, because waiting for a child closes a stdin that is still inside.
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (down, lines) = mpsc::channel(UNREAD);
        let (end, ending) = oneshot::channel();
        if let Some(stdin) = stdin {
            tokio::spawn(write(stdin, lines));
        }
        if let Some(stdout) = stdout {
            tokio::spawn(read(stdout, came.clone()));
        }
        tokio::spawn(wait(child, ending, came));
        Ok(Pipe { down, end: Some(end) })
    }

    /// Sends a line; a window that does not read is ended.
    pub fn send(&mut self, line: &Down) {
        self.write(line.line().into());
    }

    /// The same for a line that holds a secret: it is wiped once it is written.
    pub fn write(&mut self, line: Zeroizing<Vec<u8>>) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.down.try_send(line) {
            self.end();
        }
    }

    /// Lets it end, and makes it end when it does not.
    pub fn end(&mut self) {
        let _ = self.down.try_send(Down::Close.line().into());
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
    }
}

async fn write(mut stdin: ChildStdin, mut lines: mpsc::Receiver<Zeroizing<Vec<u8>>>) {
    while let Some(line) = lines.recv().await {
        if stdin.write_all(&line).await.is_err() {
            return;
        }
    }
}

/// Reads lines in one buffer that is never moved and wiped at once: a password may stand in it.
async fn read(mut stdout: ChildStdout, came: impl Fn(Came)) {
    let mut buffer = Zeroizing::new(vec![0; MAX_LINE + 1]);
    let mut filled = 0;
    loop {
        match stdout.read(buffer.get_mut(filled..).unwrap_or_default()).await {
            Ok(0) | Err(_) => return,
            Ok(read) => filled += read,
        }
        while let Some(end) = buffer.iter().take(filled).position(|byte| *byte == b'\n') {
            if let Some(line) = buffer.get_mut(..end)
                && let Ok(up) = Up::parse(line)
            {
                came(Came::Up(up));
            }
            buffer.copy_within(end + 1..filled, 0);
            let left = filled - end - 1;
            if let Some(rest) = buffer.get_mut(left..filled) {
                rest.zeroize();
            }
            filled = left;
        }
        if filled == buffer.len() {
            // No line of ours is so long: this is no window of ours any more.
            return;
        }
    }
}

async fn wait(mut child: Child, ending: oneshot::Receiver<()>, came: impl Fn(Came)) {
    let (mut told, mut well) = (false, false);
    tokio::select! {
        status = child.wait() => well = status.is_ok_and(|status| status.success()),
        asked = ending => told = asked.is_ok(),
    }
    if told || child.id().is_some() {
        if tokio::time::timeout(LAST_WORDS, child.wait()).await.is_err() {
            let _ = child.start_kill();
            let _ = child.wait().await;
        }
        well = true;
    }
    came(Came::Ended { well });
}
