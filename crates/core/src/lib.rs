//! Keyfob's mind: what a team, a session and a problem are, and what follows when something happens.
//!
//! Five floors, each using only those above it: what things are, what is asked of the world, what is decided, how it
//! reads, and what does it. This crate knows no window, no operating system and no network library: it reaches the
//! world only through the doors.

pub mod words;

pub mod doors;

pub mod mind;

pub mod face;

pub mod hands;

#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
