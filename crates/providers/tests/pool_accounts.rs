//! What can be done with an account of a user pool: what is asked, what is sent, and what each refusal leads to.

use keyfob_core::doors::provider::{AccountError, ProviderError};
use keyfob_core::words::about::Deed;
use keyfob_core::words::question::{Answer, Filled, Other, Place, Question, Refusal};
use keyfob_core::words::session::Kept;
use serde_json::{Value, json as j};

use crate::pool_login::{acme, login, srp_pool, tokens, typed};
use crate::support::{Reply, Sent, Stage, bare, exception, json, provider, secret, session};

async fn account(stage: &Stage, deed: Deed, kept: &mut Kept) -> Result<(), ProviderError> {
    let lent = deed.needs_session().then(|| session(Some("r-0"), &[]));
    bare(provider("cognito").account(deed, &acme(), kept, lent.as_ref(), &stage.cx).await)
}

fn filled<const N: usize>(fields: [(&str, &str); N]) -> Answer {
    let filled = fields.into_iter().fold(Filled::default(), |filled, (key, text)| filled.with(key, secret(text)));
    Answer::Filled(filled)
}

fn signs_up(name: &str, password: &str) -> Answer {
    filled([("username", name), ("email", "ada@acme.test"), ("new-password", password)])
}

fn code(text: &str) -> Answer {
    Answer::code(secret(text))
}

fn sent_to(to: &str) -> Value {
    j!({ "CodeDeliveryDetails": { "Destination": to, "DeliveryMedium": "EMAIL", "AttributeName": "email" } })
}

fn made() -> Reply {
    let mut body = sent_to("a***@a***");
    body["UserConfirmed"] = false.into();
    body["UserSub"] = "u-1".into();
    json(&body)
}

/// Answers by the name of the operation and how often it was asked for before.
fn pool(mut told: impl FnMut(&str, usize, &Sent) -> Reply + Send + 'static) -> Stage {
    let mut before: Vec<String> = Vec::new();
    Stage::new(move |sent| {
        let count = before.iter().filter(|target| **target == sent.target).count();
        before.push(sent.target.clone());
        told(&sent.target, count, sent)
    })
}

fn refusing(code: &'static str, message: &'static str) -> Stage {
    Stage::new(move |_| exception(400, code, message))
}

fn at(step: u32) -> Option<Place> {
    Some(Place { step, of: step, who: "ada".into() })
}

#[tokio::test]
async fn whoever_signs_up_confirms_in_the_same_conversation() {
    let stage = pool(|target, _, _| if target == "SignUp" { made() } else { json(&j!({})) })
        .answers(vec![signs_up(" ada ", "Correct-7"), code(" 123 456 ")]);
    let mut kept = Kept::default();
    account(&stage, Deed::SignUp, &mut kept).await.unwrap();
    let (up, confirmed) = (&stage.sent()[0].body, &stage.sent()[1].body);
    assert_eq!((&up["Username"], &up["Password"]), (&j!("ada"), &j!("Correct-7")));
    assert_eq!(up["UserAttributes"], j!([{ "Name": "email", "Value": "ada@acme.test" }]));
    assert_eq!(up["ClientId"], "client1");
    assert!(up["SecretHash"].is_null());
    assert_eq!((&confirmed["Username"], &confirmed["ConfirmationCode"]), (&j!("ada"), &j!("123456")));
    let asked = Question::confirm_account(Some("a***@a***".into()), false).at(at(2));
    assert_eq!(stage.questions(), [Question::sign_up("", ""), asked]);
    // The name is offered at the login; the password is asked for there.
    assert_eq!(kept, Kept { username: Some("ada".into()), ..Kept::default() });
}

#[tokio::test]
async fn a_pool_that_wants_no_confirmation_is_not_asked_for_one() {
    let stage = Stage::new(|_| json(&j!({ "UserConfirmed": true, "UserSub": "u-1" })));
    let stage = stage.answers(vec![signs_up("ada", "Correct-7")]);
    account(&stage, Deed::SignUp, &mut Kept::default()).await.unwrap();
    assert_eq!(stage.questions().len(), 1);
}

#[tokio::test]
async fn what_was_typed_comes_back_with_the_reason_and_without_the_password() {
    let refusals = [
        ("UsernameExistsException", "User already exists", Refusal::Wrong),
        ("InvalidPasswordException", "too short", Refusal::Said { words: "too short".into() }),
        ("InvalidParameterException", "Invalid email", Refusal::Said { words: "Invalid email".into() }),
        ("UserLambdaValidationException", "staff only", Refusal::Said { words: "staff only".into() }),
    ];
    for (exception_name, message, refusal) in refusals {
        let stage = pool(move |_, n, _| match n {
            0 => exception(400, exception_name, message),
            _ => json(&j!({ "UserConfirmed": true, "UserSub": "u-1" })),
        })
        .answers(vec![signs_up("ada", "x"), signs_up("ada", "Correct-7")]);
        account(&stage, Deed::SignUp, &mut Kept::default()).await.unwrap();
        assert_eq!(stage.questions()[1], Question::sign_up("ada", "ada@acme.test").refused(Some(refusal)));
    }
}

#[tokio::test]
async fn a_code_is_sent_again_as_often_as_it_is_asked_for() {
    let stage = pool(|target, n, _| match (target, n) {
        ("ResendConfirmationCode", n) => json(&sent_to(&format!("to-{n}"))),
        ("ConfirmSignUp", 0) => exception(400, "CodeMismatchException", "Invalid verification code provided"),
        ("ConfirmSignUp", 1) => {
            exception(400, "ExpiredCodeException", "Invalid code provided, please request a code again.")
        }
        _ => json(&j!({})),
    })
    .answers(vec![
        filled([("username", "ada")]),
        code("1"),
        Answer::Other(Other::SendAgain),
        code("2"),
        Answer::Other(Other::SendAgain),
        code("3"),
    ]);
    let mut kept = Kept { username: Some("bert".into()), password: Some(secret("bert's")), ..Kept::default() };
    account(&stage, Deed::Confirm, &mut kept).await.unwrap();
    let ask = |to: Option<&str>| Question::confirm_account(to.map(Into::into), to.is_some()).at(at(2));
    assert_eq!(
        stage.questions(),
        [
            Question::whose(Deed::Confirm, "bert"),
            ask(None),
            ask(None).refused(Some(Refusal::Wrong)),
            ask(Some("to-0")),
            ask(Some("to-0")).refused(Some(Refusal::Over)),
            ask(Some("to-1")),
        ]
    );
    // The password that is kept was somebody else's.
    assert_eq!(kept, Kept { username: Some("ada".into()), ..Kept::default() });
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_the_kept_one_goes() {
    let stage = pool(|target, n, _| match (target, n) {
        ("ForgotPassword", _) => json(&sent_to("a***@a***")),
        ("ConfirmForgotPassword", 0) => exception(400, "InvalidPasswordException", "too short"),
        _ => json(&j!({})),
    })
    .answers(vec![
        filled([("username", "ada")]),
        filled([("code", "12 34"), ("new-password", "x")]),
        filled([("new-password", "Correct-7")]),
    ]);
    let mut kept = Kept { username: Some("ada".into()), password: Some(secret("forgotten")), ..Kept::default() };
    account(&stage, Deed::Forgot, &mut kept).await.unwrap();
    assert_eq!(kept, Kept { username: Some("ada".into()), ..Kept::default() });
    let last = &stage.sent()[2].body;
    assert_eq!((&last["ConfirmationCode"], &last["Password"]), (&j!("1234"), &j!("Correct-7")));
    // The code was right: only the password is asked for again.
    let to = || Some("a***@a***".to_owned());
    let again =
        Question::reset(to(), false, false).at(at(2)).refused(Some(Refusal::Said { words: "too short".into() }));
    assert_eq!(stage.questions()[1..], [Question::reset(to(), false, true).at(at(2)), again]);
}

#[tokio::test]
async fn a_password_is_changed_with_the_one_there_is() {
    let change = |old, new| filled([("password", old), ("new-password", new)]);
    let stage = pool(|_, n, _| match n {
        0 => exception(400, "NotAuthorizedException", "Incorrect username or password."),
        _ => json(&j!({})),
    })
    .answers(vec![change("wrong", "Correct-8"), change("old", "Correct-8")]);
    let mut kept = Kept { username: Some("ada".into()), password: Some(secret("old")), ..Kept::default() };
    account(&stage, Deed::ChangePassword, &mut kept).await.unwrap();
    assert_eq!(kept.password, Some(secret("Correct-8")), "a remembered password is remembered on");
    let sent = &stage.sent()[1].body;
    assert_eq!((&sent["PreviousPassword"], &sent["ProposedPassword"]), (&j!("old"), &j!("Correct-8")));
    assert_eq!(sent["AccessToken"], "access-0");
    assert_eq!(stage.questions()[1], Question::change_password().at(at(1)).refused(Some(Refusal::Wrong)));
}

#[tokio::test]
async fn each_refusal_is_told_from_the_others() {
    use AccountError as A;
    let said = |message: &str| message.to_owned();
    let cases: Vec<(Deed, &str, &str, ProviderError)> = vec![
        (Deed::SignUp, "NotAuthorizedException", "SignUp is not permitted for this user pool", A::SignUpClosed.into()),
        (Deed::SignUp, "CodeDeliveryFailureException", "no", A::NotDelivered { message: said("no") }.into()),
        (Deed::SignUp, "LimitExceededException", "Attempt limit exceeded", ProviderError::TooManyTries),
        (
            Deed::SignUp,
            "NotAuthorizedException",
            "Unable to verify secret hash for client client1",
            ProviderError::UnknownClient { message: said("Unable to verify secret hash for client client1") },
        ),
        (Deed::Resend, "InvalidParameterException", "User is already confirmed.", A::AlreadyConfirmed.into()),
        (
            Deed::Forgot,
            "NotAuthorizedException",
            "User password cannot be reset in the current state.",
            A::NotResettable { message: said("User password cannot be reset in the current state.") }.into(),
        ),
        (
            Deed::ChangePassword,
            "NotAuthorizedException",
            "Access Token has been revoked",
            ProviderError::SessionEnded {
                code: said("NotAuthorizedException"),
                said: said("Access Token has been revoked"),
            },
        ),
        (Deed::ChangePassword, "LimitExceededException", "Attempt limit exceeded", ProviderError::TooManyTries),
    ];
    for (deed, name, message, wanted) in cases {
        let (name, message): (&'static str, &'static str) = (name.to_owned().leak(), message.to_owned().leak());
        let answer = match deed {
            Deed::SignUp => signs_up("ada", "x"),
            Deed::ChangePassword => filled([("password", "old"), ("new-password", "new")]),
            _ => filled([("username", "ada")]),
        };
        let stage = refusing(name, message).answers(vec![answer]);
        let mut kept = Kept::default();
        assert_eq!(account(&stage, deed, &mut kept).await, Err(wanted), "{name}: {message}");
        assert_eq!(kept, Kept::default());
    }
}

#[tokio::test]
async fn without_a_person_nothing_is_sent() {
    for deed in Deed::ALL {
        let stage = refusing("InternalErrorException", "asked");
        assert_eq!(account(&stage, deed, &mut Kept::default()).await, Err(ProviderError::PersonNeeded));
        assert!(stage.sent().is_empty());
    }
    // A script that knows what was wrong says that.
    let stage = refusing("UsernameExistsException", "User already exists").answers(vec![signs_up("ada", "x")]);
    let taken = account(&stage, Deed::SignUp, &mut Kept::default()).await;
    assert_eq!(taken, Err(AccountError::NameTaken.into()));
}

#[tokio::test]
async fn an_account_that_must_be_mended_first_is_remembered_by_name() {
    for (name, wanted) in [
        ("UserNotConfirmedException", ProviderError::NotConfirmed),
        ("PasswordResetRequiredException", ProviderError::ResetRequired),
    ] {
        let stage = srp_pool(move |_, _| exception(400, name, "")).answers(vec![typed("right")]);
        let mut kept = Kept::default();
        assert_eq!(login(&stage, &mut kept).await, Err(wanted));
        assert_eq!(kept, Kept { username: Some("ada".into()), ..Kept::default() });
    }
}

// --- an authenticator that is set up in the middle of a login ---

const SEED: &str = "JBSWY3DPEHPK3PXP";

fn setting_up(verified: impl Fn(usize) -> Reply + Send + 'static) -> Stage {
    let mut tries = 0;
    let mut proofs = 0;
    Stage::new(move |sent| match sent.target.as_str() {
        "InitiateAuth" => json(&crate::pool_login::verifier()),
        "RespondToAuthChallenge" => {
            proofs += 1;
            if proofs == 1 {
                return json(&j!({ "ChallengeName": "MFA_SETUP", "Session": "s-1", "ChallengeParameters": {
                    "USER_ID_FOR_SRP": "ada-real", "MFAS_CAN_SETUP": "[\"SMS_MFA\",\"SOFTWARE_TOKEN_MFA\"]",
                }}));
            }
            assert_eq!((&sent.body["ChallengeName"], &sent.body["Session"]), (&j!("MFA_SETUP"), &j!("s-3")));
            json(&tokens())
        }
        "AssociateSoftwareToken" => {
            assert_eq!(sent.body["Session"], "s-1");
            json(&j!({ "SecretCode": SEED, "Session": "s-2" }))
        }
        "VerifySoftwareToken" => {
            assert_eq!((&sent.body["Session"], &sent.body["FriendlyDeviceName"]), (&j!("s-2"), &j!("Keyfob")));
            tries += 1;
            verified(tries)
        }
        other => panic!("{other}"),
    })
}

fn proved() -> Reply {
    json(&j!({ "Status": "SUCCESS", "Session": "s-3" }))
}

#[tokio::test]
async fn a_seed_is_shown_until_the_authenticator_proves_itself_and_kept_nowhere() {
    let stage = setting_up(|n| match n {
        1 => exception(400, "EnableSoftwareTokenMFAException", "Code mismatch"),
        2 => exception(400, "CodeMismatchException", "Code mismatch"),
        _ => proved(),
    })
    .answers(vec![typed("right"), code("1"), code("2"), code("123 456")]);
    let mut kept = Kept::default();
    let session = login(&stage, &mut kept).await.unwrap();
    assert_eq!(session.refresh.as_ref().unwrap().expose(), "r-1");
    let asked = |wrong: bool| Question::setup().at(at(2)).refused(wrong.then_some(Refusal::Wrong));
    assert_eq!(stage.questions()[1..], [asked(false), asked(true), asked(true)]);
    let shown = stage.person.revealed.lock().unwrap().clone();
    assert_eq!(shown.len(), 3);
    for one in &shown {
        assert_eq!(one.text.expose(), "JBSW Y3DP EHPK 3PXP");
        let wanted = format!("otpauth://totp/Keyfob%20acme:ada?secret={SEED}&issuer=Keyfob%20acme");
        assert_eq!(one.uri.expose(), wanted);
    }
    // It stands in no question, in nothing that is kept, and in no Debug.
    let told = format!("{:?} {kept:?} {session:?} {shown:?}", stage.questions());
    let said = serde_json::to_string(&stage.questions()).unwrap();
    assert!(!told.contains(SEED) && !told.contains("JBSW") && !said.contains("JBSW"), "{told}");
}

#[tokio::test]
async fn a_seed_that_nobody_can_look_at_is_not_shown() {
    let stage = setting_up(|_| panic!("verified")).answers(vec![typed("right")]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::PersonNeeded));
}

#[tokio::test]
async fn an_authenticator_that_never_shows_the_right_code_ends_the_login() {
    let stage = setting_up(|_| json(&j!({ "Status": "ERROR" }))).answers(vec![typed("right"), code("1")]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::WrongCode));
}
