//! What the engine has done for it: logging in, renewing, logging out.

use crate::words::shell::Shell;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::doors::ports::{Person, SecretStore};
use crate::doors::provider::Cx;
use crate::face::{export, problem};
use crate::hands::sessions::{HowToLogIn, Sessions, TokenKind};
use crate::words::about::Deed;
use crate::words::facts::Facts;
use crate::words::failure::Failure;
use crate::words::login::Wish;
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::secret::Secret;
use crate::words::session::SessionFacts;
use crate::words::team::Team;

/// Does what was decided. It speaks of sessions in facts only; the one secret that comes back is on its way to the
/// clipboard.
#[async_trait]
pub trait Hands: Send + Sync + Debug {
    /// Signs a person in. Dropping the future cancels it and leaves the session there was.
    async fn login(&self, team: &Team, wish: Wish, person: Arc<dyn Person>) -> Result<SessionFacts, Failure>;
    /// Does something with a person's account. Dropping the future cancels it.
    async fn account(&self, team: &Team, deed: Deed, person: Arc<dyn Person>) -> Result<(), Failure>;
    /// Renews without a person and without a prompt.
    async fn renew(&self, team: &Team) -> Result<SessionFacts, Failure>;
    /// Ends the session; says what was left undone.
    async fn logout(&self, team: &Team) -> Result<Option<Problem>, Problem>;
    /// Unlocks the keychain, which may show the system's prompt.
    async fn unlock(&self) -> Result<(), Problem>;
    /// The team's token, or the lines for a shell that hold the keys of a profile. Without a prompt. `teams` are those in
    /// which a profile may have its source.
    async fn secret(
        &self,
        teams: &[Team],
        team: &Team,
        profile: Option<&Profile>,
        shell: Shell,
    ) -> Result<Secret, Problem>;
    /// What all Keyfob processes together know; quick, and without the keychain.
    fn facts(&self) -> Facts;
    /// Returns once no server is asked for anything any more and what they answered is kept.
    async fn finished(&self);
    /// True once for each renewal whose process was killed in the middle of it; as quick.
    fn was_broken_off(&self, team: &Team) -> bool;
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
    async fn login(&self, team: &Team, wish: Wish, person: Arc<dyn Person>) -> Result<SessionFacts, Failure> {
        let cx = Cx { person, ..self.cx.clone() };
        self.sessions.login(team, HowToLogIn { wish, ..HowToLogIn::default() }, &cx).await.map_err(Failure::from)
    }

    async fn account(&self, team: &Team, deed: Deed, person: Arc<dyn Person>) -> Result<(), Failure> {
        let cx = Cx { person, ..self.cx.clone() };
        self.sessions.account(team, deed, &cx).await.map_err(Failure::from)
    }

    async fn renew(&self, team: &Team) -> Result<SessionFacts, Failure> {
        self.sessions.renew(team, &self.cx).await.map_err(Failure::from)
    }

    async fn logout(&self, team: &Team) -> Result<Option<Problem>, Problem> {
        let report = self.sessions.logout(team, false, &self.cx).await?;
        if let Some(page) = &report.page {
            // A person asked; where no browser opens, the session here is over all the same.
            let _ = self.cx.browser.open(page).await;
        }
        Ok(report.left.into_iter().map(|(_, problem)| problem).next().or(report.not_revoked))
    }

    async fn unlock(&self) -> Result<(), Problem> {
        let opened = match self.store.for_person().ready().await {
            // What they left closed may be what we need.
            Ok(()) => self.store.ready().await,
            closed => closed,
        };
        opened.map_err(|error| problem::of_store(&error))
    }

    async fn secret(
        &self,
        teams: &[Team],
        team: &Team,
        profile: Option<&Profile>,
        shell: Shell,
    ) -> Result<Secret, Problem> {
        let Some(profile) = profile else {
            return self.sessions.token(team, TokenKind::IdOrAccess, &self.cx).await;
        };
        let keys = self.sessions.among(teams).credential(team, profile, &self.cx).await?;
        let asked = export::Asked { team, profile: Some(profile), keys: Some(&keys), token: None };
        let lines = export::Lines::new(asked).map_err(export::Refused::from).and_then(|lines| lines.copied(shell));
        lines.map(|lines| lines.text).map_err(|refused| problem::of_export(&refused, shell))
    }

    fn facts(&self) -> Facts {
        self.sessions.facts()
    }

    async fn finished(&self) {
        self.sessions.finished().await;
    }

    fn was_broken_off(&self, team: &Team) -> bool {
        self.sessions.was_broken_off(team)
    }
}
