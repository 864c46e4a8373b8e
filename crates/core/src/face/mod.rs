//! Every word that a person reads, and the shape of all that is shown.

pub mod ask;
pub mod chain;
pub mod closed;
pub mod deed;
pub mod export;
pub mod left_out;
pub mod name;
pub mod notice;
pub mod phrase;
pub mod problem;
pub mod returned;
pub mod talk;
pub mod tray;
pub mod window;
