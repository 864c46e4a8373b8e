//! What we read in other programs' files is what those programs read there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aws_config;
mod drafts;
