//! Where this program is found, for lines that other programs run: they know neither our folder nor our search path.

use std::path::PathBuf;

use crate::world::World;

/// The name the program goes by in a search path.
const NAME: &str = if cfg!(windows) { "keyfob.exe" } else { "keyfob" };

/// Its absolute path. Where the search path leads to it, as it is written there: what a package manager links to is
/// another file after each update.
pub fn own_path(world: &World) -> String {
    let Ok(own) = std::env::current_exe() else { return NAME.to_owned() };
    let real = |path: &PathBuf| path.canonicalize().ok();
    let path = world.raw("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(NAME));
    let linked = found.into_iter().find(|path| real(path).is_some_and(|path| Some(path) == real(&own)));
    linked.unwrap_or(own).into_os_string().into_string().unwrap_or_else(|_| NAME.to_owned())
}
