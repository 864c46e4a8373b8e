//! `keyfob demo`: Keyfob on an embedded cloud, on the screen, on a virtual one, or as a story in the terminal.

mod app;
#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod eyes;
#[cfg(target_os = "linux")]
mod journey;
#[cfg(target_os = "linux")]
mod patience;
mod screen;
#[cfg(target_os = "linux")]
mod stage;
mod story;
#[cfg(target_os = "linux")]
mod tray;
mod world;

use keyfob_core::face::talk::demo as words;
use keyfob_core::words::problem::Problem;

use crate::args::DemoArgs;
use crate::world::World;

pub fn run(world: &World, args: &DemoArgs) -> Result<(), Problem> {
    if args.terminal || args.by_hand {
        return story::run(world, args.by_hand);
    }
    if !app::is_installed() {
        world.console.talk(words::NO_DESKTOP);
        return story::run(world, false);
    }
    #[cfg(target_os = "linux")]
    if !world.is_set("DISPLAY") && !world.is_set("WAYLAND_DISPLAY") {
        let missing = stage::missing();
        if missing.is_empty() {
            return journey::run(world, &args.pictures);
        }
        world.console.talk(&words::no_display(&missing));
        return story::run(world, false);
    }
    screen::run(world)
}
