//! Why something could not be done with an account, in words.

use super::of_cause::said;
use crate::doors::provider::AccountError;
use crate::words::problem::{Exit, Problem, Remedy};

/// What it means for the team of that name; `again` is the command that would try it once more.
pub(super) fn of_account_error(error: &AccountError, team: &str, again: &str) -> Problem {
    use AccountError as E;
    match error {
        E::NameTaken => Problem::new("ACCOUNT-TAKEN", Exit::Refused, "That user name is taken")
            .detail("No account was made.")
            .hint(format!("If it is yours, log in: `keyfob login {team}`. Otherwise choose another one: `{again}`.")),
        E::AddressTaken => Problem::new("ADDRESS-TAKEN", Exit::Refused, "That address belongs to another account")
            .detail("It can confirm only one account.")
            .hint(format!("Log in to that one: `keyfob login {team}`, or ask your administrator.")),
        E::UnknownUser => Problem::new("ACCOUNT-UNKNOWN", Exit::Refused, "There is no account of that name")
            .hint(format!("Check the name: `{again}`, or make one: `keyfob account {team} sign-up`.")),
        E::SignUpClosed => {
            Problem::new("SIGN-UP-CLOSED", Exit::Refused, format!("Nobody can sign up to {team} by themselves"))
                .hint("Ask your administrator for an account.")
        }
        E::AlreadyConfirmed => Problem::new("ACCOUNT-CONFIRMED", Exit::Refused, "This account is confirmed already")
            .hint(format!("Log in: `keyfob login {team}`."))
            .remedy(Remedy::LogIn),
        E::CodeOver => Problem::new("CODE-OVER", Exit::TimedOut, "The code is not good any more")
            .detail("It has run out, or a newer one was sent.")
            .hint(format!("Start again and have a new one sent: `{again}`.")),
        E::NotDelivered { message } => Problem::new("CODE-NOT-SENT", Exit::Refused, "The code could not be sent")
            .detail(said(message))
            .hint("Check the address. If it is right, ask your administrator."),
        E::NotResettable { message } => {
            Problem::new("RESET-REFUSED", Exit::Refused, "This password cannot be replaced by a code")
                .detail(said(message))
                .hint("Ask your administrator to reset it.")
        }
        E::NotTaken { message } => {
            Problem::new("ACCOUNT-REFUSED", Exit::Refused, "The server did not take what was filled in")
                .detail(said(message))
                .hint(format!("Try again: `{again}`."))
        }
        E::AgainstRules { message } => {
            Problem::new("ACCOUNT-RULES", Exit::Refused, format!("A rule of {team} stands against it"))
                .detail(said(message))
                .hint("Ask your administrator if that should be otherwise.")
        }
        E::Barred { message } => {
            Problem::new("ACCOUNT-BARRED", Exit::Refused, format!("{team} does not let this account in"))
                .detail(said(message))
                .hint("Only your administrator can change that: show them these lines.")
        }
    }
}
