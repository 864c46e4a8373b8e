//! What the parser of the command line has against it, handed on to be said as every other problem is.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error};
use keyfob_core::face::problem::{self, Mistyped};
use keyfob_core::words::problem::Problem;

use crate::args::Cli;

/// `args` is the whole command line, program name first.
pub fn problem(error: &Error, args: &[OsString]) -> Problem {
    problem::mistyped(&of(error), &command(args))
}

fn of(error: &Error) -> Mistyped {
    let text = |kind| text(error, kind).unwrap_or_default();
    // The closest one comes last.
    let near = |kind| all(error, kind).pop();
    match error.kind() {
        ErrorKind::InvalidSubcommand => Mistyped::Command {
            typed: text(ContextKind::InvalidSubcommand),
            near: near(ContextKind::SuggestedSubcommand),
        },
        ErrorKind::UnknownArgument => {
            Mistyped::Argument { typed: text(ContextKind::InvalidArg), near: near(ContextKind::SuggestedArg) }
        }
        ErrorKind::InvalidValue if text(ContextKind::InvalidValue).is_empty() => {
            Mistyped::NoValue { argument: name(&text(ContextKind::InvalidArg)) }
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => Mistyped::Value {
            argument: name(&text(ContextKind::InvalidArg)),
            typed: text(ContextKind::InvalidValue),
            known: all(error, ContextKind::ValidValue),
            why: std::error::Error::source(error).map(ToString::to_string),
        },
        ErrorKind::MissingRequiredArgument => {
            Mistyped::Missing { arguments: all(error, ContextKind::InvalidArg).iter().map(|one| name(one)).collect() }
        }
        ErrorKind::ArgumentConflict => {
            let (one, other) = (text(ContextKind::InvalidArg), text(ContextKind::PriorArg));
            match one == other {
                true => Mistyped::Twice { argument: name(&one) },
                false => Mistyped::Together { one: name(&one), other: name(&other) },
            }
        }
        ErrorKind::InvalidUtf8 => Mistyped::NotText,
        _ => Mistyped::Said(error.to_string()),
    }
}

/// `--timeout` of `--timeout <TIMEOUT>`, `NAME` of `<NAME>`.
fn name(argument: &str) -> String {
    let word = argument.split_whitespace().next().unwrap_or(argument);
    word.trim_matches(['<', '>', '[', ']', '.']).to_owned()
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    all(error, kind).into_iter().next()
}

fn all(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(many)) => many.clone(),
        _ => Vec::new(),
    }
}

/// The command that was meant, as far as its words are known.
fn command(args: &[OsString]) -> String {
    let all = Cli::command();
    let (mut at, mut words) = (&all, vec![all.get_name()]);
    for arg in args.iter().skip(1) {
        let Some(next) = at.find_subcommand(arg) else { break };
        words.push(next.get_name());
        at = next;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;

    // F229
    #[test]
    fn a_command_line_that_is_not_understood_is_told_like_everything_else() {
        let said = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let problem = problem(&Cli::try_parse_from(&args).unwrap_err(), &args);
            assert_eq!((problem.code.as_str(), problem.exit.status()), ("USAGE", 2), "{line}");
            format!("{} | {} | {}", problem.title, problem.detail, problem.hint)
        };
        let help = |command: &str| format!("`{command} --help` shows what there is.");
        for (line, told) in [
            ("keyfob logn", format!("keyfob has no command called logn |  | Did you mean login? {}", help("keyfob"))),
            (
                "keyfob team ad",
                format!("keyfob team has no command called ad |  | Did you mean add? {}", help("keyfob team")),
            ),
            (
                "keyfob status --jsn",
                format!("keyfob status does not know --jsn |  | Did you mean --json? {}", help("keyfob status")),
            ),
            (
                "keyfob status a b",
                format!("keyfob status takes nothing more, but b is given |  | {}", help("keyfob status")),
            ),
            (
                "keyfob login --timeout soon",
                format!("--timeout cannot be soon | It is a time such as 90s, 15m or 2h. | {}", help("keyfob login")),
            ),
            ("keyfob login --timeout", format!("--timeout has no value |  | {}", help("keyfob login"))),
            (
                "keyfob token --type x",
                format!("--type cannot be x | It is one of: id, access. | {}", help("keyfob token")),
            ),
            (
                "keyfob credential-process",
                format!("--team and --profile are missing |  | {}", help("keyfob credential-process")),
            ),
            (
                "keyfob logout acme --all",
                format!("TEAM and --all cannot be used together |  | {}", help("keyfob logout")),
            ),
            (
                "keyfob login acme --timeout 1m --timeout 2m",
                format!("--timeout is given more than once |  | {}", help("keyfob login")),
            ),
        ] {
            assert_eq!(said(line), told);
        }
    }
}
