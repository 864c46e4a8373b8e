//! Trading a session for credentials, and handing out the ones that are still good.

use jiff::{SignedDuration, Timestamp};

use crate::doors::ports::{SecretKey, StoreError};
use crate::doors::provider::discovery::Discovery;
use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::face::problem;
use crate::hands::record::{decode_credential, encode_credential};
use crate::mind::expiry::{NEARLY_OVER, credential_is_fresh};
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::session::Credential;
use crate::words::team::Team;

use super::Sessions;
use super::locks::Held;

/// A credential from the keychain, and when it was minted.
type Found = (Credential, Timestamp);

impl Sessions {
    /// Credentials for a profile: the kept ones while they are good, else new ones.
    pub async fn credential(&self, team: &Team, profile: &Profile, cx: &Cx) -> Result<Credential, Problem> {
        // To hand out what the chain only begins with would be another role than the one asked for.
        if profile.is_chained() {
            return Err(problem::chained(&profile.name));
        }
        let provider = self.provider(team)?;
        // The facts tell without the keychain whether a look at it can help. When many processes ask at
        // once for something that has ended, they queue at the lock instead of at the keychain.
        if self.may_be_fresh(team, profile)
            && let Ok(Some(good)) = self.fresh_credential(team, profile).await
        {
            return Ok(good);
        }
        let held = self.lock(team).await?;
        if self.may_be_fresh(team, profile) {
            match self.fresh_credential(team, profile).await {
                Ok(Some(good)) => return Ok(good),
                Ok(None) | Err(StoreError::Damaged { .. }) => {}
                Err(error) => return Err(problem::of_store(&error)),
            }
        }
        match self.mint(&held, team, profile, provider, cx).await {
            Ok(new) => Ok(new),
            // Servers in trouble, a network that is gone: what is kept may still be good for a while (fault F01).
            Err(problem) if self.may_be_fresh(team, profile) => match self.kept_credential(team, profile).await {
                Ok(Some((good, _))) if left(good.expires, self.now()) > NEARLY_OVER => Ok(good),
                _ => Err(problem),
            },
            Err(problem) => Err(problem),
        }
    }

    /// Looks for all that the team's session can be traded for. An error says why it went no further than `found`.
    pub async fn targets(&self, team: &Team, cx: &Cx, found: &Discovery) -> Result<(), Problem> {
        let provider = self.provider(team)?;
        let mut session = self.session(team, cx).await?;
        let mut before = None;
        loop {
            let stopped = provider.targets(team, &session, cx, found).await;
            let done = found.found().done();
            match stopped {
                // A long look may outlast more than one token; one that brought nothing is not worth another.
                Err(ProviderError::SessionEnded { .. }) if before != Some(done) => {
                    before = Some(done);
                    let held = self.lock(team).await?;
                    session = self.session_after_refusal(&held, team, provider, &session, cx).await?;
                }
                Err(error) => return Err(problem::of_provider(&error, &team.name)),
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Removes what is kept for a profile that is going away.
    pub async fn forget_credential(&self, team: &Team, profile: &Profile) -> Result<(), Problem> {
        let _lock = self.lock(team).await?;
        let known = self.facts().teams.get(&team.id).is_some_and(|t| t.credentials.contains_key(&profile.id));
        let key = SecretKey::Credential(team.id.clone(), profile.id.clone());
        match self.shelf.remove(&key).await {
            Err(error) if known => return Err(problem::of_store(&error)),
            // Nobody knows of one, so a keychain that is out of order keeps nobody from going on.
            _ if !known => return Ok(()),
            _ => {}
        }
        self.note(team, |t| {
            t.credentials.remove(&profile.id);
        })
        .await
    }

    async fn mint(
        &self,
        held: &Held,
        team: &Team,
        profile: &Profile,
        provider: &dyn Provider,
        cx: &Cx,
    ) -> Result<Credential, Problem> {
        let mut session = self.session_locked(held, team, provider, cx).await?;
        let mut answer = provider.credential(team, profile, &session, cx).await;
        if let Err(ProviderError::SessionEnded { .. }) = answer {
            session = self.session_after_refusal(held, team, provider, &session, cx).await?;
            answer = provider.credential(team, profile, &session, cx).await;
        }
        let credential = answer.map_err(|e| problem::of_provider(&e, &team.name))?;
        let now = self.now();
        if left(credential.expires, now) <= SignedDuration::ZERO {
            return Err(problem::of_provider(&ProviderError::OverAlready { host: team.provider.clone() }, &team.name));
        }
        let key = SecretKey::Credential(team.id.clone(), profile.id.clone());
        // Credentials that cannot be kept are still good for this once.
        if self.shelf.put(&key, &encode_credential(&credential, profile, now)).await.is_ok() {
            let _ = self
                .note(team, |t| {
                    t.credentials.insert(profile.id.clone(), credential.expires);
                    t.offline_since = None;
                })
                .await;
        }
        self.find_name(held, team, provider, &session, &credential, cx).await;
        Ok(credential)
    }

    /// True unless the facts say that the kept credential is over. They do not tell when it was minted.
    fn may_be_fresh(&self, team: &Team, profile: &Profile) -> bool {
        let facts = self.facts();
        let expires = facts.teams.get(&team.id).and_then(|t| t.credentials.get(&profile.id));
        expires.is_some_and(|e| left(*e, self.now()) > NEARLY_OVER)
    }

    async fn fresh_credential(&self, team: &Team, profile: &Profile) -> Result<Option<Credential>, StoreError> {
        let found = self.kept_credential(team, profile).await?;
        let fresh = found.filter(|(c, issued)| credential_is_fresh(*issued, c.expires, self.now()));
        Ok(fresh.map(|(credential, _)| credential))
    }

    async fn kept_credential(&self, team: &Team, profile: &Profile) -> Result<Option<Found>, StoreError> {
        let key = SecretKey::Credential(team.id.clone(), profile.id.clone());
        let Some(text) = self.shelf.get(&key).await? else { return Ok(None) };
        decode_credential(&text, profile).map_err(|e| StoreError::Damaged { why: e.to_string() })
    }
}

fn left(expires: Timestamp, now: Timestamp) -> SignedDuration {
    expires.duration_since(now)
}
