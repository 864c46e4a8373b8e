//! What things are: the vocabulary of the house, without a rule about any of it.

pub mod about;
pub mod action;
pub mod answers;
pub mod browser;
pub mod cause;
pub mod change;
pub mod claims;
pub mod facts;
pub mod failure;
pub mod id;
pub mod login;
pub mod mistake;
pub mod name;
pub mod notice;
pub mod plain;
pub mod prefs;
pub mod problem;
pub mod profile;
pub mod question;
pub mod secret;
pub mod session;
pub mod settings;
pub mod shell;
pub mod team;
pub mod way;
