//! What may be why, in words: beside the problem stand the server's words, the values, their sources, and the clock.

use jiff::Timestamp;

use crate::doors::provider::ProviderError;
use crate::face::export::sh_word;
use crate::face::phrase::{capital, in_words};
use crate::words::cause::{Cause, Source};
use crate::words::plain::{clean, clean_to};
use crate::words::problem::{Exit, Problem, Remedy};

/// The most of a server's words: what else there is to say must still fit beside them.
const MOST_WORDS: usize = 160;

/// The problem of that error, and what may be why.
pub(super) fn because(problem: Problem, error: &ProviderError, causes: &[Cause], team: &str) -> Problem {
    let problem = causes.iter().fold(problem, |problem, cause| match cause {
        Cause::Said { words } => {
            let detail = joined(&problem.detail, &said(words));
            problem.detail(detail)
        }
        Cause::Clock { host, ahead } => of_clock(problem, error, host, *ahead),
        Cause::Given { .. } => problem,
    });
    of_values(problem, error, causes, team)
}

/// The server's own words; nothing where it had none.
pub(super) fn said(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        sentence(&format!("The server says: {}", clean_to(words, MOST_WORDS)))
    }
}

fn of_clock(problem: Problem, error: &ProviderError, host: &str, ahead: i64) -> Problem {
    let minutes = i64::try_from(ahead.unsigned_abs() / 60).unwrap_or(i64::MAX);
    let by = format!("{} {} that of {host}", in_words(minutes), if ahead < 0 { "behind" } else { "ahead of" });
    let why = match error {
        ProviderError::OverAlready { .. } => {
            let mut problem = problem.hint("Set date, time and time zone of this computer, then try again.");
            problem.code = "CLOCK-WRONG".into();
            problem.title = clean(&format!("This computer's clock is {by}"));
            let detail = joined("By this clock, what came had ended before it came.", &problem.detail);
            return problem.detail(detail);
        }
        ProviderError::WrongPassword => {
            "a password is proved with the time, and refused in these words if that is wrong"
        }
        ProviderError::WrongCode => "a code from an app on this computer is then wrong too",
        _ => "that alone can be why",
    };
    let detail = joined(&problem.detail, &format!("This computer's clock is {by}: {why}."));
    let hint = joined("Set date, time and time zone of this computer, then try again.", &problem.hint);
    problem.detail(detail).hint(hint)
}

/// Two clocks that are too far apart for a login.
pub(super) fn clock_off(host: &str, here: Timestamp, there: Timestamp, again: &str) -> Problem {
    let seconds = here.duration_since(there).as_secs();
    let minutes = i64::try_from((seconds.unsigned_abs() + 30) / 60).unwrap_or(i64::MAX);
    let by = format!("{} {} that of {host}", in_words(minutes), if seconds < 0 { "behind" } else { "ahead of" });
    let shown = |moment: Timestamp| moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    Problem::new("CLOCK-WRONG", Exit::Other, clean(&format!("This computer's clock is {by}")))
        .detail(format!(
            "Here it is {}, and there {}: up to five minutes are forgiven, because a login is proved with its time.",
            shown(here),
            shown(there)
        ))
        .hint(format!("Set date, time and time zone of this computer, then log in again: `{again}`."))
        .remedy(Remedy::LogIn)
}

fn of_values(problem: Problem, error: &ProviderError, causes: &[Cause], team: &str) -> Problem {
    let (mut values, mut ways) = (Vec::new(), Vec::new());
    for cause in causes {
        let Cause::Given { key, value, source } = cause else { continue };
        let from = match source {
            Source::Settings => "set for the team",
            Source::Default => "the default",
            Source::Environment => "from the environment",
        };
        values.push(format!("{key} {value} ({from})"));
        ways.push(match source {
            Source::Settings | Source::Default => format!("`keyfob team edit {} --set {key}=…`", sh_word(team)),
            Source::Environment => format!("`unset {key}`"),
        });
    }
    if values.is_empty() {
        return problem;
    }
    let what = if ways.len() == 1 { "If that is wrong" } else { "If one of them is wrong" };
    let (values, way) = (values.join(" and "), format!("{what}: {}.", ways.join(" or ")));
    let (detail, hint) = match error {
        ProviderError::Refused { .. } | ProviderError::UnknownClient { .. } => {
            (joined(&problem.detail, &format!("It was asked with {values}.")), joined(&way, &problem.hint))
        }
        // A network that is down is likelier than a wrong setting.
        _ => (joined(&format!("The address comes from {values}."), &problem.detail), joined(&problem.hint, &way)),
    };
    let remedy = if problem.remedy == Remedy::None { Remedy::EditTeam } else { problem.remedy };
    problem.detail(detail).hint(hint).remedy(remedy)
}

fn joined(before: &str, after: &str) -> String {
    [before, after].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A reason, as errors word it, with a beginning and an end.
pub(super) fn sentence(reason: &str) -> String {
    // A variable is written as it is.
    let is_variable = reason.split(' ').next().is_some_and(|word| word.contains('_'));
    let begun = if is_variable { reason.to_owned() } else { capital(reason) };
    if begun.ends_with(['.', '!', '?', '…']) { begun } else { format!("{begun}.") }
}
