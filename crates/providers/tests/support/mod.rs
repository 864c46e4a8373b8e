//! Twins of the ports for these tests: virtual time, scripted answers, a scripted person, a fake browser.

mod clock;
pub mod console;
pub mod idp;
pub mod real;

pub use clock::{VirtualClock, start};

use keyfob_core::doors::ports::Revealed;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::question::Wait;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use keyfob_core::doors::callback::{Callback, CallbackError, Expected, Listening};
use keyfob_core::doors::environment::{Environment, Variables};
use keyfob_core::doors::ports::{Browser, BrowserError, Clock, Http, HttpError, NoAnswer, Person};
use keyfob_core::doors::provider::discovery::{Discovery, Looked};
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::testkit::SeededRandom;
use keyfob_core::words::about::Target;
use keyfob_core::words::id::Id;
use keyfob_core::words::login::Step;
use keyfob_core::words::question::{Answer, Opening, Question};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use serde_json::Value;

/// One request as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Seconds since the story began.
    pub at: f64,
    pub host: String,
    pub path: String,
    pub query: String,
    /// The operation of a JSON 1.1 service, without its service's name.
    pub target: String,
    pub token: String,
    pub body: Value,
    /// As it came, where it is a form.
    pub text: String,
    pub authorization: String,
}

impl Sent {
    /// A field of a form; empty when there is none.
    pub fn field(&self, name: &str) -> String {
        let found = url::form_urlencoded::parse(self.text.as_bytes()).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}

pub type Reply = Result<Response<Bytes>, HttpError>;
type Script = dyn FnMut(&Sent) -> Reply + Send;

/// Answers from a script and remembers what was asked.
pub struct ScriptedHttp {
    clock: Arc<VirtualClock>,
    script: Mutex<Box<Script>>,
    pub log: Mutex<Vec<Sent>>,
}

impl std::fmt::Debug for ScriptedHttp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScriptedHttp")
    }
}

#[async_trait]
impl Http for ScriptedHttp {
    async fn send(&self, request: Request<Bytes>) -> Reply {
        let uri = request.uri();
        let header = |name: &str| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let sent = Sent {
            at: self.clock.elapsed(),
            host: uri.authority().map(ToString::to_string).unwrap_or_default(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            target: header("x-amz-target").rsplit('.').next().unwrap_or_default().to_owned(),
            token: header("x-amz-sso_bearer_token"),
            body: serde_json::from_slice(request.body()).unwrap_or_default(),
            text: String::from_utf8_lossy(request.body()).into_owned(),
            authorization: header("authorization"),
        };
        self.log.lock().unwrap().push(sent.clone());
        (self.script.lock().unwrap())(&sent)
    }
}

/// An answer that is made when the question has been asked.
type Later = Box<dyn FnOnce() -> Result<Answer, NoAnswer> + Send>;

/// What the person says, in order; nobody is there afterwards. Remembers steps and questions.
#[derive(Default)]
pub struct ScriptedPerson {
    answers: Mutex<VecDeque<Later>>,
    pub questions: Mutex<Vec<Question>>,
    pub revealed: Mutex<Vec<Revealed>>,
    diary: Arc<Mutex<Vec<String>>>,
}

impl std::fmt::Debug for ScriptedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScriptedPerson")
    }
}

#[async_trait]
impl Person for ScriptedPerson {
    fn show(&self, step: &Step) {
        match step {
            Step::Opening(opening) => {
                self.diary.lock().unwrap().push(format!("opened: {}", *opening == Opening::Opened));
            }
            Step::Told(aside) => self.diary.lock().unwrap().push(format!("told: {aside:?}")),
            _ => {}
        }
    }

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        let waits = question.waits().is_some();
        if let Some(Wait { code: Some(code), page: Some(page), .. }) = question.waits() {
            self.diary.lock().unwrap().push(format!("shown {code} at {}", page.host));
        }
        self.questions.lock().unwrap().push(question);
        let answer = self.answers.lock().unwrap().pop_front();
        match answer {
            Some(answer) => answer(),
            None if waits => std::future::pending().await,
            None => Err(NoAnswer::Nobody),
        }
    }

    async fn ask_showing(&self, question: Question, shown: Revealed) -> Result<Answer, NoAnswer> {
        self.revealed.lock().unwrap().push(shown);
        self.ask(question).await
    }
}

/// Opens nothing, and writes down what it should have opened.
#[derive(Debug)]
pub struct FakeBrowser {
    works: Mutex<bool>,
    here: Mutex<bool>,
    diary: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Browser for FakeBrowser {
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError> {
        self.diary.lock().unwrap().push(format!("opened {url}"));
        if *self.works.lock().unwrap() { Ok(()) } else { Err(BrowserError { why: "none here".into() }) }
    }

    fn is_here(&self) -> bool {
        *self.here.lock().unwrap()
    }
}

/// The door that a browser comes back to: it brings these parameters, one after the other, and then stays away.
#[derive(Debug, Default)]
pub struct FakeCallback {
    brings: Arc<Mutex<VecDeque<Parameters>>>,
    refuses: Mutex<Option<CallbackError>>,
    pub expected: Mutex<Vec<Expected>>,
}

type Parameters = BTreeMap<String, Secret>;

#[derive(Debug)]
struct FakeDoor(Arc<Mutex<VecDeque<Parameters>>>);

#[async_trait]
impl Callback for FakeCallback {
    async fn open(&self, expected: Expected) -> Result<Box<dyn Listening>, CallbackError> {
        self.expected.lock().unwrap().push(expected);
        match self.refuses.lock().unwrap().clone() {
            Some(error) => Err(error),
            None => Ok(Box::new(FakeDoor(Arc::clone(&self.brings)))),
        }
    }
}

#[async_trait]
impl Listening for FakeDoor {
    fn port(&self) -> u16 {
        4321
    }

    async fn answer(&mut self) -> Parameters {
        let next = self.0.lock().unwrap().pop_front();
        match next {
            Some(parameters) => parameters,
            None => std::future::pending().await,
        }
    }
}

/// One test's world.
pub struct Stage {
    pub cx: Cx,
    pub clock: Arc<VirtualClock>,
    pub person: Arc<ScriptedPerson>,
    browser: Arc<FakeBrowser>,
    pub callback: Arc<FakeCallback>,
    http: Option<Arc<ScriptedHttp>>,
    diary: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    /// A world in which every request is answered by `script`.
    pub fn new(script: impl FnMut(&Sent) -> Reply + Send + 'static) -> Self {
        let clock = VirtualClock::new();
        let http = Arc::new(ScriptedHttp {
            clock: Arc::clone(&clock),
            script: Mutex::new(Box::new(script)),
            log: Mutex::default(),
        });
        let mut stage = Self::with_http(clock, Arc::clone(&http) as Arc<dyn Http>);
        stage.http = Some(http);
        stage
    }

    /// A world in which the answers come in this order, and a request more is a defect.
    pub fn in_order(replies: Vec<Reply>) -> Self {
        let mut replies = VecDeque::from(replies);
        Self::new(move |sent| replies.pop_front().unwrap_or_else(|| panic!("not in the script: {sent:?}")))
    }

    pub fn with_http(clock: Arc<VirtualClock>, http: Arc<dyn Http>) -> Self {
        let diary = Arc::new(Mutex::new(Vec::new()));
        let person = Arc::new(ScriptedPerson { diary: Arc::clone(&diary), ..ScriptedPerson::default() });
        let browser =
            Arc::new(FakeBrowser { works: Mutex::new(true), here: Mutex::default(), diary: Arc::clone(&diary) });
        let callback = Arc::new(FakeCallback::default());
        let cx = Cx {
            callback: Arc::clone(&callback) as Arc<dyn Callback>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            http,
            person: Arc::clone(&person) as Arc<dyn Person>,
            browser: Arc::clone(&browser) as Arc<dyn Browser>,
            random: Arc::new(SeededRandom::new(1)),
            environment: Arc::new(Variables::default()),
            paces: keyfob_core::doors::pace::Paces::default(),
        };
        Stage { cx, clock, person, browser, callback, http: None, diary }
    }

    pub fn answers(self, answers: Vec<Answer>) -> Self {
        for answer in answers {
            self.person.answers.lock().unwrap().push_back(Box::new(|| Ok(answer)));
        }
        self
    }

    pub fn answer_later(self, answer: impl FnOnce() -> Answer + Send + 'static) -> Self {
        self.person.answers.lock().unwrap().push_back(Box::new(|| Ok(answer())));
        self
    }

    pub fn no_answer(self, no: NoAnswer) -> Self {
        self.person.answers.lock().unwrap().push_back(Box::new(|| Err(no)));
        self
    }

    /// There is a browser on this computer.
    pub fn here(self) -> Self {
        *self.browser.here.lock().unwrap() = true;
        self
    }

    /// The browser comes back with these.
    pub fn comes_back(self, parameters: &[(&str, &str)]) -> Self {
        let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), secret(value))).collect();
        self.callback.brings.lock().unwrap().push_back(parameters);
        self
    }

    /// Nobody can be listened for.
    pub fn deaf(self, error: CallbackError) -> Self {
        *self.callback.refuses.lock().unwrap() = Some(error);
        self
    }

    pub fn without_browser(self) -> Self {
        *self.browser.works.lock().unwrap() = false;
        self
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.http.as_ref().unwrap().log.lock().unwrap().clone()
    }

    /// The requests to this path, or of this operation.
    pub fn sent_to(&self, path_or_target: &str) -> Vec<Sent> {
        self.sent().into_iter().filter(|sent| sent.path == path_or_target || sent.target == path_or_target).collect()
    }

    pub fn questions(&self) -> Vec<Question> {
        self.person.questions.lock().unwrap().clone()
    }

    /// What was shown and opened, in order.
    pub fn diary(&self) -> Vec<String> {
        self.diary.lock().unwrap().clone()
    }
}

pub fn provider(id: &str) -> &'static dyn Provider {
    keyfob_providers::find(id).unwrap()
}

pub fn team(provider: &str, settings: &[(&str, &str)]) -> Team {
    Team {
        id: Id::from_random([7; 10]),
        name: "acme".into(),
        provider: provider.into(),
        settings: settings.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        pinned: false,
        profiles: Vec::new(),
    }
}

/// Without what may be why: the tests of causes ask for that. What sessions act upon never has any.
pub fn bare<T>(answer: Result<T, ProviderError>) -> Result<T, ProviderError> {
    use ProviderError as E;
    answer.map_err(|error| {
        let acted_upon = matches!(error.bare(), E::SessionEnded { .. } | E::Cancelled | E::PersonNeeded);
        assert!(!acted_upon || error == *error.bare(), "{error:?}");
        error.bare().clone()
    })
}

pub fn json(body: &Value) -> Reply {
    status(200, body)
}

pub fn status(status: u16, body: &Value) -> Reply {
    Ok(Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))
        .unwrap())
}

/// An error as AWS services word it.
pub fn exception(http: u16, code: &str, message: &str) -> Reply {
    let body = serde_json::json!({ "__type": code, "message": message });
    Ok(Response::builder()
        .status(http)
        .header("x-amzn-errortype", format!("{code}:http://internal.amazon.com/"))
        .body(Bytes::from(body.to_string()))
        .unwrap())
}

pub fn page(http: u16) -> Reply {
    Ok(Response::builder()
        .status(http)
        .header("content-type", "text/html")
        .body(Bytes::from_static(b"<html>Please sign in"))
        .unwrap())
}

pub fn cut() -> Reply {
    Err(HttpError::Cut { host: "h".into() })
}

pub fn no_connection() -> Reply {
    Err(HttpError::Connect { host: "h".into(), why: "refused".into() })
}

pub fn secret(text: &str) -> Secret {
    Secret::new(text)
}

/// A session whose access token is already over, with these notes.
/// What is kept for a team whose app client has this secret.
pub fn with_client_secret(text: &str) -> Kept {
    Kept { secrets: [("client-secret".to_owned(), secret(text))].into(), ..Kept::default() }
}

pub fn session(refresh: Option<&str>, notes: &[(&str, &str)]) -> Session {
    Session {
        who: "ada".into(),
        access: secret("access-0"),
        id_token: None,
        refresh: refresh.map(secret),
        issued: start(),
        expires: start(),
        limit: None,
        notes: notes.iter().map(|(key, value)| ((*key).into(), secret(value))).collect(),
    }
}

/// The body of every answer that must neither end a session nor pass for success.
pub fn passing_troubles() -> Vec<(&'static str, Reply)> {
    vec![
        ("F05 page", page(200)),
        ("F05 redirect", page(302)),
        ("F05 network sign-in", page(511)),
        ("F13 busy", exception(429, "TooManyRequestsException", "slow")),
        ("F14 500", exception(500, "InternalServerException", "oops")),
        ("F14 503", page(503)),
        ("F32 empty", Ok(Response::builder().status(200).body(Bytes::new()).unwrap())),
        (
            "F32 page of the service",
            Ok(Response::builder()
                .status(200)
                .header("x-amzn-requestid", "1")
                .body(Bytes::from_static(b"<html>"))
                .unwrap()),
        ),
        ("F06 half", Ok(Response::builder().status(200).body(Bytes::from_static(b"{\"accessToken\":\"s3cr")).unwrap())),
        ("F02", Err(HttpError::Dns { host: "h".into() })),
        ("F03", Err(HttpError::TimedOut { host: "h".into() })),
        ("F04", cut()),
        ("F07", Err(HttpError::TooLarge { host: "h".into() })),
        ("F08", Err(HttpError::Tls { host: "h".into(), why: "expired".into() })),
    ]
}

/// All that a session can be traded for, or why not all of it came.
pub async fn targets(id: &str, team: &Team, session: &Session, cx: &Cx) -> Result<Vec<Target>, ProviderError> {
    let found = Discovery::default();
    provider(id).targets(team, session, cx, &found).await?;
    let found = found.found();
    match found.groups().iter().find_map(|group| match &group.looked {
        Looked::LeftOut(why) => Some(why.clone()),
        _ => None,
    }) {
        Some(why) => Err(why),
        None => Ok(found.targets().into_iter().map(|(_, target)| target.clone()).collect()),
    }
}

/// A profile for an account and a role.
pub fn profile_of(account: &str, role: &str) -> Profile {
    let target = [("account", account), ("role", role)].map(|(key, value)| (key.to_owned(), value.to_owned()));
    Profile::new(Id::from_random([1; 10]), "p", target.into())
}

/// An environment in which these variables are set.
pub fn environment(variables: &[(&str, &str)]) -> Arc<dyn Environment> {
    Arc::new(variables.iter().copied().collect::<Variables>())
}
