//! Whose password is used for a user pool, how it is sent, and what is kept of it.

use keyfob_core::doors::ports::NoAnswer;
use keyfob_core::doors::provider::{AccountError, ProviderError};
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, Question, Refusal, Topic};
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use serde_json::{Value, json as j};

use crate::support::{
    Reply, Sent, Stage, bare, exception, json, passing_troubles, provider, secret, start, targets, team,
};

const DEFAULT: &str = "https://cognito-idp.eu-west-1.amazonaws.com";

pub fn acme() -> Team {
    team("cognito", &[("region", "eu-west-1"), ("user-pool-id", "eu-west-1_AbCdEfGhI"), ("client-id", "client1")])
}

pub async fn login(stage: &Stage, kept: &mut Kept) -> Result<Session, ProviderError> {
    bare(provider("cognito").login(&acme(), kept, &Wish::default(), &stage.cx).await)
}

pub fn typed(password: &str) -> Answer {
    Answer::password("ada", secret(password), false)
}

fn remembered(password: &str) -> Answer {
    Answer::password("ada", secret(password), true)
}

pub fn tokens() -> Value {
    j!({ "AuthenticationResult": {
        "AccessToken": "a-1", "IdToken": "i-1", "RefreshToken": "r-1", "ExpiresIn": 3600, "TokenType": "Bearer",
    }, "ChallengeParameters": {} })
}

pub fn verifier() -> Value {
    j!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": {
        "SALT": "00ab12", "SRP_B": "abcdef", "SECRET_BLOCK": "c2VjcmV0", "USERNAME": "ada", "USER_ID_FOR_SRP": "ada-real",
    }})
}

fn wrong() -> Reply {
    exception(400, "NotAuthorizedException", "Incorrect username or password.")
}

/// A pool that takes SRP, and answers the n-th proof by `proved`.
pub fn srp_pool(mut proved: impl FnMut(usize, &Sent) -> Reply + Send + 'static) -> Stage {
    let mut proofs = 0;
    Stage::new(move |sent| match sent.target.as_str() {
        "InitiateAuth" => {
            assert_eq!(sent.body["AuthFlow"], "USER_SRP_AUTH");
            json(&verifier())
        }
        "RespondToAuthChallenge" => {
            proofs += 1;
            proved(proofs, sent)
        }
        other => panic!("{other}"),
    })
}

/// A pool whose app client allows nothing but the plain password, which it answers by `told`.
fn plain_pool(told: impl Fn(&Sent) -> Reply + Send + 'static) -> Stage {
    Stage::new(move |sent| match sent.body["AuthFlow"].as_str().unwrap() {
        "USER_SRP_AUTH" => exception(400, "InvalidParameterException", "USER_SRP_AUTH is not enabled for the client."),
        "USER_PASSWORD_AUTH" => told(sent),
        other => panic!("{other}"),
    })
}

fn kept_password() -> Kept {
    Kept { username: Some("ada".into()), password: Some(secret("old")), ..Kept::default() }
}

#[tokio::test]
async fn the_password_is_proved_and_never_sent() {
    let stage = srp_pool(|_, _| json(&tokens())).answers(vec![typed("hunter2")]);
    let mut kept = Kept::default();
    let session = login(&stage, &mut kept).await.unwrap();
    assert!(!format!("{:?}", stage.sent()).contains("hunter2"));
    let proof = &stage.sent()[1].body["ChallengeResponses"];
    assert_eq!(proof["USERNAME"], "ada-real");
    assert_eq!(proof["PASSWORD_CLAIM_SECRET_BLOCK"], "c2VjcmV0");
    assert!(proof["SECRET_HASH"].is_null());
    assert_eq!(session.refresh.unwrap().expose(), "r-1");
    assert_eq!(session.id_token.unwrap().expose(), "i-1");
    assert_eq!(session.expires.duration_since(start()).as_secs(), 3600);
    assert_eq!(session.who, "ada-real");
    assert_eq!((kept.username.as_deref(), kept.password), (Some("ada"), None));
}

#[tokio::test]
async fn the_proof_carries_a_timestamp_as_the_service_reads_it() {
    // I22: English names and a day without a zero before it, or the answer is "incorrect password".
    let stage = srp_pool(|_, _| json(&tokens())).answers(vec![typed("p")]);
    login(&stage, &mut Kept::default()).await.unwrap();
    let sent = stage.sent()[1].body["ChallengeResponses"]["TIMESTAMP"].as_str().unwrap().to_owned();
    let read = jiff::civil::DateTime::strptime("%a %b %d %H:%M:%S UTC %Y", &sent).unwrap();
    assert_eq!(read.strftime("%a %b %-d %H:%M:%S UTC %Y").to_string(), sent);
}

#[tokio::test]
async fn a_password_is_kept_only_when_asked_for_and_only_after_it_worked() {
    let stage = srp_pool(|n, _| if n == 1 { wrong() } else { json(&tokens()) })
        .answers(vec![remembered("bad"), remembered("good")]);
    let mut kept = Kept::default();
    login(&stage, &mut kept).await.unwrap();
    assert_eq!(kept.password, Some(secret("good")));

    let stage = srp_pool(|_, _| wrong()).answers(vec![remembered("bad")]);
    let mut kept = Kept::default();
    assert_eq!(login(&stage, &mut kept).await, Err(ProviderError::WrongPassword));
    assert_eq!(kept, Kept::default());
}

#[tokio::test]
async fn a_kept_password_is_used_without_asking() {
    let stage = srp_pool(|_, _| json(&tokens()));
    let mut kept = kept_password();
    login(&stage, &mut kept).await.unwrap();
    assert!(stage.questions().is_empty());
    assert_eq!(kept, kept_password());
}

#[tokio::test]
async fn a_refused_kept_password_is_never_tried_again_unasked() {
    let stage = srp_pool(|n, _| if n == 1 { wrong() } else { json(&tokens()) }).answers(vec![typed("new")]);
    let mut kept = kept_password();
    login(&stage, &mut kept).await.unwrap();
    assert_eq!(stage.questions(), [Question::password("ada", true).refused(Some(Refusal::Wrong))]);
    // The person did not ask to keep the new one, and the old one is worth nothing.
    assert_eq!((kept.password, kept.password_refused), (None, false));

    let stage = srp_pool(|_, _| wrong()).no_answer(NoAnswer::Cancelled);
    let mut kept = kept_password();
    assert_eq!(login(&stage, &mut kept).await, Err(ProviderError::Cancelled));
    assert!(kept.password_refused);
    let stage = Stage::in_order(vec![]).no_answer(NoAnswer::Nobody);
    assert_eq!(login(&stage, &mut kept).await, Err(ProviderError::PersonNeeded));
    assert_eq!(stage.questions(), [Question::password("ada", false)]);
}

#[tokio::test]
async fn a_person_is_asked_three_times_at_most() {
    let stage = srp_pool(|_, _| wrong()).answers(vec![typed("a"), typed("b"), typed("c"), typed("d")]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::WrongPassword));
    let wrongs: Vec<bool> =
        stage.questions().iter().map(|q| q.topic == Topic::Password && q.refusal == Some(Refusal::Wrong)).collect();
    assert_eq!(wrongs, [false, true, true]);
}

#[tokio::test]
async fn too_many_tries_stop_at_once() {
    for (code, message) in [
        ("NotAuthorizedException", "Password attempts exceeded"),
        ("TooManyFailedAttemptsException", ""),
        ("LimitExceededException", "Attempt limit exceeded, please try after some time."),
    ] {
        let stage = srp_pool(move |_, _| exception(400, code, message)).answers(vec![typed("a"), typed("b")]);
        assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::TooManyTries), "{code}");
        assert_eq!(stage.questions().len(), 1);
    }
}

#[tokio::test]
async fn an_empty_password_is_not_sent() {
    let stage = Stage::in_order(vec![]).answers(vec![typed("")]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::WrongPassword));
}

#[tokio::test]
async fn refusals_have_their_own_meaning() {
    for (code, message, error) in [
        ("UserNotConfirmedException", "", ProviderError::NotConfirmed),
        ("PasswordResetRequiredException", "", ProviderError::ResetRequired),
        (
            "ResourceNotFoundException",
            "User pool client x does not exist.",
            client_wrong("User pool client x does not exist."),
        ),
        (
            "NotAuthorizedException",
            "Unable to verify secret hash for client x",
            client_wrong("Unable to verify secret hash for client x"),
        ),
        (
            "NotAuthorizedException",
            "User is disabled.",
            AccountError::Barred { message: "User is disabled.".into() }.into(),
        ),
        (
            "TooManyRequestsException",
            "",
            ProviderError::Throttled { host: "cognito-idp.eu-west-1.amazonaws.com".into(), retry_after: None },
        ),
    ] {
        let stage = srp_pool(move |_, _| exception(400, code, message)).answers(vec![typed("a")]);
        assert_eq!(login(&stage, &mut Kept::default()).await, Err(error), "{code}");
        let stage = Stage::new(move |_| exception(400, code, message)).answers(vec![typed("a")]);
        login(&stage, &mut Kept::default()).await.unwrap_err();
    }
}

fn client_wrong(message: &str) -> ProviderError {
    ProviderError::UnknownClient { message: message.into() }
}

#[tokio::test]
async fn trouble_on_the_way_keeps_and_loses_nothing() {
    // F02 to F08, F13, F14, F32
    for (name, reply) in passing_troubles() {
        let stage = Stage::new(move |_| reply.clone());
        let mut kept = kept_password();
        let error = login(&stage, &mut kept).await.unwrap_err();
        assert!(error.is_passing(), "{name}: {error:?}");
        assert_eq!(kept, kept_password(), "{name}");
    }
}

#[tokio::test]
async fn a_plain_password_is_sent_only_after_the_exact_address_was_approved() {
    // T08
    let stage = plain_pool(|_| json(&tokens())).answers(vec![typed("hunter2"), Answer::Yes]);
    let mut kept = Kept::default();
    login(&stage, &mut kept).await.unwrap();
    let host = "cognito-idp.eu-west-1.amazonaws.com".to_owned();
    assert_eq!(stage.questions()[1], Question::send_password(&host, DEFAULT));
    assert_eq!(stage.sent()[1].body["AuthParameters"]["PASSWORD"], "hunter2");
    assert_eq!(kept.notes["password-endpoint"].expose(), DEFAULT);

    let stage = plain_pool(|_| json(&tokens())).answers(vec![typed("hunter2")]);
    login(&stage, &mut kept).await.unwrap();
    assert_eq!(stage.questions().len(), 1);

    // One letter more, and it is another address.
    let mut team = acme();
    team.settings.insert("endpoint".into(), format!("{DEFAULT}/x"));
    let stage = plain_pool(|_| panic!("sent")).answers(vec![typed("hunter2"), Answer::No]);
    let refused = provider("cognito").login(&team, &mut kept, &Wish::default(), &stage.cx).await;
    assert!(matches!(refused, Err(ProviderError::PasswordNotAllowed { .. })));
    assert_eq!(kept.notes["password-endpoint"].expose(), DEFAULT);
}

#[tokio::test]
async fn without_approval_no_password_leaves() {
    // T08
    for (no, error) in [
        (Ok(Answer::No), ProviderError::PasswordNotAllowed { host: "cognito-idp.eu-west-1.amazonaws.com".into() }),
        (
            Err(NoAnswer::Nobody),
            ProviderError::PasswordNotAllowed { host: "cognito-idp.eu-west-1.amazonaws.com".into() },
        ),
        (Err(NoAnswer::Cancelled), ProviderError::Cancelled),
    ] {
        let stage = plain_pool(|_| panic!("sent")).answers(vec![typed("hunter2")]);
        let stage = match no {
            Ok(answer) => stage.answers(vec![answer]),
            Err(no) => stage.no_answer(no),
        };
        let mut kept = Kept::default();
        assert_eq!(login(&stage, &mut kept).await, Err(error));
        assert_eq!(stage.sent().len(), 1);
        assert_eq!(kept, Kept::default());
    }
}

#[tokio::test]
async fn an_approval_is_asked_for_once_even_when_the_password_was_wrong() {
    let stage = plain_pool(|sent| match sent.body["AuthParameters"]["PASSWORD"].as_str().unwrap() {
        "good" => json(&tokens()),
        _ => wrong(),
    })
    .answers(vec![typed("bad"), Answer::Yes, typed("good")]);
    login(&stage, &mut Kept::default()).await.unwrap();
    assert_eq!(stage.questions().len(), 3);
    assert_eq!(stage.sent().len(), 3);
}

#[tokio::test]
async fn a_client_that_allows_no_password_at_all_is_named() {
    let stage = plain_pool(|_| {
        exception(400, "InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client")
    })
    .answers(vec![typed("a"), Answer::Yes]);
    assert!(matches!(login(&stage, &mut Kept::default()).await, Err(ProviderError::FlowNotAllowed { .. })));
}

#[tokio::test]
async fn a_proof_is_not_made_for_a_server_value_that_proves_nothing() {
    // RFC 5054 §2.5.3
    for (key, odd) in [("SRP_B", "0"), ("SRP_B", "zz"), ("SECRET_BLOCK", "!"), ("SALT", "xx")] {
        let stage = Stage::new(move |sent| {
            assert_eq!(sent.target, "InitiateAuth");
            let mut challenge = verifier();
            challenge["ChallengeParameters"][key] = odd.into();
            json(&challenge)
        })
        .answers(vec![typed("a")]);
        let refused = login(&stage, &mut Kept::default()).await;
        assert!(matches!(refused, Err(ProviderError::Unexpected { .. })), "{key} {odd}: {refused:?}");
    }
}

#[tokio::test]
async fn a_lifetime_that_makes_no_sense_means_five_minutes() {
    // F22
    for (expires_in, seconds) in [
        (Value::Null, 300),
        (j!(0), 300),
        (j!(-1), 300),
        (j!("3600"), 300),
        (j!(1e30), 300),
        (j!(9_223_372_036_854_775_808_u64), 300),
        (j!(99_999_999), 2_592_000),
    ] {
        let mut answer = tokens();
        answer["AuthenticationResult"]["ExpiresIn"] = expires_in.clone();
        let stage = srp_pool(move |_, _| json(&answer)).answers(vec![typed("a")]);
        let session = login(&stage, &mut Kept::default()).await.unwrap();
        assert_eq!(session.expires.duration_since(session.issued).as_secs(), seconds, "{expires_in}");
    }
}

#[tokio::test]
async fn profiles_are_not_something_a_user_pool_has() {
    let stage = Stage::in_order(vec![]);
    let targets = targets("cognito", &acme(), &crate::support::session(None, &[]), &stage.cx).await;
    assert!(matches!(targets, Err(ProviderError::Unsupported { .. })));
}
