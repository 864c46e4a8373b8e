//! Whole stories, told with the real `keyfob`, a real Secret Service and the embedded cloud.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod keychain;
mod pool;
mod portal;
mod refreshers;
mod secrets;
mod stage;
mod teams;
mod terminals;
