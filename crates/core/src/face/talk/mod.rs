//! What the terminal says: every sentence of the CLI that is not a problem.

pub mod ask;
pub mod demo;
pub mod desktop;
pub mod import;
pub mod profile;
pub mod provider;
pub mod team;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::doors::ports::OpenTo;
use crate::face::export::sh_word;
use crate::face::{deed, phrase};
use crate::words::about::Deed;
use crate::words::claims::Claims;
use crate::words::facts::TeamFacts;
use crate::words::plain::clean;
use crate::words::problem::Problem;
use crate::words::session::SessionFacts;

pub const OPENED_FOR_NOBODY: &str = "you asked for none";
pub const CHECKING: &str = "Checking ·";
/// The server has answered, and the keychain does not take it yet.
pub const KEEPING: &str = "The keychain does not take the new session yet: it is held here and tried again.\n";
/// A signal came while something must not be broken off.
pub const ENDING: &str = "Ending as soon as the new session is kept.\n";
/// Another one came.
pub const ONCE_MORE: &str = "Once more ends at once, and loses the new session.\n";
pub const UNLOCKING: &str = "Your keychain asks you to let Keyfob in: waiting for your answer to its prompt.\n";
pub const LAST_GOOD: &str = "  Going on with the last good state of the file.\n";
pub const PASSWORD_IN_ARGV: &str =
    "Other programs can see a password on the command line: better use --password-stdin.\n";
pub const NO_TEAMS: &str =
    "There are no teams yet. Add one with `keyfob team add`, or look for some with `keyfob import`.\n";
pub const NO_PROFILES: &str = "There are no profiles yet. `keyfob profile discover TEAM` shows what there could be.\n";
pub const NOT_REVOKED: &str = "The server was not told: it may keep the session until it ends.\n";
pub const KEYS_WIN: &str =
    "AWS_ACCESS_KEY_ID is set here, and most AWS tools prefer it to AWS_PROFILE: `keyfob env --unset` takes it away.\n";
pub const WHICH_TEAM: &str = "Which team?";
pub const WHICH_PROFILE: &str = "Which profile?";
pub const WHICH_PROVIDER: &str = "How do its people log in?";
pub const WHICH_DEED: &str = "What is to be done?";

pub const REVEAL_TOKEN: &str =
    "Add --reveal if you mean it, or use it where it is needed: `curl -H \"Authorization: $(keyfob token)\" …`.";

/// The config can be changed by others than the person (fault F65).
pub fn open_to(path: &str, by: OpenTo) -> String {
    match by {
        OpenTo::Everybody => format!(
            "Every user of this computer may change {path}: `chmod o-w` it. No browser that it names is started.\n"
        ),
        OpenTo::Owner(uid) => {
            format!("{path} belongs to another user ({uid}), who may change it. No browser that it names is started.\n")
        }
    }
}

/// A numbered list to choose from.
pub fn choices(what: &str, names: &[&str]) -> String {
    let rows: String = names.iter().enumerate().map(|(at, name)| format!("  {}  {}\n", at + 1, clean(name))).collect();
    format!("{what}\n{rows}")
}

/// How lines with secrets are used without showing them.
pub fn reveal_lines(with: &str) -> String {
    format!("Use the lines without showing them: `eval \"$(keyfob env … --with {with})\"`.")
}

/// What every problem begins with.
pub const CROSS: &str = "✕";

/// A problem the way every command shows it.
pub fn problem(problem: &Problem) -> String {
    if problem.title.is_empty() {
        return String::new();
    }
    let mut text = format!("{CROSS} {} ({})\n", problem.title, problem.code);
    for line in [&problem.detail, &problem.hint] {
        if !line.is_empty() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

/// The same in one line, for programs that pass it on.
pub fn problem_in_a_line(problem: &Problem) -> String {
    if problem.title.is_empty() { String::new() } else { format!("keyfob: {}\n", problem.one_line()) }
}

/// The line for a shell prompt, such as `acme-prod 42m`; `None` when the person is not logged in. A session
/// that renews itself once it is used has no time to show.
pub fn prompt(team: &TeamFacts, now: Timestamp) -> Option<String> {
    let session = team.session.as_ref()?;
    let left = session.ends().duration_since(now);
    match left.is_positive() {
        true => Some(format!("{} {}\n", clean(&team.name), shortest(left))),
        false if session.renews && session.limit.is_none() => Some(format!("{}\n", clean(&team.name))),
        false => None,
    }
}

/// `3d`, `6h12m`, `42m`, `<1m`: as little as a prompt needs. Rounds down.
fn shortest(left: SignedDuration) -> String {
    let minutes = left.as_mins();
    match minutes {
        0 => "<1m".into(),
        1..60 => format!("{minutes}m"),
        60..2880 => format!("{}h{:02}m", minutes / 60, minutes % 60),
        _ => format!("{}d", minutes / 1440),
    }
}

pub fn starting(team: &str) -> String {
    format!("Logging in to {team} ·")
}

pub fn using_env_password(team: &str) -> String {
    format!("Using IOT_PASSWORD. `keyfob login {} --remember` keeps it in the keychain instead.\n", sh_word(team))
}

pub fn using(team: &str) -> String {
    format!("Using {team}.\n")
}

pub fn logged_in(team: &str, facts: &SessionFacts, now: Timestamp, tz: &TimeZone) -> String {
    let until = phrase::until(facts.ends(), now, tz);
    format!("Logged in to {team} {} {until}{}.\n", phrase::as_whom(facts), renews(facts))
}

pub fn renewed(team: &str, facts: &SessionFacts, now: Timestamp, tz: &TimeZone) -> String {
    format!("Renewed {team} {}.\n", phrase::until(facts.expires, now, tz))
}

fn renews(facts: &SessionFacts) -> &'static str {
    if facts.renews { "; it renews itself" } else { "" }
}

/// Something with an account is done, and what comes next.
pub fn account_done(what: Deed, team: &str) -> String {
    let next = match what {
        Deed::Resend => format!(" Then `keyfob account {} confirm`.", sh_word(team)),
        _ if what.leads_to_login() => format!(" Log in with `keyfob login {}`.", sh_word(team)),
        _ => String::new(),
    };
    format!("{}.{next}\n", phrase::capital(deed::done(what)))
}

pub fn logged_out(team: &str, was_logged_in: bool, forgot: bool) -> String {
    let done = if was_logged_in { "Logged out of" } else { "You were not logged in to" };
    let forgot = if forgot { "; what was kept for it is forgotten" } else { "" };
    format!("{done} {team}{forgot}.\n")
}

/// What an ID token says, one claim in a line: who first, then the rest.
pub fn claims(claims: &Claims) -> String {
    let first = ["iss", "sub"];
    let own = |key: &&str| claims.contains_key(*key);
    let rest = claims.keys().map(String::as_str).filter(|key| !first.contains(key));
    let lines = first.into_iter().filter(own).chain(rest).map(|key| {
        let value = match &claims[key] {
            Value::String(text) => clean(text),
            other => clean(&other.to_string()),
        };
        let name = match key {
            "iss" => "issuer".to_owned(),
            "sub" => "subject".to_owned(),
            other => clean(other),
        };
        format!("{name:<20}{value}\n")
    });
    lines.collect()
}

/// A page was opened on which the browser's own session ends.
pub fn browser_logs_out(host: &str) -> String {
    format!("Your browser opened a page of {host}, where its own session ends.\n")
}

pub fn still_kept(item: &str) -> String {
    format!("Still in the keychain: {item}\n")
}

pub fn team_stays(team: &str, item: &str) -> String {
    format!("{team} stays, because this is still in the keychain: {item}\n")
}

pub fn added_team(team: &str) -> String {
    format!("Added {team}. Log in with `keyfob login {}`.\n", sh_word(team))
}

pub fn changed_team(team: &str) -> String {
    format!("Changed {team}.\n")
}

pub fn renamed(from: &str, to: &str) -> String {
    format!("{from} is now {to}.\n")
}

pub fn pinned(team: &str, pinned: bool) -> String {
    format!("{team} is {} shown first.\n", if pinned { "now" } else { "no longer" })
}

pub fn removed_profile(profile: &str, team: &str) -> String {
    format!("Removed {profile} from {team}.\n")
}

pub fn added_profiles(count: usize, team: &str) -> String {
    format!("Added {} to {team}.\n", counted(count, "profile"))
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
