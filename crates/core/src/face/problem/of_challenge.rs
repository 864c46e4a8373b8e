//! What a user pool may ask for and Keyfob cannot answer, in words: who can do what about each.

use crate::words::problem::{Exit, Problem};

/// `wants` is what the challenge lists.
pub(super) fn of_challenge(name: &str, wants: &[String]) -> Problem {
    let listed = wants.join(", ");
    let (asked, hint) = match (name, wants) {
        ("NEW_PASSWORD_REQUIRED", _) => (
            format!("With the new password it wants these filled in, for which there is no form here: {listed}."),
            "Log in once in your team's own app and fill them in there, or ask your administrator to do it for this \
             account.",
        ),
        ("MFA_SETUP", []) => (
            "It wants a second factor set up, and offers none to set up.".into(),
            "Ask your administrator to allow authenticator apps in this user pool, or to set up your second factor.",
        ),
        ("MFA_SETUP", _) => (
            format!(
                "It wants a second factor set up, of which it offers only {listed}. Keyfob sets up authenticators."
            ),
            "Ask your administrator to allow authenticator apps in this user pool, or to enter your phone number or \
             e-mail address as the second factor.",
        ),
        ("SELECT_MFA_TYPE" | "SELECT_CHALLENGE", []) => (
            "It lets you choose how to go on, and offers nothing to choose.".into(),
            "Ask your administrator to set up an authenticator app, SMS or e-mail as your second factor.",
        ),
        ("SELECT_MFA_TYPE" | "SELECT_CHALLENGE", _) => (
            format!("It lets you choose only among {listed}."),
            "Ask your administrator to set up an authenticator app, SMS or e-mail as your second factor, beside it.",
        ),
        ("DEVICE_SRP_AUTH" | "DEVICE_PASSWORD_VERIFIER", _) => (
            "It wants the proof of a remembered device, and this computer is not one to it.".into(),
            "Ask your administrator to have this user pool remember no devices, or to forget yours.",
        ),
        ("WEB_AUTHN", _) => (
            "It wants a passkey, which only a browser can show.".into(),
            "Ask your administrator for a password with an authenticator app, SMS or e-mail as the second factor.",
        ),
        ("CUSTOM_CHALLENGE", _) => (
            "It asks a question of your team's own making (a Lambda trigger), and only your team's own app knows it."
                .into(),
            "Ask your administrator to let this account in without it (CUSTOM_AUTH), or log in with that app.",
        ),
        ("PASSWORD" | "PASSWORD_SRP" | "SMS_OTP", _) => (
            "It lets people choose how to sign in (USER_AUTH), which Keyfob did not ask for.".into(),
            "Ask your administrator to allow USER_SRP_AUTH on the app client.",
        ),
        _ => (
            "It is not among what Keyfob knows.".into(),
            "Look for a newer Keyfob, or ask your administrator for an authenticator app as your second factor.",
        ),
    };
    Problem::new(
        "CHALLENGE-UNKNOWN",
        Exit::Refused,
        format!("The server asks for something Keyfob cannot answer: {name}"),
    )
    .detail(format!("{asked} Nothing was kept of this try."))
    .hint(hint)
}
