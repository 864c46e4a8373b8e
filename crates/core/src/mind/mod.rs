//! What is decided: pure functions of what is known and of the moment.

pub mod calls;
pub mod effect;
pub mod event;
pub mod expiry;
pub mod health;
pub mod model;
pub mod renewal;
pub mod update;
