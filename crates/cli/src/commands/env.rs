//! `keyfob env`: lines that set up a terminal.

use keyfob_core::face::export::{Asked, Lines};
use keyfob_core::face::{problem, talk};
use keyfob_core::hands::config::Config;
use keyfob_core::hands::sessions::{Sessions, TokenKind};
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::shell::Shell;
use keyfob_core::words::team::Team;
use keyfob_neighbours::answers;

use crate::args::EnvArgs;
use crate::own_path::own_path;
use crate::world::{World, block_on};

pub fn run(world: &World, args: &EnvArgs) -> Result<(), Problem> {
    let shell = args.shell.unwrap_or_else(|| Shell::detect(&world.env, parent().as_deref()));
    let lines = if args.unset { Lines::unset() } else { block_on(world, lines(world, args))? };
    if lines.contains_secret() && world.console.shows_results() {
        return Err(problem::would_reveal("Secrets", &talk::reveal_lines(&args.with.join(","))));
    }
    if args.profile.is_some() && args.with.is_empty() && world.var("AWS_ACCESS_KEY_ID").is_some() {
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
    let cx = world.quiet_cx();
    let keys = match profile.filter(|_| with("aws")) {
        Some(profile) => {
            Some(world.with_sessions(async |sessions| sessions.credential(team, profile, &cx).await).await?)
        }
        None => None,
    };
    let token = async |sessions: &Sessions| sessions.token(team, TokenKind::IdOrAccess, &cx).await;
    let token = if with("token") { Some(world.with_sessions(token).await?) } else { None };
    Lines::new(Asked { team, profile, keys: keys.as_ref(), token: token.as_ref() })
        .map_err(|e| problem::not_exportable(&e.to_string()))
}

/// A name in `AWS_PROFILE` is worth what the files of AWS tools make of it.
fn tell_who_answers(world: &World, team: &Team, profile: &Profile) {
    let [config, credentials] = answers::files(|name| world.var(name).map(str::to_owned))
        .map(|path| path.and_then(|path| world.files.read(&path).ok().flatten()).unwrap_or_default());
    let answers = answers::answers(&config, &credentials, team, profile);
    if let Some(words) = talk::profile::unanswered(team, profile, &answers, &own_path(world)) {
        world.console.talk(&words);
    }
}

/// The name of the program that started us, where the system tells it for nothing.
fn parent() -> Option<String> {
    #[cfg(target_os = "linux")]
    {
        let parent = rustix::process::getppid()?;
        std::fs::read_to_string(format!("/proc/{}/comm", parent.as_raw_nonzero())).ok().map(|s| s.trim().to_owned())
    }
    #[cfg(not(target_os = "linux"))]
    None
}
