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

/// Makes sure that there are file handles enough, before anything is begun. Where they run out later,
/// libraries below us panic (`tokio::signal`), or a lock cannot be taken in the middle of a renewal (F62).
pub fn check_handles() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        /// A command has so many files and sockets open at the most.
        const HANDLES: usize = 16;
        let probe: Result<Vec<_>, Errno> = (0..HANDLES).map(|_| rustix::io::dup(std::io::stderr())).collect();
        if let Err(error @ (Errno::MFILE | Errno::NFILE)) = probe {
            return Err(error.into());
        }
    }
    Ok(())
}
