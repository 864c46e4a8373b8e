//! An embedded stand-in for the AWS identity services, for `keyfob demo` and for tests.
//!
//! One port on 127.0.0.1 speaks the wire formats of IAM Identity Center (OIDC and portal), Cognito user pools (with real
//! SRP-6a and TOTP checks), STS (with checked signatures) and, under `/idp`, an OpenID provider, and shows the page where a
//! person approves a code. It
//! follows the public API models (`service-2.json` in botocore) and shares no code with the product, so that it cannot
//! agree with a bug there.
//!
//! ```no_run
//! # async fn story() -> Result<(), Box<dyn std::error::Error>> {
//! use keyfob_sandbox::{Fault, Operation, Sandbox, Setup, What};
//!
//! let cloud = Sandbox::start(Setup::demo()).await?;
//! cloud.faults().add(Fault::on(Operation::PollToken, What::SlowDown).times(2));
//! // … a client starts a login at `cloud.url()` and shows a code …
//! cloud.approve("BCDF-GHJK")?;
//! assert_eq!(cloud.count(Operation::RefreshToken), 0);
//! # Ok(()) }
//! ```
//!
//! Doubts, where AWS documents no behaviour: errors for unconfirmed users and forced resets come after the right password
//! was proved; `REFRESH_TOKEN_AUTH` with rotation on answers `InvalidParameterException`; revoking an unknown Cognito
//! token succeeds. A [`What::Error`] fault gives every other answer.

mod capped;
mod clock;
mod cloud;
mod control;
mod decide;
mod demo;
mod faults;
mod front;
mod http;
mod log;
mod mac;
mod operation;
mod patch;
mod random;
mod sandbox;
mod server;
mod services;
mod setup;
mod wire;
mod world;

pub use clock::{Clock, Hand};
pub use decide::{CodeError, Expire};
pub use demo::{
    BOT_KEY, CLIENT_SECRET, DEMO_PASSWORD, DEMO_POOL, IDP_CLIENT, KEY_SECRET, KIM_KEY, KIM_MFA, PASSWORD_CLIENT,
    ROTATING_CLIENT, SECRET_CLIENT, SRP_CLIENT, TOTP_SECRET,
};
pub use faults::{Fault, What};
pub use log::Seen;
pub use operation::Operation;
pub use sandbox::{FaultQueue, Sandbox};
pub use setup::{
    Account, Flow, IamUser, Idp, IdpClient, Lifetimes, Limit, Mfa, Pool, PoolClient, PoolUser, Portal, PortalUser,
    Rotation, Setup, Status, Trust,
};
