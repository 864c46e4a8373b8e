//! The names of temporary files and folders, by which those are found that dead processes left.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is older was left by a process that died (F59); what is younger may be in use.
pub(super) const ORPHAN_AGE: Duration = Duration::from_secs(60);

/// The name begins with the moment it was given: the time stamps of what lies there tell of other things, such as
/// when the old text was written that was exchanged for the new one.
pub(super) fn prefix(name: &OsStr) -> String {
    format!("{}{:x}-", stem(name), now().as_secs())
}

fn stem(name: &OsStr) -> String {
    format!(".{}.keyfob-", name.to_string_lossy())
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Removes what dead processes left for this name. Failing to is no failure.
pub(super) fn sweep(folder: &Path, name: &OsStr) {
    let stem = stem(name);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        let Some(rest) = found.strip_prefix(&stem).filter(|rest| rest.ends_with(".tmp")) else { continue };
        let begun = rest.split('-').next().and_then(|moment| u64::from_str_radix(moment, 16).ok());
        if begun.is_some_and(|begun| now().saturating_sub(Duration::from_secs(begun)) > ORPHAN_AGE) {
            let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir(entry.path()));
        }
    }
}
