//! The contract of a way of signing in. A new provider is one file and one line in the registry.

pub mod discovery;

use crate::words::about::{About, BadSetting, Deed};
use crate::words::cause::Cause;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use url::Url;

use crate::doors::callback::{Callback, CallbackError};
use crate::doors::environment::Environment;
use crate::doors::pace::Paces;
use crate::doors::ports::{Browser, Clock, Http, HttpError, NoAnswer, Person, Random};
use crate::words::login::Wish;
use crate::words::profile::Profile;
use crate::words::session::{Credential, Kept, Session};
use crate::words::settings::Settings;
use crate::words::team::Team;

use discovery::Discovery;

/// A way of signing in. It knows *how*; whether and when is decided elsewhere.
#[async_trait]
pub trait Provider: Send + Sync {
    fn about(&self) -> About;

    /// Checks a team's settings without the network.
    fn check(&self, settings: &Settings) -> Result<(), BadSetting>;

    /// Checks what a profile is traded for, without the network.
    fn check_profile(&self, target: &Settings) -> Result<(), BadSetting> {
        match self.about().profile_fields {
            Some(fields) => About::check_keys(target, fields),
            None => Err(BadSetting::NoProfiles),
        }
    }

    /// Signs a person in. `kept` is lent: what the provider changes in it is kept whether or not the
    /// login works, so it puts a password there only once the server took it.
    async fn login(&self, team: &Team, kept: &mut Kept, wish: &Wish, cx: &Cx) -> Result<Session, ProviderError>;

    /// Renews a session without a person. The caller stores the result before it uses it.
    async fn refresh(&self, team: &Team, session: &Session, kept: &Kept, cx: &Cx) -> Result<Session, ProviderError>;

    /// Trades the session for credentials.
    async fn credential(
        &self,
        team: &Team,
        profile: &Profile,
        session: &Session,
        cx: &Cx,
    ) -> Result<Credential, ProviderError>;

    /// Looks for all that the session can be traded for, every page of it, but for what is found already. What comes is
    /// added as it comes; an error says why it went no further.
    async fn targets(&self, team: &Team, session: &Session, cx: &Cx, found: &Discovery) -> Result<(), ProviderError>;

    /// The name behind a session that tells none, as a credential of it knows it. `None` where nobody tells.
    async fn who(&self, _team: &Team, _credential: &Credential, _cx: &Cx) -> Option<String> {
        None
    }

    /// Ends the session at the server.
    async fn revoke(&self, team: &Team, session: &Session, kept: &Kept, cx: &Cx) -> Result<(), ProviderError>;

    /// A page on which the browser's own session at the provider ends too, for a person who logs out. It holds no secret.
    fn logout_page(&self, _team: &Team, _session: &Session) -> Option<Url> {
        None
    }

    /// Does something with a person's account: one of `About::accounts`. It is a conversation like a login, and
    /// `kept` is lent as it is there; the session is lent where the deed needs one.
    async fn account(
        &self,
        deed: Deed,
        _team: &Team,
        _kept: &mut Kept,
        _session: Option<&Session>,
        _cx: &Cx,
    ) -> Result<(), ProviderError> {
        Err(ProviderError::Unsupported { what: deed.key().into() })
    }
}

/// Finds a provider by its id.
pub type FindProvider = fn(&str) -> Option<&'static dyn Provider>;

/// What a provider is lent of the world. The keychain is not part of it.
#[derive(Debug, Clone)]
pub struct Cx {
    pub clock: Arc<dyn Clock>,
    pub http: Arc<dyn Http>,
    /// How fast servers may be asked: the same for everything in this process.
    pub paces: Paces,
    pub person: Arc<dyn Person>,
    pub browser: Arc<dyn Browser>,
    /// For flows in which the browser brings the answer back to this computer.
    pub callback: Arc<dyn Callback>,
    pub random: Arc<dyn Random>,
    /// For what the AWS SDKs hear of it: other addresses of their services.
    pub environment: Arc<dyn Environment>,
}

/// Why a provider could not do what was asked. `problem` turns it into words.
///
/// Only [`ProviderError::SessionEnded`] ends a session: it stands for the closed list of answers by which
/// a server says so (security D5). Everything else keeps it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("cancelled by the person")]
    Cancelled,
    #[error("a person is needed")]
    PersonNeeded,
    #[error("the session was ended by the server ({code})")]
    SessionEnded { code: String, said: String },
    #[error("the device code ran out")]
    CodeExpired,
    #[error("the request was refused in the browser")]
    CodeRefused,
    #[error("port {port}, to which the browser is sent back, is in use by another program")]
    PortTaken { port: u16 },
    #[error("another login of ours waits on port {port} for what the browser brings back")]
    PortBusy { port: u16 },
    #[error("this computer cannot hear what the browser brings back: {why}")]
    NoCallback { why: String },
    #[error("user name or password is not right")]
    WrongPassword,
    #[error("too many tries")]
    TooManyTries,
    #[error("the one-time code is not right")]
    WrongCode,
    #[error("the time to answer is over")]
    TooLate,
    #[error("the new password was refused: {rules}")]
    BadNewPassword { rules: String },
    #[error("the account is not confirmed")]
    NotConfirmed,
    #[error("a password reset is required")]
    ResetRequired,
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("the password may not be sent to {host}")]
    PasswordNotAllowed { host: String },
    #[error("this team does not allow the login flow {flow}")]
    FlowNotAllowed { flow: String },
    /// `wants` is what the challenge itself lists: attributes to fill in, or factors.
    #[error("the server asked for {name}, which Keyfob cannot answer")]
    UnknownChallenge { name: String, wants: Vec<String> },
    #[error("the server does not know this pool or client: {message}")]
    UnknownClient { message: String },
    #[error("the role {role} in account {account} is not offered")]
    RoleGone { account: String, role: String },
    #[error("the server answered for another account or role")]
    OtherAccount,
    #[error("{host} asks to slow down")]
    Throttled { host: String, retry_after: Option<u32> },
    #[error("{host} has trouble of its own (status {status})")]
    ServerTrouble { host: String, status: u16 },
    #[error("the network wants a sign-in of its own before it lets {host} through")]
    CaptivePortal { host: String },
    #[error("{host} gave an answer that makes no sense: {what}")]
    Unexpected { host: String, what: String },
    #[error("what {host} gave had ended before it came")]
    OverAlready { host: String },
    /// What has to prove who somebody is does not; `what` is the end of a sentence.
    #[error("{host} gave a proof that does not hold: {what}")]
    Unproven { host: String, what: String },
    /// A proof names its time, and the two clocks are too far apart to believe it.
    #[error("the clock here says {here}, and that of {host} {there}")]
    ClockOff { host: String, here: Timestamp, there: Timestamp },
    #[error("{host} refused: {code}")]
    Refused { host: String, code: String, message: String },
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    Setting(#[from] BadSetting),
    #[error("the access key {key_id} is not known")]
    KeyUnknown { key_id: String },
    #[error("who is signed in to the console may not use it for {team}")]
    ConsoleNotAllowed { team: String },
    #[error("the secret does not belong to the access key {key_id}")]
    WrongSecretKey { key_id: String },
    #[error("{what} cannot be done by this provider")]
    Unsupported { what: String },
    /// Any but the first two and [`ProviderError::SessionEnded`], with what was noticed that may be why.
    #[error("{error}")]
    Because { error: Box<ProviderError>, causes: Vec<Cause> },
}

/// Why something could not be done with an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    #[error("the user name is taken")]
    NameTaken,
    #[error("the address belongs to another account")]
    AddressTaken,
    #[error("the account is unknown")]
    UnknownUser,
    #[error("nobody may sign up by themselves")]
    SignUpClosed,
    #[error("the account is confirmed already")]
    AlreadyConfirmed,
    #[error("the code that was sent is not good any more")]
    CodeOver,
    #[error("the code could not be sent: {message}")]
    NotDelivered { message: String },
    #[error("the password cannot be replaced by a code: {message}")]
    NotResettable { message: String },
    #[error("what was filled in was not taken: {message}")]
    NotTaken { message: String },
    #[error("a rule of this team refused: {message}")]
    AgainstRules { message: String },
    #[error("only an administrator can let this account in again: {message}")]
    Barred { message: String },
}

impl From<CallbackError> for ProviderError {
    fn from(error: CallbackError) -> Self {
        match error {
            CallbackError::Taken { port } => ProviderError::PortTaken { port },
            CallbackError::Busy { port } => ProviderError::PortBusy { port },
            CallbackError::Failed { why } => ProviderError::NoCallback { why },
        }
    }
}

impl From<NoAnswer> for ProviderError {
    fn from(no: NoAnswer) -> Self {
        match no {
            NoAnswer::Cancelled => ProviderError::Cancelled,
            NoAnswer::Nobody => ProviderError::PersonNeeded,
        }
    }
}

impl ProviderError {
    /// The same with what may be why, if there is any of it.
    #[must_use]
    pub fn because(self, causes: Vec<Cause>) -> Self {
        match self {
            error if causes.is_empty() => error,
            ProviderError::Because { error, causes: before } => {
                ProviderError::Because { error, causes: [before, causes].concat() }
            }
            error => ProviderError::Because { error: Box::new(error), causes },
        }
    }

    /// The error itself, whatever may be why.
    pub fn bare(&self) -> &Self {
        match self {
            ProviderError::Because { error, .. } => error.bare(),
            error => error,
        }
    }

    /// True when trying again later may help and the session must be kept.
    pub fn is_passing(&self) -> bool {
        use ProviderError as E;
        matches!(
            self.bare(),
            E::Throttled { .. }
                | E::ServerTrouble { .. }
                | E::CaptivePortal { .. }
                | E::Unexpected { .. }
                | E::OverAlready { .. }
                | E::Http(_)
        )
    }

    /// True when the server may have done its work and only the answer did not come through whole. What it used up
    /// or rotated is then worth one more try at once (fault F10).
    pub fn may_be_done(&self) -> bool {
        use HttpError as H;
        matches!(
            self.bare(),
            ProviderError::Http(H::Cut { .. } | H::TimedOut { .. }) | ProviderError::Unexpected { .. }
        )
    }

    /// True when no server could be reached at all.
    pub fn is_offline(&self) -> bool {
        matches!(
            self.bare(),
            ProviderError::CaptivePortal { .. }
                | ProviderError::Http(HttpError::Dns { .. } | HttpError::Connect { .. } | HttpError::TimedOut { .. })
        )
    }
}
