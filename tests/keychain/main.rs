//! The keychain against a real GNOME Keyring: unlocked, locked, absent, hung, killed, and another one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod asking;
mod faults;
mod others;
