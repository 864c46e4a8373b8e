//! The questions that many ways of signing in ask, and their answers.

use super::{
    Answer, Blank, BlankKind, CODE, Choice, CodeKind, Deed, EMAIL, Filled, NEW_PASSWORD, Other, PASSWORD, Question,
    REMEMBER, Secret, Topic, USERNAME,
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

    /// The seed of an authenticator is shown with it.
    pub fn setup() -> Self {
        Self::fill_in(Topic::Setup, [Blank::new(CODE, BlankKind::Code)])
    }

    pub fn whose(deed: Deed, username: &str) -> Self {
        Self::fill_in(Topic::Whose { deed }, [Blank::new(USERNAME, BlankKind::Username).with(username)])
    }

    pub fn sign_up(username: &str, email: &str) -> Self {
        let name = Blank::new(USERNAME, BlankKind::Username).with(username);
        let email = Blank::new(EMAIL, BlankKind::Email).with(email);
        Self::fill_in(Topic::SignUp, [name, email, Blank::new(NEW_PASSWORD, BlankKind::NewSecret)])
    }

    pub fn confirm_account(sent_to: Option<String>, again: bool) -> Self {
        let code = Blank::new(CODE, BlankKind::Code);
        Self::fill_in(Topic::Confirm { sent_to, again }, [code]).or(Other::SendAgain)
    }

    /// Without the code once the server has it from before.
    pub fn reset(sent_to: Option<String>, again: bool, code: bool) -> Self {
        let code = code.then(|| Blank::new(CODE, BlankKind::Code));
        let fields = code.into_iter().chain([Blank::new(NEW_PASSWORD, BlankKind::NewSecret)]);
        Self::fill_in(Topic::Reset { sent_to, again }, fields).or(Other::SendAgain)
    }

    pub fn change_password() -> Self {
        let fields = [Blank::new(PASSWORD, BlankKind::Secret), Blank::new(NEW_PASSWORD, BlankKind::NewSecret)];
        Self::fill_in(Topic::ChangePassword, fields)
    }

    /// The page is opened on another device, and the code that it shows at the end is pasted here.
    pub fn pasted_code(page: &str) -> Self {
        Self::fill_in(Topic::PastedCode { page: page.into() }, [Blank::new(CODE, BlankKind::Secret)])
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
