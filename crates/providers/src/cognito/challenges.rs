//! The challenges of a user pool that a person can answer: proof, new password, one-time codes, which factor.

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::plain::clean;
use keyfob_core::words::question::{Answer, CODE, CodeKind, PASSWORD, Question, Refusal};
use keyfob_core::words::secret::Secret;

use super::pool::{Challenge, Pool, Reply};
use super::refusal;
use super::setup;
use super::srp::Proof;
use super::typed::Typed;
use crate::asking;
use crate::wire::{Failure, unexpected};

/// How often a person is asked for the same thing, should the server never say that it is enough.
const MOST_ASKS: u32 = 10;

/// Answers one challenge in the name of `user`. A new password replaces the typed one.
pub(super) async fn answer(
    pool: &Pool,
    challenge: &Challenge,
    user: &str,
    proof: Option<&Proof>,
    typed: &mut Typed,
    cx: &Cx,
) -> Result<Reply, ProviderError> {
    match (challenge.name.as_str(), proof) {
        ("PASSWORD_VERIFIER", Some(proof)) => prove(pool, challenge, user, proof, cx).await,
        ("NEW_PASSWORD_REQUIRED", _) => new_password(pool, challenge, user, typed, cx).await,
        ("SELECT_MFA_TYPE", _) => select(pool, challenge, user, typed, cx).await,
        ("MFA_SETUP", _) => set_up(pool, challenge, user, typed, cx).await,
        (name, _) => match factor(name) {
            Some(kind) => code(pool, challenge, user, kind, typed, cx).await,
            // CUSTOM_CHALLENGE, device proofs and what is still to be invented (F26).
            None => Err(unknown(challenge, &[])),
        },
    }
}

fn factor(name: &str) -> Option<CodeKind> {
    match name {
        "SOFTWARE_TOKEN_MFA" => Some(CodeKind::Authenticator),
        "SMS_MFA" => Some(CodeKind::Sms),
        "EMAIL_OTP" => Some(CodeKind::Email),
        _ => None,
    }
}

fn unknown(challenge: &Challenge, wants: &[String]) -> ProviderError {
    // Cognito writes attributes as `userAttributes.email`.
    let wants = wants.iter().map(|name| clean(name.strip_prefix("userAttributes.").unwrap_or(name)));
    ProviderError::UnknownChallenge { name: clean(&challenge.name), wants: wants.collect() }
}

/// Of the factors that can be set up here, only an authenticator needs nothing that the pool does not have yet.
async fn set_up(
    pool: &Pool,
    challenge: &Challenge,
    user: &str,
    typed: &mut Typed,
    cx: &Cx,
) -> Result<Reply, ProviderError> {
    let offered = listed(challenge, "MFAS_CAN_SETUP");
    if !offered.iter().any(|name| factor(name) == Some(CodeKind::Authenticator)) {
        return Err(unknown(challenge, &offered));
    }
    setup::authenticator(pool, challenge, user, typed, cx).await
}

async fn prove(pool: &Pool, challenge: &Challenge, user: &str, proof: &Proof, cx: &Cx) -> Result<Reply, ProviderError> {
    let claim = proof.claim(challenge, &pool.endpoint.host)?;
    let answers = [
        ("PASSWORD_CLAIM_SECRET_BLOCK", claim.secret_block.as_str()),
        ("PASSWORD_CLAIM_SIGNATURE", &claim.signature),
        ("TIMESTAMP", &claim.timestamp),
    ];
    pool.respond(challenge, user, &answers, cx).await.map_err(|failure| refusal::of_login(failure, pool))
}

/// Asks for a new password until the pool's rules are met.
async fn new_password(
    pool: &Pool,
    challenge: &Challenge,
    user: &str,
    typed: &mut Typed,
    cx: &Cx,
) -> Result<Reply, ProviderError> {
    // Some pools want attributes filled in with it; there is no form for those.
    let wanted: Vec<String> = listed(challenge, "requiredAttributes");
    if !wanted.is_empty() {
        return Err(unknown(challenge, &wanted));
    }
    let place = typed.next(0);
    let mut rules: Option<String> = None;
    for _ in 0..MOST_ASKS {
        let question = Question::new_password()
            .at(Some(place.clone()))
            .refused(rules.clone().map(|words| Refusal::Said { words }));
        let refused = rules.take().map(|rules| ProviderError::BadNewPassword { rules });
        let password = asking::fill_in(question, refused, cx).await?.take(PASSWORD);
        cx.person.show(&Step::Checking);
        match pool.respond(challenge, user, &[("NEW_PASSWORD", password.expose())], cx).await {
            Ok(reply) => {
                typed.password = password;
                return Ok(reply);
            }
            Err(failure) => match refusal::of_login(failure, pool) {
                ProviderError::BadNewPassword { rules: told } => rules = Some(clean(&told)),
                error => return Err(error),
            },
        }
    }
    Err(ProviderError::BadNewPassword { rules: rules.unwrap_or_default() })
}

/// Asks for a one-time code, again after a wrong one: the password need not be typed again while the server
/// keeps its session (F27).
async fn code(
    pool: &Pool,
    challenge: &Challenge,
    user: &str,
    kind: CodeKind,
    typed: &mut Typed,
    cx: &Cx,
) -> Result<Reply, ProviderError> {
    let place = typed.next(0);
    let sent_to = match kind {
        CodeKind::Authenticator => None,
        CodeKind::Sms | CodeKind::Email => challenge.parameters.get("CODE_DELIVERY_DESTINATION").map(|to| clean(to)),
    };
    let key = format!("{}_CODE", challenge.name);
    let mut wrong = false;
    for _ in 0..MOST_ASKS {
        let question = Question::code(kind, sent_to.clone()).at(Some(place.clone()));
        let code = ask_code(question, wrong, cx).await?;
        cx.person.show(&Step::Checking);
        match pool.respond(challenge, user, &[(&key, code.expose())], cx).await {
            Ok(reply) => return Ok(reply),
            // The server threw the session away for the wrong codes, not for the time.
            Err(failure) if wrong && is_void(&failure) => return Err(ProviderError::WrongCode),
            Err(failure) => match refusal::of_login(failure, pool) {
                ProviderError::WrongCode => wrong = true,
                error => return Err(error),
            },
        }
    }
    Err(ProviderError::WrongCode)
}

async fn ask_code(question: Question, wrong: bool, cx: &Cx) -> Result<Secret, ProviderError> {
    let question = question.refused(wrong.then_some(Refusal::Wrong));
    let code = asking::fill_in(question, wrong.then_some(ProviderError::WrongCode), cx).await?.take(CODE);
    // People copy codes with the spaces they are shown with.
    Ok(Secret::new(code.expose().split_whitespace().collect::<String>()))
}

fn is_void(failure: &Failure) -> bool {
    matches!(failure, Failure::Said { code, message, .. }
        if code == "NotAuthorizedException" && message.contains("session") && !message.contains("expired"))
}

/// Lets the person choose among the factors that both sides know; a single one needs no question.
async fn select(
    pool: &Pool,
    challenge: &Challenge,
    user: &str,
    typed: &mut Typed,
    cx: &Cx,
) -> Result<Reply, ProviderError> {
    let offered = listed(challenge, "MFAS_CAN_CHOOSE");
    let known: Vec<(CodeKind, &str)> = offered.iter().filter_map(|name| Some((factor(name)?, name.as_str()))).collect();
    let chosen = match known.as_slice() {
        [] => return Err(unknown(challenge, &offered)),
        [(kind, _)] => *kind,
        several => {
            let question = Question::factor(several.iter().map(|(kind, _)| *kind)).at(Some(typed.next(1)));
            match cx.person.ask(question).await? {
                Answer::Chosen(key) => CodeKind::of_key(&key).ok_or(ProviderError::Cancelled)?,
                _ => return Err(ProviderError::Cancelled),
            }
        }
    };
    let Some((_, name)) = known.iter().find(|(kind, _)| *kind == chosen) else {
        return Err(unexpected(&pool.endpoint.host, "it does not offer the factor that was chosen"));
    };
    cx.person.show(&Step::Checking);
    pool.respond(challenge, user, &[("ANSWER", name)], cx).await.map_err(|failure| refusal::of_login(failure, pool))
}

/// A parameter that holds a list: JSON inside a text.
fn listed(challenge: &Challenge, key: &str) -> Vec<String> {
    challenge.parameters.get(key).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
