//! Starts one command in the real world.

use std::alloc::System;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use keyfob_cli::ends::Ends;
use keyfob_cli::prompt;
use keyfob_cli::world::{Console, IOT_TEAM, Terminal, World};
use keyfob_core::doors::environment::Environment;
use keyfob_core::doors::pace::Paces;
use keyfob_core::face::problem;
use keyfob_core::hands::sessions::Unfinished;
use keyfob_core::words::problem::Problem;
use keyfob_neighbours::aws_config;
use keyfob_neighbours::places::aws_config_file;
use keyfob_platform::environment::{AwsConfigFile, SystemEnvironment};
use keyfob_platform::{browser, clock, dirs, files, harden, http, keychain, random};
use zeroizing_alloc::ZeroAlloc;

/// Libraries copy what passes through them, tokens too: all memory is wiped as it is given back.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    #[cfg(unix)]
    let _echo = keyfob_cli::echo::AtTheEnd;
    let args: Vec<OsString> = std::env::args_os().collect();
    let status = run(&args).unwrap_or_else(|problem| {
        Terminal.talk(&keyfob_cli::not_begun(&args, &problem));
        problem.exit.status()
    });
    ExitCode::from(status)
}

fn run(args: &[OsString]) -> Result<u8, Problem> {
    let environment =
        Arc::new(SystemEnvironment::new(AwsConfigFile { find: aws_config_file, setting: aws_config::setting }));
    if let Some(team) = prompt::asked_for(args.get(1..).unwrap_or_default()) {
        let said = || environment.text(&[IOT_TEAM]).map_err(|error| problem::not_text(&error.variable));
        let team = match team {
            Some(team) => Some(team),
            None => said()?.map(|said| said.value),
        };
        return Ok(prompt::run(&places()?.state, team.as_deref()));
    }
    // Help and mistakes need no home.
    let asked = match keyfob_cli::read(args, &Terminal) {
        Ok(asked) => asked,
        Err(status) => return Ok(status),
    };
    harden::harden();
    let places = places()?;
    let world = World {
        store: Arc::new(keychain::Keychain::new(&places.state)),
        config: places.config,
        state: places.state,
        clock: Arc::new(clock::SystemClock),
        files: Arc::new(files::DiskFiles),
        http: Arc::new(http::Internet::new(environment.clone())),
        environment,
        paces: Paces::default(),
        browser: Arc::new(browser::SystemBrowser::default()),
        random: Arc::new(random::SystemRandom),
        console: Arc::new(Terminal),
        unfinished: Unfinished::default(),
        ends: Ends::default(),
    };
    Ok(keyfob_cli::done(asked, &world))
}

fn places() -> Result<dirs::Places, Problem> {
    dirs::Places::find().map_err(|error| problem::no_places(&error.why))
}
