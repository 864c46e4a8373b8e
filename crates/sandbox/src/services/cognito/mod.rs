//! Cognito user pools (API version 2016-04-18): logging in, challenges, tokens, and the codes that people are sent.

mod account;
mod answers;
mod asked;
mod authenticator;
mod codes;
mod initiate;
mod next;
mod person;
mod respond;
mod srp;
#[cfg(test)]
mod tests;
mod tokens;

pub(crate) use account::{change_password, confirm_sign_up, forgot, resend, reset, sign_up};
pub(crate) use answers::error;
pub(crate) use authenticator::{associate, verify};
pub(crate) use codes::{base32, step_of};
pub(crate) use initiate::initiate;
pub(crate) use person::{last_code, shown_code};
pub(crate) use respond::respond;
pub(crate) use tokens::{get_tokens, revoke};
