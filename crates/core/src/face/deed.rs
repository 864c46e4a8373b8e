//! How that reads which can be done with an account: offered, under way, and done.

use crate::words::about::Deed;

/// A button or a row of a menu that begins it.
pub fn offer(deed: Deed) -> &'static str {
    match deed {
        Deed::SignUp => "Create an account",
        Deed::Confirm => "Confirm your account",
        Deed::Resend => "Send the code again",
        Deed::Forgot => "Forgot password?",
        Deed::ChangePassword => "Change password…",
    }
}

/// The heading of its page.
pub fn title(deed: Deed, team: &str) -> String {
    match deed {
        Deed::SignUp => format!("Create an account for {team}"),
        Deed::Confirm => format!("Confirm your account of {team}"),
        Deed::Resend => format!("Have a code for {team} sent again"),
        Deed::Forgot => format!("Choose a new password for {team}"),
        Deed::ChangePassword => format!("Change your password for {team}"),
    }
}

/// What is done now.
pub fn done(deed: Deed) -> &'static str {
    match deed {
        Deed::SignUp => "your account is there",
        Deed::Confirm => "your account is confirmed",
        Deed::Resend => "a new code is on its way",
        Deed::Forgot => "your new password is set",
        Deed::ChangePassword => "your password is changed",
    }
}

/// What it did not come to.
pub fn cancelled(deed: Deed) -> &'static str {
    match deed {
        Deed::SignUp => "Creating the account was cancelled",
        Deed::Confirm => "Confirming the account was cancelled",
        Deed::Resend => "Sending the code again was cancelled",
        Deed::Forgot => "Choosing a new password was cancelled",
        Deed::ChangePassword => "Changing the password was cancelled",
    }
}
