//! A session that is good for what it is wanted for, renewed without a person if need be.

use jiff::Timestamp;

use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::face::problem;
use crate::hands::record::Record;
use crate::mind::expiry;
use crate::mind::expiry::NEARLY_OVER;
use crate::mind::renewal::Outcome;
use crate::words::claims::{self, Claims};
use crate::words::problem::Problem;
use crate::words::secret::Secret;
use crate::words::session::{Session, SessionFacts};
use crate::words::team::Team;

use super::Sessions;
use super::locks::Held;
use super::renewal::Ended;

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
        let held = self.lock(team).await?;
        let now = self.now();
        let newer = |session: &Session| {
            seen.as_ref().is_some_and(|seen| session.issued > seen.issued) && !wants_renewal(session, now)
        };
        let ended = self.renewal(&held, team, provider, cx, newer).await;
        let facts = ended.record.session.as_ref().map(Session::facts);
        match (ended.outcome, facts) {
            (Outcome::Renewed, Some(facts)) => Ok(facts),
            (Outcome::Usable, Some(facts)) => {
                // Whoever renewed it may have ended before the facts were told.
                let fresh = facts.clone();
                let _ = self.note(team, |t| t.session = Some(fresh)).await;
                Ok(facts)
            }
            _ => Err(self.why(team, ended).await),
        }
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

    /// What the ID token says of whoever is logged in, renewed first if need be.
    pub async fn claims(&self, team: &Team, cx: &Cx) -> Result<Claims, Problem> {
        Ok(claims::of(Some(self.token(team, TokenKind::Id, cx).await?.expose())))
    }

    /// A session that is good for at least a minute.
    pub(super) async fn session(&self, team: &Team, cx: &Cx) -> Result<Session, Problem> {
        let provider = self.provider(team)?;
        // The usual case needs no lock: nothing is changed.
        let left_behind = self.left_behind(team);
        if left_behind.is_none()
            && let Ok(Some(Record { session: Some(session), .. })) = self.shelf.record(&team.id).await
            && !wants_renewal(&session, self.now())
        {
            return Ok(session);
        }
        let held = match left_behind {
            Some(here) => self.lock_everywhere(team, here).await?,
            None => self.lock(team).await?,
        };
        self.session_locked(&held, team, provider, cx).await
    }

    /// The same, for a caller that holds the session's lock.
    pub(super) async fn session_locked(
        &self,
        held: &Held,
        team: &Team,
        provider: &dyn Provider,
        cx: &Cx,
    ) -> Result<Session, Problem> {
        let now = self.now();
        let ended = self.renewal(held, team, provider, cx, |session| !wants_renewal(session, now)).await;
        let good = |session: &Session| session.expires.duration_since(now) > NEARLY_OVER;
        match (ended.outcome, &ended.record.session) {
            (Outcome::Usable | Outcome::Renewed, Some(session)) => Ok(session.clone()),
            // What is left is still good: a server in trouble is no reason to fail (fault F14).
            (Outcome::Lasting | Outcome::Unanswered | Outcome::NotKept, Some(session)) if good(session) => {
                Ok(session.clone())
            }
            (Outcome::Lasting, _) => Err(problem::session_ended(&team.name)),
            _ => Err(self.why(team, ended).await),
        }
    }

    /// The server refused an access token before its time: renewed once, then it is over (fault F23).
    pub(super) async fn session_after_refusal(
        &self,
        held: &Held,
        team: &Team,
        provider: &dyn Provider,
        refused: &Session,
        cx: &Cx,
    ) -> Result<Session, Problem> {
        let mut ended = self.renewal(held, team, provider, cx, |session| session.access != refused.access).await;
        match (ended.outcome, &ended.record.session) {
            (Outcome::Usable | Outcome::Renewed, Some(session)) => Ok(session.clone()),
            (Outcome::Absent | Outcome::Lasting, _) => {
                let over = problem::session_ended(&team.name);
                self.end(team, &mut ended.record, &over).await;
                Err(over)
            }
            _ => Err(self.why(team, ended).await),
        }
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

    /// Why there is nothing to go on with.
    async fn why(&self, team: &Team, ended: Ended) -> Problem {
        match (ended.outcome, ended.why) {
            (Outcome::Absent, _) => self.no_session(team).await,
            (Outcome::Lasting, _) => problem::cannot_renew(&team.name),
            (_, Some(why)) => why,
            (_, None) => problem::session_ended(&team.name),
        }
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
