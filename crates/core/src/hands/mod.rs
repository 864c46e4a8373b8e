//! What is done: sessions, files and the loop that performs what was decided.

pub mod config;
pub mod engine;
mod lock;
pub mod record;
pub mod remembered;
pub mod sessions;
