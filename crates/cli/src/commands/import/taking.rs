//! Access keys that leave a file of the AWS tools for the keychain, and come back when somebody takes that back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::StoreError;
use keyfob_core::face::problem;
use keyfob_core::face::talk::import as words;
use keyfob_core::face::talk::profile::process_line;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::team::Team;
use keyfob_neighbours::aws_config::AwsFile;
use keyfob_neighbours::aws_config::keys::holders;
use keyfob_neighbours::aws_config::taking::{Stays, Taken, put_back, take};
use keyfob_neighbours::look::Ground;
use keyfob_platform::files::DiskFiles;
use serde::{Deserialize, Serialize};

use crate::args::ImportArgs;
use crate::own_path::own_path;
use crate::world::World;

/// The secret settings of a team: its key, and the lines that went for it, so that they can come back.
const SECRET: &str = "secret-access-key";
const LINES: &str = "taken-lines";

/// What is taken out for one team.
struct Going {
    team: Team,
    secret: Secret,
    pieces: Vec<Piece>,
    /// What went another time and is not back.
    earlier: Vec<Piece>,
}

impl Going {
    /// All that can come back.
    fn lines(&self) -> Secret {
        written(self.earlier.iter().chain(&self.pieces))
    }
}

/// The lines of one file that went.
struct Piece {
    path: PathBuf,
    before: Secret,
    after: Secret,
}

/// The same as the keychain has it.
#[derive(Serialize, Deserialize)]
struct Text<T> {
    path: String,
    before: T,
    after: T,
}

/// Shows what goes, and takes it out once a person agreed: first into the keychain, then out of the file.
pub async fn take_out(world: &World, ground: Ground<'_>, args: &ImportArgs, teams: &[Team]) -> Result<(), Problem> {
    let files = ground.aws_files(args.path.as_deref())?;
    let mut texts: BTreeMap<&Path, Secret> = BTreeMap::new();
    let mut all = Vec::new();
    for team in teams {
        let mut going = Going { team: team.clone(), secret: Secret::new(""), pieces: Vec::new(), earlier: Vec::new() };
        for (holder, profile) in holders(&files, team) {
            out_of_files(world, ground, (&files, &mut texts), (&holder, profile), &mut going);
        }
        if !going.pieces.is_empty() {
            all.push(going);
        }
    }
    if all.is_empty() {
        world.console.talk(words::NO_KEYS_TO_TAKE);
        return Ok(());
    }
    if args.dry_run {
        return Ok(());
    }
    if !args.yes {
        if !world.console.has_person() {
            return Err(problem::review_needed());
        }
        if !world.ask_yes(words::TAKE_KEYS).await {
            world.console.talk(words::KEYS_STAY);
            return Ok(());
        }
    }
    for going in &mut all {
        going.earlier = gone_for(world, &going.team).await?;
        keep(world, &going.team, &[(SECRET, &going.secret), (LINES, &going.lines())]).await?;
    }
    let mut waiting: BTreeSet<&Path> = texts.keys().copied().collect();
    for (path, text) in texts {
        let before = files.iter().find(|file| file.path == path).map(|file| file.bytes.as_slice());
        if let Err(error) = world.files.replace(path, Some(before), text.expose().as_bytes()) {
            for going in &mut all {
                // In what was not written the keys are still there.
                going.pieces.retain(|piece| !waiting.contains(piece.path.as_path()));
                keep(world, &going.team, &[(LINES, &going.lines())]).await?;
            }
            return Err(problem::of_file(&error));
        }
        waiting.remove(path);
        world.console.talk(&words::keys_taken(&ground.shown(path)));
    }
    Ok(())
}

/// Takes the keys of one profile out of each file that has them, and says what goes and what stays.
fn out_of_files<'f>(
    world: &World,
    ground: Ground,
    (files, texts): (&'f [AwsFile], &mut BTreeMap<&'f Path, Secret>),
    (holder, profile): (&str, &Profile),
    going: &mut Going,
) {
    let line = process_line(&going.team, profile, &own_path(world));
    for AwsFile { file, path, bytes } in files {
        let now = texts.get(path.as_path());
        let bytes = now.map_or(bytes.as_slice(), |text| text.expose().as_bytes());
        match take(bytes, *file, holder, &line) {
            Ok(Taken { secret, before, after, left, gone }) => {
                world.console.talk(&words::keys_go(&ground.shown(path), holder, &gone, &line));
                // The credentials file comes first, as it counts first.
                if going.secret.is_empty() {
                    going.secret = secret;
                }
                going.pieces.push(Piece { path: path.clone(), before, after });
                texts.insert(path, left);
            }
            Err(Stays::NoKeys) => {}
            Err(stays) => world.console.talk(&words::key_stays(&ground.shown(path), holder, stays.why())),
        }
    }
}

/// Puts back what was taken out of files, and nothing else.
pub async fn undo(world: &World, ground: Ground<'_>) -> Result<(), Problem> {
    let mut none = true;
    for team in world.config_file().load().await?.teams {
        let mut pieces = gone_for(world, &team).await?;
        none &= pieces.is_empty();
        // The last that went comes back first; what is back is not put back once more.
        while let Some(Piece { path, before, after }) = pieces.pop() {
            let shown = ground.shown(&path);
            let bytes = DiskFiles::read_other(&path)?.ok_or_else(|| problem::not_put_back(&shown, "it is gone"))?;
            let text = put_back(&bytes, &before, &after).map_err(|stays| problem::not_put_back(&shown, stays.why()))?;
            let done = world.files.replace(&path, Some(Some(&bytes)), text.expose().as_bytes());
            done.map_err(|error| problem::of_file(&error))?;
            keep(world, &team, &[(LINES, &written(pieces.iter()))]).await?;
            world.console.talk(&words::keys_are_back(&shown, &team.name));
        }
    }
    if none {
        world.console.talk(words::NOTHING_TO_UNDO);
    }
    Ok(())
}

/// Whether keys of the team were taken out of a file, and are nowhere else now.
pub async fn holds_the_only_keys(world: &World, team: &Team) -> bool {
    matches!(world.sessions().secret(team, LINES).await, Ok(Some(_)))
}

async fn keep(world: &World, team: &Team, secrets: &[(&str, &Secret)]) -> Result<(), Problem> {
    let secrets = || secrets.iter().map(|(key, secret)| ((*key).to_owned(), (*secret).clone())).collect();
    world.with_sessions(async |sessions| sessions.keep_secrets(team, secrets()).await).await
}

/// What went for a team and is not back, the oldest first.
async fn gone_for(world: &World, team: &Team) -> Result<Vec<Piece>, Problem> {
    let Some(lines) = world.with_sessions(async |sessions| sessions.secret(team, LINES).await).await? else {
        return Ok(Vec::new());
    };
    let damaged = |error: serde_json::Error| problem::of_store(&StoreError::Damaged { why: error.to_string() });
    let texts: Vec<Text<String>> = serde_json::from_str(lines.expose()).map_err(damaged)?;
    let piece = |text: Text<String>| Piece {
        path: text.path.into(),
        before: Secret::new(text.before),
        after: Secret::new(text.after),
    };
    Ok(texts.into_iter().map(piece).collect())
}

/// As one text, whose room is taken at once: one that grows leaves copies of itself behind. Nothing for none.
fn written<'p>(pieces: impl Iterator<Item = &'p Piece>) -> Secret {
    let texts: Vec<Text<&str>> = pieces
        .map(|piece| Text {
            path: piece.path.to_string_lossy().into_owned(),
            before: piece.before.expose(),
            after: piece.after.expose(),
        })
        .collect();
    if texts.is_empty() {
        return Secret::new("");
    }
    let length: usize = texts.iter().map(|text| text.before.len() + text.after.len()).sum();
    let mut text = Vec::with_capacity(2 * length + 4096 * texts.len());
    // Texts cannot fail to be written.
    let _ = serde_json::to_writer(&mut text, &texts);
    Secret::new(String::from_utf8(text).unwrap_or_default())
}
