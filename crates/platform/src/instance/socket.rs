//! The socket of the tray program: only this person's own processes get through (threat T28).

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use keyfob_core::doors::ports::Clock as _;
use keyfob_core::words::id::Id;
use rustix::process::getuid;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{AbortHandle, JoinSet};

use super::place::Place;
use super::trouble::{NoSocket, unfit};
use super::{Ask, Instance, MAX_FRAME};
use crate::clock::SystemClock;

/// Nobody may take longer to say a line or to answer one.
const PATIENCE: Duration = Duration::from_secs(2);
/// Whoever would wait a minute for a person does not give up on a machine that is busy.
const LONG_PATIENCE: Duration = Duration::from_secs(10);
/// So many are listened to at once; who has said nothing for longest makes room.
const AT_ONCE: usize = 64;
/// Where no caller can be taken, as without file handles, it passes.
const REST: Duration = Duration::from_millis(100);
const TAKEN: &[u8] = b"taken\n";
const REFUSED: &[u8] = b"refused\n";
/// The second word to who waits: somebody has logged in.
const COME: &[u8] = b"come\n";

/// Hears what other starts ask for, all of them at once: who says nothing costs nobody anything.
#[derive(Debug)]
pub struct Listening {
    socket: UnixListener,
    callers: JoinSet<Option<(Ask, Caller)>>,
    latest: VecDeque<AbortHandle>,
}

impl Listening {
    /// Only the holder of the lock may listen.
    pub fn start(instance: &Instance) -> Result<Self, NoSocket> {
        let listener = Place::of_our_own(&instance.socket)?.listen()?;
        listener.set_nonblocking(true)?;
        let socket = UnixListener::from_std(listener)?;
        Ok(Listening { socket, callers: JoinSet::new(), latest: VecDeque::new() })
    }

    /// The next thing that somebody asks for. What cannot be read is answered with a refusal and forgotten.
    pub async fn next(&mut self) -> (Ask, Caller) {
        loop {
            tokio::select! {
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, _)) if is_ours(&stream) => self.listen_to(stream),
                    Ok(_) => {}
                    Err(_) => SystemClock.sleep(REST).await,
                },
                Some(done) = self.callers.join_next() => if let Ok(Some(heard)) = done {
                    return heard;
                }
            }
        }
    }

    fn listen_to(&mut self, stream: UnixStream) {
        if self.latest.len() == AT_ONCE
            && let Some(oldest) = self.latest.pop_front()
        {
            oldest.abort();
        }
        let hearing = async { tokio::time::timeout(PATIENCE, hear(stream)).await.ok().flatten() };
        self.latest.push_back(self.callers.spawn(hearing));
    }
}

/// Who asked, for as long as it waits for more than that it was heard.
#[derive(Debug)]
pub struct Caller(UnixStream);

impl Caller {
    /// The program that started the caller, as the system calls it; empty when that cannot be told.
    pub fn tool(&self) -> String {
        let pid = self.0.peer_cred().ok().and_then(|peer| peer.pid());
        pid.and_then(tool_of).unwrap_or_default()
    }

    /// Returns when the caller has gone.
    pub async fn gone(&mut self) {
        // It has nothing more to say: whatever comes is the end, or no caller of ours.
        let _ = self.0.read(&mut [0]).await;
    }

    pub async fn answer(mut self, come: bool) {
        let _ = self.0.write_all(if come { COME } else { REFUSED }).await;
    }
}

/// Asks the running program for a person, and waits so long at most; true when somebody has logged in.
pub async fn need(path: &Path, team: Id, wait: Duration) -> Result<bool, NoSocket> {
    let mut stream = connect(path).await?;
    if !is_ours(&stream) {
        return Err(unfit(path, "belongs to somebody else"));
    }
    stream.write_all(&Ask::Need { team }.line()).await?;
    let mut lines = BufReader::new(stream.take(MAX_FRAME as u64)).split(b'\n');
    let taken = tokio::time::timeout(LONG_PATIENCE, lines.next_segment()).await.map_err(|_| NoSocket::Silent)??;
    if taken.as_deref() != TAKEN.strip_suffix(b"\n") {
        return Err(NoSocket::Refused);
    }
    let end = tokio::time::timeout(wait, lines.next_segment()).await;
    Ok(matches!(end, Ok(Ok(Some(line))) if Some(line.as_slice()) == COME.strip_suffix(b"\n")))
}

/// Asks the running program; done when it has taken it.
pub async fn ask(path: &Path, ask: &Ask) -> Result<(), NoSocket> {
    // It took the lock a moment ago and may not listen yet.
    let tries = 20;
    for attempt in 1..=tries {
        match connect(path).await {
            Ok(stream) => {
                if !is_ours(&stream) {
                    return Err(unfit(path, "belongs to somebody else"));
                }
                return tokio::time::timeout(PATIENCE, say(stream, ask)).await.unwrap_or(Err(NoSocket::Silent));
            }
            Err(e) if attempt == tries => return Err(e.into()),
            Err(_) => SystemClock.sleep(PATIENCE / tries).await,
        }
    }
    Err(NoSocket::Silent)
}

async fn connect(path: &Path) -> io::Result<UnixStream> {
    let place = Place::find(path)?;
    UnixStream::connect(place.address()).await
}

async fn hear(mut stream: UnixStream) -> Option<(Ask, Caller)> {
    let mut line = Vec::new();
    let (from, _) = stream.split();
    BufReader::new(from.take(MAX_FRAME as u64)).read_until(b'\n', &mut line).await.ok()?;
    let heard = Ask::parse(&line).ok();
    let answer = if heard.is_some() { TAKEN } else { REFUSED };
    // Who does not wait for the answer is heard all the same.
    let _ = stream.write_all(answer).await;
    heard.map(|ask| (ask, Caller(stream)))
}

async fn say(stream: UnixStream, ask: &Ask) -> Result<(), NoSocket> {
    let (from, mut to) = stream.into_split();
    to.write_all(&ask.line()).await?;
    let mut answer = Vec::new();
    BufReader::new(from.take(MAX_FRAME as u64)).read_until(b'\n', &mut answer).await?;
    if answer == TAKEN { Ok(()) } else { Err(NoSocket::Refused) }
}

/// The name of the program above a process, shells left out: they only run what a tool asked them to.
fn tool_of(pid: i32) -> Option<String> {
    const SHELLS: [&str; 4] = ["sh", "bash", "dash", "zsh"];
    let mut pid = pid;
    for _ in 0..4 {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may hold anything; the parent is the second word after it (proc(5)).
        pid = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim().to_owned();
        if !SHELLS.contains(&name.as_str()) {
            return Some(name);
        }
    }
    None
}

fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == getuid().as_raw())
}
