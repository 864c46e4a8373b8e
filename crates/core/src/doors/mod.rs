//! What is asked of the world, and how it may fail to answer.

pub mod assume;
pub mod callback;
pub mod environment;
pub mod pace;
pub mod pipe;
pub mod ports;
pub mod provider;
