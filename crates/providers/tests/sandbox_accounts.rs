//! Accounts of user pools against the embedded cloud: what was done there, a login proves.

use std::sync::Arc;

use keyfob_core::doors::provider::{AccountError, ProviderError};
use keyfob_core::words::about::Deed;
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, Filled, Other, Topic};
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use keyfob_sandbox::{CLIENT_SECRET, DEMO_PASSWORD, DEMO_POOL, Operation, SECRET_CLIENT, SRP_CLIENT, Sandbox, Setup};

use crate::sandbox_sso::cloud;
use crate::support::{Stage, bare, provider, secret, team, with_client_secret};

const NEW: &str = "Brand-New-9";

fn pool(cloud: &Sandbox, client: &str) -> Team {
    let settings =
        [("region", "eu-west-1"), ("user-pool-id", DEMO_POOL), ("client-id", client), ("endpoint", cloud.url())];
    team("cognito", &settings)
}

fn filled<const N: usize>(fields: [(&str, &str); N]) -> Answer {
    let filled = fields.into_iter().fold(Filled::default(), |filled, (key, text)| filled.with(key, secret(text)));
    Answer::Filled(filled)
}

async fn account(
    cloud: &Sandbox,
    stage: &Stage,
    client: &str,
    deed: Deed,
    kept: &mut Kept,
    session: Option<&Session>,
) -> Result<(), ProviderError> {
    bare(provider("cognito").account(deed, &pool(cloud, client), kept, session, &stage.cx).await)
}

async fn logs_in(cloud: &Sandbox, stage: Stage, client: &str, name: &str, password: &str) -> (Stage, Session) {
    let stage = stage.answers(vec![Answer::password(name, secret(password), false)]);
    let mut kept = with_client_secret(CLIENT_SECRET);
    let session = provider("cognito").login(&pool(cloud, client), &mut kept, &Wish::default(), &stage.cx).await;
    (stage, session.unwrap_or_else(|error| panic!("{name}: {error:?}")))
}

/// The code that was sent by the time it is asked for.
fn code_of(cloud: &Arc<Sandbox>, name: &'static str) -> impl FnOnce() -> Answer + Send + 'static {
    let cloud = Arc::clone(cloud);
    move || Answer::code(secret(&cloud.last_code(name).unwrap()))
}

#[tokio::test]
async fn an_account_is_made_confirmed_and_logged_in_to_with_and_without_a_client_secret() {
    for client in [SRP_CLIENT, SECRET_CLIENT] {
        let (cloud, stage) = cloud(Setup::demo()).await;
        let cloud = Arc::new(cloud);
        let stage = stage
            .answers(vec![filled([("username", "zoe"), ("email", "zoe@acme.example"), ("new-password", NEW)])])
            .answers(vec![Answer::code(secret("000000")), Answer::Other(Other::SendAgain)])
            .answer_later(code_of(&cloud, "zoe"));
        let mut kept = with_client_secret(CLIENT_SECRET);
        account(&cloud, &stage, client, Deed::SignUp, &mut kept, None).await.unwrap();
        assert_eq!(kept.username.as_deref(), Some("zoe"));
        let last = stage.questions().pop().unwrap().topic;
        assert_eq!(last, Topic::Confirm { sent_to: Some("z***@a***".into()), again: true });
        logs_in(&cloud, stage, client, "zoe", NEW).await;
    }
}

#[tokio::test]
async fn an_account_that_waits_is_confirmed_later() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let cloud = Arc::new(cloud);
    let stage = stage.answers(vec![filled([("username", "unc")]), filled([("username", "unc")])]);
    account(&cloud, &stage, SRP_CLIENT, Deed::Resend, &mut Kept::default(), None).await.unwrap();
    let stage = stage.answer_later(code_of(&cloud, "unc"));
    account(&cloud, &stage, SRP_CLIENT, Deed::Confirm, &mut Kept::default(), None).await.unwrap();
    let (stage, _) = logs_in(&cloud, stage, SRP_CLIENT, "unc", DEMO_PASSWORD).await;
    let stage = stage.answers(vec![filled([("username", "unc")])]);
    let again = account(&cloud, &stage, SRP_CLIENT, Deed::Resend, &mut Kept::default(), None).await;
    assert_eq!(again, Err(AccountError::AlreadyConfirmed.into()));
}

#[tokio::test]
async fn a_forgotten_password_and_one_that_was_reset_are_replaced() {
    for name in ["ann", "res"] {
        let (cloud, stage) = cloud(Setup::demo()).await;
        let cloud = Arc::new(cloud);
        let sent = Arc::clone(&cloud);
        let stage = stage
            .answers(vec![filled([("username", name)])])
            .answer_later(move || filled([("code", &sent.last_code(name).unwrap()), ("new-password", NEW)]));
        account(&cloud, &stage, SRP_CLIENT, Deed::Forgot, &mut Kept::default(), None).await.unwrap();
        logs_in(&cloud, stage, SRP_CLIENT, name, NEW).await;
    }
}

#[tokio::test]
async fn a_code_that_has_run_out_is_told_from_a_wrong_one() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![filled([("username", "ann")]), filled([("code", "000000"), ("new-password", NEW)])]);
    let wrong = account(&cloud, &stage, SRP_CLIENT, Deed::Forgot, &mut Kept::default(), None).await;
    assert_eq!(wrong, Err(ProviderError::WrongCode));
    cloud.change(|setup| setup.lifetimes.reset = 0);
    let stage = stage.answers(vec![filled([("username", "ann")]), filled([("code", "000000"), ("new-password", NEW)])]);
    let over = account(&cloud, &stage, SRP_CLIENT, Deed::Forgot, &mut Kept::default(), None).await;
    assert_eq!(over, Err(AccountError::CodeOver.into()));
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_is_logged_in() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let (stage, session) = logs_in(&cloud, stage, SRP_CLIENT, "ann", DEMO_PASSWORD).await;
    let stage = stage.answers(vec![
        filled([("password", "wrong"), ("new-password", NEW)]),
        filled([("password", DEMO_PASSWORD), ("new-password", "short")]),
        filled([("password", DEMO_PASSWORD), ("new-password", NEW)]),
    ]);
    let lent = Some(&session);
    account(&cloud, &stage, SRP_CLIENT, Deed::ChangePassword, &mut Kept::default(), lent).await.unwrap();
    let (stage, _) = logs_in(&cloud, stage, SRP_CLIENT, "ann", NEW).await;

    provider("cognito").revoke(&pool(&cloud, SRP_CLIENT), &session, &Kept::default(), &stage.cx).await.unwrap();
    let stage = stage.answers(vec![filled([("password", NEW), ("new-password", "Other-New-9")])]);
    let over = account(&cloud, &stage, SRP_CLIENT, Deed::ChangePassword, &mut Kept::default(), lent).await;
    assert!(matches!(over, Err(ProviderError::SessionEnded { .. })), "{over:?}");
}

#[tokio::test]
async fn a_pool_that_makes_no_accounts_says_so() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    cloud.change(|setup| setup.pools[0].closed = true);
    let stage = stage.answers(vec![filled([("username", "zoe"), ("email", "z@a.example"), ("new-password", NEW)])]);
    let closed = account(&cloud, &stage, SRP_CLIENT, Deed::SignUp, &mut Kept::default(), None).await;
    assert_eq!(closed, Err(AccountError::SignUpClosed.into()));
}

#[tokio::test]
async fn an_authenticator_is_set_up_once_and_asked_for_from_then_on() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let cloud = Arc::new(cloud);
    let shows = || {
        let cloud = Arc::clone(&cloud);
        move || Answer::code(secret(&cloud.totp("set").unwrap()))
    };
    let password = || Answer::password("set", secret(DEMO_PASSWORD), false);
    let stage = stage.answers(vec![password(), Answer::code(secret("000000"))]).answer_later(shows());
    let team = pool(&cloud, SRP_CLIENT);
    provider("cognito").login(&team, &mut Kept::default(), &Wish::default(), &stage.cx).await.unwrap();
    let topics: Vec<Topic> = stage.questions().into_iter().map(|question| question.topic).collect();
    assert_eq!(topics, [Topic::Password, Topic::Setup, Topic::Setup]);
    let seeds: Vec<String> =
        stage.person.revealed.lock().unwrap().iter().map(|one| one.text.expose().replace(' ', "")).collect();
    assert_eq!((seeds.len(), &seeds[0]), (2, &seeds[1]), "a wrong code shows the same seed");
    assert_eq!(cloud.count(Operation::AssociateSoftwareToken), 1);
    // It never travels back.
    assert!(cloud.log().iter().all(|seen| !seen.body.contains(&seeds[0])));

    stage.clock.advance(60);
    let stage = stage.answers(vec![password()]).answer_later(shows());
    provider("cognito").login(&team, &mut Kept::default(), &Wish::default(), &stage.cx).await.unwrap();
    assert!(matches!(stage.questions().last().unwrap().topic, Topic::Code { .. }));
}
