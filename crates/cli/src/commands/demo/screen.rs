//! The demo on the person's own screen: the tray and the window, theirs to play with.

use std::io::BufRead;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use keyfob_core::face::problem;
use keyfob_core::face::problem::DemoStop;
use keyfob_core::face::talk::demo as words;
use keyfob_core::words::problem::Problem;

use super::app::App;
use crate::world::{World, block_on};

/// How often it is looked whether the program has ended.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// What Enter lets pass.
const A_WHILE: u32 = 10 * 60;

pub fn run(world: &World) -> Result<(), Problem> {
    let mut app = App::start(|program| Command::new(program))?;
    world.console.talk(&words::on_screen());
    let lines = typed(world.console.has_person());
    block_on(world, async {
        loop {
            match lines.try_recv().as_deref() {
                Ok("") => {
                    app.pass(A_WHILE);
                    world.console.talk(words::PASSED);
                }
                Ok("q") => return Ok(()),
                Ok(user) => world.console.talk(&words::code(user, &app.code(user))),
                Err(_) => {}
            }
            match app.ended() {
                Some(true) => return Ok(()),
                Some(false) => return Err(problem::demo_stopped(DemoStop::Ended)),
                None => world.clock.sleep(LOOK_EVERY).await,
            }
        }
    })
}

/// The lines that a person types; none when there is nobody.
fn typed(somebody: bool) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    if somebody {
        std::thread::spawn(move || {
            let typed = std::io::stdin().lock().lines().map_while(Result::ok);
            typed.map(|line| line.trim().to_owned()).try_for_each(|line| sender.send(line))
        });
    }
    lines
}
