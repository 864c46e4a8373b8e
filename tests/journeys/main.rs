//! Whole stories, told with the real `keyfob`, a real Secret Service and the embedded cloud.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod accounts;
mod bad_input;
mod browser;
mod causes;
mod chains;
mod discover;
mod environment;
mod homes;
mod hostile;
mod imports;
mod keepassxc;
mod keychain;
mod keys;
mod limits;
mod oidc;
mod pool;
mod portal;
mod refreshers;
mod screens;
mod secrets;
mod signals;
mod teams;
mod terminals;
