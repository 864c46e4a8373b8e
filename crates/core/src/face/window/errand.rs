//! What the tray program does for the window, and what it finds for it.

use std::collections::BTreeMap;

use crate::words::action::Action;
use crate::words::change::Change;
use crate::words::id::Id;
use crate::words::login::LoginId;
use crate::words::prefs::{Prefs, Theme};
use crate::words::profile::Profile;
use crate::words::question::Answer;
use crate::words::secret::Secret;
use crate::words::settings::Settings;
use crate::words::shell::Shell;
use crate::words::team::Team;

/// Something that was found in another program's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose file it is, such as `SimpleIOT`.
    pub source: &'static str,
    /// The file, such as `~/.aws/config`.
    pub place: String,
    /// The new team, or the one that is there.
    pub team: Team,
    /// What it would change in a team that is there.
    pub change: Option<Change>,
    /// Why it cannot be imported, or need not be.
    pub why_not: Option<String>,
}

/// What the tray program does for the window. Each is done once, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Errand {
    /// `Event::Clicked`. What `Effect::OpenWindow` then names goes to [`Desk::open`].
    Tell(Action),
    /// `Event::FocusChanged`.
    Focus(bool),
    /// Hand it to the provider that asked in this attempt; an answer nobody waits for is dropped.
    Answer {
        team: Id,
        login: LoginId,
        answer: Answer,
    },
    /// Check the settings with the provider, keep the secrets, write the config file, tell the engine;
    /// then [`Desk::saved`]. A team without an id is new and gets one.
    SaveTeam {
        team: Option<Id>,
        name: String,
        provider: String,
        settings: Settings,
        secrets: BTreeMap<String, Secret>,
    },
    /// Write it to the config file; a failure goes to [`Desk::say_problem`].
    Pin {
        team: Id,
        pinned: bool,
    },
    /// Revoke and forget all that is kept for it, then take it out of the config file. A failure goes to
    /// [`Desk::say_problem`]; the team stays.
    RemoveTeam {
        team: Id,
    },
    RemoveProfile {
        team: Id,
        profile: Id,
    },
    /// Read the well-known files of other programs; then [`Desk::found_teams`].
    FindTeams,
    /// Forget what is kept for profiles that go, and write all of it to the config file in one edit; then
    /// [`Desk::imported`].
    ImportTeams {
        teams: Vec<Team>,
        changes: Vec<(Id, Change)>,
    },
    /// `Sessions::targets` without a person, in place of any other look; [`Desk::roles_come`] now and then, and
    /// [`Desk::roles_found`] at the end.
    FindRoles {
        team: Id,
        look: u64,
    },
    /// The same for what is missing still.
    LookOn {
        team: Id,
        look: u64,
    },
    /// End the look where it is: [`Desk::roles_found`] follows.
    StopLooking {
        team: Id,
    },
    /// Check it with the provider and add it to the config file, with an id of its own; then [`Desk::saved_profile`].
    AddProfile {
        team: Id,
        profile: Profile,
    },
    /// Add them to the config file in one edit, each with an id of its own; then [`Desk::added_profiles`].
    AddProfiles {
        team: Id,
        profiles: Vec<Profile>,
    },
    /// Keep these preferences; `Event::PrefsChanged`.
    SetPrefs(Prefs),
    SetShell(Shell),
    SetTheme(Theme),
    StartAtLogin(bool),
    /// Start `keyfob demo` beside this program.
    TryDemo,
    /// End this program: it is the demo.
    LeaveDemo,
}

/// What became of profiles that were to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedProfiles {
    pub count: usize,
    /// The names of those that the provider would not take.
    pub left_out: Vec<String>,
}
