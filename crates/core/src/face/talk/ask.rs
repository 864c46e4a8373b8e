//! How a question reads at a terminal.

use jiff::SignedDuration;

use crate::face::export::sh_word;
use crate::face::{ask, phrase};
use crate::words::plain::clean;
use crate::words::question::{
    Blank, BlankKind, Choice, CodeKind, Opening, Other, Question, Refusal, Tick, Topic, WaitPage,
};

pub const CODES_MUST_MATCH: &str = "Only go on if the codes match and you started this login yourself.\n";
pub const NOT_THE_SAME: &str = "The two are not the same.\n";
pub const WHICH: &str = "Which one? ";

/// What is said before anything is asked; may be empty.
pub fn before(question: &Question, team: &str) -> String {
    match (&question.topic, &question.refusal) {
        (Topic::Password, Some(Refusal::Wrong)) => "User name or password is not right. Try again.\n".into(),
        (Topic::SendPassword { host, endpoint }, _) => format!(
            "{team} takes the password only as it is (over TLS), not proven by SRP.\nIt would be sent to {} ({}).\n",
            clean(host),
            clean(endpoint)
        ),
        (Topic::NewPassword, Some(Refusal::Said { words })) => format!("The server refused it: {}\n", clean(words)),
        (Topic::NewPassword, _) => match &question.place {
            Some(place) => format!("{team} wants {} to choose a new password.\n", clean(&place.who)),
            None => format!("{team} wants you to choose a new password.\n"),
        },
        (Topic::Code { .. } | Topic::Password | Topic::Factor, _) => String::new(),
        (topic, refusal) => {
            let said = match refusal {
                Some(Refusal::Said { words }) => format!("The server says: {}", clean(words)),
                Some(Refusal::Wrong | Refusal::Over) => ask::refused(question).1.to_owned(),
                None => String::new(),
            };
            let page = if matches!(topic, Topic::PastedCode { .. }) { ask::address(topic) } else { String::new() };
            let lines = [ask::title(topic).to_owned(), ask::text(question, team), page, said];
            lines.into_iter().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
        }
    }
}

/// The prompt of one field. `known` is what Enter alone stands for, `who` the name that was typed before it.
pub fn prompt(question: &Question, field: &Blank, team: &str, who: Option<&str>) -> String {
    let place = question.place.as_ref().map(|place| format!(" ({})", ask::place(place))).unwrap_or_default();
    let known = if field.value.is_empty() { String::new() } else { format!(" [{}]", clean(&field.value)) };
    match (&question.topic, field.kind, who) {
        (Topic::Code { kind, sent_to }, BlankKind::Code, _) => {
            let again = match (&question.refusal, kind) {
                (None, _) => "",
                (Some(_), CodeKind::Authenticator) => {
                    "That code is not right. Each works once: wait for the next one.\n"
                }
                (Some(_), CodeKind::Sms | CodeKind::Email) => "That code is not right. ",
            };
            format!("{again}{}{place}: ", ask::code_label(*kind, sent_to.as_deref()))
        }
        (_, BlankKind::Username, _) => format!("User name for {team}{known}: "),
        (_, BlankKind::Secret, Some(who)) => format!("Password of {}: ", clean(who)),
        (topic, _, _) => format!("{}{place}{known}: ", ask::label(topic, field)),
    }
}

/// Said before the fields are asked for, where there are other ways on than to fill them in.
pub const OTHER_WAYS: &str = "(type ? for other ways)\n";

/// What is typed for them.
pub const WAYS: &str = "?";

/// One line of them.
pub fn other(number: usize, other: Other) -> String {
    format!("  {number}  {}\n", ask::other(other))
}

/// Which of them; back to the question is one of them.
pub const WHICH_WAY: &str = "Which one? Enter alone goes back. ";

/// The prompt for a new secret, the second time.
pub const AGAIN: &str = "The same again: ";

/// What a box to tick asks.
pub fn tick(tick: &Tick) -> String {
    format!("{}? {} ", ask::tick(&tick.key).0, if tick.on { "[Y/n]" } else { "[y/N]" })
}

pub fn confirm(topic: &Topic) -> String {
    match topic {
        Topic::SendPassword { .. } => "Send it there, now and from now on? [y/N] ".into(),
        other => format!("{}? [y/N] ", ask::send(other)),
    }
}

/// One line of a choice.
pub fn choice(number: usize, choice: &Choice) -> String {
    let known = CodeKind::of_key(&choice.key).filter(|_| choice.label.is_empty());
    let (label, detail) = match known {
        Some(kind) => (factor(kind).to_owned(), String::new()),
        None => ask::choice(choice),
    };
    let detail = if detail.is_empty() { detail } else { format!("  {detail}") };
    let last = if choice.last { "  (last time)" } else { "" };
    format!("  {number}  {label}{detail}{last}\n")
}

/// The heading of choices that belong together.
pub fn group(name: &str) -> String {
    format!("{}\n", clean(name))
}

fn factor(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Authenticator => "a code from your authenticator app",
        CodeKind::Sms => "a code by SMS",
        CodeKind::Email => "a code by e-mail",
    }
}

pub fn number_wanted(last: usize) -> String {
    format!("Type a number from 1 to {last}.\n")
}

/// Nothing has these letters in it.
pub fn nothing_matches(typed: &str) -> String {
    format!("Nothing matches {}.\n", clean(typed))
}

/// How a long list is narrowed down.
pub fn which_of_many(shown: usize) -> String {
    format!("Which one? A number from 1 to {shown}, or letters to search for: ")
}

/// The code of the device flow, shown before anything is opened (RFC 8628 §3.3, threat T07).
pub fn check_code(team: &str, code: &str) -> String {
    format!("Logging in to {team}. Check that the page shows this code:\n\n    {code}\n\n")
}

/// The page of a login that comes back to this computer by itself.
pub fn page_here(team: &str, page: &WaitPage) -> String {
    let WaitPage { host, complete_url, opening, .. } = page;
    let open = format!("Open this page of {host} in a browser on this computer:\n  {complete_url}\n");
    match opening {
        Opening::Opened => format!(
            "Logging in to {team}. Your browser opened a page of {host}.\nIf it did not, open on this computer\n  {complete_url}\n"
        ),
        Opening::Asked => format!("Logging in to {team}. {open}"),
        Opening::Failed { why } => format!("Logging in to {team}. No browser was opened: {}.\n{open}", clean(why)),
    }
}

/// What a person at a terminal does who is to log in somewhere else.
pub fn another_device(team: &str) -> String {
    format!("To use another device: Ctrl-C, then `keyfob login {} --flow code`.\n", sh_word(team))
}

pub fn page(page: &WaitPage) -> String {
    let WaitPage { host, url, complete_url, opening } = page;
    let open = format!("Open {url} on {host} and type the code, or open\n  {complete_url}\n");
    match opening {
        Opening::Opened => {
            format!("A page of {host} was opened in your browser. If it was not, open\n  {complete_url}\n")
        }
        Opening::Asked => open,
        Opening::Failed { why } => format!("No browser was opened: {}.\n{open}", clean(why)),
    }
}

pub fn scan(picture: &str) -> String {
    format!("or scan this with a phone:\n\n{picture}\n")
}

/// The line that stays last, with what is to be compared in it.
pub fn waiting(code: Option<&str>, left: SignedDuration) -> String {
    let left = phrase::short(left);
    match code {
        Some(code) => format!("Code {}. Waiting for the browser; the code is good for {left} ·", clean(code)),
        None => format!("Waiting for the browser; there are {left} left ·"),
    }
}

/// A secret that is shown once, to be typed into another program.
pub fn reveal(text: &str) -> String {
    format!("The key, shown only now:\n\n    {text}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::question::{CODE, PASSWORD, Place, USERNAME};

    // F287
    #[test]
    fn a_wait_without_a_code_speaks_of_none() {
        let page = |opening| WaitPage {
            url: "https://oidc.test/authorize?x".into(),
            complete_url: "https://oidc.test/authorize?x".into(),
            host: "oidc.test".into(),
            opening,
        };
        let said = [Opening::Opened, Opening::Asked, Opening::Failed { why: "there is none".into() }]
            .map(|opening| page_here("acme", &page(opening)));
        assert!(said[0].starts_with("Logging in to acme. Your browser opened a page of oidc.test.\n"), "{}", said[0]);
        for words in said.iter().chain([&waiting(None, SignedDuration::from_mins(9))]) {
            assert!(!words.contains("code"), "{words}");
        }
        assert!(another_device("acme").contains("keyfob login acme --flow code"));
    }

    #[test]
    fn a_prompt_names_what_where_and_whose() {
        let code = Question::fill_in(Topic::Code { kind: CodeKind::Sms, sent_to: Some("+*42".into()) }, [])
            .at(Some(Place { step: 2, of: 2, who: "ann".into() }));
        let field = Blank::new(CODE, BlankKind::Code);
        assert_eq!(prompt(&code, &field, "acme", None), "Code sent by SMS to +*42 (step 2 of 2, as ann): ");
        let again = code.refused(Some(Refusal::Wrong));
        assert!(prompt(&again, &field, "acme", None).starts_with("That code is not right. Code sent by SMS"));

        let password = Question::fill_in(Topic::Password, []);
        let name = Blank::new(USERNAME, BlankKind::Username);
        assert_eq!(prompt(&password, &name, "acme", None), "User name for acme: ");
        assert_eq!(prompt(&password, &name.with("ann"), "acme", None), "User name for acme [ann]: ");
        assert_eq!(
            prompt(&password, &Blank::new(PASSWORD, BlankKind::Secret), "acme", Some("ann")),
            "Password of ann: "
        );
    }
}
