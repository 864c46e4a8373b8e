//! What can go wrong around the tray program itself, in words.

use super::of_cause::sentence;
use crate::words::plain::clean;
use crate::words::problem::{Exit, Problem, Remedy};

/// There is neither an X server nor a Wayland compositor (fault F88).
pub fn no_display() -> Problem {
    Problem::new("NO-DISPLAY", Exit::Other, "There is no display to show a tray icon on")
        .detail("Neither DISPLAY nor WAYLAND_DISPLAY is set.")
        .hint("Without a display, `keyfob` does everything in a terminal: begin with `keyfob status`.")
}

/// The session bus is gone, and may come back.
pub fn bus_gone() -> Problem {
    Problem::new("BUS-GONE", Exit::Other, "The session bus is gone, and icon and notices with it")
        .detail("Nobody was logged out. Sessions go on being renewed as far as the keychain can be reached.")
        .hint("Nothing is to be done: both come back with the bus. Until then `keyfob` in a terminal does everything.")
}

/// The session bus is gone and so is the display: there is nobody left to show anything to.
pub fn session_over() -> Problem {
    Problem::new("SESSION-OVER", Exit::Other, "The desktop session is over: its bus and its display are gone")
        .detail("Nobody was logged out.")
        .hint("Keyfob starts again with the next session, or by `keyfob-desktop`.")
}

/// The command line of the tray program cannot be read.
pub fn desktop_usage(typed: &str) -> Problem {
    Problem::new("USAGE", Exit::Usage, format!("keyfob-desktop does not know {typed}"))
        .hint("`keyfob-desktop --help` shows what there is. For everything else there is `keyfob --help`.")
}

/// Another one runs and does not show its window.
pub fn other_instance(why: &str) -> Problem {
    Problem::new("RUNNING", Exit::Other, "Keyfob is running already, but its window could not be opened")
        .detail(sentence(why))
        .hint("Use its icon, or end it and start it again.")
}

/// The window program cannot be started.
pub fn no_window(why: &str) -> Problem {
    Problem::new("NO-WINDOW", Exit::Other, "The window could not be opened")
        .detail(sentence(why))
        .hint("The icon and `keyfob` in a terminal go on working. If it stays, install Keyfob again.")
}

/// The window program ended by itself.
pub fn window_ended() -> Problem {
    Problem::new("WINDOW-ENDED", Exit::Other, "The window closed unexpectedly")
        .detail("Nobody was logged out.")
        .hint("Open it again.")
        .remedy(Remedy::TryAgain)
}

/// The entry that starts the program at login could not be changed.
pub fn no_autostart(why: &str) -> Problem {
    Problem::new("NO-AUTOSTART", Exit::Other, "Starting at login could not be changed")
        .detail(sentence(why))
        .hint("Check that Keyfob may write where your system keeps what starts at login.")
}

/// Keyfob runs already, and cannot be asked from here to show its window.
pub fn runs_already() -> Problem {
    other_instance("it has its icon near the clock")
}

/// The demo could not be started.
pub fn no_demo(why: &str) -> Problem {
    no_program("The demo", why)
}

/// The tray program could not be started for the demo.
pub fn no_tray_program(why: &str) -> Problem {
    no_program("The tray program", why)
}

/// Another of our programs, which should lie beside this one, could not be started.
fn no_program(name: &str, why: &str) -> Problem {
    Problem::new("NO-PROGRAM", Exit::Other, format!("{name} could not be started"))
        .detail(sentence(why))
        .hint("If it stays, install Keyfob again.")
}

/// Why the demo could not go on.
#[derive(Debug, Clone, Copy)]
pub enum DemoStop<'a> {
    /// A program, a file or the bus did not do its part.
    Failed { part: &'a str, why: &'a str },
    /// It was waited for long enough.
    Missing(&'a str),
    /// The menu has no such row.
    NoRow(&'a str),
    /// The tray program is gone.
    Ended,
}

/// The demo could not go on: something of the desktop around it did not do its part.
pub fn demo_stopped(stop: DemoStop<'_>) -> Problem {
    let detail = match stop {
        DemoStop::Failed { part, why } => format!("{part}: {}", sentence(why)),
        DemoStop::Missing(what) => format!("{} did not appear.", clean(what)),
        DemoStop::NoRow(row) => format!("The menu has no row {}.", clean(row)),
        DemoStop::Ended => "The tray program ended unexpectedly.".into(),
    };
    Problem::new("DEMO", Exit::Other, "The demo stopped")
        .detail(detail)
        .hint("Start it again; `keyfob demo --terminal` needs no desktop at all.")
}
