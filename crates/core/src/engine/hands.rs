//! What the engine has done for it: logging in, renewing, logging out.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::facts::Facts;
use crate::model::Failure;
use crate::ports::{Person, SecretStore};
use crate::problem::{self, Problem};
use crate::provider::Cx;
use crate::session::SessionFacts;
use crate::sessions::{HowToLogIn, Sessions};
use crate::team::Team;

/// Does what was decided. It speaks of sessions in facts only: no secret comes back through it.
#[async_trait]
pub trait Hands: Send + Sync + Debug {
    /// Signs a person in. Dropping the future cancels it and leaves the session there was.
    async fn login(&self, team: &Team, person: Arc<dyn Person>) -> Result<SessionFacts, Failure>;
    /// Renews without a person and without a prompt.
    async fn renew(&self, team: &Team) -> Result<SessionFacts, Failure>;
    /// Ends the session; says what was left undone.
    async fn logout(&self, team: &Team) -> Result<Option<Problem>, Problem>;
    /// Unlocks the keychain, which may show the system's prompt.
    async fn unlock(&self) -> Result<(), Problem>;
    /// What all Keyfob processes together know; quick, and without the keychain.
    fn facts(&self) -> Facts;
}

/// The hands of the real program.
#[derive(Debug, Clone)]
pub struct SessionHands {
    pub sessions: Arc<Sessions>,
    pub store: Arc<dyn SecretStore>,
    /// Its person is replaced by the one behind each login.
    pub cx: Cx,
}

#[async_trait]
impl Hands for SessionHands {
    async fn login(&self, team: &Team, person: Arc<dyn Person>) -> Result<SessionFacts, Failure> {
        let cx = Cx { person, ..self.cx.clone() };
        let how = HowToLogIn { unlock: true, ..HowToLogIn::default() };
        self.sessions.login(team, how, &cx).await.map_err(Failure::from)
    }

    async fn renew(&self, team: &Team) -> Result<SessionFacts, Failure> {
        self.sessions.renew(team, &self.cx).await.map_err(Failure::from)
    }

    async fn logout(&self, team: &Team) -> Result<Option<Problem>, Problem> {
        let report = self.sessions.logout(team, false, &self.cx).await?;
        Ok(report.left.into_iter().map(|(_, problem)| problem).next().or(report.not_revoked))
    }

    async fn unlock(&self) -> Result<(), Problem> {
        self.store.unlock().await.map_err(|error| problem::of_store(&error))
    }

    fn facts(&self) -> Facts {
        self.sessions.facts()
    }
}
