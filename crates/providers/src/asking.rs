//! What providers share in asking: waiting for something that is done elsewhere, and reading what was filled in.

use std::pin::pin;

use futures_util::future::{Either, select};
use keyfob_core::doors::ports::{NoAnswer, Revealed};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::question::{Answer, Filled, Other, Question};

/// How waiting ended.
pub enum Waited<T> {
    Came(T),
    /// The person goes another way.
    Other(Other),
}

/// Shows what must be done elsewhere while `work` goes on. The question is shown before the work begins, so that
/// nothing opens before there is something to compare it with (threat T07).
pub async fn while_waiting<T, E: From<NoAnswer>>(
    question: Question,
    work: impl Future<Output = Result<T, E>>,
    cx: &Cx,
) -> Result<Waited<T>, E> {
    match select(pin!(cx.person.ask(question)), pin!(work)).await {
        Either::Right((done, _)) => done.map(Waited::Came),
        Either::Left((Ok(Answer::Other(other)), _)) => Ok(Waited::Other(other)),
        Either::Left((Ok(_), _)) => Err(NoAnswer::Cancelled.into()),
        Either::Left((Err(no), _)) => Err(no.into()),
    }
}

/// What a person did with a form.
pub enum Given {
    Filled(Filled),
    /// The person goes another way.
    Other(Other),
}

/// What was filled in. A script that has given what it knows, and was told that it is wrong, hears `wrong`: that says
/// more than "nobody is here".
pub async fn fill_in(question: Question, wrong: Option<ProviderError>, cx: &Cx) -> Result<Filled, ProviderError> {
    filled(cx.person.ask(question).await, wrong)
}

/// The same while a secret is shown.
pub async fn fill_in_showing(
    question: Question,
    shown: Revealed,
    wrong: Option<ProviderError>,
    cx: &Cx,
) -> Result<Filled, ProviderError> {
    filled(cx.person.ask_showing(question, shown).await, wrong)
}

/// The same for a form with other ways on.
pub async fn fill_in_or(question: Question, wrong: Option<ProviderError>, cx: &Cx) -> Result<Given, ProviderError> {
    given(cx.person.ask(question).await, wrong)
}

fn filled(answer: Result<Answer, NoAnswer>, wrong: Option<ProviderError>) -> Result<Filled, ProviderError> {
    match given(answer, wrong)? {
        Given::Filled(filled) => Ok(filled),
        Given::Other(_) => Err(ProviderError::Cancelled),
    }
}

fn given(answer: Result<Answer, NoAnswer>, wrong: Option<ProviderError>) -> Result<Given, ProviderError> {
    match (answer, wrong) {
        (Ok(Answer::Filled(filled)), _) => Ok(Given::Filled(filled)),
        (Ok(Answer::Other(other)), _) => Ok(Given::Other(other)),
        (Ok(_), _) => Err(ProviderError::Cancelled),
        (Err(NoAnswer::Nobody), Some(wrong)) => Err(wrong),
        (Err(no), _) => Err(no.into()),
    }
}
