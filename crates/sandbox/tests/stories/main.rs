//! Stories told to a running sandbox over its socket, by a client that hides nothing of the wire.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod crowd;
mod device;
mod idp;
mod pools;
mod wire;
