//! Twins of the world for tests: a clock that jumps, a keychain that fails, a person with a script.
//!
//! Built for this crate's own tests and, behind the feature `testkit`, for those of others.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that is set up wrongly should say so loudly")]

mod clock;
mod files;
mod http;
mod keychain;
#[cfg(target_os = "linux")]
mod memory;
mod person;
mod sample;
mod shell;
mod tokens;

pub use clock::VirtualClock;
pub use files::MemoryFiles;
pub use http::ScriptedHttp;
pub use keychain::{Call, MemoryStore};
#[cfg(target_os = "linux")]
pub use memory::Sought;
pub use person::{NoCallback, RecordingBrowser, ScriptedPerson, SeededRandom};
pub use sample::{about, at, code_to_compare, fixed_session, id, page_in_the_browser, profile, session, team, zone};
pub use shell::RecordingShell;
pub use tokens::{GivingTokens, refused};
