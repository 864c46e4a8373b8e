//! The programs that lie beside this one, also after this one was replaced by a newer one while it ran (fault F80).

use std::io;
use std::path::PathBuf;

/// What Linux says of a running program whose file is gone (proc(5)).
const GONE: &str = " (deleted)";

/// Where this program lies, or lay when it was started and its successor lies now.
pub fn own() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    Ok(match path.to_str().and_then(|path| path.strip_suffix(GONE)) {
        Some(before) if !path.exists() => PathBuf::from(before),
        _ => path,
    })
}

/// Where another of our programs lies.
pub fn other(name: &str) -> io::Result<PathBuf> {
    Ok(own()?.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}
