//! Trading a session for credentials, and handing out the ones that are still good.

use jiff::{SignedDuration, Timestamp};

use crate::ports::{SecretKey, StoreError};
use crate::problem::{self, Problem};
use crate::provider::{Cx, Provider, ProviderError, Target};
use crate::record::{decode_credential, encode_credential};
use crate::session::{Credential, Session};
use crate::team::{Profile, Team};

use super::Sessions;
use super::renew::NEARLY_OVER;

/// AWS SDKs ask again when less than 15 minutes are left (botocore, `_advisory_refresh_timeout`): what we
/// hand out has more, so that they never ask in vain.
const ENOUGH: SignedDuration = SignedDuration::from_mins(16);

impl Sessions {
    /// Credentials for a profile: the kept ones while they are good, else new ones.
    pub async fn credential(&self, team: &Team, profile: &Profile, cx: &Cx) -> Result<Credential, Problem> {
        let provider = self.provider(team)?;
        // The facts tell without the keychain whether a look at it can help. When many processes ask at
        // once for something that has ended, they queue at the lock instead of at the keychain.
        if self.looks_fresh(team, profile)
            && let Ok(Some(good)) = self.kept_credential(team, profile, ENOUGH).await
        {
            return Ok(good);
        }
        let _lock = self.lock(team).await?;
        if self.looks_fresh(team, profile) {
            match self.kept_credential(team, profile, ENOUGH).await {
                Ok(Some(good)) => return Ok(good),
                Ok(None) | Err(StoreError::Damaged { .. }) => {}
                Err(error) => return Err(problem::of_store(&error)),
            }
        }
        match self.mint(team, profile, provider, cx).await {
            Ok(new) => Ok(new),
            // Servers in trouble, a network that is gone: what is kept may still be good for a while (fault F01).
            Err(problem) => match self.kept_credential(team, profile, NEARLY_OVER).await {
                Ok(Some(good)) => Ok(good),
                _ => Err(problem),
            },
        }
    }

    /// All accounts and roles that the team's session can be traded for.
    pub async fn targets(&self, team: &Team, cx: &Cx) -> Result<Vec<Target>, Problem> {
        let provider = self.provider(team)?;
        let session = self.session(team, cx).await?;
        let mut answer = provider.targets(team, &session, cx).await;
        if let Err(ProviderError::SessionEnded { .. }) = answer {
            let _lock = self.lock(team).await?;
            let session = self.session_after_refusal(team, provider, &session, cx).await?;
            answer = provider.targets(team, &session, cx).await;
        }
        answer.map_err(|e| problem::of_provider(&e, &team.name))
    }

    /// Removes what is kept for a profile that is going away.
    pub async fn forget_credential(&self, team: &Team, profile: &Profile) -> Result<(), Problem> {
        let _lock = self.lock(team).await?;
        if !self.facts().teams.get(&team.id).is_some_and(|t| t.credentials.contains_key(&profile.id)) {
            return Ok(());
        }
        let key = SecretKey::Credential(team.id.clone(), profile.id.clone());
        self.shelf.remove(&key).await.map_err(|e| problem::of_store(&e))?;
        self.note(team, |t| {
            t.credentials.remove(&profile.id);
        })
        .await
    }

    async fn mint(
        &self,
        team: &Team,
        profile: &Profile,
        provider: &dyn Provider,
        cx: &Cx,
    ) -> Result<Credential, Problem> {
        let session = self.session_locked(team, provider, cx).await?;
        let mut answer = provider.credential(team, profile, &session, cx).await;
        if let Err(ProviderError::SessionEnded { .. }) = answer {
            let session = self.session_after_refusal(team, provider, &session, cx).await?;
            answer = provider.credential(team, profile, &session, cx).await;
        }
        let credential = answer.map_err(|e| problem::of_provider(&e, &team.name))?;
        if credential.expires.duration_since(self.now()) <= SignedDuration::ZERO {
            return Err(problem::of_provider(
                &ProviderError::Unexpected {
                    host: team.provider.clone(),
                    what: "The credentials had already ended when they came".into(),
                },
                &team.name,
            ));
        }
        let key = SecretKey::Credential(team.id.clone(), profile.id.clone());
        // Credentials that cannot be kept are still good for this once.
        if self.shelf.put(&key, &encode_credential(&credential, profile)).await.is_ok() {
            let _ = self
                .note(team, |t| {
                    t.credentials.insert(profile.id.clone(), credential.expires);
                    t.offline_since = None;
                })
                .await;
        }
        Ok(credential)
    }

    /// The server refused an access token before its time: renew once, then it is over (fault F23).
    async fn session_after_refusal(
        &self,
        team: &Team,
        provider: &dyn Provider,
        refused: &Session,
        cx: &Cx,
    ) -> Result<Session, Problem> {
        let mut record = self.shelf.record(&team.id).await.map_err(|e| problem::of_store(&e))?.unwrap_or_default();
        match &record.session {
            Some(newer) if newer.access != refused.access => Ok(newer.clone()),
            Some(session) if session.refresh.is_some() => self.refresh(team, provider, &mut record, cx).await,
            _ => {
                record.session = None;
                let _ = self.shelf.keep_record(&team.id, &mut record).await;
                let now = self.now();
                let ended = problem::session_ended(&team.name);
                let told = ended.clone();
                let _ = self
                    .note(team, |t| {
                        t.problem = Some(told);
                        if let Some(session) = &mut t.session {
                            session.expires = session.expires.min(now);
                            session.renews = false;
                        }
                    })
                    .await;
                Err(ended)
            }
        }
    }

    fn looks_fresh(&self, team: &Team, profile: &Profile) -> bool {
        let facts = self.facts();
        let expires = facts.teams.get(&team.id).and_then(|t| t.credentials.get(&profile.id));
        expires.is_some_and(|e| lasts(*e, self.now(), ENOUGH))
    }

    async fn kept_credential(
        &self,
        team: &Team,
        profile: &Profile,
        least: SignedDuration,
    ) -> Result<Option<Credential>, StoreError> {
        let key = SecretKey::Credential(team.id.clone(), profile.id.clone());
        let Some(text) = self.shelf.get(&key).await? else { return Ok(None) };
        let found = decode_credential(&text, profile).map_err(|e| StoreError::Damaged { why: e.to_string() })?;
        Ok(found.filter(|c| lasts(c.expires, self.now(), least)))
    }
}

fn lasts(expires: Timestamp, now: Timestamp, least: SignedDuration) -> bool {
    expires.duration_since(now) > least
}
