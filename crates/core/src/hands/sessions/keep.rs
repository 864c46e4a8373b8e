//! Keeping what a server has answered: as often as it takes, because it is the only copy there is.

use std::time::Duration;

use crate::doors::ports::StoreError;
use crate::doors::provider::Cx;
use crate::hands::record::Record;
use crate::words::login::Step;
use crate::words::problem::Problem;
use crate::words::team::Team;

use super::Sessions;
use super::locks::Held;
use super::shelf::{Kept as Where, Shelf};

/// So long a command outwaits a keychain that hangs or is out of order (fault F102). Whoever started it may bear less.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two tries, at first and at the most.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

impl Sessions {
    /// Writes the record under the next generation number and returns it. While the keychain does not take it, it is
    /// held here and tried again, which is told; the session's lock stays taken, so that nobody uses what was there
    /// before. A program that stays goes on meanwhile with what it holds in memory.
    pub(super) async fn keep(
        &self,
        shelf: &Shelf,
        held: &Held,
        team: &Team,
        mut record: Record,
        cx: &Cx,
        unkept: fn(&StoreError, &str) -> Problem,
    ) -> Result<(Record, Where), StoreError> {
        // Where there never was a keychain, memory is what was agreed to, and nothing is waited for.
        let had_keychain = record.generation > 0 && !shelf.is_in_memory(&team.id);
        record.generation += 1;
        let error = match shelf.put_record(&team.id, &record).await {
            Ok(Where::InMemory(error)) => {
                if had_keychain || !matches!(error, StoreError::NoKeychain { .. }) {
                    tokio::spawn(outwait(self.clone(), team.clone(), record.generation, held.clone()));
                }
                return Ok((record, Where::InMemory(error)));
            }
            Ok(place) => return Ok((record, place)),
            Err(error) => error,
        };
        cx.person.show(&Step::Keeping);
        let told = unkept(&error, &team.name);
        let _ = self.note(team, |t| t.problem = Some(told)).await;
        let (mut waited, mut pause) = (Duration::ZERO, PAUSE);
        loop {
            self.clock.sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(LONGEST_PAUSE);
            match shelf.put_record(&team.id, &record).await {
                Ok(place) => return Ok((record, place)),
                Err(error) if waited >= PATIENCE => return Err(error),
                Err(_) => {}
            }
        }
    }
}

/// Brings a record from memory to the keychain as soon as that takes it, and holds the session's lock until then:
/// another process would use, and so use up, what stands there.
async fn outwait(sessions: Sessions, team: Team, generation: u64, held: Held) {
    let mut pause = PAUSE;
    loop {
        sessions.clock.sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        match sessions.shelf.bring_home(&team.id, generation).await {
            Ok(true) => break,
            // Something newer was written, or all was forgotten.
            Ok(false) => return,
            Err(_) => {}
        }
    }
    let _ = sessions.note(&team, |t| t.memory_only = false).await;
    drop(held);
}
