//! Access keys against the embedded cloud, which checks each signature and lets each code count once.

use keyfob_core::doors::ports::NoAnswer;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::cause::Cause;
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::question::{Answer, Refusal};
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_sandbox::{BOT_KEY, Fault, KEY_SECRET, KIM_KEY, KIM_MFA, Operation, Sandbox, Setup, What};

use crate::sandbox_sso::cloud;
use crate::support::{Stage, bare, provider, secret, targets, team};

/// Kim has an MFA device, Bot has none.
fn kim(cloud: &Sandbox) -> Team {
    let settings =
        [("access-key-id", KIM_KEY), ("mfa-serial", KIM_MFA), ("region", "eu-west-1"), ("sts-endpoint", cloud.url())];
    team("aws-keys", &settings)
}

fn bot(cloud: &Sandbox) -> Team {
    team("aws-keys", &[("access-key-id", BOT_KEY), ("sts-endpoint", cloud.url())])
}

fn kept(text: &str) -> Kept {
    Kept { secrets: [("secret-access-key".to_owned(), secret(text))].into(), ..Kept::default() }
}

async fn login(team: &Team, stage: &Stage) -> Result<Session, ProviderError> {
    provider("aws-keys").login(team, &mut kept(KEY_SECRET), &Wish::default(), &stage.cx).await
}

fn code(code: Option<String>) -> Answer {
    Answer::code(secret(&code.unwrap()))
}

#[tokio::test]
async fn a_key_and_a_code_are_traded_for_a_session_that_is_a_credential() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let stage = stage.answers(vec![code(cloud.totp("kim").map(|code| format!(" {} {}", &code[..3], &code[3..])))]);
    let team = kim(&cloud);
    let session = login(&team, &stage).await.unwrap();
    assert_eq!((session.who.as_str(), session.facts().renews), ("kim", false));
    // The name is that of the device, so one round trip is all.
    assert_eq!(cloud.log().len(), 1);
    assert_eq!(session.expires.duration_since(stage.cx.clock.now()).as_hours(), 12);

    let profile = Profile::new(team.id.clone(), "kim", Settings::new());
    let made = provider("aws-keys").credential(&team, &profile, &session, &stage.cx).await.unwrap();
    assert!(made.key_id.starts_with("ASIA"));
    assert_eq!((made.token, made.expires), (session.access.clone(), session.expires));
    let found = targets("aws-keys", &team, &session, &stage.cx).await.unwrap();
    assert_eq!((found[0].group.as_str(), found[0].label.as_str()), ("111111111111", "kim"));

    let renewed = bare(provider("aws-keys").refresh(&team, &session, &kept(KEY_SECRET), &stage.cx).await);
    assert_eq!(renewed, Err(ProviderError::PersonNeeded));
}

// F300
#[tokio::test]
async fn a_code_that_was_used_is_asked_for_again_and_the_next_one_counts() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let used = cloud.totp("kim");
    let stage = stage.answers(vec![code(used.clone())]);
    login(&kim(&cloud), &stage).await.unwrap();

    let stage = stage.answers(vec![code(used), Answer::code(secret("12345"))]).no_answer(NoAnswer::Nobody);
    assert_eq!(bare(login(&kim(&cloud), &stage).await), Err(ProviderError::WrongCode));
    let refusals: Vec<_> = stage.questions().into_iter().skip(1).map(|question| question.refusal).collect();
    assert_eq!(refusals, [None, Some(Refusal::Wrong), Some(Refusal::Wrong)]);
    // What can be no code costs no request.
    assert_eq!(cloud.count(Operation::GetSessionToken), 2);

    stage.clock.advance(30);
    let stage = stage.answers(vec![code(cloud.totp("kim"))]);
    login(&kim(&cloud), &stage).await.unwrap();
}

// F300
#[tokio::test]
async fn a_code_is_sent_once_also_when_the_answer_is_lost() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    cloud.faults().add(Fault::on(Operation::GetSessionToken, What::LostAnswer));
    let stage = stage.answers(vec![code(cloud.totp("kim"))]);
    let lost = bare(login(&kim(&cloud), &stage).await);
    assert!(matches!(lost, Err(ProviderError::Http(_))), "{lost:?}");
    assert_eq!(cloud.count(Operation::GetSessionToken), 1);
}

#[tokio::test]
async fn a_key_without_a_device_asks_nobody_and_renews_itself() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let session = login(&bot(&cloud), &stage).await.unwrap();
    assert_eq!((session.who.as_str(), session.facts().renews), ("bot", true));
    assert_eq!(cloud.count(Operation::GetCallerIdentity), 1);
    stage.clock.advance(3600);
    let renewed = provider("aws-keys").refresh(&bot(&cloud), &session, &kept(KEY_SECRET), &stage.cx).await.unwrap();
    assert_eq!(renewed.expires.duration_since(session.expires).as_hours(), 1);
    assert_eq!(renewed.who, "bot");
    assert_eq!(cloud.log().len(), 3, "a renewal is one request");
    assert_eq!(stage.questions().len(), 0);
}

// F301
#[tokio::test]
async fn a_key_that_is_gone_a_wrong_secret_and_a_wrong_clock_are_three_things() {
    let (cloud, stage) = cloud(Setup::demo()).await;
    let wrong = provider("aws-keys").login(&bot(&cloud), &mut kept("nonsense"), &Wish::default(), &stage.cx).await;
    assert_eq!(bare(wrong), Err(ProviderError::WrongSecretKey { key_id: BOT_KEY.into() }));
    let none = provider("aws-keys").login(&bot(&cloud), &mut Kept::default(), &Wish::default(), &stage.cx).await;
    let missing = BadSetting::MissingSecret { key: "secret-access-key".into() };
    assert_eq!(none, Err(ProviderError::Setting(missing)));
    cloud.change(|setup| setup.users.iter_mut().for_each(|user| user.key_is_off = true));
    let gone = login(&bot(&cloud), &stage).await;
    assert_eq!(bare(gone), Err(ProviderError::KeyUnknown { key_id: BOT_KEY.into() }));

    cloud.change(|setup| setup.users.iter_mut().for_each(|user| user.key_is_off = false));
    cloud.shift(-2 * 3600);
    // Without a code to lose, the SDK signs once more by the server's clock.
    login(&bot(&cloud), &stage).await.unwrap();
    let stage = stage.answers(vec![code(cloud.totp("kim"))]);
    let ProviderError::Because { error, causes } = login(&kim(&cloud), &stage).await.unwrap_err() else {
        panic!("the clock is no cause");
    };
    assert!(matches!(*error, ProviderError::Refused { ref code, .. } if code == "SignatureDoesNotMatch"), "{error:?}");
    assert!(causes.iter().any(|cause| matches!(cause, Cause::Clock { ahead: 7100..7300, .. })), "{causes:?}");
}
