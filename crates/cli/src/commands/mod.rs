//! One file for each command.

pub mod account;
pub mod credential_process;
pub mod demo;
pub mod env;
pub mod import;
pub mod login;
pub mod logout;
pub mod profile;
pub mod provider;
pub mod renew;
pub mod status;
pub mod team;
pub mod token;
pub mod whoami;
