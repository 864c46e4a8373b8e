//! Real shells evaluate our lines with hostile names and values (security P01–P03, T14, T15).
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod evaluate;
mod programs;
mod typing;
mod values;
