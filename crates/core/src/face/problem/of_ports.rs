//! What the computer around us refused, in words: keychain, files, browser, clipboard, system.

use super::of_cause::sentence;
use crate::doors::ports::{BrowserError, CopyError, FileError, StoreError};
use crate::words::problem::{Exit, Problem, Remedy};

const RAISE_LIMITS: &str = "Close programs, or raise the limits (`ulimit -a`).";

/// A keychain that gave no answer, in words.
pub fn of_store(error: &StoreError) -> Problem {
    match error {
        StoreError::NoKeychain { why } => {
            Problem::new("KC-NONE", Exit::Keychain, "There is no keychain to keep secrets in")
                .detail(format!("{} Keyfob never writes secrets to a file instead.", sentence(why)))
                .hint("Start one: GNOME Keyring, KWallet, or KeePassXC with Secret Service switched on.")
        }
        StoreError::Locked => Problem::new("KC-LOCKED", Exit::Keychain, "Your keychain is locked")
            .detail("Nothing was changed.")
            .hint("Unlock it, then try again.")
            .remedy(Remedy::Unlock),
        StoreError::Dismissed => Problem::new("KC-LOCKED", Exit::Keychain, "Your keychain stays locked")
            .detail("Its prompt was closed, or could not be shown. Nothing was changed.")
            .hint("Try again, and answer the prompt; or unlock it in its own program first.")
            .remedy(Remedy::Unlock),
        StoreError::NotGranted => Problem::new("KC-ACCESS", Exit::Keychain, "Your keychain gives Keyfob no access")
            .detail(
                "It is open, but asks you before it lets a program read, and nobody has said yes. Nothing was changed.",
            )
            .hint(
                "Allow it when asked: run the command in a terminal, or choose Unlock… in Keyfob's menu. For scripts, \
                 switch the question off in KeePassXC: Settings, Secret Service Integration, \"Confirm when passwords \
                 are retrieved by clients\".",
            )
            .remedy(Remedy::Unlock),
        StoreError::TimedOut => Problem::new("KC-TIMEOUT", Exit::Keychain, "The keychain did not answer")
            .detail("Nothing was changed.")
            .hint("It may wait for you to unlock it, or hang: restart your keyring service if this stays.")
            .remedy(Remedy::TryAgain),
        StoreError::DifferentKeychain => {
            Problem::new("KC-DIFFERENT", Exit::Keychain, "This is another keychain than the one Keyfob used")
                .detail("The entries it wrote are not there, and neither is its mark. Nothing was changed.")
                .hint("Go back to the keychain of before, or log in again to use this one: `keyfob login`.")
                .remedy(Remedy::LogIn)
        }
        StoreError::Damaged { why } => Problem::new("KC-DAMAGED", Exit::Keychain, "A keychain entry cannot be read")
            .detail(format!("{} It was left as it is.", sentence(why)))
            .hint("Log in again to write a new one.")
            .remedy(Remedy::LogIn),
        StoreError::ReadBack => {
            Problem::new("KC-READBACK", Exit::Keychain, "The keychain did not keep what was written")
                .detail("The login is not confirmed.")
                .hint("Check your keyring service, then log in again.")
                .remedy(Remedy::LogIn)
        }
        StoreError::Starved { why } => Problem::new("KC-LIMITS", Exit::Keychain, "The keychain could not be asked")
            .detail(format!("The system gives this process too little to work with. {}", sentence(why)))
            .hint(RAISE_LIMITS)
            .remedy(Remedy::TryAgain),
        StoreError::Failed { why } => Problem::new("KC-FAILED", Exit::Keychain, "The keychain refused")
            .detail(sentence(why))
            .hint("Check your keyring service, then try again.")
            .remedy(Remedy::TryAgain),
    }
}

/// A session that the keychain did not take (security D7).
pub fn in_memory() -> Problem {
    Problem::new("KC-MEMORY", Exit::Keychain, "Sessions end with Keyfob")
        .detail("No keychain took them, so they are in memory only. Keyfob never writes secrets to a file instead.")
        .hint("Start one: GNOME Keyring, KWallet, or KeePassXC with Secret Service switched on. Then log in again.")
}

/// A file that cannot be used, in words.
pub fn of_file(error: &FileError) -> Problem {
    match error {
        FileError::Io { path, why } => {
            Problem::new("FILE-IO", Exit::Other, format!("{} cannot be used", path.display()))
                .detail(format!("{} Nothing was changed.", sentence(why)))
                .hint("Check the path and its permissions.")
        }
        FileError::NotAFile { path } => {
            Problem::new("FILE-KIND", Exit::Other, format!("{} is not an ordinary file", path.display()))
                .hint("Move it away, then try again.")
        }
        FileError::TooLarge { path, limit } => {
            Problem::new("FILE-LARGE", Exit::Other, format!("{} is larger than {} MiB", path.display(), limit >> 20))
                .hint("Keyfob reads no file of its kind that is larger: look what it is.")
        }
        FileError::Unwritable { path, why } => {
            Problem::new("FILE-READ-ONLY", Exit::Other, format!("{} cannot be written", path.display()))
                .detail(format!("{} Nothing was changed.", sentence(why)))
                .hint("Let Keyfob write there, or make the change where the file comes from, such as your dotfiles.")
        }
        FileError::Changed { path } => {
            Problem::new("FILE-CHANGED", Exit::Other, format!("{} is being changed by another program", path.display()))
                .detail("Nothing was changed by Keyfob.")
                .hint("Try again when the other program is done.")
        }
        FileError::Locked { path, pid } => Problem::new(
            "FILE-LOCKED",
            Exit::TimedOut,
            match pid {
                Some(pid) => {
                    format!("Another Keyfob process (pid {pid}) has held a lock for 30 seconds")
                }
                None => "Another Keyfob process has held a lock for 30 seconds".into(),
            },
        )
        .detail(format!("The lock is {}.", path.display()))
        .hint("See what that process is doing; the lock goes when it ends."),
    }
}

/// A browser that did not open, in words.
pub fn of_browser(error: &BrowserError, url: &str) -> Problem {
    Problem::new("NO-BROWSER", Exit::Other, "No browser could be opened")
        .detail(sentence(&error.why))
        .hint(format!("Open this page yourself: {url}"))
}

/// A clipboard that took nothing, in words.
pub fn of_copy(error: &CopyError, instead: &str) -> Problem {
    Problem::new("NO-CLIPBOARD", Exit::Other, "Nothing could be copied")
        .detail(sentence(&error.why))
        .hint(format!("Print it instead: `{instead}`."))
}

/// The system gave a process too little to work with, such as file handles.
pub fn system(why: &str) -> Problem {
    Problem::new("SYSTEM", Exit::Other, "The system gives this process too little to work with")
        .detail(sentence(why))
        .hint(RAISE_LIMITS)
}

/// There is no place for our files.
pub fn no_places(why: &str) -> Problem {
    Problem::new("NO-HOME", Exit::Other, "There is no place for Keyfob's files")
        .detail(sentence(why))
        .hint("Set HOME to your home folder.")
}

/// The reader of our results went away.
pub fn stdout_closed(why: &str) -> Problem {
    Problem::new("STDOUT", Exit::Other, "The result could not be written").detail(sentence(why))
}

/// A fault of our own; its details are for the log, never for a person.
pub fn internal() -> Problem {
    Problem::new("INTERNAL", Exit::Other, "Something unexpected happened in Keyfob")
        .detail("What you had is kept.")
        .hint("Try again; if it stays, report it with `INTERNAL` and what you did.")
        .remedy(Remedy::TryAgain)
}
