//! What can go wrong around the tray program itself, in words.

use super::{Exit, Problem, Remedy};

/// There is neither an X server nor a Wayland compositor (fault F88).
pub fn no_display() -> Problem {
    Problem::new("NO-DISPLAY", Exit::Other, "There is no display to show a tray icon on")
        .detail("Neither DISPLAY nor WAYLAND_DISPLAY is set.")
        .hint("Without a display, `keyfob` does everything in a terminal: begin with `keyfob status`.")
}

/// The command line of the tray program cannot be read.
pub fn desktop_usage() -> Problem {
    Problem::new("USAGE", Exit::Usage, "keyfob-desktop takes no argument but --background")
        .hint("For everything else there is `keyfob --help`.")
}

/// Another one runs and does not show its window.
pub fn other_instance(why: &str) -> Problem {
    Problem::new("RUNNING", Exit::Other, "Keyfob is running already, but its window could not be opened")
        .detail(format!("{}.", super::clean(why)))
        .hint("Use its icon, or end it and start it again.")
}

/// The window program cannot be started.
pub fn no_window(why: &str) -> Problem {
    Problem::new("NO-WINDOW", Exit::Other, "The window could not be opened")
        .detail(format!("{}.", super::clean(why)))
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
        .detail(format!("{}.", super::clean(why)))
}

/// Another of our programs, which should lie beside this one, could not be started.
pub fn no_program(name: &str, why: &str) -> Problem {
    Problem::new("NO-PROGRAM", Exit::Other, format!("{name} could not be started"))
        .detail(format!("{}.", super::clean(why)))
        .hint("If it stays, install Keyfob again.")
}

/// The demo could not go on: something of the desktop around it did not do its part.
pub fn demo_stopped(why: &str) -> Problem {
    Problem::new("DEMO", Exit::Other, "The demo stopped")
        .detail(format!("{}.", super::clean(why)))
        .hint("Start it again; `keyfob demo --terminal` needs no desktop at all.")
}
