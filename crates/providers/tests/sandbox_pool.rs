//! User pools against the embedded cloud, which checks proofs, hashes and codes for real.

use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Place, Refusal};
use std::sync::Arc;

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::question::{Answer, CodeKind, Question};
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use keyfob_sandbox::{
    CLIENT_SECRET, DEMO_PASSWORD, DEMO_POOL, Fault, Operation, PASSWORD_CLIENT, ROTATING_CLIENT, SECRET_CLIENT,
    SRP_CLIENT, Sandbox, Setup, What,
};

use crate::sandbox_sso::cloud;
use crate::support::{Stage, bare, provider, secret, team, with_client_secret};

fn pool(cloud: &Sandbox, client: &str) -> Team {
    let settings =
        [("region", "eu-west-1"), ("user-pool-id", DEMO_POOL), ("client-id", client), ("endpoint", cloud.url())];
    team("cognito", &settings)
}

fn typed(username: &str, password: &str) -> Answer {
    Answer::password(username, secret(password), false)
}

async fn login(cloud: &Sandbox, stage: &Stage, client: &str, kept: &mut Kept) -> Result<Session, ProviderError> {
    bare(provider("cognito").login(&pool(cloud, client), kept, &Wish::default(), &stage.cx).await)
}

async fn refresh(
    cloud: &Sandbox,
    stage: &Stage,
    client: &str,
    session: &Session,
    kept: &Kept,
) -> Result<Session, ProviderError> {
    bare(provider("cognito").refresh(&pool(cloud, client), session, kept, &stage.cx).await)
}

#[tokio::test]
async fn a_password_is_proved_to_a_server_that_checks() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![typed("ann", "wrong"), typed("ann@acme.example", DEMO_PASSWORD)]);
    let session = login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap();
    assert_eq!(session.notes["username"].expose(), "ann");
    // The name that was typed comes back, and nobody has to type it again.
    assert_eq!(stage.questions()[1], Question::password("ann", false).refused(Some(Refusal::Wrong)));
    assert!(cloud.log().iter().all(|seen| !seen.body.contains(DEMO_PASSWORD)));
    let renewed = refresh(&cloud, &stage, SRP_CLIENT, &session, &Kept::default()).await.unwrap();
    assert_eq!((renewed.refresh, renewed.who), (session.refresh, session.who));
}

#[tokio::test]
async fn passwords_of_all_kinds_are_proved() {
    for password in ["ä€😀", "with space ", "a:b", "\u{1}", &"x".repeat(256)] {
        let (cloud, stage) = cloud(Setup::demo()).await;
        cloud.change(|setup| setup.pools[0].users[0].password = password.into());
        let stage = stage.answers(vec![typed("ann", password)]);
        login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap_or_else(|e| panic!("{password:?}: {e:?}"));
    }
}

#[tokio::test]
async fn many_logins_in_a_row_succeed_whatever_the_numbers_begin_with() {
    // I23: each login has five numbers, and one in 256 of them begins with a zero byte. A new password gives a
    // new salt.
    let (cloud, mut stage) = cloud(Setup::demo()).await;
    for n in 0..128 {
        let password = format!("{DEMO_PASSWORD}-{n}");
        cloud.change(|setup| setup.pools[0].users[0].password.clone_from(&password));
        stage = stage.answers(vec![typed("ann", &password)]);
        login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap();
    }
}

#[tokio::test]
async fn too_many_wrong_passwords_stop_the_login_at_once() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers((0..9).map(|_| typed("ann", "wrong")).collect());
    assert_eq!(login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await, Err(ProviderError::WrongPassword));
    assert_eq!(login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await, Err(ProviderError::TooManyTries));
    assert_eq!(stage.questions().len(), 6);
}

#[tokio::test]
async fn a_client_with_a_secret_takes_the_hash_in_every_step() {
    // I20
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage
        .answers(vec![typed("tom@acme.example", DEMO_PASSWORD), Answer::code(secret(&cloud.totp("tom").unwrap()))]);
    let mut kept = with_client_secret(CLIENT_SECRET);
    let session = login(&cloud, &stage, SECRET_CLIENT, &mut kept).await.unwrap();
    refresh(&cloud, &stage, SECRET_CLIENT, &session, &kept).await.unwrap();
    let without = refresh(&cloud, &stage, SECRET_CLIENT, &session, &Kept::default()).await;
    assert!(matches!(without, Err(ProviderError::UnknownClient { .. })), "{without:?}");
    assert_eq!(kept.username.as_deref(), Some("tom@acme.example"));
}

#[tokio::test]
async fn a_missing_client_secret_is_named() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![typed("ann", DEMO_PASSWORD)]);
    let refused = login(&cloud, &stage, SECRET_CLIENT, &mut Kept::default()).await;
    assert!(matches!(refused, Err(ProviderError::UnknownClient { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_client_that_wants_the_plain_password_gets_it_after_approval() {
    // T08
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![typed("ann", DEMO_PASSWORD), Answer::No]);
    let refused = login(&cloud, &stage, PASSWORD_CLIENT, &mut Kept::default()).await;
    assert!(matches!(refused, Err(ProviderError::PasswordNotAllowed { .. })));
    assert!(cloud.log().iter().all(|seen| !seen.body.contains(DEMO_PASSWORD)));
    let stage = stage.answers(vec![typed("ann", DEMO_PASSWORD), Answer::Yes]);
    login(&cloud, &stage, PASSWORD_CLIENT, &mut Kept::default()).await.unwrap();
    let asked = Question::send_password(&cloud.addr().to_string(), cloud.url());
    assert_eq!(stage.questions().last(), Some(&asked));
}

#[tokio::test]
async fn codes_by_text_message_and_mail_are_asked_for_with_their_masked_address() {
    // F27
    for (user, kind, masked) in [("sam", CodeKind::Sms, "+*******0142"), ("eve", CodeKind::Email, "e***@a***")] {
        let (cloud, stage) = cloud(Setup::demo()).await;
        let stage = stage.answers(vec![typed(user, DEMO_PASSWORD), Answer::code(secret("x"))]);
        assert_eq!(login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await, Err(ProviderError::WrongCode));
        let sent_to = Some(masked.to_owned());
        let asked = Question::code(kind, sent_to).at(Some(Place { step: 2, of: 2, who: user.into() }));
        assert_eq!(stage.questions()[1], asked);
        assert_eq!(stage.questions()[2], asked.refused(Some(Refusal::Wrong)));
        // The right code exists only once the question was asked.
        let cloud = Arc::new(cloud);
        let sent = Arc::clone(&cloud);
        let stage = stage
            .answers(vec![typed(user, DEMO_PASSWORD)])
            .answer_later(move || Answer::code(secret(&sent.last_code(user).unwrap())));
        login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap();
    }
}

#[tokio::test]
async fn an_authenticator_code_works_once() {
    // F27
    let (cloud, stage) = cloud(Setup::demo()).await;
    let code = || Answer::code(secret(&cloud.totp("tom").unwrap()));
    let stage = stage.answers(vec![typed("tom", DEMO_PASSWORD), Answer::code(secret("000000")), code()]);
    login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap();
    let stage = stage.answers(vec![typed("tom", DEMO_PASSWORD), code()]);
    assert_eq!(login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await, Err(ProviderError::WrongCode));
}

#[tokio::test]
async fn a_person_with_several_factors_chooses_one() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![
        typed("sel", DEMO_PASSWORD),
        Answer::factor(CodeKind::Authenticator),
        Answer::code(secret(&cloud.totp("sel").unwrap())),
    ]);
    login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap();
    let at = |step| Some(Place { step, of: 3, who: "sel".into() });
    assert_eq!(stage.questions()[1], Question::factor([CodeKind::Authenticator, CodeKind::Sms]).at(at(2)));
    assert_eq!(stage.questions()[2], Question::code(CodeKind::Authenticator, None).at(at(3)));
}

#[tokio::test]
async fn a_temporary_password_is_replaced_by_one_that_meets_the_rules() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![
        typed("new", DEMO_PASSWORD),
        Answer::new_password(secret("short")),
        Answer::new_password(secret("Better-Horse-8")),
        typed("new", "Better-Horse-8"),
    ]);
    login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap();
    let Some(Refusal::Said { words }) = &stage.questions()[2].refusal else { panic!("not refused") };
    assert!(words.contains("not long enough"));
    login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await.unwrap();
}

#[tokio::test]
async fn a_challenge_session_that_is_over_ends_the_login() {
    // F27
    let (cloud, stage) = cloud(Setup::demo()).await;
    cloud.change(|setup| setup.lifetimes.challenge = 0);
    cloud.change(|setup| setup.pools[0].clients[1].flows = vec![keyfob_sandbox::Flow::Password]);
    let stage = stage.answers(vec![typed("tom", DEMO_PASSWORD), Answer::Yes, Answer::code(secret("123456"))]);
    assert_eq!(login(&cloud, &stage, PASSWORD_CLIENT, &mut Kept::default()).await, Err(ProviderError::TooLate));
}

#[tokio::test]
async fn accounts_that_cannot_log_in_yet_are_told_so() {
    for (user, error) in [("unc", ProviderError::NotConfirmed), ("res", ProviderError::ResetRequired)] {
        let (cloud, stage) = cloud(Setup::demo()).await;
        let stage = stage.answers(vec![typed(user, DEMO_PASSWORD)]);
        assert_eq!(login(&cloud, &stage, SRP_CLIENT, &mut Kept::default()).await, Err(error));
    }
}

#[tokio::test]
async fn rotation_is_learned_and_an_old_token_ends_the_family() {
    // F29, F18
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![typed("ann", DEMO_PASSWORD)]);
    let kept = Kept::default();
    let first = login(&cloud, &stage, ROTATING_CLIENT, &mut Kept::default()).await.unwrap();
    let second = refresh(&cloud, &stage, ROTATING_CLIENT, &first, &kept).await.unwrap();
    assert_ne!(first.refresh, second.refresh);
    let third = refresh(&cloud, &stage, ROTATING_CLIENT, &second, &kept).await.unwrap();
    assert_eq!(cloud.count(Operation::InitiateAuthRefresh), 1);
    for over in [&first, &third] {
        let ended = refresh(&cloud, &stage, ROTATING_CLIENT, over, &kept).await;
        assert!(matches!(ended, Err(ProviderError::SessionEnded { .. })), "{ended:?}");
    }
}

#[tokio::test]
async fn an_answer_that_gets_lost_after_a_rotation_does_not_cost_the_session() {
    // F04, F06, F10
    let (cloud, stage) = cloud(Setup::demo()).await;
    cloud.change(|setup| setup.pools[0].clients[3].rotation = keyfob_sandbox::Rotation::Grace(30));
    let stage = stage.answers(vec![typed("ann", DEMO_PASSWORD)]);
    let kept = Kept::default();
    let mut session = login(&cloud, &stage, ROTATING_CLIENT, &mut Kept::default()).await.unwrap();
    for lost in [What::LostAnswer, What::ResetAfter { bytes: 300 }, What::CutBody, What::WrongLength] {
        cloud.faults().add(Fault::on(Operation::GetTokensFromRefreshToken, lost.clone()));
        let first = refresh(&cloud, &stage, ROTATING_CLIENT, &session, &kept).await;
        assert!(first.is_err_and(|error| error.may_be_done()), "{lost:?}");
        session = refresh(&cloud, &stage, ROTATING_CLIENT, &session, &kept).await.unwrap();
    }
}

#[tokio::test]
async fn logging_out_revokes_and_the_session_cannot_be_renewed() {
    // T32
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![typed("ann", DEMO_PASSWORD)]);
    let kept = with_client_secret(CLIENT_SECRET);
    let session = login(&cloud, &stage, SECRET_CLIENT, &mut kept.clone()).await.unwrap();
    provider("cognito").revoke(&pool(&cloud, SECRET_CLIENT), &session, &kept, &stage.cx).await.unwrap();
    let ended = refresh(&cloud, &stage, SECRET_CLIENT, &session, &kept).await;
    assert!(
        matches!(ended, Err(ProviderError::SessionEnded { code, said }) if code == "NotAuthorizedException" && !said.is_empty())
    );
}
