//! The name behind a session that told none at its login: asked once, with the first credential there is, and for no
//! longer than somebody may wait who wants that credential.

use std::pin::pin;
use std::time::Duration;

use crate::doors::provider::{Cx, Provider};
use crate::words::plain::clean;
use crate::words::secret::Secret;
use crate::words::session::{ASK, Credential, NAMELESS, Session, SessionFacts};
use crate::words::team::Team;

use super::Sessions;
use super::locks::Held;

/// How long a tool may wait for it, once for each login.
const FOR_A_TOOL: Duration = Duration::from_secs(1);
/// How long the person who has just logged in.
const FOR_A_PERSON: Duration = Duration::from_secs(4);

impl Sessions {
    /// After a login: what is known of the session, with the name where a credential can be had that tells it. The
    /// credential is kept for whoever wants it next.
    pub(super) async fn with_name(&self, team: &Team, facts: SessionFacts, cx: &Cx) -> SessionFacts {
        let profile = team.profiles.iter().find(|profile| !profile.is_chained()).filter(|_| facts.nameless);
        let Some(profile) = profile else { return facts };
        let asks = match self.shelf.record(&team.id).await {
            Ok(Some(record)) => record.session.as_ref().is_some_and(may_be_asked),
            _ => false,
        };
        if !asks {
            return facts;
        }
        let _ = within(FOR_A_PERSON, self.credential(team, profile, cx), cx).await;
        self.facts().teams.remove(&team.id).and_then(|team| team.session).unwrap_or(facts)
    }

    /// Asks with a credential that was just minted, for somebody who holds the session's lock.
    pub(super) async fn find_name(
        &self,
        _held: &Held,
        team: &Team,
        provider: &dyn Provider,
        session: &Session,
        credential: &Credential,
        cx: &Cx,
    ) {
        if !may_be_asked(session) {
            return;
        }
        let Ok(Some(mut record)) = self.shelf.record(&team.id).await else { return };
        let Some(session) = record.session.as_mut().filter(|session| may_be_asked(session)) else { return };
        match within(FOR_A_TOOL, provider.who(team, credential, cx), cx).await.flatten().map(|name| clean(&name)) {
            Some(name) if !name.is_empty() => {
                session.who = name;
                session.notes.remove(NAMELESS);
            }
            // Whoever does not tell now is not asked by the next tool either.
            _ => drop(session.notes.insert(NAMELESS.into(), Secret::new(""))),
        }
        let facts = session.facts();
        if self.shelf.keep_record(&team.id, &mut record).await.is_ok() {
            let _ = self.note(team, |told| told.session = Some(facts)).await;
        }
    }
}

fn may_be_asked(session: &Session) -> bool {
    session.notes.get(NAMELESS).is_some_and(|note| note.expose() == ASK)
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>, cx: &Cx) -> Option<T> {
    let (work, late) = (pin!(work), pin!(cx.clock.sleep(limit)));
    tokio::select! {
        biased;
        done = work => Some(done),
        () = late => None,
    }
}
