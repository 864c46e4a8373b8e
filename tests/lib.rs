//! What the test binaries of this package share.

#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod support;
