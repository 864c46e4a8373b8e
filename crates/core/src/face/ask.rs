//! How a question reads, by what it is about: the words that window, terminal, tray and notice share.

use crate::face::deed;
use crate::face::name::apart;
use crate::words::about::Deed;
use crate::words::login::Aside;
use crate::words::plain::{clean, clean_to};
use crate::words::question::{
    Blank, BlankKind, Choice, CodeKind, Misfit, Other, Place, Question, REMEMBER, Refusal, Topic,
};

/// What is wanted, in a few words.
pub fn brief(topic: &Topic) -> &'static str {
    match topic {
        Topic::Password => "Password needed",
        Topic::Code { .. } => "Code needed",
        Topic::NewPassword => "New password needed",
        Topic::Factor => "Choose how to confirm",
        Topic::SendPassword { .. } => "Approval needed",
        Topic::Setup => "Authenticator to set up",
        Topic::Approval => "Waiting for browser",
        Topic::Whose { .. } => "User name needed",
        Topic::SignUp => "Account to fill in",
        Topic::Confirm { .. } => "Code needed",
        Topic::Reset { .. } => "New password needed",
        Topic::ChangePassword => "Passwords needed",
        Topic::PastedCode { .. } => "Code needed",
    }
}

/// `step 2 of 2, as ann`; of the only step just the name.
pub fn place(place: &Place) -> String {
    if place.step.max(place.of) == 1 {
        return format!("as {}", clean(&place.who));
    }
    format!("step {} of {}, as {}", place.step, place.of.max(place.step), clean(&place.who))
}

/// The heading over it; empty where the fields speak for themselves.
pub fn title(topic: &Topic) -> &'static str {
    match topic {
        Topic::SendPassword { .. } => "May your password be sent?",
        Topic::Factor => "How do you want to confirm that it is you?",
        Topic::Setup => "Set up an authenticator app",
        Topic::PastedCode { .. } => "Log in on another device",
        Topic::Password | Topic::Code { .. } | Topic::NewPassword | Topic::Approval => "",
        // The page they stand on is named after what is done.
        Topic::Whose { .. } | Topic::SignUp | Topic::Confirm { .. } | Topic::Reset { .. } | Topic::ChangePassword => "",
    }
}

/// What it means, in a sentence or two; may be empty.
pub fn text(question: &Question, team: &str) -> String {
    match &question.topic {
        Topic::SendPassword { .. } => format!(
            "{} takes the password only as it is (over TLS), not proven without sending it. It would be sent to this address, now and from now on:",
            apart(team)
        ),
        Topic::NewPassword => match &question.place {
            Some(place) => format!("{}, this team wants you to choose a new password.", clean(&place.who)),
            None => "This team wants you to choose a new password.".into(),
        },
        Topic::Setup => {
            "Scan this with the app, or type the key into it. It is shown only now. Then type the code that the app shows."
                .into()
        }
        Topic::PastedCode { .. } => {
            "Open this page on any device and log in there. It shows a code at the end: copy all of it, and paste it here.".into()
        }
        Topic::Whose { deed: Deed::Forgot } => "A code is sent to the address of that account.".into(),
        Topic::Confirm { sent_to, again } => code_sent(sent_to.as_deref(), *again),
        Topic::Reset { sent_to, again } => code_sent(sent_to.as_deref(), *again),
        Topic::Whose { .. } | Topic::SignUp | Topic::ChangePassword => String::new(),
        Topic::Password | Topic::Code { .. } | Topic::Factor | Topic::Approval => String::new(),
    }
}

fn code_sent(to: Option<&str>, again: bool) -> String {
    match (to.map(clean), again) {
        (Some(to), false) => format!("A code was sent to {to}."),
        (Some(to), true) => format!("A new code was sent to {to}. Older ones are worth nothing now."),
        (None, false) => "A code was sent to the address of the account.".into(),
        (None, true) => "A new code was sent. Older ones are worth nothing now.".into(),
    }
}

/// An address that the question turns on, to be compared letter by letter.
pub fn address(topic: &Topic) -> String {
    match topic {
        Topic::SendPassword { endpoint, .. } => clean(endpoint),
        // All of it, as it has to be opened.
        Topic::PastedCode { page } => clean_to(page, 2048),
        _ => String::new(),
    }
}

/// What a field is called.
pub fn label(topic: &Topic, field: &Blank) -> String {
    match (topic, field.kind) {
        (Topic::Setup, BlankKind::Code) => "Code that the app shows".into(),
        (Topic::Code { kind, sent_to }, BlankKind::Code) => code_label(*kind, sent_to.as_deref()),
        (Topic::Confirm { .. } | Topic::Reset { .. }, BlankKind::Code) => "Code that you were sent".into(),
        (Topic::ChangePassword, BlankKind::Secret) => "Password that you have now".into(),
        (Topic::PastedCode { .. }, BlankKind::Secret) => "Code that the page shows".into(),
        (_, BlankKind::Username) => "User name".into(),
        (_, BlankKind::Secret) => "Password".into(),
        (_, BlankKind::NewSecret) => "New password".into(),
        (_, BlankKind::Code) => "Code".into(),
        (_, BlankKind::Email) => "E-mail".into(),
        (_, BlankKind::Phone) => "Phone".into(),
        (_, BlankKind::Text) => clean(&field.key),
    }
}

pub fn code_label(kind: CodeKind, sent_to: Option<&str>) -> String {
    let to = sent_to.map(|to| format!(" to {}", clean(to))).unwrap_or_default();
    match kind {
        CodeKind::Authenticator => "Code from your authenticator app".to_owned(),
        CodeKind::Sms => format!("Code sent by SMS{to}"),
        CodeKind::Email => format!("Code sent by e-mail{to}"),
    }
}

/// A word of help under a field; may be empty.
pub fn hint(topic: &Topic, field: &Blank) -> &'static str {
    match (topic, field.kind) {
        (Topic::Code { kind: CodeKind::Authenticator, .. } | Topic::Setup, BlankKind::Code) => {
            "Six digits. Spaces do not matter."
        }
        (Topic::SignUp, BlankKind::Email) => "The code to confirm the account goes there.",
        (_, BlankKind::Code) => "It may take a minute to arrive. Spaces do not matter.",
        _ => "",
    }
}

/// Why the last answer was not taken, where it was simply wrong: at which field, and in which words.
fn wrong(topic: &Topic) -> (Option<BlankKind>, &'static str) {
    match topic {
        Topic::Password => (None, "User name or password is not right."),
        Topic::Code { kind: CodeKind::Authenticator, .. } | Topic::Setup => (
            Some(BlankKind::Code),
            "That code is not right. Each works once: take the next one, and check the clock of the device it is on.",
        ),
        Topic::Code { .. } | Topic::Confirm { .. } | Topic::Reset { .. } => {
            (Some(BlankKind::Code), "That code is not right. Take the newest one you were sent.")
        }
        Topic::SignUp => (Some(BlankKind::Username), "That user name is taken. Choose another one."),
        Topic::Whose { .. } => (Some(BlankKind::Username), "There is no account of that name."),
        Topic::ChangePassword => (Some(BlankKind::Secret), "That is not the password you have now."),
        Topic::PastedCode { .. } => (
            Some(BlankKind::Secret),
            "That is not the code of this login. Copy all of it, from the page that this login opened.",
        ),
        Topic::NewPassword | Topic::Factor | Topic::SendPassword { .. } | Topic::Approval => {
            (None, "That was not taken. Try again.")
        }
    }
}

/// Why the last answer was not taken, where that is known without words of the server's.
pub fn refused(question: &Question) -> (Option<BlankKind>, &'static str) {
    match &question.refusal {
        Some(Refusal::Wrong) => wrong(&question.topic),
        Some(Refusal::Over) => (Some(BlankKind::Code), "That code is not good any more. Have a new one sent."),
        Some(Refusal::Said { .. }) | None => (None, ""),
    }
}

/// What the server said of the last answer.
pub fn said(question: &Question) -> Option<String> {
    match &question.refusal {
        Some(Refusal::Said { words }) => Some(clean(words)),
        _ => None,
    }
}

/// A box to tick and what ticking it means.
pub fn tick(key: &str) -> (String, &'static str) {
    match key {
        REMEMBER => (
            "Remember the password in the keychain".into(),
            "Only once it has worked. The user name is remembered anyway.",
        ),
        other => (clean(other), ""),
    }
}

/// A choice and what it means.
pub fn choice(choice: &Choice) -> (String, String) {
    match CodeKind::of_key(&choice.key).filter(|_| choice.label.is_empty()) {
        Some(CodeKind::Authenticator) => {
            ("Authenticator app".into(), "A code from the app on your phone or computer".into())
        }
        Some(CodeKind::Sms) => ("SMS".into(), "A code sent to your phone".into()),
        Some(CodeKind::Email) => ("E-mail".into(), "A code sent to your mailbox".into()),
        None if choice.label.is_empty() => (clean(&choice.key), clean(&choice.detail)),
        None => (clean(&choice.label), clean(&choice.detail)),
    }
}

/// True when every word that was typed stands in the choice or its group.
pub fn matches(choice: &Choice, typed: &str) -> bool {
    let (label, detail) = self::choice(choice);
    let text = format!("{label} {detail} {} {}", choice.group, choice.key).to_lowercase();
    typed.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// The button that sends the answer.
pub fn send(topic: &Topic) -> &'static str {
    match topic {
        Topic::Password => "Log in",
        Topic::NewPassword | Topic::Reset { .. } => "Set password",
        Topic::SignUp => "Create account",
        Topic::Confirm { .. } => "Confirm",
        Topic::ChangePassword => "Change password",
        Topic::PastedCode { .. } => "Continue",
        Topic::Whose { deed: Deed::Forgot | Deed::Resend } => "Send a code",
        Topic::Whose { .. } => "Continue",
        Topic::SendPassword { .. } => "Send it there",
        Topic::Code { .. } | Topic::Factor | Topic::Setup | Topic::Approval => "Continue",
    }
}

/// The button that says no.
pub fn refuse(topic: &Topic) -> &'static str {
    match topic {
        Topic::SendPassword { .. } => "Do not send it",
        _ => "No",
    }
}

/// Another way on.
pub fn other(other: Other) -> &'static str {
    match other {
        Other::NewCode => "Start again",
        Other::SendAgain => deed::offer(Deed::Resend),
        Other::AnotherDevice => "Use another device",
    }
}

/// What there is to know beside a question.
pub fn aside(aside: Aside) -> &'static str {
    match aside {
        Aside::ByCode => "Logging in by the browser alone is not offered here, so there is a code to compare.",
        Aside::NothingEnded => {
            "There was no session here to end. If the browser does not ask who you are, sign out of the portal there first."
        }
    }
}

/// Why a text does not fit its field.
pub fn misfit(misfit: Misfit) -> &'static str {
    match misfit {
        Misfit::Missing => "This is needed.",
        Misfit::NoEmail => "An e-mail address looks like ann@example.com.",
        Misfit::NoPhone => "A phone number begins with + and the country, such as +4915112345678.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_names_its_number_and_its_person() {
        let at = |step, of| place(&Place { step, of, who: "ann\u{202e}".into() });
        assert_eq!(at(2, 2), "step 2 of 2, as ann");
        assert_eq!(at(1, 1), "as ann");
        // A step that nobody expected is never the third of two.
        assert_eq!(at(3, 2), "step 3 of 3, as ann");
    }
}
