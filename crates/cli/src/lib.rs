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
use world::{World, block_on};

/// Runs one command line, program name first, and returns its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>, world: &World) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(asked) = commands::credential_process::asked_for(args.get(1..).unwrap_or_default()) {
        return done(Command::CredentialProcess(asked), world);
    }
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            let help = error.render().to_string();
            return match error.kind() {
                // Help that was asked for is a result.
                _ if !error.use_stderr() => u8::from(world.console.result(&help).is_err()),
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                    world.console.talk(&help);
                    Exit::Usage.status()
                }
                _ => {
                    world.tell(&mistyped::problem(&error, &args));
                    Exit::Usage.status()
                }
            };
        }
    };
    done(cli.command, world)
}

fn done(command: Command, world: &World) -> u8 {
    // AWS tools show or log what credential_process says: one line is all they have room for.
    let briefly = matches!(command, Command::CredentialProcess(_));
    match dispatch(command, world) {
        Ok(()) => 0,
        Err(problem) => {
            if briefly {
                world.console.talk(&talk::problem_in_a_line(&problem));
            } else {
                world.tell(&problem);
            }
            problem.exit.status()
        }
    }
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
        Command::Env(args) => commands::env::run(world, &args),
        Command::Token(args) => block_on(world, commands::token::run(world, args)),
        Command::CredentialProcess(args) => block_on(world, commands::credential_process::run(world, args)),
        Command::Demo(args) => commands::demo::run(world, &args),
    }
}
