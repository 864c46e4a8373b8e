//! The facts file: what keychain and server said last, for all processes to see without asking again.
//!
//! It only repeats. What it lacks is found out from the keychain, and what cannot be understood is put aside.

use crate::doors::ports::{FileError, SecretKey, StoreError};
use crate::face::problem;
use crate::hands::record::decode_credential;
use crate::words::facts::{Facts, TeamFacts};
use crate::words::problem::Problem;
use crate::words::session::Session;
use crate::words::team::Team;

use super::Sessions;

impl Sessions {
    /// What is known without the keychain.
    pub fn facts(&self) -> Facts {
        match self.files.read(&self.places.facts) {
            Ok(Some(bytes)) => Facts::parse(&bytes),
            _ => Facts::parse(b""),
        }
    }

    /// Tells all processes the new name of a team.
    pub async fn note_name(&self, team: &Team) -> Result<(), Problem> {
        self.note(team, |facts| facts.name.clone_from(&team.name)).await
    }

    /// Changes the facts of one team, for all processes to see. Its name stays as it is there: whoever
    /// changes something else may have begun before the team was renamed (fault F85).
    ///
    /// The facts only repeat what keychain and server said, so a disk that is full or read-only must not
    /// undo a login: callers that have something better to return may drop the error.
    pub async fn note(&self, team: &Team, change: impl FnOnce(&mut TeamFacts)) -> Result<(), Problem> {
        self.change_facts(|facts| change(facts_of(facts, team))).await
    }

    /// Like [`Self::note`], and makes this the team that commands mean when none is named: one write for
    /// both, since each waits for the disk.
    pub(super) async fn note_and_use(&self, team: &Team, change: impl FnOnce(&mut TeamFacts)) -> Result<(), Problem> {
        self.change_facts(|facts| {
            change(facts_of(facts, team));
            facts.last = Some(team.id.clone());
        })
        .await
    }

    /// Drops the facts of a team that is no more.
    pub(super) async fn forget_facts(&self, team: &Team) -> Result<(), Problem> {
        self.change_facts(|facts| {
            facts.teams.remove(&team.id);
            if facts.last.as_ref() == Some(&team.id) {
                facts.last = None;
            }
        })
        .await
    }

    pub(super) async fn change_facts(&self, change: impl FnOnce(&mut Facts)) -> Result<(), Problem> {
        let _lock = self.wait_for_lock("facts").await?;
        let mut facts = self.facts_to_change()?;
        change(&mut facts);
        self.files.replace(&self.places.facts, None, &facts.to_bytes()).map_err(|e| problem::of_file(&e))
    }

    /// The facts as they stand, for somebody who writes them anew. A file that cannot be understood is not written over:
    /// it is put aside, for whoever wants to know why (fault F104).
    fn facts_to_change(&self) -> Result<Facts, Problem> {
        let path = &self.places.facts;
        match self.files.read(path) {
            Ok(None) => return Ok(Facts::parse(b"")),
            Ok(Some(bytes)) => {
                if let Some(facts) = Facts::understood(&bytes) {
                    return Ok(facts);
                }
            }
            Err(FileError::NotAFile { .. } | FileError::TooLarge { .. }) => {}
            Err(error) => return Err(problem::of_file(&error)),
        }
        self.files.set_aside(path).map_err(|e| problem::of_file(&e))?;
        Ok(Facts::parse(b""))
    }

    /// The facts, with what they do not say of these teams found out from the keychain and told to all processes.
    /// Nobody is asked to unlock it: as long as it does not answer, nothing is known.
    pub async fn relearn(&self, teams: &[Team]) -> Facts {
        let mut facts = self.facts();
        let mut learned = Vec::new();
        let among = self.among(teams);
        for team in teams.iter().filter(|team| !facts.teams.contains_key(&team.id)) {
            match among.learn(team).await {
                Ok(known) => learned.push((team.id.clone(), known)),
                Err(StoreError::Damaged { .. }) => {}
                Err(_) => break,
            }
        }
        if learned.is_empty() {
            return facts;
        }
        facts.teams.extend(learned.clone());
        let told = self.change_facts(|now| {
            for (team, known) in learned {
                // Whoever told something meanwhile knows it better.
                now.teams.entry(team).or_insert(known);
            }
        });
        // They can be found out again.
        let _ = told.await;
        facts
    }

    async fn learn(&self, team: &Team) -> Result<TeamFacts, StoreError> {
        let session = self.shelf.record(&team.id).await?.and_then(|record| record.session);
        let mut known = TeamFacts {
            name: team.name.clone(),
            memory_only: self.shelf.is_in_memory(&team.id),
            session: session.as_ref().map(Session::facts),
            ..TeamFacts::default()
        };
        let own = team.profiles.iter().filter(|profile| !profile.is_chained()).cloned();
        for profile in own.chain(self.steps_from(team)).filter(|_| session.is_some()) {
            let key = SecretKey::Credential(team.id.clone(), profile.id.clone());
            let kept = self.shelf.get(&key).await?.and_then(|text| decode_credential(&text, &profile).ok().flatten());
            if let Some((credential, _)) = kept {
                known.credentials.insert(profile.id.clone(), credential.expires);
            }
        }
        Ok(known)
    }
}

fn facts_of<'a>(facts: &'a mut Facts, team: &Team) -> &'a mut TeamFacts {
    let new = || TeamFacts { name: team.name.clone(), ..TeamFacts::default() };
    facts.teams.entry(team.id.clone()).or_insert_with(new)
}
