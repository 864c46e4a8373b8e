//! Renewing a session without a person: one refresher across all processes.

use jiff::{SignedDuration, Timestamp};

use crate::ports::StoreError;
use crate::problem::{self, Problem};
use crate::provider::{Cx, Provider, ProviderError};
use crate::record::Record;
use crate::secret::Secret;
use crate::session::{Session, SessionFacts};
use crate::team::Team;

use super::Sessions;
use super::shelf::Kept as Where;

/// A token with less than this left is not handed out: it would end on its way.
pub(super) const NEARLY_OVER: SignedDuration = SignedDuration::from_secs(60);
/// Commands renew a session on their own when less than this is left, or a quarter of its life if that is less.
const ON_DEMAND: SignedDuration = SignedDuration::from_mins(5);

/// Which token of a session is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Id,
    Access,
    /// The ID token where there is one: what the `iot` CLI and API gateways take.
    IdOrAccess,
}

impl Sessions {
    /// Renews the session now, unless another process did so while we waited for the lock.
    pub async fn renew(&self, team: &Team, cx: &Cx) -> Result<SessionFacts, Problem> {
        let provider = self.provider(team)?;
        let seen = self.facts().teams.remove(&team.id).and_then(|t| t.session);
        let _lock = self.lock(team).await?;
        let mut record = self.record(team).await?;
        if let (Some(seen), Some(session)) = (&seen, &record.session)
            && session.issued > seen.issued
            && !wants_renewal(session, self.now())
        {
            return Ok(session.facts());
        }
        self.refresh(team, provider, &mut record, cx).await.map(|s| s.facts())
    }

    /// A token that is good for at least a minute, renewed first if need be.
    pub async fn token(&self, team: &Team, kind: TokenKind, cx: &Cx) -> Result<Secret, Problem> {
        let session = self.session(team, cx).await?;
        let token = match kind {
            TokenKind::Access => Some(session.access),
            TokenKind::Id => session.id_token,
            TokenKind::IdOrAccess => session.id_token.or(Some(session.access)),
        };
        token.ok_or_else(|| {
            let what = "An ID token".to_owned();
            problem::of_provider(&ProviderError::Unsupported { what }, &team.name)
        })
    }

    /// A session that is good for at least a minute.
    pub(super) async fn session(&self, team: &Team, cx: &Cx) -> Result<Session, Problem> {
        let provider = self.provider(team)?;
        // The usual case needs no lock: nothing is changed.
        if let Ok(Some(Record { session: Some(session), .. })) = self.shelf.record(&team.id).await
            && !wants_renewal(&session, self.now())
        {
            return Ok(session);
        }
        let _lock = self.lock(team).await?;
        self.session_locked(team, provider, cx).await
    }

    /// The same, for a caller that holds the session's lock.
    pub(super) async fn session_locked(
        &self,
        team: &Team,
        provider: &dyn Provider,
        cx: &Cx,
    ) -> Result<Session, Problem> {
        let mut record = self.record(team).await?;
        let now = self.now();
        let Some(session) = record.session.clone() else {
            return Err(self.no_session(team));
        };
        if !wants_renewal(&session, now) {
            return Ok(session);
        }
        let good = session.expires.duration_since(now) > NEARLY_OVER;
        if session.refresh.is_none() {
            return if good { Ok(session) } else { Err(problem::session_ended(&team.name)) };
        }
        match self.refresh(team, provider, &mut record, cx).await {
            Ok(session) => Ok(session),
            // What is left is still good: a server in trouble is no reason to fail (fault F14).
            Err(_) if good && record.session.is_some() => Ok(session),
            Err(problem) => Err(problem),
        }
    }

    /// Trades the refresh token. The lock is held by the caller, who read `record` after taking it.
    pub(super) async fn refresh(
        &self,
        team: &Team,
        provider: &dyn Provider,
        record: &mut Record,
        cx: &Cx,
    ) -> Result<Session, Problem> {
        let Some(mut session) = record.session.clone() else { return Err(self.no_session(team)) };
        if session.refresh.is_none() {
            return Err(problem::cannot_renew(&team.name));
        }
        let mut answer = provider.refresh(team, &session, &record.kept, cx).await;
        if let Err(ProviderError::SessionEnded { .. }) = answer {
            // A program that does not know our lock may have rotated the token: look once more (fault F18).
            let latest = self.record(team).await?;
            if latest.generation != record.generation
                && let Some(other) = latest.session.clone()
            {
                *record = latest;
                session = other;
                answer = provider.refresh(team, &session, &record.kept, cx).await;
            }
        }
        match answer {
            Ok(session) => {
                record.session = Some(session.clone());
                // Stored before it is used: a token that was rotated is the only one that still works (security D3).
                let place =
                    self.shelf.keep_record(&team.id, record).await.map_err(|e| problem::not_kept(&e, &team.name))?;
                let facts = session.facts();
                let _ = self
                    .note(team, |t| {
                        t.session = Some(facts);
                        t.problem = None;
                        t.offline_since = None;
                        t.memory_only = place == Where::InMemory;
                    })
                    .await;
                Ok(session)
            }
            Err(error) => Err(self.refresh_failed(team, record, &error).await),
        }
    }

    async fn refresh_failed(&self, team: &Team, record: &mut Record, error: &ProviderError) -> Problem {
        let problem = problem::of_provider(error, &team.name);
        let now = self.now();
        let ended = matches!(error, ProviderError::SessionEnded { .. });
        if ended {
            record.session = None;
            let _ = self.shelf.keep_record(&team.id, record).await;
        }
        let told = problem.clone();
        let _ = self
            .note(team, |t| {
                t.problem = Some(told);
                t.offline_since = if error.is_offline() { t.offline_since.or(Some(now)) } else { None };
                if ended && let Some(session) = &mut t.session {
                    session.expires = session.expires.min(now);
                    session.renews = false;
                }
            })
            .await;
        problem
    }

    /// The record, for somebody who wants to use or renew what is there.
    async fn record(&self, team: &Team) -> Result<Record, Problem> {
        match self.shelf.record(&team.id).await {
            Ok(found) => Ok(found.unwrap_or_default()),
            Err(StoreError::Damaged { why }) => Err(problem::of_store(&StoreError::Damaged { why })),
            Err(error) => Err(problem::of_store(&error)),
        }
    }

    /// There is no session: because it ended, or because there never was one.
    fn no_session(&self, team: &Team) -> Problem {
        match self.facts().teams.remove(&team.id).and_then(|t| t.session) {
            Some(_) => problem::session_ended(&team.name),
            None => problem::not_logged_in(&team.name),
        }
    }
}

/// True when a command should renew the session before it uses it.
fn wants_renewal(session: &Session, now: Timestamp) -> bool {
    let life = session.expires.duration_since(session.issued);
    session.expires.duration_since(now) < ON_DEMAND.min(life / 4).max(NEARLY_OVER)
}
