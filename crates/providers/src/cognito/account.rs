//! What can be done with an account of a pool beside logging in: each is a conversation of one to three questions.

use keyfob_core::doors::provider::{AccountError, Cx, ProviderError};
use keyfob_core::words::about::Deed;
use keyfob_core::words::login::Step;
use keyfob_core::words::plain::clean;
use keyfob_core::words::question::{CODE, EMAIL, NEW_PASSWORD, Other, PASSWORD, Place, Question, Refusal, USERNAME};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};

use super::pool::Pool;
use crate::asking::{self, Given};

/// How often a person is asked for the same thing, should the server never say that it is enough.
const MOST_ASKS: u32 = 10;

pub(super) async fn account(
    deed: Deed,
    pool: &Pool,
    kept: &mut Kept,
    session: Option<&Session>,
    cx: &Cx,
) -> Result<(), ProviderError> {
    match deed {
        Deed::SignUp => sign_up(pool, kept, cx).await,
        Deed::Confirm => {
            let user = whose(deed, kept, None, cx).await?;
            confirm(pool, &user, None, 2, cx).await?;
            remember(kept, user);
            Ok(())
        }
        Deed::Resend => {
            let sent = |user: String| async move { pool.resend(&user, cx).await.map(|sent_to| (user, sent_to)) };
            by_name(deed, kept, sent, cx).await.map(|_| ())
        }
        Deed::Forgot => {
            let sent = |user: String| async move { pool.forgot(&user, cx).await.map(|sent_to| (user, sent_to)) };
            let (user, sent_to) = by_name(deed, kept, sent, cx).await?;
            reset(pool, &user, sent_to, cx).await?;
            // What was kept for this name is worth nothing now.
            kept.password = None;
            remember(kept, user);
            Ok(())
        }
        Deed::ChangePassword => change(pool, kept, session.ok_or(ProviderError::PersonNeeded)?, cx).await,
    }
}

/// The name is offered at the next login. The password that is kept for another one is not theirs.
pub(super) fn remember(kept: &mut Kept, user: String) {
    if kept.username.as_deref() != Some(user.as_str()) {
        kept.password = None;
        kept.password_refused = false;
    }
    kept.username = Some(user);
}

/// Asks until the pool takes what was filled in; what was typed comes back, but for the password.
async fn sign_up(pool: &Pool, kept: &mut Kept, cx: &Cx) -> Result<(), ProviderError> {
    let (mut user, mut email) = (String::new(), String::new());
    let mut refused: Option<ProviderError> = None;
    for _ in 0..MOST_ASKS {
        let question = Question::sign_up(&user, &email).refused(refused.as_ref().and_then(refusal));
        let mut filled = asking::fill_in(question, refused.take(), cx).await?;
        (user, email) = (text(filled.take(USERNAME)), text(filled.take(EMAIL)));
        cx.person.show(&Step::Checking);
        match pool.sign_up(&user, &email, &filled.take(NEW_PASSWORD), cx).await {
            Ok(made) => {
                remember(kept, user.clone());
                return if made.confirmed { Ok(()) } else { confirm(pool, &user, made.sent_to, 2, cx).await };
            }
            Err(error) if refusal(&error).is_some() => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(refused.unwrap_or(ProviderError::TooManyTries))
}

/// Asks for the code that proves the address, and has it sent again as often as the server lets us.
async fn confirm(
    pool: &Pool,
    user: &str,
    mut sent_to: Option<String>,
    step: u32,
    cx: &Cx,
) -> Result<(), ProviderError> {
    let place = Place { step, of: step, who: user.to_owned() };
    let mut again = false;
    let mut refused: Option<ProviderError> = None;
    for _ in 0..MOST_ASKS {
        let question = Question::confirm_account(sent_to.clone(), again)
            .at(Some(place.clone()))
            .refused(refused.as_ref().and_then(refusal));
        let given = asking::fill_in_or(question, refused.take(), cx).await?;
        cx.person.show(&Step::Checking);
        match given {
            Given::Other(Other::SendAgain) => {
                (sent_to, again) = (pool.resend(user, cx).await?, true);
            }
            Given::Other(_) => return Err(ProviderError::Cancelled),
            Given::Filled(mut filled) => match pool.confirm_sign_up(user, &code(filled.take(CODE)), cx).await {
                Ok(()) => return Ok(()),
                Err(error) if refusal(&error).is_some() => refused = Some(error),
                Err(error) => return Err(error),
            },
        }
    }
    Err(refused.unwrap_or(ProviderError::TooManyTries))
}

/// Asks for the code and the new password. A password that breaks the pool's rules is asked for again alone.
async fn reset(pool: &Pool, user: &str, mut sent_to: Option<String>, cx: &Cx) -> Result<(), ProviderError> {
    let place = Place { step: 2, of: 2, who: user.to_owned() };
    let mut again = false;
    let mut taken: Option<Secret> = None;
    let mut refused: Option<ProviderError> = None;
    for _ in 0..MOST_ASKS {
        let question = Question::reset(sent_to.clone(), again, taken.is_none())
            .at(Some(place.clone()))
            .refused(refused.as_ref().and_then(refusal));
        let given = asking::fill_in_or(question, refused.take(), cx).await?;
        cx.person.show(&Step::Checking);
        match given {
            Given::Other(Other::SendAgain) => {
                (sent_to, again, taken) = (pool.forgot(user, cx).await?, true, None);
            }
            Given::Other(_) => return Err(ProviderError::Cancelled),
            Given::Filled(mut filled) => {
                let code = taken.take().unwrap_or_else(|| code(filled.take(CODE)));
                match pool.reset(user, &code, &filled.take(NEW_PASSWORD), cx).await {
                    Ok(()) => return Ok(()),
                    Err(error) if refusal(&error).is_some() => {
                        taken = matches!(error, ProviderError::BadNewPassword { .. }).then_some(code);
                        refused = Some(error);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Err(refused.unwrap_or(ProviderError::TooManyTries))
}

async fn change(pool: &Pool, kept: &mut Kept, session: &Session, cx: &Cx) -> Result<(), ProviderError> {
    let place = Place { step: 1, of: 1, who: session.who.clone() };
    let mut refused: Option<ProviderError> = None;
    for _ in 0..MOST_ASKS {
        let question = Question::change_password().at(Some(place.clone())).refused(refused.as_ref().and_then(refusal));
        let mut filled = asking::fill_in(question, refused.take(), cx).await?;
        let (old, new) = (filled.take(PASSWORD), filled.take(NEW_PASSWORD));
        cx.person.show(&Step::Checking);
        match pool.change_password(&session.access, &old, &new, cx).await {
            Ok(()) => {
                // Whoever had the old one remembered wants to go on like that.
                if kept.password.as_ref() == Some(&old) {
                    kept.password = Some(new);
                    kept.password_refused = false;
                }
                return Ok(());
            }
            Err(error) if refusal(&error).is_some() => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(refused.unwrap_or(ProviderError::TooManyTries))
}

/// Asks whose account it is until the server knows the name.
async fn by_name<T, F: Future<Output = Result<T, ProviderError>>>(
    deed: Deed,
    kept: &Kept,
    work: impl Fn(String) -> F,
    cx: &Cx,
) -> Result<T, ProviderError> {
    let mut refused = None;
    for _ in 0..MOST_ASKS {
        let user = whose(deed, kept, refused.take(), cx).await?;
        cx.person.show(&Step::Checking);
        match work(user).await {
            Err(error @ ProviderError::Account(AccountError::UnknownUser)) => refused = Some(error),
            other => return other,
        }
    }
    Err(AccountError::UnknownUser.into())
}

async fn whose(deed: Deed, kept: &Kept, refused: Option<ProviderError>, cx: &Cx) -> Result<String, ProviderError> {
    let known = kept.username.as_deref().unwrap_or_default();
    let question = Question::whose(deed, known).refused(refused.as_ref().and_then(refusal));
    let user = text(asking::fill_in(question, refused, cx).await?.take(USERNAME));
    if user.is_empty() { Err(ProviderError::Cancelled) } else { Ok(user) }
}

/// What can be mended by typing something else; everything else ends the conversation.
fn refusal(error: &ProviderError) -> Option<Refusal> {
    use AccountError as A;
    match error {
        ProviderError::BadNewPassword { rules: words }
        | ProviderError::Account(A::NotTaken { message: words } | A::AgainstRules { message: words }) => {
            Some(Refusal::Said { words: clean(words) })
        }
        ProviderError::WrongPassword
        | ProviderError::WrongCode
        | ProviderError::Account(A::NameTaken | A::UnknownUser) => Some(Refusal::Wrong),
        ProviderError::Account(A::CodeOver) => Some(Refusal::Over),
        _ => None,
    }
}

fn text(typed: Secret) -> String {
    typed.expose().trim().to_owned()
}

/// People copy codes with the spaces they are shown with.
fn code(typed: Secret) -> Secret {
    Secret::new(typed.expose().split_whitespace().collect::<String>())
}
