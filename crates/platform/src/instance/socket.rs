//! The socket of the tray program: only this person's own processes get through (threat T28).

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::Duration;

use keyfob_core::ports::Clock as _;
use rustix::process::getuid;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::{Ask, Instance, MAX_FRAME};
use crate::clock::SystemClock;

/// Nobody may take longer to say a line or to answer one.
const PATIENCE: Duration = Duration::from_secs(2);
const TAKEN: &[u8] = b"taken\n";
const REFUSED: &[u8] = b"refused\n";

/// Why nobody can be heard or reached.
#[derive(Debug, thiserror::Error)]
pub enum NoSocket {
    #[error("{path} {why}")]
    Unfit { path: String, why: &'static str },
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the Keyfob that is running is of another version and did not understand")]
    Refused,
    #[error("the running Keyfob does not answer")]
    Silent,
}

/// Hears what other starts ask for.
#[derive(Debug)]
pub struct Listening(UnixListener);

impl Listening {
    /// Only the holder of the lock may listen: whatever socket lies there was left by a dead one.
    pub fn start(instance: &Instance) -> Result<Self, NoSocket> {
        let path = &instance.socket;
        private_folder(path.parent().unwrap_or(Path::new("/")))?;
        match fs::symlink_metadata(path) {
            Ok(meta) if meta.file_type().is_socket() => fs::remove_file(path)?,
            Ok(_) => return Err(unfit(path, "is in the way: it is no socket")),
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(e.into()),
        }
        // In a folder that nobody else can enter, its own mode matters to nobody.
        Ok(Listening(UnixListener::bind(path)?))
    }

    /// The next thing that somebody asks for. What cannot be read is answered with a refusal and forgotten.
    pub async fn next(&self) -> Ask {
        loop {
            let Ok((stream, _)) = self.0.accept().await else {
                // Out of file handles, most likely: it passes.
                SystemClock.sleep(PATIENCE).await;
                continue;
            };
            if !is_ours(&stream) {
                continue;
            }
            if let Ok(Some(ask)) = tokio::time::timeout(PATIENCE, hear(stream)).await {
                return ask;
            }
        }
    }
}

/// Asks the running program; done when it has taken it.
pub async fn ask(path: &Path, ask: &Ask) -> Result<(), NoSocket> {
    // It took the lock a moment ago and may not listen yet.
    let tries = 20;
    for attempt in 1..=tries {
        match UnixStream::connect(path).await {
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

async fn hear(stream: UnixStream) -> Option<Ask> {
    let (from, mut to) = stream.into_split();
    let mut line = Vec::new();
    BufReader::new(from.take(MAX_FRAME as u64)).read_until(b'\n', &mut line).await.ok()?;
    let heard = Ask::parse(&line).ok();
    let answer = if heard.is_some() { TAKEN } else { REFUSED };
    // Who does not wait for the answer is heard all the same.
    let _ = to.write_all(answer).await;
    heard
}

async fn say(stream: UnixStream, ask: &Ask) -> Result<(), NoSocket> {
    let (from, mut to) = stream.into_split();
    to.write_all(&ask.line()).await?;
    let mut answer = Vec::new();
    from.take(MAX_FRAME as u64).read_to_end(&mut answer).await?;
    if answer == TAKEN { Ok(()) } else { Err(NoSocket::Refused) }
}

fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == getuid().as_raw())
}

/// Makes the folder for us alone, or finds it to be so.
fn private_folder(folder: &Path) -> Result<(), NoSocket> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e.into()),
        _ => {}
    }
    let meta = fs::symlink_metadata(folder)?;
    if !meta.is_dir() {
        return Err(unfit(folder, "is no folder"));
    }
    if meta.uid() != getuid().as_raw() {
        return Err(unfit(folder, "belongs to somebody else"));
    }
    if meta.mode() & 0o077 != 0 {
        return Err(unfit(folder, "is open to others"));
    }
    Ok(())
}

fn unfit(path: &Path, why: &'static str) -> NoSocket {
    NoSocket::Unfit { path: path.display().to_string(), why }
}
