//! Starts one command in the real world.

use std::alloc::System;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use keyfob_cli::ends::Ends;
use keyfob_cli::prompt;
use keyfob_cli::world::{Console, Terminal, World};
use keyfob_core::doors::pace::Paces;
use keyfob_core::face::{problem, talk};
use keyfob_core::hands::sessions::Unfinished;
use keyfob_platform::{browser, clock, dirs, files, harden, http, keychain, random};
use zeroizing_alloc::ZeroAlloc;

/// Libraries copy what passes through them, tokens too: all memory is wiped as it is given back.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let places = match dirs::Places::find() {
        Ok(places) => places,
        Err(error) => {
            let problem = problem::no_places(&error.why);
            Terminal.talk(&talk::problem(&problem));
            return ExitCode::from(problem.exit.status());
        }
    };
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some(team) = prompt::asked_for(args.get(1..).unwrap_or_default()) {
        let team = team.or_else(|| std::env::var("IOT_TEAM").ok().filter(|t| !t.is_empty()));
        return ExitCode::from(prompt::run(&places.state, team.as_deref()));
    }
    harden::harden();
    let world = World {
        env: std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect(),
        store: Arc::new(keychain::Keychain::new(&places.state)),
        config: places.config,
        state: places.state,
        clock: Arc::new(clock::SystemClock),
        files: Arc::new(files::DiskFiles),
        http: Arc::new(http::Internet::new()),
        paces: Paces::default(),
        browser: Arc::new(browser::SystemBrowser::default()),
        random: Arc::new(random::SystemRandom),
        console: Arc::new(Terminal),
        unfinished: Unfinished::default(),
        ends: Ends::default(),
    };
    ExitCode::from(keyfob_cli::run(args, &world))
}
