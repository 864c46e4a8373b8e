//! A login to a user pool: whose password, by SRP or plainly, and what is kept of it.

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use keyfob_core::doors::ports::NoAnswer;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::question::{Answer, PASSWORD, Question, REMEMBER, Refusal, USERNAME};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};

use super::pool::{Pool, Reply};
use super::srp::Proof;
use super::typed::Typed;
use super::{account, challenges, refusal, tokens};
use crate::asking;

/// How often a person is asked for the password in one login.
const MOST_ASKS: u32 = 3;
/// Where [`Kept::notes`] has the one address that may be sent a password as it is.
const APPROVED: &str = "password-endpoint";

/// How the pool is told the password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is proved and never sent.
    Srp,
    /// It is sent as it is: only where the app client allows nothing else and a person approved the address.
    Plain,
}

/// Signs a person in, with the kept password first. A wrong answer keeps what was typed beside it.
pub(super) async fn login(pool: &Pool, kept: &mut Kept, cx: &Cx) -> Result<Session, ProviderError> {
    let mut way = Way::Srp;
    let mut asks = 0;
    let mut wrong = false;
    let (mut username, mut remember) = (kept.username.clone().unwrap_or_default(), false);
    let mut unused = kept.password.clone().zip(kept.username.clone()).filter(|_| !kept.password_refused);
    loop {
        let mut typed = match unused.take() {
            Some((password, username)) => Typed::from_keychain(username, password),
            None => {
                asks += 1;
                ask(&username, remember, wrong, cx).await?
            }
        };
        cx.person.show(&Step::Checking);
        let tried = try_once(pool, &mut typed, &mut way, kept, cx).await;
        let clock = pool.endpoint.noticed.clock(&pool.endpoint.host).filter(|_| way == Way::Srp);
        match tried {
            Ok(session) => {
                kept.username = Some(typed.username);
                kept.password = typed.remember.then_some(typed.password);
                kept.password_refused = false;
                return Ok(session);
            }
            // Any password is refused that is proved at a wrong time: to ask once more would blame the person.
            Err(error @ ProviderError::WrongPassword) if clock.is_some() => {
                return Err(error.because(clock.into_iter().collect()));
            }
            Err(ProviderError::WrongPassword) if typed.from_keychain => kept.password_refused = true,
            Err(ProviderError::WrongPassword) if asks < MOST_ASKS => {}
            Err(error @ (ProviderError::NotConfirmed | ProviderError::ResetRequired)) => {
                // The password was right: whoever mends the account need not type the name again.
                account::remember(kept, typed.username);
                return Err(error);
            }
            Err(error) => return Err(error),
        }
        (username, remember) = (typed.username, typed.remember);
        wrong = true;
    }
}

async fn ask(username: &str, remember: bool, wrong: bool, cx: &Cx) -> Result<Typed, ProviderError> {
    let question = Question::password(username, remember).refused(wrong.then_some(Refusal::Wrong));
    let mut filled = asking::fill_in(question, wrong.then_some(ProviderError::WrongPassword), cx).await?;
    let username = filled.take(USERNAME).expose().trim().to_owned();
    Ok(Typed::new(username, filled.take(PASSWORD), filled.ticked(REMEMBER)))
}

async fn try_once(
    pool: &Pool,
    typed: &mut Typed,
    way: &mut Way,
    kept: &mut Kept,
    cx: &Cx,
) -> Result<Session, ProviderError> {
    if typed.username.is_empty() || typed.password.is_empty() {
        return Err(ProviderError::WrongPassword);
    }
    if *way == Way::Srp {
        let proof = Proof::new(pool, &typed.username, &typed.password);
        let parameters = [("USERNAME", typed.username.as_str()), ("SRP_A", &proof.public())];
        match pool.initiate(AuthFlowType::UserSrpAuth, &typed.username, &parameters, cx).await {
            Ok(reply) => return finish(pool, reply, Some(&proof), typed, cx).await,
            Err(failure) if refusal::is_not_enabled(&failure) => {
                approve(pool, kept, cx).await?;
                *way = Way::Plain;
            }
            Err(failure) => return Err(refusal::of_login(failure, pool)),
        }
    }
    let parameters = [("USERNAME", typed.username.as_str()), ("PASSWORD", typed.password.expose())];
    match pool.initiate(AuthFlowType::UserPasswordAuth, &typed.username, &parameters, cx).await {
        Ok(reply) => finish(pool, reply, None, typed, cx).await,
        Err(failure) if refusal::is_not_enabled(&failure) => {
            Err(ProviderError::FlowNotAllowed { flow: "USER_SRP_AUTH and USER_PASSWORD_AUTH".into() })
        }
        Err(failure) => Err(refusal::of_login(failure, pool)),
    }
}

/// Makes sure that a person has approved this very address for a password as it is (threat T08).
async fn approve(pool: &Pool, kept: &mut Kept, cx: &Cx) -> Result<(), ProviderError> {
    let endpoint = &pool.endpoint;
    if kept.notes.get(APPROVED).is_some_and(|approved| approved.expose() == endpoint.url) {
        return Ok(());
    }
    match cx.person.ask(Question::send_password(&endpoint.host, &endpoint.url)).await {
        Ok(Answer::Yes) => {
            kept.notes.insert(APPROVED.into(), Secret::new(endpoint.url.clone()));
            Ok(())
        }
        Ok(_) | Err(NoAnswer::Nobody) => Err(ProviderError::PasswordNotAllowed { host: endpoint.host.clone() }),
        Err(NoAnswer::Cancelled) => Err(ProviderError::Cancelled),
    }
}

/// Answers challenges until tokens come.
async fn finish(
    pool: &Pool,
    mut reply: Reply,
    proof: Option<&Proof>,
    typed: &mut Typed,
    cx: &Cx,
) -> Result<Session, ProviderError> {
    let mut user = typed.username.clone();
    // A login has a handful of steps; a server that asks for ever is stopped.
    for _ in 0..10 {
        match reply {
            Reply::Tokens(result) => return tokens::session(pool, result, &user, None, cx),
            Reply::Challenge(challenge) => {
                user = challenge.user(&user).to_owned();
                reply = challenges::answer(pool, &challenge, &user, proof, typed, cx).await?;
            }
        }
    }
    Err(crate::wire::unexpected(&pool.endpoint.host, "its challenges do not end"))
}
