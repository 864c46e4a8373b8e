//! The rules of the house, checked on the sources and on what Cargo resolves; a broken one says why it exists.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod circles;
mod dependencies;
mod environment;
mod faults;
mod floors;
mod imports;
mod layout;
mod modules;
mod names;
mod promises;
mod secrets;
mod sources;
mod uses;
mod versions;
mod words;
