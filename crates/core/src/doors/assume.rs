//! The door to AWS's Security Token Service: a role in exchange for credentials, and whose credentials they are.

use async_trait::async_trait;

use crate::doors::provider::{Cx, ProviderError};
use crate::words::profile::AssumedRole;
use crate::words::session::Credential;
use crate::words::team::Team;

/// Where the service is asked, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The team that the way begins with: its settings may name an address.
    pub team: &'a Team,
    /// Where the tools of the profile work; `None` leaves it to the team.
    pub region: Option<&'a str>,
    pub by: &'a Credential,
}

/// Whose credentials some are (STS API reference, `GetCallerIdentity`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub account: String,
    pub arn: String,
    pub user_id: String,
}

/// AWS's Security Token Service.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Assumes a role for so many seconds, or for as long as the service likes.
    async fn assume(
        &self,
        asked: Asked<'_>,
        role: &AssumedRole,
        session_name: &str,
        seconds: Option<u32>,
        cx: &Cx,
    ) -> Result<Credential, ProviderError>;

    async fn caller(&self, asked: Asked<'_>, cx: &Cx) -> Result<Caller, ProviderError>;
}
