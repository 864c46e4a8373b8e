//! The doors to the world: what core asks of it, and how the world may fail to answer.
//!
//! `platform` has one file for each; tests have twins. Times are wall-clock times, lengths are bytes.

use crate::words::login::Step;
use crate::words::question::{Answer, Question};
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::words::id::Id;
use crate::words::secret::Secret;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync + Debug {
    fn now(&self) -> Timestamp;
    /// Waits. Callers never ask for more than 30 s and look at `now` again afterwards: a computer that
    /// slept, or a person who set the clock, must not make us late (security D18).
    async fn sleep(&self, how_long: Duration);
}

/// Sends one request and reads the whole answer.
#[async_trait]
pub trait Http: Send + Sync + Debug {
    /// Follows no redirect, reads at most 1 MiB, gives up connecting after 5 s and altogether after 20 s.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError>;
}

/// No answer came, or none that can be used. Names hosts, never paths or queries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("the name {host} could not be looked up")]
    Dns { host: String },
    #[error("no connection to {host}: {why}")]
    Connect { host: String, why: String },
    #[error("{host} did not answer in time")]
    TimedOut { host: String },
    #[error("the secure connection to {host} failed: {why}")]
    Tls { host: String, why: String },
    #[error("the connection to {host} broke before the answer was complete")]
    Cut { host: String },
    #[error("the answer of {host} is larger than 1 MiB")]
    TooLarge { host: String },
    #[error("there was no way through the proxy: {why}")]
    Proxy { why: String },
    /// Something that the person's environment says about the way there; nothing was sent.
    #[error("{what} cannot be used: {why}")]
    Unusable { what: String, why: String },
    #[error("the request could not be made: {why}")]
    Malformed { why: String },
}

/// The name of one keychain entry: a team's record, or one profile's credential.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretKey {
    Team(Id),
    Credential(Id, Id),
    /// A team's record that could not be read, put beside its place before a new one was written.
    SetAside(Id),
    /// Proves that this is the keychain we wrote to (security D2).
    Canary,
}

impl SecretKey {
    /// The entry's user name under the service `keyfob`.
    pub fn entry(&self) -> String {
        match self {
            SecretKey::Team(team) => team.to_string(),
            SecretKey::Credential(team, profile) => format!("{team}.{profile}"),
            SecretKey::SetAside(team) => format!("{team}.aside"),
            SecretKey::Canary => "canary".into(),
        }
    }
}

/// The operating system's keychain. Every call has its own deadline, kept by the store itself, and none shows a prompt
/// but those of the store that [`Self::for_person`] lends.
#[async_trait]
pub trait SecretStore: Send + Sync + Debug {
    /// Three answers (security D1): `Ok(Some)` found, `Ok(None)` *proven* absent, `Err` unknown.
    async fn get(&self, key: &SecretKey) -> Result<Option<Secret>, StoreError>;
    /// Keeps the secret and reads it back before saying so.
    async fn put(&self, key: &SecretKey, secret: &Secret) -> Result<(), StoreError>;
    /// Removes the entry; one that is proven absent counts as removed.
    async fn remove(&self, key: &SecretKey) -> Result<(), StoreError>;
    /// Whether something new can be written and what is there can be read, as far as that is known beforehand.
    async fn ready(&self) -> Result<(), StoreError>;
    /// The same keychain for what a person asked for, and only then: whatever it finds locked it asks them to unlock, by
    /// the system's own prompt, and it waits as long as people need.
    fn for_person(&self) -> Arc<dyn SecretStore>;
    /// Tries to take the lock of a team's session for all processes that use this keychain, wherever they look for
    /// their files. Never waits for who has it.
    async fn guard(&self, _team: &Id) -> Result<LockAnswer, StoreError> {
        Ok(LockAnswer::unneeded())
    }
}

/// The keychain gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("there is no keychain: {why}")]
    NoKeychain { why: String },
    #[error("the keychain is locked")]
    Locked,
    #[error("the person did not unlock the keychain")]
    Dismissed,
    /// It is open, but hands its entries only to programs that the person let in.
    #[error("the keychain gives no access to its entries")]
    NotGranted,
    #[error("the keychain did not answer in time")]
    TimedOut,
    #[error("this is another keychain than the one Keyfob wrote to")]
    DifferentKeychain,
    #[error("the keychain entry cannot be read: {why}")]
    Damaged { why: String },
    #[error("the keychain kept something else than what was written")]
    ReadBack,
    /// It was not even asked.
    #[error("the system gives this process too little to work with: {why}")]
    Starved { why: String },
    #[error("the keychain refused: {why}")]
    Failed { why: String },
}

/// Reads and replaces small files, and takes locks that other processes see.
pub trait Files: Send + Sync + Debug {
    /// The whole file, or `None` when there is none. Refuses pipes, devices, folders and more than 4 MiB.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, FileError>;
    /// Replaces the file in one step (temporary file, fsync, rename) behind its own symbolic link. Owner, group and
    /// mode stay; a new file is 0600, folders that are made 0700. With `expected`, refuses when the file is no
    /// longer what was read. Refuses what [`Self::read`] would refuse.
    fn replace(&self, path: &Path, expected: Option<Option<&[u8]>>, bytes: &[u8]) -> Result<(), FileError>;
    /// Gives the file another name beside its own, `….unread`, in one step, whatever it is.
    fn set_aside(&self, path: &Path) -> Result<(), FileError>;
    /// Says why the file could not be replaced now: for what must not be begun in vain.
    fn may_replace(&self, path: &Path) -> Result<(), FileError>;
    /// Who else may change the file. `None` when nobody may, there is none, or the system does not tell.
    fn open_to(&self, _path: &Path) -> Option<OpenTo> {
        None
    }
    /// Tries to take an exclusive lock named by a file; it is let go when dropped. Never waits.
    fn try_lock(&self, path: &Path) -> Result<LockAnswer, FileError>;
}

/// Who, beside this person and root, may change a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenTo {
    Everybody,
    /// The file belongs to the user with this number.
    Owner(u32),
}

/// What [`Files::try_lock`] says.
#[derive(Debug)]
pub enum LockAnswer {
    Taken(Box<dyn LockGuard>),
    /// Somebody else has it: their process id, if they left it.
    Held {
        pid: Option<u32>,
    },
}

impl LockAnswer {
    /// Where nobody else could be in the way.
    pub fn unneeded() -> Self {
        LockAnswer::Taken(Box::new(Unneeded))
    }
}

/// Holds a lock until dropped.
pub trait LockGuard: Send + Sync + Debug {
    /// Who had it before was killed with it in hand.
    fn after_a_death(&self) -> bool {
        false
    }
}

#[derive(Debug)]
struct Unneeded;

impl LockGuard for Unneeded {}

/// A file could not be read, written or locked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("{}: {why}", path.display())]
    Io { path: PathBuf, why: String },
    #[error("{} is not an ordinary file", path.display())]
    NotAFile { path: PathBuf },
    #[error("{} is larger than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    /// It, or its place, is not to be written, now and later.
    #[error("{} cannot be written: {why}", path.display())]
    Unwritable { path: PathBuf, why: String },
    #[error("{} was changed by another program at the same time", path.display())]
    Changed { path: PathBuf },
    #[error("{} is locked by process {}", path.display(), pid.map_or("unknown".into(), |p| p.to_string()))]
    Locked { path: PathBuf, pid: Option<u32> },
}

/// Fills a buffer with bytes nobody can guess.
pub trait Random: Send + Sync + Debug {
    fn fill(&self, buffer: &mut [u8]);
}

/// Opens a page in the person's browser.
#[async_trait]
pub trait Browser: Send + Sync + Debug {
    /// Takes https addresses, and http on loopback. Returns once the browser was asked.
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError>;
    /// The one that a team's setting names ([`crate::words::browser`]); `None` where the same one opens all pages.
    fn named(&self, _setting: &str) -> Option<Arc<dyn Browser>> {
        None
    }
    /// Whether the person sees what it opens, and it reaches this computer by the name of its loopback; told without
    /// opening anything.
    fn is_here(&self) -> bool {
        false
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no browser could be opened: {why}")]
pub struct BrowserError {
    pub why: String,
}

/// The person who asked for a login, at a terminal or behind a window.
#[async_trait]
pub trait Person: Send + Sync + Debug {
    /// Shows how far the login has come; never waits.
    fn show(&self, step: &Step);
    /// Asks, and waits for the answer. A question that only waits comes back when the person goes another way;
    /// whoever asks it drops it once what was waited for has come.
    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer>;
    /// Asks while a secret is shown that the person takes elsewhere, such as the seed of an authenticator. It is
    /// shown for as long as the question stands, and kept nowhere.
    async fn ask_showing(&self, question: Question, shown: Revealed) -> Result<Answer, NoAnswer>;
}

/// A secret that is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revealed {
    /// As it is typed into another program.
    pub text: Secret,
    /// The same as an address for a QR code (such as `otpauth://totp/…`, Google Authenticator's key URI format).
    pub uri: Secret,
}

/// Work in the background has nobody to ask, and must never bother anybody.
#[derive(Debug)]
pub struct Nobody;

#[async_trait]
impl Person for Nobody {
    fn show(&self, _: &Step) {}

    async fn ask(&self, _: Question) -> Result<Answer, NoAnswer> {
        Err(NoAnswer::Nobody)
    }

    async fn ask_showing(&self, _: Question, _: Revealed) -> Result<Answer, NoAnswer> {
        Err(NoAnswer::Nobody)
    }
}

/// Nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("cancelled")]
    Cancelled,
    /// There is nobody to ask, as in a script.
    #[error("nobody can be asked")]
    Nobody,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the clipboard cannot be used: {why}")]
pub struct CopyError {
    pub why: String,
}
