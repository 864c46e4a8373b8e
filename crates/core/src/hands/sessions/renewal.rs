//! One renewal under the session's lock. What is done next is decided in `mind/renewal.rs`; here it is done.

use crate::doors::ports::StoreError;
use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::face::problem;
use crate::hands::record::Record;
use crate::mind::renewal::{Found, Heard, Next, Outcome, next};
use crate::words::problem::Problem;
use crate::words::session::Session;
use crate::words::team::Team;

use super::Sessions;
use super::locks::Held;
use super::shelf::Kept as Where;

/// How a renewal ended.
pub(super) struct Ended {
    pub outcome: Outcome,
    /// The record as it is now.
    pub record: Record,
    /// What stood in the way.
    pub why: Option<Problem>,
}

impl Sessions {
    /// Renews the session unless it is `good` as it is. What a server has answered is kept before this returns.
    pub(super) async fn renewal(
        &self,
        held: &Held,
        team: &Team,
        provider: &dyn Provider,
        cx: &Cx,
        good: impl Fn(&Session) -> bool,
    ) -> Ended {
        // What was renewed by a process that was killed may be lost, however good it looks: asked now, it is told now.
        let good = |session: &Session| !held.after_a_death() && good(session);
        let (mut record, mut renewed, mut why) = (Record::default(), None, None);
        let mut unfinished = None;
        let mut at = next(Next::Lock, Heard::Locked);
        loop {
            let heard = match at {
                Next::Lock => Heard::Locked,
                Next::Look | Next::LookAgain { .. } => match self.record_under(held, team).await {
                    Ok(found) => {
                        record = found.unwrap_or_default();
                        Heard::Record { generation: record.generation, session: found_in(&record, good) }
                    }
                    Err(error) => {
                        why = Some(problem::of_store(&error));
                        Heard::Unread
                    }
                },
                Next::Ask { .. } => {
                    let asked = unfinished.get_or_insert_with(|| self.unfinished.begin());
                    match ask(team, provider, &record, cx).await {
                        Ok(session) => {
                            asked.answered();
                            renewed = Some(session);
                            Heard::Renewed
                        }
                        Err(error) => {
                            self.note_trouble(team, &error).await;
                            why = Some(problem::of_provider(&error, &team.name));
                            heard_of(&error)
                        }
                    }
                }
                // Stored before it is used: a token that was rotated is the only one that still works (security D3).
                Next::Keep => {
                    let new = Record { session: renewed.take(), ..record.clone() };
                    match self.keep(&self.shelf, held, team, new, cx, problem::renewal_not_kept).await {
                        Ok((new, place)) => {
                            record = new;
                            self.note_renewed(team, &record, &place).await;
                            Heard::Kept
                        }
                        Err(error) => {
                            why = Some(problem::renewal_not_kept(&error, &team.name));
                            Heard::GivenUp
                        }
                    }
                }
                Next::KeepEnd => {
                    let over = why.clone().unwrap_or_else(|| problem::session_ended(&team.name));
                    self.end(team, &mut record, &over).await;
                    Heard::Kept
                }
                Next::Leave(outcome) => return Ended { outcome, record, why },
            };
            at = next(at, heard);
        }
    }

    async fn record_under(&self, held: &Held, team: &Team) -> Result<Option<Record>, StoreError> {
        held.for_renewal()?;
        self.shelf.record(&team.id).await
    }

    async fn note_renewed(&self, team: &Team, record: &Record, place: &Where) {
        let facts = record.session.as_ref().map(Session::facts);
        let _ = self
            .note(team, |t| {
                t.session = facts;
                t.problem = None;
                t.offline_since = None;
                t.memory_only = *place != Where::InKeychain;
            })
            .await;
    }

    /// Trouble that passes leaves the session as it is. Its end is told once it is certain.
    async fn note_trouble(&self, team: &Team, error: &ProviderError) {
        if matches!(error, ProviderError::SessionEnded { .. }) {
            return;
        }
        let (now, told) = (self.now(), problem::of_provider(error, &team.name));
        let _ = self
            .note(team, |t| {
                t.problem = Some(told);
                t.offline_since = if error.is_offline() { t.offline_since.or(Some(now)) } else { None };
            })
            .await;
    }
}

async fn ask(team: &Team, provider: &dyn Provider, record: &Record, cx: &Cx) -> Result<Session, ProviderError> {
    match &record.session {
        Some(session) => provider.refresh(team, session, &record.kept, cx).await,
        // It is asked for only when it was found.
        None => Err(ProviderError::PersonNeeded),
    }
}

fn found_in(record: &Record, good: impl Fn(&Session) -> bool) -> Found {
    match &record.session {
        None => Found::Nothing,
        Some(session) if good(session) => Found::Good,
        Some(session) if session.refresh.is_none() => Found::Lasting,
        Some(_) => Found::Due,
    }
}

fn heard_of(error: &ProviderError) -> Heard {
    match error {
        ProviderError::SessionEnded { .. } => Heard::Refused,
        error if error.may_be_done() => Heard::Lost,
        _ => Heard::Trouble,
    }
}
