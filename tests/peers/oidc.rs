//! Our OpenID provider against one that nobody here wrote, with a real browser between them.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use keyfob_core::doors::ports::{Browser, BrowserError, Clock, NoAnswer, Person, Revealed};
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::about::Flow;
use keyfob_core::words::id::Id;
use keyfob_core::words::login::{Step, Wish};
use keyfob_core::words::question::{Answer, Question};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_platform::clock::SystemClock;
use keyfob_providers::Oidc;
use keyfob_tests::support::peers::{Peer, root};
use keyfob_tests::support::person::{Scripted, real_world};

/// Chromium, and a person in front of it who types a name and agrees.
#[derive(Debug, Default)]
struct Chromium(Mutex<Option<std::process::Child>>);

#[async_trait]
impl Browser for Chromium {
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError> {
        let mut command = Command::new("node");
        command.arg(root().join("tests/peers/oidc/browse.mjs")).arg(root().join("ui")).arg(url.as_str());
        command.env("CHROMIUM", "/usr/bin/chromium").stdin(Stdio::null()).stdout(Stdio::null());
        *self.0.lock().unwrap() = Some(command.spawn().map_err(|error| BrowserError { why: error.to_string() })?);
        Ok(())
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.lock().unwrap().take().filter(|_| !std::thread::panicking()) {
            assert!(child.wait().is_ok_and(|status| status.success()), "the browser did not see the end");
        }
    }
}

/// Whoever waits for the page, and asks for nothing else.
#[derive(Debug)]
pub struct Waits;

#[async_trait]
impl Person for Waits {
    fn show(&self, _: &Step) {}

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        assert!(question.waits().is_some(), "{question:?}");
        std::future::pending().await
    }

    async fn ask_showing(&self, question: Question, _: Revealed) -> Result<Answer, NoAnswer> {
        self.ask(question).await
    }
}

/// The true time, on which nobody waits long.
#[derive(Debug)]
struct Impatient;

#[async_trait]
impl Clock for Impatient {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep(&self, _: Duration) {
        SystemClock.sleep(Duration::from_millis(200)).await;
    }
}

fn team(peer: &Peer, client: &str) -> Team {
    let settings = [("issuer", peer.url.as_str()), ("client-id", client), ("scopes", "email")];
    let settings: Settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    Team {
        id: Id::from_random([7; 10]),
        name: "acme".into(),
        provider: "oidc".into(),
        settings,
        pinned: false,
        profiles: vec![],
    }
}

fn world() -> Cx {
    let quiet = real_world(Scripted::new(vec![]));
    Cx { person: Arc::new(Waits), browser: Arc::new(Chromium::default()), ..quiet }
}

async fn renew(team: &Team, session: &Session, kept: &Kept) -> Result<Session, ProviderError> {
    Oidc.refresh(team, session, kept, &real_world(Scripted::new(vec![]))).await
}

fn is_over(outcome: &Result<Session, ProviderError>) -> bool {
    matches!(outcome, Err(ProviderError::SessionEnded { .. }))
}

#[tokio::test]
async fn a_login_in_a_real_browser_renews_by_rotation_and_an_old_token_ends_the_family() {
    let peer = Peer::oidc_provider();
    let (team, mut kept) = (team(&peer, "keyfob"), Kept::default());
    let session = Oidc.login(&team, &mut kept, &Wish::default(), &world()).await.unwrap();
    assert_eq!(session.who, "ada@acme.test");
    let renewed = renew(&team, &session, &kept).await.unwrap();
    assert_ne!(renewed.refresh, session.refresh, "nothing was rotated");
    assert!(is_over(&renew(&team, &session, &kept).await), "an old token was taken");
    assert!(is_over(&renew(&team, &renewed, &kept).await), "the family lives on");
}

#[tokio::test]
async fn a_code_is_approved_in_a_real_browser_and_the_session_is_revoked_by_a_client_with_a_secret() {
    let peer = Peer::oidc_provider();
    let team = team(&peer, "confidential");
    let mut kept =
        Kept { secrets: [("client-secret".to_owned(), Secret::new("s3cret with / and :"))].into(), ..Kept::default() };
    let wish = Wish { flow: Some(Flow::Code), ..Wish::default() };
    let cx = Cx { clock: Arc::new(Impatient), ..world() };
    let session = Oidc.login(&team, &mut kept, &wish, &cx).await.unwrap();
    assert_eq!(session.who, "ada@acme.test");
    Oidc.revoke(&team, &session, &kept, &real_world(Scripted::new(vec![]))).await.unwrap();
    assert!(is_over(&renew(&team, &session, &kept).await), "a revoked session was renewed");
    // A wrong secret is no end of anything.
    kept.secrets.insert("client-secret".to_owned(), Secret::new("wrong"));
    assert!(matches!(
        renew(&team, &session, &kept).await.map_err(|error| error.bare().clone()),
        Err(ProviderError::UnknownClient { .. })
    ));
}
