//! The programs above this one: who started it, who started that, and so on.

/// Their names as the system has them, the nearest first; none where it does not tell.
pub fn programs() -> impl Iterator<Item = String> {
    #[cfg(target_os = "linux")]
    {
        let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
        linux::names(parent)
    }
    #[cfg(not(target_os = "linux"))]
    std::iter::empty()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    /// Nobody is further down than this.
    const DEEPEST: usize = 64;

    pub fn names(nearest: Option<i32>) -> impl Iterator<Item = String> {
        std::iter::successors(nearest, |pid| parent(*pid)).take(DEEPEST).filter_map(name)
    }

    /// The name in brackets may hold anything; the parent is the second word after it (proc(5)).
    fn parent(pid: i32) -> Option<i32> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok().filter(|pid| *pid > 0)
    }

    /// A script is called by its own name here, whatever runs it.
    fn name(pid: i32) -> Option<String> {
        let name = fs::read(format!("/proc/{pid}/comm")).ok()?;
        Some(String::from_utf8_lossy(&name).trim().to_owned())
    }
}
