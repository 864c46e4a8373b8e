//! Logging in and logging out.

use crate::facts::TeamFacts;
use crate::ports::{SecretKey, StoreError};
use crate::problem::{self, Problem};
use crate::provider::{Cx, Provider, ProviderError};
use crate::record::Record;
use crate::session::SessionFacts;
use crate::team::Team;

use super::Sessions;
use super::shelf::Kept as Where;

/// How a person wants to log in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HowToLogIn {
    /// First forget everything that was kept for the team.
    pub clear: bool,
    /// Do not use the kept password: the person brings one.
    pub new_password: bool,
    /// Who logs in, if it was said: the password kept for somebody else is not theirs.
    pub username: Option<String>,
    /// The system may show its prompt to unlock the keychain.
    pub unlock: bool,
}

/// What a log out did; each part is done or has its problem.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogoutReport {
    /// There was a session.
    pub was_logged_in: bool,
    /// The server was not told, and why.
    pub not_revoked: Option<Problem>,
    /// Keychain entries that are still there, and why (threat T33).
    pub left: Vec<(String, Problem)>,
}

impl Sessions {
    /// Signs a person in and keeps the session.
    ///
    /// The session's lock is not held while the person thinks: others may go on using and renewing the
    /// session there is. A failed or cancelled login changes nothing of it.
    pub async fn login(&self, team: &Team, how: HowToLogIn, cx: &Cx) -> Result<SessionFacts, Problem> {
        let provider = self.provider(team)?;
        provider.check(&team.settings).map_err(|e| problem::of_setting(&e, &team.name))?;
        let _one_login = self.lock_login(team)?;
        let mut before = self.record_for_login(team, how.unlock).await?;
        if how.clear {
            self.logout(team, true, cx).await?;
            before = Record { generation: before.generation, ..Record::default() };
            before.kept.client_secret = self.record_for_login(team, false).await?.kept.client_secret;
        }

        let mut kept = before.kept.clone();
        let other_user = how.username.is_some() && how.username != kept.username;
        let own_password = how.new_password || other_user;
        if own_password {
            kept.password = None;
            kept.password_refused = false;
        }
        let outcome = provider.login(team, &mut kept, cx).await;
        if own_password && kept.password.is_none() && kept.username == before.kept.username {
            // A password brought for this once does not replace the one that was kept.
            kept.password.clone_from(&before.kept.password);
            kept.password_refused = before.kept.password_refused;
        }
        let session = match outcome {
            Ok(session) => session,
            Err(error) => {
                if kept != before.kept {
                    let _ = self.keep_beside(team, kept).await;
                }
                return Err(problem::of_provider(&error, &team.name));
            }
        };

        let _lock = self.lock(team).await?;
        self.drop_credentials(team).await;
        // Somebody may have renewed the old session meanwhile: go on counting from what is there now.
        let latest = self.shelf.record(&team.id).await.ok().flatten();
        let generation = latest.map_or(before.generation, |r| r.generation);
        let facts = session.facts();
        let mut record = Record { generation, session: Some(session), kept };
        let place =
            self.shelf.keep_record(&team.id, &mut record).await.map_err(|e| problem::not_kept(&e, &team.name))?;
        let fresh = facts.clone();
        let _ = self
            .note_and_use(team, |t| {
                *t = TeamFacts {
                    session: Some(fresh),
                    name: t.name.clone(),
                    memory_only: place == Where::InMemory,
                    ..TeamFacts::default()
                }
            })
            .await;
        Ok(facts)
    }

    /// Ends the session here and at the server. With `forget` also the user name, the password and all
    /// else that was kept for the team, but for its client secret, which is a setting.
    pub async fn logout(&self, team: &Team, forget: bool, cx: &Cx) -> Result<LogoutReport, Problem> {
        let provider = self.provider(team)?;
        let _lock = self.lock(team).await?;
        let mut report = LogoutReport::default();
        let found = match self.shelf.record(&team.id).await {
            Ok(found) => found,
            Err(StoreError::Damaged { .. }) if forget => {
                self.shelf.set_aside(&team.id).await.map_err(|e| problem::of_store(&e))?;
                Some(Record::default())
            }
            Err(error) => return Err(problem::of_store(&error)),
        };
        if let Some(mut record) = found {
            if let Some(session) = record.session.take() {
                report.was_logged_in = true;
                report.not_revoked = match provider.revoke(team, &session, &record.kept, cx).await {
                    Ok(()) | Err(ProviderError::SessionEnded { .. }) => None,
                    Err(error) => Some(problem::of_provider(&error, &team.name)),
                };
            }
            if forget {
                record.kept = crate::session::Kept { client_secret: record.kept.client_secret, ..Default::default() };
            }
            if let Err(error) = self.shelf.keep_record(&team.id, &mut record).await {
                report.left.push((team.name.clone(), problem::of_store(&error)));
            }
        }
        report.left.extend(self.drop_credentials(team).await);
        if report.left.is_empty() {
            let _ = self.note(team, |t| *t = TeamFacts { name: t.name.clone(), ..TeamFacts::default() }).await;
        }
        Ok(report)
    }

    /// Ends the session and removes every entry of a team that is going away.
    pub async fn remove(&self, team: &Team, cx: &Cx) -> Result<LogoutReport, Problem> {
        let mut report = match self.provider(team) {
            Ok(_) => self.logout(team, true, cx).await?,
            Err(_) => LogoutReport::default(),
        };
        for key in [SecretKey::Team(team.id.clone()), SecretKey::SetAside(team.id.clone())] {
            if let Err(error) = self.shelf.remove(&key).await {
                report.left.push((team.name.clone(), problem::of_store(&error)));
            }
        }
        if report.left.is_empty() {
            let _ = self.forget_facts(team).await;
        }
        Ok(report)
    }

    /// Keeps the secret of the team's own OAuth client.
    pub async fn keep_client_secret(&self, team: &Team, secret: crate::secret::Secret) -> Result<(), Problem> {
        let mut kept = self.record_for_login(team, true).await?.kept;
        kept.client_secret = Some(secret).filter(|s| !s.is_empty());
        self.keep_beside(team, kept).await
    }

    /// What is kept for the team, for somebody who asked to log in: the keychain may be unlocked for it,
    /// an unreadable entry is set aside, and another keychain than before is taken as an empty one.
    async fn record_for_login(&self, team: &Team, unlock: bool) -> Result<Record, Problem> {
        let found = match self.shelf.record(&team.id).await {
            Err(StoreError::Locked) if unlock => {
                self.shelf.store().unlock().await.map_err(|e| problem::of_store(&e))?;
                self.shelf.record(&team.id).await
            }
            found => found,
        };
        match found {
            Ok(found) => Ok(found.unwrap_or_default()),
            Err(StoreError::DifferentKeychain) => Ok(Record::default()),
            Err(StoreError::Damaged { .. }) => {
                self.shelf.set_aside(&team.id).await.map_err(|e| problem::of_store(&e))?;
                Ok(Record::default())
            }
            Err(error) => Err(problem::of_store(&error)),
        }
    }

    /// Writes what is kept beside a session, leaving the session itself as it is now.
    async fn keep_beside(&self, team: &Team, kept: crate::session::Kept) -> Result<(), Problem> {
        let _lock = self.lock(team).await?;
        let mut record = self.record_for_login(team, false).await?;
        record.kept = kept;
        self.shelf.keep_record(&team.id, &mut record).await.map(|_| ()).map_err(|e| problem::of_store(&e))
    }

    /// Removes the team's credentials from the keychain; returns those that would not go.
    async fn drop_credentials(&self, team: &Team) -> Vec<(String, Problem)> {
        let mut left = Vec::new();
        let known = self.facts().teams.remove(&team.id).unwrap_or_default().credentials;
        for profile in known.into_keys() {
            let key = SecretKey::Credential(team.id.clone(), profile.clone());
            if let Err(error) = self.shelf.remove(&key).await {
                let name = team.profiles.iter().find(|p| p.id == profile).map_or(profile.as_str(), |p| &p.name);
                left.push((format!("{} · {name}", team.name), problem::of_store(&error)));
            }
        }
        left
    }

    /// True when a session of this team would be kept in a keychain, as far as can be known now.
    pub async fn check_keychain(&self, team: &Team) -> Result<(), StoreError> {
        self.shelf.record(&team.id).await.map(|_| ())
    }
}

/// Lets the compiler check that a provider can be shared between tasks.
const _: fn() = || {
    fn shared<T: Send + Sync + ?Sized>() {}
    shared::<dyn Provider>();
    shared::<Sessions>();
};
