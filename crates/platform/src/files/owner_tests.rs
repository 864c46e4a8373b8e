//! Whose a file is, and what else is kept beside it: writing changes none of it, also when root writes.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::{FileError, Files, LockAnswer};
use rustix::fs::{XattrFlags, getxattr, setxattr};

use super::DiskFiles;
use super::tests::in_child;

const ANN: u32 = 4242;
const BOB: u32 = 4343;

fn owner(path: &Path) -> (u32, u32, u32) {
    let meta = fs::metadata(path).unwrap();
    (meta.uid(), meta.gid(), meta.mode() & 0o7777)
}

/// A home of Ann's with a config, where we are root and can give files away.
fn home_of_ann() -> Option<(tempfile::TempDir, PathBuf)> {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    fs::write(&config, "old").unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
    for path in [home.path(), &config] {
        if chown(path, Some(ANN), Some(BOB)).is_err() {
            println!("skipped: only root can give files away");
            return None;
        }
    }
    Some((home, config))
}

/// The test of that name as another user, who is of Bob's group.
fn as_user(user: u32, test: &str, path: &Path) -> bool {
    let before = format!("exec setpriv --reuid {user} --regid {BOB} --clear-groups \"$0\" \"$@\";");
    in_child(test, path, &before).status().unwrap().success()
}

// F112
#[test]
fn root_writes_into_somebody_s_home_and_everything_stays_theirs() {
    let Some((home, config)) = home_of_ann() else { return };
    for mode in [0o600, 0o640, 0o664] {
        fs::set_permissions(&config, Permissions::from_mode(mode)).unwrap();
        DiskFiles.replace(&config, None, b"new").unwrap();
        assert_eq!(owner(&config), (ANN, BOB, mode));
    }
    let (facts, lock) = (home.path().join(".local/state/keyfob/facts.json"), home.path().join("locks/a/x.lock"));
    DiskFiles.replace(&facts, None, b"{}").unwrap();
    assert_eq!(owner(&facts), (ANN, BOB, 0o600));
    let LockAnswer::Taken(_held) = DiskFiles.try_lock(&lock).unwrap() else { panic!("nobody has it") };
    assert_eq!(owner(&lock), (ANN, BOB, 0o600));
    for folder in [".local", ".local/state", ".local/state/keyfob", "locks", "locks/a"] {
        assert_eq!(owner(&home.path().join(folder)), (ANN, BOB, 0o700), "{folder}");
    }
    // And so Ann goes on with them.
    for path in [&config, &facts] {
        assert!(as_user(ANN, "files::tests::writes_a_file", path), "{}", path.display());
    }
}

// F112
#[test]
fn who_cannot_keep_a_file_somebody_else_s_does_not_write_it_and_says_whose_it_is() {
    let Some((home, config)) = home_of_ann() else { return };
    fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(&config, Permissions::from_mode(0o666)).unwrap();
    assert!(as_user(BOB, "files::owner_tests::is_told_whose_it_is", &config));
    assert_eq!(fs::read(&config).unwrap(), b"old");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
#[ignore = "run by the test above"]
fn is_told_whose_it_is() {
    let path = super::tests::given_path();
    let why = format!("it belongs to user {ANN} and group {BOB}, and would not if user {BOB} wrote it");
    let told = Err(FileError::Unwritable { path: path.clone(), why });
    assert_eq!(DiskFiles.replace(&path, None, b"x"), told);
    assert_eq!(DiskFiles.may_replace(&path), told);
}

// F113
#[test]
fn a_file_that_nobody_may_write_is_not_replaced_though_its_folder_would_allow_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
    let said = DiskFiles.replace(&path, None, b"new").unwrap_err();
    assert_eq!(
        said.to_string(),
        format!("{} cannot be written: its mode is 444, so nobody may write it", path.display())
    );
    assert_eq!(DiskFiles.may_replace(&path), Err(said));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

// F112
#[test]
fn access_list_and_attributes_stay_and_those_of_the_folder_let_nobody_in() {
    /// User 4242 may read: version 2, then tag, permissions and id of each entry (acl(5)).
    const LIST: &[(u16, u16, u32)] =
        &[(1, 6, u32::MAX), (2, 4, ANN), (4, 0, u32::MAX), (0x10, 4, u32::MAX), (0x20, 0, u32::MAX)];
    let list: Vec<u8> = 2_u32
        .to_le_bytes()
        .into_iter()
        .chain(LIST.iter().flat_map(|(tag, permissions, id)| {
            [&tag.to_le_bytes()[..], &permissions.to_le_bytes(), &id.to_le_bytes()].concat()
        }))
        .collect();
    let home = tempfile::tempdir().unwrap();
    let (path, plain) = (home.path().join("listed"), home.path().join("plain"));
    for path in [&path, &plain] {
        fs::write(path, "old").unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    }
    let set = |path: &Path, name: &str, value: &[u8]| setxattr(path, name, value, XattrFlags::empty());
    if set(&path, "system.posix_acl_access", &list).is_err() || set(&path, "user.note", b"mine").is_err() {
        println!("skipped: this file system keeps neither access lists nor attributes");
        return;
    }
    set(home.path(), "system.posix_acl_default", &list).unwrap();
    let get = |path: &Path, name: &str| {
        let mut value = [0; 256];
        getxattr(path, name, &mut value[..]).map(|length| value[..length].to_vec())
    };
    for path in [&path, &plain] {
        DiskFiles.replace(path, None, b"new").unwrap();
        assert_eq!(fs::read(path).unwrap(), b"new");
    }
    assert_eq!(get(&path, "system.posix_acl_access").unwrap(), list);
    assert_eq!(get(&path, "user.note").unwrap(), b"mine");
    assert!(get(&plain, "system.posix_acl_access").is_err(), "the folder's list lets others in");
    assert_eq!(owner(&plain).2, 0o644);
}

// F112: a hard link is how copies of the past are kept, and those stay as they were
#[test]
fn another_name_of_the_file_keeps_the_old_text() {
    let home = tempfile::tempdir().unwrap();
    let (path, past) = (home.path().join("config.toml"), home.path().join("yesterday.toml"));
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, &past).unwrap();
    DiskFiles.replace(&path, Some(Some(b"old")), b"new").unwrap();
    assert_eq!((fs::read(&path).unwrap(), fs::read(&past).unwrap()), (b"new".to_vec(), b"old".to_vec()));
}
