//! The first minutes of somebody who has just fetched the sources: what the scripts and the build say when a machine is
//! not ready for them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod apt;
mod unbuilt;
