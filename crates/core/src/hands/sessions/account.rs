//! What is done with a person's account beside logging in: the provider asks, and what it learns is kept.

use crate::doors::provider::{Cx, ProviderError};
use crate::face::problem;
use crate::words::about::Deed;
use crate::words::problem::Problem;
use crate::words::session::Kept;
use crate::words::team::Team;

use super::Sessions;

impl Sessions {
    /// Does something with the account of the person, who is asked for what it takes. As with a login, the
    /// session's lock is not held while they think.
    pub async fn account(&self, team: &Team, deed: Deed, cx: &Cx) -> Result<(), Problem> {
        let provider = self.provider(team)?;
        let offered = provider.about().accounts;
        if !offered.contains(&deed) {
            return Err(problem::no_such_deed(&team.name, deed, offered));
        }
        provider.check(&team.settings).map_err(|e| problem::of_provider(&e.into(), &team.name))?;
        let _one_attempt = self.lock_login(team)?;
        let before = self.open_for_login(team, &*cx.person).await?.1.kept;
        let mut kept = before.clone();
        let outcome = if deed.needs_session() {
            let session = self.session(team, cx).await?;
            match provider.account(deed, team, &mut kept, Some(&session), cx).await {
                Err(ProviderError::SessionEnded { .. }) => {
                    // Refused before its time: renewed once, and asked once more (fault F23).
                    let newer = {
                        let held = self.lock(team).await?;
                        self.session_after_refusal(&held, team, provider, &session, cx).await?
                    };
                    provider.account(deed, team, &mut kept, Some(&newer), cx).await
                }
                other => other,
            }
        } else {
            provider.account(deed, team, &mut kept, None, cx).await
        };
        self.keep_changes(team, &before, kept).await?;
        outcome.map_err(|error| problem::of_account(&error, deed, &team.name))
    }

    /// What is done at the server stays done, so it is no failure of the deed when nothing can be kept of it where
    /// nothing was before.
    async fn keep_changes(&self, team: &Team, before: &Kept, kept: Kept) -> Result<(), Problem> {
        if kept == *before {
            return Ok(());
        }
        let stale = before.password.is_some() && kept.password != before.password;
        match self.keep_beside(team, kept).await {
            Err(problem) if stale => Err(problem),
            _ => Ok(()),
        }
    }
}
