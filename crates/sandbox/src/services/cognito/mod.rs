//! Cognito user pools (API version 2016-04-18): logging in, challenges, tokens, and the codes that people are sent.

mod answers;
mod asked;
mod codes;
mod initiate;
mod next;
mod person;
mod respond;
mod srp;
#[cfg(test)]
mod tests;
mod tokens;

pub(crate) use answers::error;
pub(crate) use initiate::initiate;
pub(crate) use person::{last_code, shown_code};
pub(crate) use respond::respond;
pub(crate) use tokens::{get_tokens, revoke};
