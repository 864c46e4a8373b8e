//! Keeps secrets in memory from other programs of the same person: no core file, no dump (security D11).

/// Sets the core size limit to 0 and, on Linux, forbids other processes of the same user to read this
/// one's memory. Best effort: a system that refuses is no reason not to start.
///
/// The flag also hides the process from desktop portals, so a program that calls one leaves it out.
pub fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// What a program has at once, at the most.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    handles: usize,
    threads: usize,
}

pub const COMMAND: Needs = Needs { handles: 16, threads: 0 };
/// Whoever asks a keychain: one asks it, one waits for the bus, and what is asked for then may be looked up by another.
pub const KEYCHAIN: Needs = Needs { handles: 0, threads: 3 };
/// The tray program also has icon, notices, clipboard, window and callers.
pub const TRAY: Needs = Needs { handles: 48, threads: 4 };

/// Makes sure that there are file handles and threads enough, before anything is begun. Where they run out later,
/// libraries below us panic (`tokio::signal`, `spawn_blocking`), or a lock cannot be taken in the middle of a renewal
/// (F62, F115).
pub fn check_limits(needs: Needs) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::io::{Errno, dup};
        let probe: Result<Vec<_>, Errno> = (0..needs.handles).map(|_| dup(std::io::stderr())).collect();
        if let Err(error @ (Errno::MFILE | Errno::NFILE)) = probe {
            return Err(error.into());
        }
    }
    let start = |_| std::thread::Builder::new().stack_size(64 * 1024).spawn(std::thread::park);
    let (started, refused): (Vec<_>, Vec<_>) = (0..needs.threads).map(start).partition(Result::is_ok);
    for thread in started.into_iter().flatten() {
        thread.thread().unpark();
        let _ = thread.join();
    }
    refused.into_iter().next().map_or(Ok(()), |refused| refused.map(drop))
}

/// Lets a write beyond the limit of a file's size fail like any other, where the signal for it would end the process
/// without a word. Must be called inside a tokio runtime.
pub fn outlive_file_limit() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Whoever has asked for a signal once is not ended by it any more.
        let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    // T20, T21
    #[test]
    fn a_hardened_process_leaves_no_core_file_and_cannot_be_dumped() {
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::Dumpable, "the test must be able to fail");
        super::harden();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
    }
}
