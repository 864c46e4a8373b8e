//! A command line that cannot be understood, in the words of every other problem.

use crate::face::phrase::capital;
use crate::words::plain::clean;
use crate::words::problem::{Exit, Problem};

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistyped {
    Command {
        typed: String,
        near: Option<String>,
    },
    Argument {
        typed: String,
        near: Option<String>,
    },
    /// It is none of these, or this is why it cannot be used.
    Value {
        argument: String,
        typed: String,
        known: Vec<String>,
        why: Option<String>,
    },
    NoValue {
        argument: String,
    },
    Missing {
        arguments: Vec<String>,
    },
    Together {
        one: String,
        other: String,
    },
    Twice {
        argument: String,
    },
    NotText,
    /// Whatever the parser says of it.
    Said(String),
}

/// `command` is the one that was meant as far as it was understood, such as `keyfob team add`.
pub fn mistyped(what: &Mistyped, command: &str) -> Problem {
    let title = match what {
        Mistyped::Command { typed, .. } => format!("{command} has no command called {typed}"),
        Mistyped::Argument { typed, .. } if typed.starts_with('-') => format!("{command} does not know {typed}"),
        Mistyped::Argument { typed, .. } => format!("{command} takes nothing more, but {typed} is given"),
        Mistyped::Value { argument, typed, .. } if typed.is_empty() => format!("{argument} has an empty value"),
        Mistyped::Value { argument, typed, .. } => format!("{argument} cannot be {typed}"),
        Mistyped::NoValue { argument } => format!("{argument} has no value"),
        Mistyped::Missing { arguments } => match arguments.as_slice() {
            [one] => format!("{one} is missing"),
            many => format!("{} are missing", many.join(" and ")),
        },
        Mistyped::Together { one, other } => format!("{one} and {other} cannot be used together"),
        Mistyped::Twice { argument } => format!("{argument} is given more than once"),
        Mistyped::NotText => "An argument is not UTF-8 text".to_owned(),
        Mistyped::Said(said) => first_line(said),
    };
    let detail = match what {
        Mistyped::Value { why: Some(why), .. } => format!("{}.", capital(why.trim_end_matches('.'))),
        Mistyped::Value { known, .. } if !known.is_empty() => format!("It is one of: {}.", known.join(", ")),
        _ => String::new(),
    };
    let near = match what {
        Mistyped::Command { near: Some(near), .. } | Mistyped::Argument { near: Some(near), .. } => {
            format!("Did you mean {near}? ")
        }
        _ => String::new(),
    };
    Problem::new("USAGE", Exit::Usage, title)
        .detail(detail)
        .hint(format!("{near}`{command} --help` shows what there is."))
}

fn first_line(said: &str) -> String {
    let line = said.lines().next().unwrap_or_default();
    capital(clean(line.strip_prefix("error: ").unwrap_or(line)).trim_end_matches('.'))
}
