//! The questions that many ways of signing in ask, and their answers.

use super::{
    Answer, Blank, BlankKind, CODE, Choice, CodeKind, Filled, PASSWORD, Question, REMEMBER, Secret, Topic, USERNAME,
};

impl Question {
    /// User name and password; what was typed before stands in it.
    pub fn password(username: &str, remember: bool) -> Self {
        let name = Blank::new(USERNAME, BlankKind::Username).with(username);
        Self::fill_in(Topic::Password, [name, Blank::new(PASSWORD, BlankKind::Secret)]).tick(REMEMBER, remember)
    }

    /// `sent_to` is the masked address or number the server told.
    pub fn code(kind: CodeKind, sent_to: Option<String>) -> Self {
        Self::fill_in(Topic::Code { kind, sent_to }, [Blank::new(CODE, BlankKind::Code)])
    }

    pub fn new_password() -> Self {
        Self::fill_in(Topic::NewPassword, [Blank::new(PASSWORD, BlankKind::NewSecret)])
    }

    pub fn factor(kinds: impl IntoIterator<Item = CodeKind>) -> Self {
        Self::choose(Topic::Factor, kinds.into_iter().map(|kind| Choice::known(kind.key())))
    }

    pub fn send_password(host: &str, endpoint: &str) -> Self {
        Self::confirm(Topic::SendPassword { host: host.into(), endpoint: endpoint.into() })
    }
}

impl Answer {
    /// To a question with a single field.
    pub fn filled(key: &str, typed: Secret) -> Self {
        Answer::Filled(Filled::default().with(key, typed))
    }

    pub fn password(username: &str, password: Secret, remember: bool) -> Self {
        let filled = Filled::default().with(USERNAME, Secret::new(username)).with(PASSWORD, password);
        Answer::Filled(filled.tick(REMEMBER, remember))
    }

    pub fn code(code: Secret) -> Self {
        Self::filled(CODE, code)
    }

    pub fn new_password(password: Secret) -> Self {
        Self::filled(PASSWORD, password)
    }

    pub fn factor(kind: CodeKind) -> Self {
        Answer::Chosen(kind.key().into())
    }
}
