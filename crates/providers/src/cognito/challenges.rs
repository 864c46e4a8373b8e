//! The challenges of a user pool that a person can answer: proof, new password, one-time codes, which factor.

use keyfob_core::doors::ports::NoAnswer;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::problem::clean;
use keyfob_core::words::question::{Answer, CodeKind, Question};
use keyfob_core::words::secret::Secret;

use super::login::Typed;
use super::pool::{Challenge, Pool, Reply};
use super::refusal;
use super::srp::Proof;
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
        ("SELECT_MFA_TYPE", _) => select(pool, challenge, user, cx).await,
        (name, _) => match factor(name) {
            Some(kind) => code(pool, challenge, user, kind, cx).await,
            // MFA_SETUP, CUSTOM_CHALLENGE, device proofs and what is still to be invented (F26).
            None => Err(unknown(name)),
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

fn unknown(name: &str) -> ProviderError {
    ProviderError::UnknownChallenge { name: clean(name) }
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
        return Err(unknown(&format!("NEW_PASSWORD_REQUIRED with {}", wanted.join(", "))));
    }
    let mut rules: Option<String> = None;
    for _ in 0..MOST_ASKS {
        let question = Question::NewPassword { username: typed.username.clone(), rules: rules.clone() };
        let password = match (cx.person.ask(question).await, rules.take()) {
            (Ok(Answer::NewPassword(password)), _) => password,
            (Ok(_), _) => return Err(ProviderError::Cancelled),
            (Err(NoAnswer::Nobody), Some(rules)) => return Err(ProviderError::BadNewPassword { rules }),
            (Err(no), _) => return Err(no.into()),
        };
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
async fn code(pool: &Pool, challenge: &Challenge, user: &str, kind: CodeKind, cx: &Cx) -> Result<Reply, ProviderError> {
    let sent_to = match kind {
        CodeKind::Authenticator => None,
        CodeKind::Sms | CodeKind::Email => challenge.parameters.get("CODE_DELIVERY_DESTINATION").map(|to| clean(to)),
    };
    let key = format!("{}_CODE", challenge.name);
    let mut wrong = false;
    for _ in 0..MOST_ASKS {
        let code = ask_code(kind, sent_to.clone(), wrong, cx).await?;
        cx.person.show(&Step::Checking);
        match pool.respond(challenge, user, &[(&key, code.expose().trim())], cx).await {
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

async fn ask_code(kind: CodeKind, sent_to: Option<String>, wrong: bool, cx: &Cx) -> Result<Secret, ProviderError> {
    match cx.person.ask(Question::Code { kind, sent_to, wrong }).await {
        Ok(Answer::Code(code)) => Ok(code),
        Ok(_) => Err(ProviderError::Cancelled),
        Err(NoAnswer::Nobody) if wrong => Err(ProviderError::WrongCode),
        Err(no) => Err(no.into()),
    }
}

fn is_void(failure: &Failure) -> bool {
    matches!(failure, Failure::Said { code, message, .. }
        if code == "NotAuthorizedException" && message.contains("session") && !message.contains("expired"))
}

/// Lets the person choose among the factors that both sides know; a single one needs no question.
async fn select(pool: &Pool, challenge: &Challenge, user: &str, cx: &Cx) -> Result<Reply, ProviderError> {
    let offered = listed(challenge, "MFAS_CAN_CHOOSE");
    let known: Vec<(CodeKind, &str)> = offered.iter().filter_map(|name| Some((factor(name)?, name.as_str()))).collect();
    let chosen = match known.as_slice() {
        [] => return Err(unknown(&format!("SELECT_MFA_TYPE with {}", offered.join(", ")))),
        [(kind, _)] => *kind,
        several => {
            let factors = several.iter().map(|(kind, _)| *kind).collect();
            match cx.person.ask(Question::ChooseFactor { factors }).await? {
                Answer::Factor(kind) => kind,
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
