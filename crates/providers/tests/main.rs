//! The providers from outside: against scripted answers on virtual time, and against the embedded cloud.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

mod access_keys;
mod browser_login;
mod causes;
mod device_login;
mod device_renewal;
mod discovery;
mod endpoints;
mod oidc_device;
mod oidc_login;
mod oidc_proof;
mod oidc_renewal;
mod oidc_roles;
mod pool_accounts;
mod pool_challenges;
mod pool_login;
mod pool_renewal;
mod portal;
mod regions;
mod roles;
mod sandbox_accounts;
mod sandbox_keys;
mod sandbox_pool;
mod sandbox_signin;
mod sandbox_sso;
mod settings;
