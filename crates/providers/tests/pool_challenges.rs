//! What a user pool may ask for after the password.

use keyfob_core::doors::ports::NoAnswer;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, CodeKind, Place, Question, Refusal};
use keyfob_core::words::session::Kept;
use serde_json::{Value, json as j};

use crate::pool_login::{acme, login, srp_pool, tokens, typed};
use crate::support::{Reply, Sent, Stage, exception, json, provider, secret, with_client_secret};

fn challenge(name: &str, parameters: Value) -> Value {
    j!({ "ChallengeName": name, "Session": "s-1", "ChallengeParameters": parameters })
}

/// A pool that takes the password, asks this, and answers the n-th answer to it by `told`.
fn asking(challenge: Value, mut told: impl FnMut(usize, &Sent) -> Reply + Send + 'static) -> Stage {
    srp_pool(move |n, sent| match n {
        1 => json(&challenge),
        n => {
            assert_eq!(sent.body["Session"], "s-1");
            told(n - 1, sent)
        }
    })
    .answers(vec![typed("old")])
}

fn code(text: &str) -> Answer {
    Answer::code(secret(text))
}

fn mismatch() -> Reply {
    exception(400, "CodeMismatchException", "Invalid code received for user")
}

#[tokio::test]
async fn a_challenge_that_nobody_here_can_answer_is_named_and_nothing_is_kept() {
    // F26
    for (name, parameters) in [
        ("MFA_SETUP", j!({ "MFAS_CAN_SETUP": "[\"SMS_MFA\",\"EMAIL_OTP\"]" })),
        ("MFA_SETUP", j!({})),
        ("CUSTOM_CHALLENGE", j!({})),
        ("DEVICE_SRP_AUTH", j!({})),
        ("WEB_AUTHN", j!({})),
        ("SOMETHING_NEW", j!({})),
        ("SELECT_MFA_TYPE", j!({ "MFAS_CAN_CHOOSE": "[\"WEB_AUTHN\"]" })),
        ("SELECT_MFA_TYPE", j!({})),
        ("NEW_PASSWORD_REQUIRED", j!({ "requiredAttributes": "[\"userAttributes.email\"]" })),
    ] {
        let stage = asking(challenge(name, parameters), |_, _| panic!("answered"));
        let mut kept = Kept::default();
        let Err(ProviderError::UnknownChallenge { name: told, .. }) = login(&stage, &mut kept).await else {
            panic!("{name}")
        };
        assert!(told.starts_with(name), "{told}");
        assert_eq!(kept, Kept::default());
        assert_eq!(stage.questions().len(), 1);
    }
}

#[tokio::test]
async fn a_wrong_code_is_asked_for_again_without_the_password() {
    // F27
    for (name, kind, field) in [
        ("SOFTWARE_TOKEN_MFA", CodeKind::Authenticator, "SOFTWARE_TOKEN_MFA_CODE"),
        ("SMS_MFA", CodeKind::Sms, "SMS_MFA_CODE"),
        ("EMAIL_OTP", CodeKind::Email, "EMAIL_OTP_CODE"),
    ] {
        let parameters = j!({ "USER_ID_FOR_SRP": "ada-real", "CODE_DELIVERY_DESTINATION": "+*******0142" });
        let stage = asking(challenge(name, parameters), move |n, sent| {
            let answers = &sent.body["ChallengeResponses"];
            assert_eq!(answers["USERNAME"], "ada-real");
            match n {
                1 | 2 => mismatch(),
                3 => exception(400, "ExpiredCodeException", "Your software token has already been used once."),
                _ => {
                    assert_eq!(answers[field], "123456");
                    json(&tokens())
                }
            }
        })
        .answers(vec![code("1"), code("2"), code("3"), code(" 123456\n")]);
        login(&stage, &mut Kept::default()).await.unwrap();
        let sent_to = (kind != CodeKind::Authenticator).then(|| "+*******0142".to_owned());
        let place = Some(Place { step: 2, of: 2, who: "ada".into() });
        let question = Question::code(kind, sent_to).at(place);
        let asked = |wrong: bool| question.clone().refused(wrong.then_some(Refusal::Wrong));
        assert_eq!(stage.questions()[1..], [asked(false), asked(true), asked(true), asked(true)]);
    }
}

#[tokio::test]
async fn a_session_that_is_over_ends_the_login() {
    // F27
    let over = "Invalid session for the user, session is expired.";
    let stage = asking(challenge("SOFTWARE_TOKEN_MFA", j!({})), move |n, _| match n {
        1 => mismatch(),
        _ => exception(400, "NotAuthorizedException", over),
    })
    .answers(vec![code("1"), code("2")]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::TooLate));

    let stage = asking(challenge("SOFTWARE_TOKEN_MFA", j!({})), |n, _| match n {
        1 => mismatch(),
        _ => exception(400, "NotAuthorizedException", "Invalid session for the user."),
    })
    .answers(vec![code("1"), code("2")]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::WrongCode));
}

#[tokio::test]
async fn nobody_is_asked_for_codes_without_end() {
    let many = (0..50).map(|n| code(&n.to_string())).collect();
    let stage = asking(challenge("SOFTWARE_TOKEN_MFA", j!({})), |_, _| mismatch()).answers(many);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::WrongCode));
    assert_eq!(stage.questions().len(), 11);

    let stage = asking(challenge("SOFTWARE_TOKEN_MFA", j!({})), |_, _| mismatch()).answers(vec![code("1")]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::WrongCode));
    let stage = asking(challenge("SOFTWARE_TOKEN_MFA", j!({})), |_, _| panic!("answered"));
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::PersonNeeded));
    let stage =
        asking(challenge("SOFTWARE_TOKEN_MFA", j!({})), |_, _| panic!("answered")).no_answer(NoAnswer::Cancelled);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::Cancelled));
}

#[tokio::test]
async fn a_new_password_is_asked_for_until_the_rules_are_met_and_is_the_one_that_is_kept() {
    let rules = "Password does not conform to policy: Password not long enough";
    let stage = srp_pool(move |n, sent| match n {
        1 => json(&challenge("NEW_PASSWORD_REQUIRED", j!({ "requiredAttributes": "[]", "userAttributes": "{}" }))),
        2 => exception(400, "InvalidPasswordException", rules),
        _ => {
            assert_eq!(sent.body["ChallengeResponses"]["NEW_PASSWORD"], "longer");
            json(&tokens())
        }
    })
    .answers(vec![
        Answer::password("ada", secret("temporary"), true),
        Answer::new_password(secret("short")),
        Answer::new_password(secret("longer")),
    ]);
    let mut kept = Kept::default();
    login(&stage, &mut kept).await.unwrap();
    let question = Question::new_password().at(Some(Place { step: 2, of: 2, who: "ada".into() }));
    let said = |rules: &str| Refusal::Said { words: rules.into() };
    let asked = |rules: Option<&str>| question.clone().refused(rules.map(said));
    assert_eq!(stage.questions()[1..], [asked(None), asked(Some(rules))]);
    assert_eq!(kept.password, Some(secret("longer")));
}

#[tokio::test]
async fn a_script_is_told_the_rules_when_its_new_password_is_refused() {
    let stage = asking(challenge("NEW_PASSWORD_REQUIRED", j!({})), |_, _| {
        exception(400, "InvalidPasswordException", "too short")
    })
    .answers(vec![Answer::new_password(secret("x"))]);
    let refused = login(&stage, &mut Kept::default()).await;
    assert_eq!(refused, Err(ProviderError::BadNewPassword { rules: "too short".into() }));
}

#[tokio::test]
async fn a_person_chooses_among_the_factors_we_know() {
    let choose =
        challenge("SELECT_MFA_TYPE", j!({ "MFAS_CAN_CHOOSE": "[\"SMS_MFA\",\"WEB_AUTHN\",\"SOFTWARE_TOKEN_MFA\"]" }));
    let stage = asking(choose.clone(), |n, sent| match n {
        1 => {
            assert_eq!(sent.body["ChallengeResponses"]["ANSWER"], "SOFTWARE_TOKEN_MFA");
            json(&challenge("SOFTWARE_TOKEN_MFA", j!({})))
        }
        _ => json(&tokens()),
    })
    .answers(vec![Answer::factor(CodeKind::Authenticator), code("123456")]);
    login(&stage, &mut Kept::default()).await.unwrap();
    let place = Some(Place { step: 2, of: 3, who: "ada".into() });
    assert_eq!(stage.questions()[1], Question::factor([CodeKind::Sms, CodeKind::Authenticator]).at(place));

    let stage = asking(choose, |_, _| panic!("answered")).answers(vec![Answer::factor(CodeKind::Email)]);
    login(&stage, &mut Kept::default()).await.unwrap_err();

    let single = challenge("SELECT_MFA_TYPE", j!({ "MFAS_CAN_CHOOSE": "[\"EMAIL_OTP\"]" }));
    let stage = asking(single, |n, _| match n {
        1 => json(&challenge("EMAIL_OTP", j!({}))),
        _ => json(&tokens()),
    })
    .answers(vec![code("12345678")]);
    login(&stage, &mut Kept::default()).await.unwrap();
    assert_eq!(stage.questions().len(), 2);
}

#[tokio::test]
async fn challenges_that_do_not_end_are_stopped() {
    let stage = asking(challenge("EMAIL_OTP", j!({})), |_, _| json(&challenge("EMAIL_OTP", j!({}))))
        .answers((0..50).map(|_| code("1")).collect());
    assert!(matches!(login(&stage, &mut Kept::default()).await, Err(ProviderError::Unexpected { .. })));
}

#[tokio::test]
async fn with_a_client_secret_every_request_has_the_hash_of_the_name_it_is_sent_under() {
    // I20. Reference values: printf 'NAMEclient1' | openssl dgst -sha256 -hmac shh -binary | base64
    let stage = asking(challenge("EMAIL_OTP", j!({})), |_, _| json(&tokens())).answers(vec![code("1")]);
    let mut kept = with_client_secret("shh");
    let session = provider("cognito").login(&acme(), &mut kept, &Wish::default(), &stage.cx).await.unwrap();
    let sent = stage.sent();
    let hashes: Vec<&Value> = [
        &sent[0].body["AuthParameters"]["SECRET_HASH"],
        &sent[1].body["ChallengeResponses"]["SECRET_HASH"],
        &sent[2].body["ChallengeResponses"]["SECRET_HASH"],
    ]
    .into();
    assert_eq!(hashes, [ADA, ADA_REAL, ADA_REAL]);
    assert_eq!(session.notes["username"].expose(), "ada-real");
    assert!(!format!("{:?}", stage.sent()).contains("shh"));
}

const ADA: &str = "vq0R+KJ7zqrgMS0zAcNUZeqDtw+nViM3LAgTGo3kD2o=";
const ADA_REAL: &str = "47N8b/Lw1sPC63lYIrUzLcOq8X0afhAq3RaaA9Kfpis=";
