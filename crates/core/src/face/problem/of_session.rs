//! What stands in the way of a session, in words: there is none, it ended, it could not be kept.

use super::of_store;
use crate::doors::ports::StoreError;
use crate::words::problem::{Exit, Problem, Remedy};

/// A team without a session.
pub fn not_logged_in(team: &str) -> Problem {
    Problem::new("NOT-LOGGED-IN", Exit::NotLoggedIn, format!("You are not logged in to {team}"))
        .hint(format!("Run `keyfob login {team}`."))
        .remedy(Remedy::LogIn)
}

/// A session that is over and that only a person can begin anew.
pub fn session_ended(team: &str) -> Problem {
    Problem::new("SESSION-ENDED", Exit::NotLoggedIn, format!("The session of {team} has ended"))
        .hint(format!("Log in again: `keyfob login {team}`."))
        .remedy(Remedy::LogIn)
}

/// A session that cannot be renewed without a person.
pub fn cannot_renew(team: &str) -> Problem {
    Problem::new("CANNOT-RENEW", Exit::NotLoggedIn, format!("The session of {team} cannot be renewed without you"))
        .detail("The provider gave no refresh token.")
        .hint(format!("Log in again: `keyfob login {team}`."))
        .remedy(Remedy::LogIn)
}

/// The login worked, but the keychain did not take its session.
pub fn not_kept(error: &StoreError, team: &str) -> Problem {
    unkept(error, team, "The login itself worked")
}

/// The renewal worked, but the keychain did not take the new token.
pub fn renewal_not_kept(error: &StoreError, team: &str) -> Problem {
    unkept(error, team, "The server did renew it, and the old token may be worth nothing now")
}

fn unkept(error: &StoreError, team: &str, worked: &str) -> Problem {
    let why = of_store(error);
    let mut problem = Problem::new(&why.code, why.exit, format!("The session of {team} could not be kept"))
        .detail(format!("{worked}. {}. {}", why.title, why.detail))
        .hint(why.hint);
    problem.remedy = why.remedy;
    problem
}

/// Somebody is logging in to the team already, here or in another process.
pub fn login_under_way(team: &str, pid: Option<u32>) -> Problem {
    let who = pid.map_or(String::new(), |pid| format!(" (process {pid})"));
    Problem::new("LOGIN-BUSY", Exit::PersonNeeded, format!("A login to {team} is under way already{who}"))
        .hint("Finish or cancel that one first.")
}

/// The person's own time limit for a login is over.
pub fn login_timed_out(team: &str) -> Problem {
    Problem::new("LOGIN-TIMED-OUT", Exit::TimedOut, format!("The login to {team} took too long"))
        .detail("Nothing was changed.")
        .hint(format!("Start again: `keyfob login {team}`, with a longer --timeout if need be."))
        .remedy(Remedy::LogIn)
}
