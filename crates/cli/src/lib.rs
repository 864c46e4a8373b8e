//! The companion `keyfob`: every command of the terminal, on the same core as the tray.

mod absent;
mod args;
mod asking;
mod attention;
mod commands;
#[cfg(unix)]
pub mod echo;
pub mod ends;
mod mistyped;
mod own_path;
mod paint;
pub mod prompt;
mod screen;
mod table;
pub mod terminal;
pub mod world;

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;
use keyfob_core::face::talk;
use keyfob_core::words::problem::{Exit, Problem};

use args::{Cli, Command};
use commands::credential_process::speaks_in_lines;
use world::{Console, World, block_on};

/// What a command line asks for.
pub struct Asked(Command);

/// Runs one command line, program name first, and returns its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>, world: &World) -> u8 {
    match read(&args.into_iter().collect::<Vec<_>>(), &*world.console) {
        Ok(asked) => done(asked, world),
        Err(status) => status,
    }
}

/// Reads one command line, program name first. Help that is asked for, and what cannot be read, needs nothing but a
/// console: it is told, and what is left is the exit status.
pub fn read(args: &[OsString], console: &dyn Console) -> Result<Asked, u8> {
    if let Some(asked) = commands::credential_process::asked_for(args.get(1..).unwrap_or_default()) {
        return Ok(Asked(Command::CredentialProcess(asked)));
    }
    Cli::try_parse_from(args).map(|cli| Asked(cli.command)).map_err(|error| {
        let help = || error.render().to_string();
        match error.kind() {
            // Help that was asked for is a result.
            _ if !error.use_stderr() => return u8::from(console.result(&help()).is_err()),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => console.talk(&help()),
            _ => console.talk(&not_begun(args, &mistyped::problem(&error, args))),
        }
        Exit::Usage.status()
    })
}

/// Does what was asked, and returns the exit status.
pub fn done(Asked(command): Asked, world: &World) -> u8 {
    let in_lines = matches!(command, Command::CredentialProcess(_));
    match dispatch(command, world) {
        Ok(()) => 0,
        Err(problem) => {
            let problem = world.with_source(problem);
            if in_lines {
                world.console.talk(&talk::problem_in_a_line(&problem));
            } else {
                world.tell(&problem);
            }
            problem.exit.status()
        }
    }
}

/// What this command line is told where it could not even be begun.
pub fn not_begun(args: &[OsString], problem: &Problem) -> String {
    if speaks_in_lines(args) { talk::problem_in_a_line(problem) } else { talk::problem(problem) }
}

fn dispatch(command: Command, world: &World) -> Result<(), Problem> {
    match command {
        Command::Team(command) => block_on(world, commands::team::run(world, command)),
        Command::Profile(command) => block_on(world, commands::profile::run(world, command)),
        Command::Provider(command) => block_on(world, commands::provider::run(world, command)),
        Command::Import(args) => block_on(world, commands::import::run(world, args)),
        Command::Login(args) => block_on(world, commands::login::run(world, args)),
        Command::Account(args) => block_on(world, commands::account::run(world, args)),
        Command::Logout(args) => block_on(world, commands::logout::run(world, args)),
        Command::Renew(args) => block_on(world, commands::renew::run(world, args)),
        Command::Status(args) => commands::status::run(world, &args),
        Command::Whoami(args) => block_on(world, commands::whoami::run(world, args)),
        Command::Env(args) => commands::env::run(world, &args),
        Command::Token(args) => block_on(world, commands::token::run(world, args)),
        Command::CredentialProcess(args) => block_on(world, commands::credential_process::run(world, args)),
        Command::Demo(args) => commands::demo::run(world, &args),
    }
}
