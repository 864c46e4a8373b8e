//! Keyfob's mind: what a team, a session and a problem are, and what follows when something happens.
//!
//! This crate knows no window, no operating system and no network library. It reaches the world only
//! through [`ports`]; a [`provider`] is lent a few of them in a [`provider::Cx`].

pub mod secret;
pub mod session;
pub mod team;

pub mod export;
pub mod problem;

pub mod config;
pub mod config_file;
pub mod facts;
mod lock;
pub mod ports;
pub mod provider;
pub mod record;
pub mod sessions;

pub mod door;
pub mod effect;
pub mod event;
pub mod expiry;
pub mod model;
pub mod notice;
pub mod phrase;
pub mod remembered;
pub mod talk;
pub mod tray;
pub mod update;
pub mod window;

pub mod engine;

#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
