//! The way to a file: every folder on it that can be taken away, and every name on it that can lead elsewhere.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// As many links as the system follows on the way to one file (path_resolution(7)).
const LINKS: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Folders, each really there and under its own name.
    pub through: Vec<PathBuf>,
    /// Links, and the first name that leads nowhere.
    pub turns: Vec<(PathBuf, OsString)>,
    /// Where the file is, or would be, and its name there; `None` while the way does not lead so far.
    pub end: Option<(PathBuf, OsString)>,
}

/// Goes the way as the system would.
pub fn to(file: &Path) -> Way {
    let mut way = Way { through: Vec::new(), turns: Vec::new(), end: None };
    let (mut here, mut ahead) = (PathBuf::from("/"), VecDeque::new());
    go(file, &mut here, &mut ahead);
    for _ in 0..LINKS {
        let Some(link) = walk(&mut here, &mut ahead, &mut way) else { break };
        go(&link, &mut here, &mut ahead);
    }
    way
}

/// Walks up to the next link, and returns what stands in it.
fn walk(here: &mut PathBuf, ahead: &mut VecDeque<OsString>, way: &mut Way) -> Option<PathBuf> {
    while let Some(name) = ahead.pop_front() {
        if name == ".." {
            here.pop();
            continue;
        }
        let next = here.join(&name);
        let kind = std::fs::symlink_metadata(&next).map(|meta| meta.file_type());
        if kind.as_ref().is_ok_and(std::fs::FileType::is_symlink) {
            way.turns.push((here.clone(), name));
            return std::fs::read_link(next).ok();
        }
        if ahead.is_empty() {
            way.end = Some((here.clone(), name));
        } else if kind.is_ok_and(|kind| kind.is_dir()) {
            way.through.push(next.clone());
            *here = next;
        } else {
            way.turns.push((here.clone(), name));
            return None;
        }
    }
    None
}

/// Puts a path in front of what is still ahead.
fn go(path: &Path, here: &mut PathBuf, ahead: &mut VecDeque<OsString>) {
    if path.is_absolute() {
        *here = PathBuf::from("/");
    }
    for part in path.components().rev() {
        match part {
            Component::Normal(name) => ahead.push_front(name.to_owned()),
            Component::ParentDir => ahead.push_front("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn every_link_on_the_way_is_a_turn_and_the_end_is_where_the_file_really_is() {
        let home = tempfile::tempdir().unwrap();
        let home = std::fs::canonicalize(home.path()).unwrap();
        std::fs::create_dir_all(home.join("dotfiles/keyfob")).unwrap();
        std::fs::create_dir(home.join("config")).unwrap();
        symlink("../dotfiles/keyfob", home.join("config/keyfob")).unwrap();
        let way = to(&home.join("config/keyfob/config.toml"));
        assert_eq!(way.turns, [(home.join("config"), "keyfob".into())]);
        assert_eq!(way.end, Some((home.join("dotfiles/keyfob"), "config.toml".into())));
        assert!(way.through.contains(&home.join("dotfiles")) && way.through.contains(&home.join("config")));

        symlink(home.join("elsewhere.toml"), home.join("dotfiles/keyfob/config.toml")).unwrap();
        let way = to(&home.join("config/keyfob/config.toml"));
        assert_eq!((way.turns.len(), way.end), (2, Some((home.clone(), "elsewhere.toml".into()))));

        let gone = to(&home.join("config/gone/config.toml"));
        assert_eq!((gone.turns, gone.end), (vec![(home.join("config"), "gone".into())], None));
        symlink("round", home.join("round")).unwrap();
        assert_eq!(to(&home.join("round/x")).end, None);
    }
}
