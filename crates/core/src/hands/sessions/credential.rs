//! Trading a session for credentials, and handing out the ones that are still good.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::doors::ports::{SecretKey, StoreError};
use crate::doors::provider::discovery::Discovery;
use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::face::problem;
use crate::hands::record::{decode_credential, encode_credential};
use crate::mind::expiry::{NEARLY_OVER, credential_is_fresh};
use crate::words::id::Id;
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::session::Credential;
use crate::words::team::Team;
use crate::words::way::Way;

use super::Sessions;
use super::locks::Held;

/// A credential from the keychain, and when it was minted.
type Found = (Credential, Timestamp);

impl Sessions {
    /// Credentials for a profile: the kept ones while they are good, else new ones.
    pub async fn credential(&self, team: &Team, profile: &Profile, cx: &Cx) -> Result<Credential, Problem> {
        match profile.is_chained() {
            true => self.assumed(team, profile, cx).await,
            false => self.traded(team, profile, cx).await,
        }
    }

    /// What the team's session is traded for.
    pub(super) async fn traded(&self, team: &Team, profile: &Profile, cx: &Cx) -> Result<Credential, Problem> {
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
            Err(problem) => self.what_is_left(team, profile).await.ok_or(problem),
        }
    }

    /// A kept credential that is good for a while yet.
    pub(super) async fn what_is_left(&self, team: &Team, profile: &Profile) -> Option<Credential> {
        if !self.may_be_fresh(team, profile) {
            return None;
        }
        let (kept, _) = self.kept_credential(team, profile).await.ok()??;
        (left(kept.expires, self.now()) > NEARLY_OVER).then_some(kept)
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

    /// Removes what is kept for a profile that is going away or stands for something else from now on, with whichever
    /// team's session it was minted.
    pub async fn forget_credential(&self, team: &Team, profile: &Profile) -> Result<(), Problem> {
        let _lock = self.lock(team).await?;
        self.forget_kept(team, profile).await
    }

    /// The same for somebody who holds the lock of the team's session.
    pub(super) async fn forget_kept(&self, team: &Team, profile: &Profile) -> Result<(), Problem> {
        let facts = self.facts();
        let told = facts.teams.iter().filter(|(_, facts)| facts.credentials.contains_key(&profile.id));
        let told: BTreeSet<&Id> = told.map(|(owner, _)| owner).collect();
        let root = Way::of(&self.teams, team, profile).map_or(&team.id, |way| &way.root.id);
        for owner in told.iter().copied().chain([&team.id, root]).collect::<BTreeSet<_>>() {
            match self.shelf.remove(&SecretKey::Credential(owner.clone(), profile.id.clone())).await {
                Err(error) if told.contains(owner) => return Err(problem::of_store(&error)),
                // Nobody knows of one, so a keychain that is out of order keeps nobody from going on.
                _ => {}
            }
        }
        if told.is_empty() {
            return Ok(());
        }
        self.change_facts(|facts| {
            for owner in facts.teams.values_mut() {
                owner.credentials.remove(&profile.id);
                owner.allowed.remove(&profile.id);
            }
        })
        .await
    }

    /// Takes away a kept credential that a server does not know any more, unless there is a newer one in its place.
    pub(super) async fn drop_refused(&self, team: &Team, profile: &Profile, refused: &Credential) {
        if let Ok(Some((kept, _))) = self.kept_credential(team, profile).await
            && kept != *refused
        {
            return;
        }
        let _ = self.shelf.remove(&SecretKey::Credential(team.id.clone(), profile.id.clone())).await;
        let _ = self.note(team, |t| _ = t.credentials.remove(&profile.id)).await;
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
        let credential = self.keep_credential(team, profile, credential).await?;
        self.find_name(held, team, provider, &session, &credential, cx).await;
        Ok(credential)
    }

    /// Keeps what was minted for a profile, and returns it.
    pub(super) async fn keep_credential(
        &self,
        team: &Team,
        profile: &Profile,
        credential: Credential,
    ) -> Result<Credential, Problem> {
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
        Ok(credential)
    }

    /// True unless the facts say that the kept credential is over. They do not tell when it was minted.
    pub(super) fn may_be_fresh(&self, team: &Team, profile: &Profile) -> bool {
        let facts = self.facts();
        let expires = facts.teams.get(&team.id).and_then(|t| t.credentials.get(&profile.id));
        expires.is_some_and(|e| left(*e, self.now()) > NEARLY_OVER)
    }

    pub(super) async fn fresh_credential(
        &self,
        team: &Team,
        profile: &Profile,
    ) -> Result<Option<Credential>, StoreError> {
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
