//! Renewing a session without a person: one refresher across all processes.

use jiff::Timestamp;

use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::face::problem;
use crate::hands::record::Record;
use crate::mind::expiry;
use crate::mind::expiry::NEARLY_OVER;
use crate::words::problem::Problem;
use crate::words::secret::Secret;
use crate::words::session::{Session, SessionFacts};
use crate::words::team::Team;

use super::Sessions;
use super::shelf::Kept as Where;

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
            // Whoever renewed it may have ended before the facts were told.
            let facts = session.facts();
            let fresh = facts.clone();
            let _ = self.note(team, |t| t.session = Some(fresh)).await;
            return Ok(facts);
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
            return Err(self.no_session(team).await);
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
        let Some(mut session) = record.session.clone() else {
            return Err(self.no_session(team).await);
        };
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
                let place = match self.shelf.keep_record(&team.id, record).await {
                    Ok(place) => place,
                    Err(error) => {
                        let problem = problem::renewal_not_kept(&error, &team.name);
                        let told = problem.clone();
                        let _ = self.note(team, |t| t.problem = Some(told)).await;
                        return Err(problem);
                    }
                };
                let facts = session.facts();
                let _ = self
                    .note(team, |t| {
                        t.session = Some(facts);
                        t.problem = None;
                        t.offline_since = None;
                        t.memory_only = place != Where::InKeychain;
                    })
                    .await;
                Ok(session)
            }
            Err(error) => Err(self.refresh_failed(team, record, &error).await),
        }
    }

    async fn refresh_failed(&self, team: &Team, record: &mut Record, error: &ProviderError) -> Problem {
        let problem = problem::of_provider(error, &team.name);
        if matches!(error, ProviderError::SessionEnded { .. }) {
            self.end(team, record, &problem).await;
            return problem;
        }
        let (now, told) = (self.now(), problem.clone());
        let _ = self
            .note(team, |t| {
                t.problem = Some(told);
                t.offline_since = if error.is_offline() { t.offline_since.or(Some(now)) } else { None };
            })
            .await;
        problem
    }

    /// The server ended the session: it is not tried again, here or by anybody else.
    pub(super) async fn end(&self, team: &Team, record: &mut Record, why: &Problem) {
        record.session = None;
        let _ = self.shelf.keep_record(&team.id, record).await;
        self.note_end(team, why).await;
    }

    async fn note_end(&self, team: &Team, why: &Problem) {
        let (now, told) = (self.now(), why.clone());
        let _ = self
            .note(team, |t| {
                t.problem = Some(told);
                t.offline_since = None;
                if let Some(session) = &mut t.session {
                    session.expires = session.expires.min(now);
                    session.renews = false;
                }
            })
            .await;
    }

    /// The record, for somebody who wants to use or renew what is there.
    async fn record(&self, team: &Team) -> Result<Record, Problem> {
        let found = self.shelf.record(&team.id).await.map_err(|e| problem::of_store(&e))?;
        Ok(found.unwrap_or_default())
    }

    /// There is no session: because it ended, because somebody removed its entry (fault F48), or because
    /// there never was one.
    async fn no_session(&self, team: &Team) -> Problem {
        let Some(known) = self.facts().teams.remove(&team.id).and_then(|t| t.session) else {
            return problem::not_logged_in(&team.name);
        };
        let ended = problem::session_ended(&team.name);
        if known.renews || known.expires > self.now() {
            self.note_end(team, &ended).await;
        }
        ended
    }
}

fn wants_renewal(session: &Session, now: Timestamp) -> bool {
    expiry::renew_before_use(session.issued, session.expires, now)
}
