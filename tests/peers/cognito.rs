//! Our Cognito provider against a strict server that nobody here wrote: what is right gets in, what is wrong does not.

use keyfob_core::doors::provider::{Provider, ProviderError};
use keyfob_core::words::id::Id;
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, CodeKind, Question, Topic};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_providers::Cognito;
use keyfob_tests::support::peers::{Peer, python, stdout_of};
use keyfob_tests::support::person::{Reply, Scripted, real_world, types};
use serde_json::Value;

/// A pool with people in it, and a team for one of its clients.
pub struct Pool {
    _cognito: Peer,
    facts: Value,
    pub team: Team,
    pub kept: Kept,
}

impl Pool {
    pub fn start() -> Pool {
        let cognito = Peer::ministack();
        let facts: Value = serde_json::from_str(&stdout_of(&python("cognito_pool.py", &[&cognito.url]))).unwrap();
        let text = |key: &str| facts[key].as_str().unwrap().to_owned();
        let settings = Settings::from([
            ("region".into(), "eu-west-1".into()),
            ("user-pool-id".into(), text("pool")),
            ("client-id".into(), text("client")),
            ("endpoint".into(), cognito.url.clone()),
        ]);
        let id = Id::from_random([7; 10]);
        let team =
            Team { id, name: "acme".into(), provider: "cognito".into(), settings, pinned: false, profiles: vec![] };
        Pool { _cognito: cognito, facts, team, kept: Kept::default() }
    }

    pub fn text(&self, key: &str) -> String {
        self.facts[key].as_str().unwrap().to_owned()
    }

    /// The team's app client is the one that has a secret.
    pub fn confidential(mut self, secret: &str) -> Pool {
        self.team.settings.insert("client-id".into(), self.text("confidential_client"));
        self.kept.secrets.insert("client-secret".into(), Secret::new(secret));
        self
    }

    pub async fn log_in(&mut self, replies: Vec<Reply>) -> (Result<Session, ProviderError>, Vec<Question>) {
        let person = Scripted::new(replies);
        let outcome = Cognito.login(&self.team, &mut self.kept, &Wish::default(), &real_world(person.clone())).await;
        (outcome, person.asked())
    }

    async fn renew(&self, session: &Session) -> Result<Session, ProviderError> {
        Cognito.refresh(&self.team, session, &self.kept, &real_world(Scripted::new(vec![]))).await
    }
}

#[tokio::test]
async fn a_password_is_proved_by_srp_and_the_session_renews_until_it_is_revoked() {
    let mut pool = Pool::start();
    let (session, _) = pool.log_in(vec![types("ada", &pool.text("password"))]).await;
    let session = session.unwrap();
    assert_eq!(session.who, "ada");
    assert!(session.id_token.is_some() && session.refresh.is_some());
    assert!(session.expires > session.issued);

    let renewed = pool.renew(&session).await.unwrap();
    assert_ne!(renewed.access, session.access, "renewing brought no new token");
    assert_eq!((renewed.who.as_str(), &renewed.refresh), ("ada", &session.refresh));

    let cx = real_world(Scripted::new(vec![]));
    Cognito.revoke(&pool.team, &renewed, &pool.kept, &cx).await.unwrap();
    let after = pool.renew(&renewed).await;
    assert!(matches!(after, Err(ProviderError::SessionEnded { .. })), "a revoked session was renewed: {after:?}");
}

#[tokio::test]
async fn a_wrong_password_is_refused_asked_for_again_and_never_kept() {
    let mut pool = Pool::start();
    let (session, asked) = pool.log_in(vec![types("ada", "Wrong-horse-7"), types("ada", &pool.text("password"))]).await;
    session.unwrap();
    let wrong: Vec<bool> =
        asked.iter().filter_map(|q| (q.topic == Topic::Password).then_some(q.refusal.is_some())).collect();
    assert_eq!(wrong, [false, true]);
    assert_eq!(pool.kept.password, None);
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_and_a_wrong_one_refused() {
    let mut pool = Pool::start();
    let secret = pool.text("totp_secret");
    let code: Reply =
        Box::new(move |_| Answer::code(Secret::new(stdout_of(&python("cognito_pool.py", &["totp", &secret])).trim())));
    let wrong: Reply = Box::new(|_| Answer::code(Secret::new("000000")));
    let (session, asked) = pool.log_in(vec![types("tia", &pool.text("password")), wrong, code]).await;
    assert_eq!(session.unwrap().who, "tia");
    let codes: Vec<_> = asked
        .iter()
        .filter_map(|q| if let Topic::Code { kind, .. } = q.topic { Some((kind, q.refusal.is_some())) } else { None })
        .collect();
    assert_eq!(codes, [(CodeKind::Authenticator, false), (CodeKind::Authenticator, true)]);
}

#[tokio::test]
async fn a_first_login_chooses_a_password_that_works_from_then_on() {
    let mut pool = Pool::start();
    let chosen: Reply = Box::new(|_| Answer::new_password(Secret::new("Chosen-horse-8")));
    let (session, asked) = pool.log_in(vec![types("nora", &pool.text("temporary_password")), chosen]).await;
    assert_eq!(session.unwrap().who, "nora");
    assert!(asked.iter().any(|q| q.topic == Topic::NewPassword), "{asked:?}");
    let (again, _) = pool.log_in(vec![types("nora", "Chosen-horse-8")]).await;
    assert_eq!(again.unwrap().who, "nora");
}

#[tokio::test]
async fn a_client_with_a_secret_logs_in_and_renews_by_secret_hash() {
    let pool = Pool::start();
    let secret = pool.text("confidential_secret");
    let mut pool = pool.confidential(&secret);
    let (session, _) = pool.log_in(vec![types("ada", &pool.text("password"))]).await;
    let session = session.unwrap();
    assert_eq!(pool.renew(&session).await.unwrap().who, "ada");
}

#[tokio::test]
async fn a_wrong_client_secret_gets_nobody_in() {
    let mut pool = Pool::start().confidential("wrong");
    let password = pool.text("password");
    let (session, _) = pool.log_in(vec![types("ada", &password), types("ada", &password)]).await;
    assert!(session.is_err(), "{session:?}");
}
