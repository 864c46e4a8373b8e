//! The real world behind core's ports: one file for each, over one outside crate.

pub mod above;
mod awake;
pub mod browser;
#[cfg(target_os = "linux")]
pub mod bus;
pub mod callback;
pub mod clipboard;
pub mod clock;
pub mod dirs;
pub mod environment;
pub mod files;
#[cfg(target_os = "linux")]
mod guard;
pub mod harden;
pub mod http;
pub mod instance;
pub mod keychain;
pub mod notify;
pub mod place;
pub mod random;
pub mod screen;
#[cfg(target_os = "linux")]
mod session_bus;

mod loopback;
