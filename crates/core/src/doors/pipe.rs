//! The door between tray and window: lines of JSON, one object each, ended by a line feed.
//!
//! What a person types goes up through it and nowhere else. So that the compiler refuses it in everything that is
//! shown, none of these types can be serialised as long as it holds something typed: [`Up::line`] opens it, for
//! that one line.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::doors::ports::Revealed;
use crate::words::action::{Action, Page};
use crate::words::id::Id;
use crate::words::login::LoginId;
use crate::words::prefs::{Prefs, Theme};
use crate::words::question::{Answer, Blank, Filled, Misfit, Other};
use crate::words::secret::Secret;
use crate::words::settings::Settings;
use crate::words::shell::Shell;

/// The longest line the tray reads, in bytes: room for an import of a thousand teams.
pub const MAX_LINE: usize = 256 * 1024;

/// Window → tray. It has no readable `Debug`, because of what a person types.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "up")]
pub enum Up<S = Entered> {
    Act { click: Click },
    Answer { typed: Typed<S> },
    Focus { focused: bool },
}

/// A text that a person typed into the window: read from a line, never written.
#[derive(Debug, PartialEq, Eq)]
pub struct Entered(pub Secret);

impl<'de> Deserialize<'de> for Entered {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Entered(Secret::new(text)))
    }
}

/// The same on its way into the pipe.
struct Opened<'a>(&'a Secret);

impl Serialize for Opened<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.expose())
    }
}

/// Tray → window: a secret that is shown beside the question of a login. It has a line of its own, since no view can
/// hold one, and is forgotten with the question.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct Reveal<S = Entered> {
    pub login: LoginId,
    pub text: S,
    /// What a QR code is made of.
    pub uri: S,
}

impl Reveal {
    /// The whole line with its line feed; wiped when dropped.
    pub fn line(login: LoginId, shown: &Revealed) -> Zeroizing<Vec<u8>> {
        #[derive(Serialize)]
        struct Line<'a> {
            down: &'static str,
            #[serde(flatten)]
            reveal: Reveal<Opened<'a>>,
        }
        let reveal = Reveal { login, text: Opened(&shown.text), uri: Opened(&shown.uri) };
        written(&Line { down: "reveal", reveal })
    }
}

impl<S> std::fmt::Debug for Reveal<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reveal").field("login", &self.login).finish_non_exhaustive()
    }
}

/// A line that cannot be read. It says nothing of what stood in it: that may have been a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a line of the door cannot be read")]
pub struct BadLine;

impl Up {
    /// Reads a line and wipes it, whatever stood in it.
    pub fn parse(line: &mut [u8]) -> Result<Self, BadLine> {
        let up = if line.len() > MAX_LINE { Err(BadLine) } else { serde_json::from_slice(line).map_err(|_| BadLine) };
        line.zeroize();
        up
    }

    /// The whole line with its line feed; wiped when dropped.
    pub fn line(&self) -> Zeroizing<Vec<u8>> {
        written(&self.opened())
    }

    fn opened(&self) -> Up<Opened<'_>> {
        match self {
            Up::Act { click } => Up::Act { click: click.clone() },
            Up::Focus { focused } => Up::Focus { focused: *focused },
            Up::Answer { typed } => Up::Answer { typed: typed.opened() },
        }
    }
}

impl<S> std::fmt::Debug for Up<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Up::Act { click } => f.debug_tuple("Act").field(click).finish(),
            Up::Answer { .. } => f.write_str("Answer(…)"),
            Up::Focus { focused } => f.debug_tuple("Focus").field(focused).finish(),
        }
    }
}

/// Room enough that the buffer is never moved, which would leave a copy behind: the count goes first.
fn written(what: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut count = Count(1);
    let _ = serde_json::to_writer(&mut count, what);
    let mut line = Zeroizing::new(Vec::with_capacity(count.0));
    let _ = serde_json::to_writer(&mut *line, what);
    line.push(b'\n');
    line
}

struct Count(usize);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a click in the window means. Like [`Action`] it holds no text that a person or a server wrote; the
/// page makes none itself, it hands back those of its view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "click")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Click {
    Act {
        #[cfg_attr(test, ts(type = "{ action: string; [key: string]: unknown }"))]
        action: Action,
    },
    /// Goes another way than to answer the question of a login.
    Other {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
        #[cfg_attr(test, ts(type = "number"))]
        login: LoginId,
        other: Other,
    },
    Pin {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
        pinned: bool,
    },
    /// Takes the team away; it can be undone for a while.
    Remove {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
    },
    UndoRemove,
    RemoveProfile {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
        #[cfg_attr(test, ts(type = "string"))]
        profile: Id,
    },
    /// Asks the server which accounts and roles there are.
    FindRoles {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
    },
    /// Goes on asking, for what is missing.
    LookOn {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
    },
    /// Stops asking; what has come stays.
    StopLooking {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
    },
    /// Looks into the files of other programs, in places that are listed.
    FindTeams,
    SetPrefs {
        #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
        prefs: Prefs,
    },
    SetShell {
        #[cfg_attr(test, ts(type = "string"))]
        shell: Shell,
    },
    SetTheme {
        theme: Theme,
    },
    StartAtLogin {
        on: bool,
    },
    TryDemo,
    LeaveDemo,
}

impl Click {
    pub(crate) fn act(action: Action) -> Self {
        Click::Act { action }
    }

    pub(crate) fn open(page: Page) -> Self {
        Click::Act { action: Action::Open { page } }
    }
}

/// What a person typed or ticked. It can hold secrets: it goes up the pipe only, and nothing prints it.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "typed")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(concrete(S = String)))]
pub enum Typed<S = Entered> {
    /// The answer to the question of a login.
    Login {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
        #[cfg_attr(test, ts(type = "number"))]
        login: LoginId,
        answer: LoginAnswer<S>,
    },
    /// The form of a team, new or changed.
    Team { form: TeamForm<S> },
    /// The form of a new profile: the fields of its target are the settings.
    Profile { form: TeamForm<S> },
    /// The findings to import, by their keys in the list numbered `found`.
    Import {
        #[cfg_attr(test, ts(type = "number"))]
        found: u64,
        chosen: Vec<Chosen>,
    },
    /// The roles to keep as profiles, by their keys in the list numbered `found`.
    Profiles {
        #[cfg_attr(test, ts(type = "string"))]
        team: Id,
        #[cfg_attr(test, ts(type = "number"))]
        found: u64,
        keys: Vec<u32>,
    },
}

impl Typed {
    fn opened(&self) -> Typed<Opened<'_>> {
        match self {
            Typed::Login { team, login, answer } => {
                Typed::Login { team: team.clone(), login: *login, answer: answer.opened() }
            }
            Typed::Team { form } => Typed::Team { form: form.opened() },
            Typed::Profile { form } => Typed::Profile { form: form.opened() },
            Typed::Import { found, chosen } => Typed::Import { found: *found, chosen: chosen.clone() },
            Typed::Profiles { team, found, keys } => {
                Typed::Profiles { team: team.clone(), found: *found, keys: keys.clone() }
            }
        }
    }
}

impl<S> std::fmt::Debug for Typed<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

/// The wire form of [`Answer`].
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(concrete(S = String)))]
pub enum LoginAnswer<S = Entered> {
    Filled {
        #[cfg_attr(test, ts(type = "Record<string, string>"))]
        values: BTreeMap<String, S>,
        ticks: BTreeSet<String>,
    },
    Chosen {
        choice: String,
    },
    Yes,
    No,
}

impl LoginAnswer {
    /// The first of these fields that what was typed does not fit.
    pub fn misfit(&self, fields: &[Blank]) -> Option<(String, Misfit)> {
        let LoginAnswer::Filled { values, .. } = self else { return None };
        fields.iter().find_map(|field| {
            let typed = values.get(&field.key).map_or("", |Entered(typed)| typed.expose());
            field.check(typed).err().map(|misfit| (field.key.clone(), misfit))
        })
    }

    fn opened(&self) -> LoginAnswer<Opened<'_>> {
        match self {
            LoginAnswer::Filled { values, ticks } => LoginAnswer::Filled {
                values: values.iter().map(|(key, Entered(secret))| (key.clone(), Opened(secret))).collect(),
                ticks: ticks.clone(),
            },
            LoginAnswer::Chosen { choice } => LoginAnswer::Chosen { choice: choice.clone() },
            LoginAnswer::Yes => LoginAnswer::Yes,
            LoginAnswer::No => LoginAnswer::No,
        }
    }
}

impl From<LoginAnswer> for Answer {
    fn from(answer: LoginAnswer) -> Self {
        match answer {
            LoginAnswer::Filled { values, ticks } => {
                let values = values.into_iter().map(|(key, Entered(secret))| (key, secret)).collect();
                Answer::Filled(Filled { values, ticks })
            }
            LoginAnswer::Chosen { choice } => Answer::Chosen(choice),
            LoginAnswer::Yes => Answer::Yes,
            LoginAnswer::No => Answer::No,
        }
    }
}

/// A team, or a profile of one, as a person filled it in. Empty fields are left out.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(concrete(S = String)))]
pub struct TeamForm<S = Entered> {
    /// `None` for a new one.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub team: Option<Id>,
    pub name: String,
    pub provider: String,
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub settings: Settings,
    /// The fields that are secret. One that was left empty stays as it is kept.
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub secrets: BTreeMap<String, S>,
}

impl TeamForm {
    fn opened(&self) -> TeamForm<Opened<'_>> {
        TeamForm {
            team: self.team.clone(),
            name: self.name.clone(),
            provider: self.provider.clone(),
            settings: self.settings.clone(),
            secrets: self.secrets.iter().map(|(key, Entered(secret))| (key.clone(), Opened(secret))).collect(),
        }
    }
}

impl<S> std::fmt::Debug for TeamForm<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TeamForm").field("team", &self.team).field("name", &self.name).finish_non_exhaustive()
    }
}

/// A finding to import and the name it shall have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Chosen {
    pub key: u32,
    pub name: String,
}
