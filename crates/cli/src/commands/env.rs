//! `keyfob env`: lines that set up a terminal.

use std::path::Path;

use keyfob_core::face::export::{Asked, Lines};
use keyfob_core::face::{problem, talk};
use keyfob_core::hands::config::Config;
use keyfob_core::hands::sessions::{Sessions, TokenKind};
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::shell::Shell;
use keyfob_core::words::team::Team;
use keyfob_neighbours::answers;
use keyfob_platform::above;
use keyfob_platform::files::DiskFiles;

use super::whoami::{asking, tell_shortened};
use crate::args::EnvArgs;
use crate::own_path::own_path;
use crate::world::{World, block_on};

pub fn run(world: &World, args: &EnvArgs) -> Result<(), Problem> {
    let shell = match args.shell {
        Some(shell) => shell,
        None => shell_above(world)?,
    };
    let lines = if args.unset { Lines::unset() } else { block_on(world, lines(world, args))? };
    if lines.contains_secret() && world.console.shows_results() {
        return Err(problem::would_reveal("Secrets", &talk::reveal_lines(&args.with.join(","))));
    }
    if args.profile.is_some() && args.with.is_empty() && world.is_set("AWS_ACCESS_KEY_ID") {
        world.console.talk(talk::KEYS_WIN);
    }
    let rendered = lines.printed(shell).map_err(|e| problem::not_exportable(&e.to_string()))?;
    world.result(rendered.text.expose())
}

async fn lines(world: &World, args: &EnvArgs) -> Result<Lines, Problem> {
    let config: Config = world.config().await?;
    let team = world.which(&config, args.team.named()).await?;
    let with = |what: &str| args.with.iter().any(|w| w == what);
    let profile = match args.profile.as_deref() {
        None if !with("aws") => None,
        named => Some(world.profile_of(team, named).await?),
    };
    if let Some(profile) = profile.filter(|_| !with("aws")) {
        tell_who_answers(world, team, profile);
    }
    let cx = asking(world, team);
    let keys = match profile.filter(|_| with("aws")) {
        Some(profile) => {
            let get = async |sessions: &Sessions| sessions.among(&config.teams).credential(team, profile, &cx).await;
            let keys = world.with_sessions(get).await?;
            tell_shortened(world, profile);
            Some(keys)
        }
        None => None,
    };
    let token = async |sessions: &Sessions| sessions.token(team, TokenKind::IdOrAccess, &cx).await;
    let token = if with("token") { Some(world.with_sessions(token).await?) } else { None };
    Lines::new(Asked { team, profile, keys: keys.as_ref(), token: token.as_ref() })
        .map_err(|e| problem::not_exportable(&e.to_string()))
}

/// The shell that most likely reads the lines.
fn shell_above(world: &World) -> Result<Shell, Problem> {
    let login = world.raw("SHELL").map(|path| path.to_string_lossy().into_owned());
    Shell::detect(above::programs(), login.as_deref(), world.is_set("ComSpec"))
        .map_err(|name| problem::foreign_shell(&name))
}

/// A name in `AWS_PROFILE` is worth what the files of AWS tools make of it.
fn tell_who_answers(world: &World, team: &Team, profile: &Profile) {
    let bytes = |path: &Path| DiskFiles::read_other(path).ok().flatten();
    let answers = answers::answers(&|name| world.raw(name), bytes, team, profile);
    if let Some(words) = talk::profile::unanswered(team, profile, &answers, &own_path(world)) {
        world.console.talk(&words);
    }
}
