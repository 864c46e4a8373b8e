//! The config file beside other programs that write to it, on a disk in memory.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::testkit::{MemoryFiles, SeededRandom, VirtualClock, at, team};

pub(super) const PATH: &str = "/home/a/.config/keyfob/config.toml";
const GOOD: &str = "/home/a/.local/state/keyfob/config.good.toml";
/// Written by hand: no id.
const BY_HAND: &str = "# ours\n[team.acme] # the one with the cloud\nprovider = \"aws-sso\"\nregion = \"eu-west-1\"\n";

pub(super) struct Disk {
    pub files: MemoryFiles,
    clock: Arc<VirtualClock>,
    pub file: ConfigFile,
}

impl Disk {
    pub fn new(text: &str) -> Self {
        let (files, clock) = (MemoryFiles::default(), Arc::new(VirtualClock::at(at("2026-11-20T12:00:00Z"))));
        files.write(PATH, text);
        let file = ConfigFile {
            path: PATH.into(),
            last_good: GOOD.into(),
            lock: "/home/a/.local/state/keyfob/locks/config.lock".into(),
            files: Arc::new(files.clone()),
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(7)),
            find: |_| None,
        };
        Disk { files, clock, file }
    }

    pub fn text(&self, path: &str) -> String {
        String::from_utf8(self.files.read(path.as_ref()).unwrap().unwrap_or_default()).unwrap()
    }

    /// Adds a team while another program writes a line of its own between our look and our write, each of
    /// the first so many times.
    async fn add_beside(&self, writes: u32) -> (Result<(), Problem>, u32) {
        let mut tries = 0;
        let outcome = self
            .file
            .edit(|edit| {
                tries += 1;
                if tries <= writes {
                    self.files.write(PATH, format!("{}# theirs {tries}\n", self.text(PATH)));
                }
                edit.add_team(&team("new"))
            })
            .await;
        (outcome, tries)
    }
}

// F66
#[tokio::test]
async fn what_another_program_writes_meanwhile_is_not_lost() {
    for writes in 0..5 {
        let disk = Disk::new(BY_HAND);
        let (outcome, tries) = disk.add_beside(writes).await;
        assert_eq!((outcome, tries), (Ok(()), writes + 1));
        let text = disk.text(PATH);
        assert!(text.starts_with(BY_HAND), "{text}");
        assert!((1..=writes).all(|n| text.contains(&format!("# theirs {n}\n"))), "{text}");
        assert!(disk.file.load().await.unwrap().team("new").is_some());
    }
}

// F66
#[tokio::test]
async fn a_program_that_keeps_writing_wins_after_five_tries() {
    let disk = Disk::new(BY_HAND);
    let (outcome, tries) = disk.add_beside(100).await;
    assert_eq!((outcome.unwrap_err().code.as_str(), tries), ("FILE-CHANGED", 5));
    assert!(disk.text(PATH).ends_with("# theirs 5\n") && !disk.text(PATH).contains("new"));
}

// F66
#[tokio::test]
async fn teams_written_by_hand_get_ids_for_good_also_when_the_file_changes_meanwhile() {
    let disk = Disk::new(BY_HAND);
    let first = disk.file.load().await.unwrap();
    assert!(disk.text(PATH).contains("# the one with the cloud"));
    assert!(disk.text(PATH).contains(first.teams[0].id.as_str()));
    assert_eq!(disk.file.load().await.unwrap(), first);

    // The next reading writes the same ones.
    let disk = Disk::new(BY_HAND);
    disk.files.fail_next(FileError::Changed { path: PATH.into() });
    assert_eq!(disk.file.load().await.unwrap(), first);
    assert_eq!(disk.text(PATH), BY_HAND);
    assert_eq!(disk.file.load().await.unwrap(), first);
    assert!(disk.text(PATH).contains(first.teams[0].id.as_str()));
}

/// Files of people who keep their config where nothing writes.
const READ_ONLY: [&str; 3] = [
    BY_HAND,
    "team = { acme = { provider = \"cognito\", profile = { 'Prod/Admin' = { account = \"123456789012\", role = \"R\" } } } }\n",
    "[team.a]\nprovider = \"aws-sso\"\n[team.b]\nprovider = \"aws-sso\"\nid = \"bbbbbbbbbbbbbbbb\"\n",
];

// F113
#[tokio::test]
async fn a_config_that_cannot_be_written_is_read_with_the_ids_that_it_would_have_been_given() {
    for text in READ_ONLY {
        let written = Disk::new(text);
        let ids = written.file.load().await.unwrap();
        assert_ne!(written.text(PATH), text);
        for places in [&[PATH][..], &["/home/a/.local/state"], &["/home/a"]] {
            let disk = Disk::new(text);
            places.iter().for_each(|place| disk.files.make_read_only(*place));
            for _ in 0..2 {
                assert_eq!(disk.file.load().await.unwrap(), ids, "{places:?}");
            }
            assert_eq!(disk.text(PATH), text);
        }
    }
}

// F113
#[tokio::test]
async fn an_edit_of_a_config_that_cannot_be_written_names_the_file_and_changes_nothing() {
    for (place, named) in [
        (PATH, PATH),
        ("/home/a/.config", "/home/a/.config"),
        ("/home/a/.local", "/locks/config.lock"),
        ("/home/a", PATH),
    ] {
        let disk = Disk::new(BY_HAND);
        disk.files.make_read_only(place);
        let problems = [
            disk.file.edit(|edit| edit.pin("acme", true)).await.unwrap_err(),
            disk.file.try_out(|edit| edit.remove_team("acme")).await.unwrap_err(),
        ];
        for problem in problems {
            assert_eq!(problem.code, "FILE-READ-ONLY");
            assert!(problem.title.contains(named), "{}", problem.title);
        }
        assert_eq!(disk.files.paths(), [std::path::Path::new(PATH)]);
        assert_eq!(disk.text(PATH), BY_HAND);
    }
}

// F113
#[tokio::test]
async fn a_team_without_an_id_keeps_its_own_when_it_is_renamed() {
    let disk = Disk::new(BY_HAND);
    let id = Disk::new(BY_HAND).file.load().await.unwrap().teams[0].id.clone();
    disk.file.edit(|edit| edit.rename_team("acme", "corp")).await.unwrap();
    assert_eq!(disk.file.load().await.unwrap().team("corp").unwrap().id, id);
}

// F119
#[tokio::test]
async fn a_team_that_was_removed_is_not_in_the_copy_either() {
    let disk = Disk::new(BY_HAND);
    disk.file.load().await.unwrap();
    disk.file.load().await.unwrap();
    assert!(disk.text(GOOD).contains("acme"));
    disk.file.edit(|edit| edit.remove_team("acme")).await.unwrap();
    assert!(!disk.text(GOOD).contains("acme"));
}

#[tokio::test]
async fn a_broken_file_leaves_the_last_good_state_in_use_and_is_not_touched() {
    let disk = Disk::new(BY_HAND);
    disk.file.load().await.unwrap();
    let good = disk.file.load().await.unwrap();
    let copy = disk.text(GOOD);
    for broken in ["[team.acme", "[team.acme]\nprovider = 5\n", "x = \u{1}"] {
        disk.files.write(PATH, broken);
        let (config, problem) = disk.file.load_or_last_good().await.unwrap();
        assert_eq!((config, problem.unwrap().code.as_str()), (good.clone(), "CONFIG-BROKEN"));
        assert_eq!(disk.file.edit(|edit| edit.add_team(&team("new"))).await.unwrap_err().code, "CONFIG-BROKEN");
        assert_eq!((disk.text(PATH).as_str(), disk.text(GOOD)), (broken, copy.clone()));
    }
}

#[tokio::test]
async fn a_broken_file_without_a_good_state_is_told_with_its_place() {
    let disk = Disk::new("# ours\n[team.acme]\nprovider = \n");
    let problem = disk.file.load_or_last_good().await.unwrap_err();
    assert!(problem.title.contains("line 3"), "{}", problem.title);
    disk.files.write(PATH, b"# ours\nx = \"\xe9\"\n");
    let problem = disk.file.load_or_last_good().await.unwrap_err();
    assert!(problem.title.contains("line 2, column 6"), "{}", problem.title);
    // A good state that is damaged itself is no good state.
    disk.files.write(GOOD, "garbage [");
    assert_eq!(disk.file.load_or_last_good().await.unwrap_err(), problem);
}

// F57
#[tokio::test]
async fn a_disk_that_is_full_costs_the_copy_and_nothing_else() {
    let disk = Disk::new(BY_HAND);
    disk.file.load().await.unwrap();
    let full = |path: &str| disk.files.fail_next(FileError::Io { path: path.into(), why: "no space".into() });
    full(GOOD);
    let copy = disk.text(GOOD);
    disk.files.write(PATH, format!("{}# more\n", disk.text(PATH)));
    disk.file.load().await.unwrap();
    assert_eq!(disk.text(GOOD), copy);
    let before = disk.text(PATH);
    full(PATH);
    assert_eq!(disk.file.edit(|edit| edit.add_team(&team("new"))).await.unwrap_err().code, "FILE-IO");
    assert_eq!(disk.text(PATH), before);
}

#[tokio::test]
async fn an_edit_that_is_refused_writes_nothing() {
    let disk = Disk::new(BY_HAND);
    disk.file.load().await.unwrap();
    let before = disk.text(PATH);
    assert_eq!(disk.file.edit(|edit| edit.remove_team("none")).await.unwrap_err().code, "TEAM-UNKNOWN");
    assert_eq!(disk.file.edit(|edit| edit.add_team(&team("acme"))).await.unwrap_err().code, "TEAM-TAKEN");
    assert_eq!(disk.text(PATH), before);
}

// F69
#[tokio::test]
async fn an_editor_of_ours_that_hangs_is_named_and_reading_goes_on() {
    let disk = Disk::new(BY_HAND);
    disk.file.load().await.unwrap();
    let _held = disk.file.lock().await.unwrap();
    let edit = disk.file.edit(|edit| edit.add_team(&team("new")));
    assert_eq!(disk.clock.run(edit).await.unwrap_err().code, "FILE-LOCKED");
    assert_eq!(disk.file.load().await.unwrap().teams.len(), 1);
}
