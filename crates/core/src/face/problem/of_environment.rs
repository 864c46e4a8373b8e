//! What the person's environment says and cannot be followed, in words.

use super::of_cause::sentence;
use crate::doors::environment::source_of;
use crate::doors::ports::HttpError;
use crate::doors::provider::ProviderError;
use crate::words::problem::{Exit, Problem, Remedy};
use crate::words::shell::Shell;

/// A variable, or a setting of the AWS tools, that says something about the way to the servers.
pub fn unusable(what: &str, why: &str) -> Problem {
    Problem::new("ENV-UNUSABLE", Exit::Usage, format!("{what} cannot be used"))
        .detail(format!("{} Nothing was sent.", sentence(why)))
        .hint("Mend it where it is set, or take it away, then try again.")
        .remedy(Remedy::TryAgain)
}

/// Where a variable led to the host that failed, it is what to look at first.
pub(super) fn with_source(problem: Problem, error: &ProviderError) -> Problem {
    use HttpError as H;
    use ProviderError as E;
    let (E::Http(
        H::Dns { host } | H::Connect { host, .. } | H::TimedOut { host } | H::Tls { host, .. } | H::Cut { host },
    )
    | E::Http(H::TooLarge { host })
    | E::CaptivePortal { host }
    | E::Unexpected { host, .. }
    | E::ServerTrouble { host, .. }) = error
    else {
        return problem;
    };
    match source_of(host) {
        Some(from) => problem.hint(format!("Check {from}, or take it away, then try again.")),
        None => problem,
    }
}

/// A file that a variable led to.
pub fn file_from(mut problem: Problem, from: &str, folder: &str) -> Problem {
    problem.detail = format!("{} {from} says `{folder}`.", problem.detail).trim_start().to_owned();
    problem
}

/// A team that a variable names and nobody knows; `near` is the closest name there is.
pub fn unknown_team_in(variable: &str, name: &str, near: Option<&str>) -> Problem {
    let title = format!("{variable} says `{name}`, and there is no such team");
    Problem::new("TEAM-UNKNOWN", Exit::UnknownTeam, title).hint(match near {
        Some(near) => {
            format!("Did you mean {near}? Set {variable} anew, or name the team: `keyfob team list` shows all.")
        }
        None => format!("Set {variable} anew, or name the team: `keyfob team list` shows all."),
    })
}

/// A variable that should hold text holds something else.
pub fn not_text(variable: &str) -> Problem {
    unusable(variable, "it is not UTF-8 text").detail("It is not UTF-8 text. Nothing was changed.")
}

/// The person sits at a shell that no lines can be written for.
pub fn foreign_shell(name: &str) -> Problem {
    Problem::new("SHELL-UNKNOWN", Exit::Usage, format!("You sit at {name}, which Keyfob writes no lines for"))
        .detail("Those of another shell would do nothing there.")
        .hint(format!("Name one that reads them with `--shell`: {}.", Shell::names()))
}
