//! `keyfob-desktop`: the tray program. It puts the parts together and decides nothing.

mod autostart;
mod beside;
mod config;
mod demo;
mod door;
mod errands;
mod ground;
mod looks;
mod neighbours;
mod pipe;
mod remember;
mod run;
mod say;
mod settings;
mod shell;
mod tray;
mod watch;

use std::alloc::System;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use keyfob_core::face::{problem, talk};
use keyfob_core::words::plain;
use keyfob_core::words::problem::Problem;
use keyfob_platform::instance::{self, Ask, Seat, Start};
use keyfob_platform::place::Place;
use keyfob_platform::{dirs, files::DiskFiles, harden};
use zeroizing_alloc::ZeroAlloc;

use crate::ground::Ground;

/// Libraries copy what passes through them, tokens too: all memory is wiped as it is given back.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

/// What the command line may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    /// Show the icon only: nobody is waiting for a window.
    background: bool,
    /// Run on the embedded cloud.
    demo: bool,
}

fn main() -> ExitCode {
    // The tray calls no portal, so nothing needs to look into this process.
    harden::harden();
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tell(&problem);
            ExitCode::from(problem.exit.status())
        }
    }
}

fn start() -> Result<(), Problem> {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(text) = talk::desktop::help(&args, env!("CARGO_PKG_VERSION")) {
        // A reader that went away has what it wanted.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
        return Ok(());
    }
    let asked = Asked::read(&args).map_err(|typed| problem::desktop_usage(&typed))?;
    harden::check_limits(harden::TRAY).map_err(|error| problem::system(&error.to_string()))?;
    if !has_display() {
        return Err(problem::no_display());
    }
    if asked.demo {
        return demo::start();
    }
    let places = dirs::Places::find().map_err(|error| problem::no_places(&error.why))?;
    match instance::claim(&DiskFiles, &Seat::find(&places.locks))? {
        Start::First(instance) => {
            tray::run(move |tray| run::run(Ground::of_computer(places), instance, asked.background, tray))
        }
        Start::Second { socket } => hand_over(&socket, asked.background),
    }
}

/// Tells the running program where the person is now, and lets it raise its window there unless nobody waits for one.
fn hand_over(socket: &std::path::Path, background: bool) -> Result<(), Problem> {
    let from = Place::of_this_process();
    let ask = if background { Ask::Here { from } } else { Ask::Raise { from } };
    #[cfg(unix)]
    match tray::block_on(instance::ask(socket, &ask))? {
        Err(error) if !background => Err(problem::other_instance(&error.to_string())),
        _ => Ok(()),
    }
    #[cfg(not(unix))]
    {
        let _ = (socket, ask);
        if background {
            return Ok(());
        }
        Err(problem::runs_already())
    }
}

impl Asked {
    /// What was typed, or the first of it that is not known here.
    fn read(args: &[OsString]) -> Result<Self, String> {
        let mut asked = Asked { background: false, demo: false };
        for arg in args {
            match arg.to_str() {
                Some(autostart::BACKGROUND) => asked.background = true,
                Some(demo::DEMO) => asked.demo = true,
                _ => return Err(arg.to_string_lossy().into_owned()),
            }
        }
        Ok(asked)
    }
}

/// A problem for whoever started the program in a terminal.
fn tell(problem: &Problem) {
    let _ = std::io::stderr().lock().write_all(talk::problem(problem).as_bytes());
}

/// A word for whoever looks into the log; nobody else reads it, and nothing in it is secret.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "keyfob-desktop: {}", plain::lines(text));
}

/// Without a display there is neither a tray nor a window to show (fault F88).
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("WAYLAND_DISPLAY") || set("DISPLAY")
}
