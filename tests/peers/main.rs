//! Strangers: servers and clients that nobody here wrote, against what we send and what we hand out.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod cognito;
mod handed_out;
mod managed_login;
mod oidc;
mod strangers;
