//! The keychain against a real GNOME Keyring and a real KeePassXC: unlocked, locked, absent, hung, killed, and another one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod asking;
mod faults;
mod keepassxc;
mod keyrings;
mod others;
