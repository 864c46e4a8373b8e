//! What can go wrong with an account, in words: where a login would say something else, or nothing at all.

use super::of_cause::because;
use super::of_provider::worded;
use crate::doors::provider::{AccountError, ProviderError};
use crate::face::deed;
use crate::words::about::Deed;
use crate::words::problem::{Exit, Problem, Remedy};

/// What a provider's error means while something was done with an account.
pub fn of_account(error: &ProviderError, what: Deed, team: &str) -> Problem {
    use ProviderError as E;
    let again = format!("keyfob account {team} {}", what.key());
    match error {
        E::Because { error, causes } => because(of_account(error, what, team), error, causes, team),
        E::Cancelled => Problem::new("ACCOUNT-CANCELLED", Exit::Cancelled, deed::cancelled(what)),
        E::PersonNeeded => Problem::new("PERSON-NEEDED", Exit::PersonNeeded, format!("{team} needs you for this"))
            .detail("There is nobody to ask here.")
            .hint(format!("Run `{again}` in a terminal.")),
        E::WrongPassword => {
            Problem::new("PASSWORD-WRONG", Exit::Refused, "The password that you have now is not right")
                .detail("Nothing was changed.")
                .hint(format!("Try again: `{again}`."))
        }
        E::WrongCode => Problem::new("CODE-WRONG", Exit::Refused, "The code is not right")
            .hint(format!("Take the newest one that was sent to you, and try again: `{again}`.")),
        E::SessionEnded { .. } | E::Account(AccountError::AlreadyConfirmed) | E::NotConfirmed | E::ResetRequired => {
            worded(error, team, &again)
        }
        other => {
            let problem = worded(other, team, &again);
            // A login would not help, and a button beside it begins the same once more.
            let remedy =
                if matches!(problem.remedy, Remedy::LogIn | Remedy::TryAgain) { Remedy::None } else { problem.remedy };
            problem.remedy(remedy)
        }
    }
}

/// The person's own time limit is over.
pub fn account_timed_out(what: Deed, team: &str) -> Problem {
    Problem::new("ACCOUNT-TIMED-OUT", Exit::TimedOut, "This took too long")
        .detail("What the server was told before stays as it is.")
        .hint(format!("Go on: `keyfob account {team} {}`, with a longer --timeout if need be.", what.key()))
}

/// Something that is not offered there; `offered` is what is.
pub fn no_such_deed(team: &str, what: Deed, offered: &[Deed]) -> Problem {
    let names: Vec<&str> = offered.iter().map(|deed| deed.key()).collect();
    let has = match names.as_slice() {
        [] => "Accounts of this team are looked after where its people log in, not in Keyfob.".to_owned(),
        names => format!("It has: {}.", names.join(", ")),
    };
    Problem::new("ACCOUNT-UNSUPPORTED", Exit::Usage, format!("{team} has no {}", what.key())).hint(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_wrong_with_an_account_never_sends_people_to_a_login_that_cannot_help() {
        for deed in Deed::ALL {
            for error in [ProviderError::PersonNeeded, ProviderError::WrongCode, ProviderError::TooManyTries] {
                let problem = of_account(&error, deed, "acme");
                assert_eq!(problem.remedy, Remedy::None, "{problem:?}");
                assert!(!problem.hint.contains("keyfob login"), "{problem:?}");
            }
        }
        assert_eq!(of_account(&AccountError::AlreadyConfirmed.into(), Deed::Confirm, "acme").remedy, Remedy::LogIn);
        assert_eq!(of_account(&ProviderError::Cancelled, Deed::Forgot, "acme").exit, Exit::Cancelled);
    }

    #[test]
    fn what_is_not_offered_is_said_beside_what_is() {
        let some = no_such_deed("acme", Deed::SignUp, &[Deed::Forgot, Deed::ChangePassword]);
        assert_eq!(some.hint, "It has: forgot, change-password.");
        assert!(!no_such_deed("acme", Deed::SignUp, &[]).hint.is_empty());
    }
}
