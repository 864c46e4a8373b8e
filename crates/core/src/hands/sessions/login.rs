//! Logging in and logging out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use url::Url;

use crate::doors::ports::{Nobody, Person, SecretKey, StoreError};
use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::face::problem;
use crate::hands::record::Record;
use crate::words::browser::BROWSER;
use crate::words::facts::TeamFacts;
use crate::words::id::Id;
use crate::words::login::{Aside, Step, Wish};
use crate::words::problem::Problem;
use crate::words::secret::Secret;
use crate::words::session::SessionFacts;
use crate::words::team::Team;

use super::Sessions;
use super::shelf::{Kept as Where, Shelf};

/// How a person wants to log in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HowToLogIn {
    /// First forget everything that was kept for the team.
    pub clear: bool,
    /// Do not use the kept password: the person brings one.
    pub new_password: bool,
    /// Who logs in, if it was said: the password kept for somebody else is not theirs.
    pub username: Option<String>,
    pub wish: Wish,
}

/// What a log out did; each part is done or has its problem.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogoutReport {
    /// There was a session.
    pub was_logged_in: bool,
    /// The server was not told, and why.
    pub not_revoked: Option<Problem>,
    /// Where the browser's own session at the provider ends too. It holds no secret.
    pub page: Option<Url>,
    /// Keychain entries that are still there, and why (threat T33).
    pub left: Vec<(String, Problem)>,
}

/// How a session ends.
#[derive(Debug, Clone, Copy)]
struct Leaving {
    /// With all that was kept for the team.
    forget: bool,
    /// Not at all where the server cannot be told.
    only_if_told: bool,
}

impl Sessions {
    /// Signs a person in and keeps the session.
    ///
    /// The session's lock is not held while the person thinks: others may go on using and renewing the
    /// session there is. A failed or cancelled login changes nothing of it.
    pub async fn login(&self, team: &Team, how: HowToLogIn, cx: &Cx) -> Result<SessionFacts, Problem> {
        let provider = self.provider(team)?;
        provider.check(&team.settings).map_err(|e| problem::of_provider(&e.into(), &team.name))?;
        let cx = &in_browser_of(team, cx);
        let _one_login = self.lock_login(team)?;
        let (shelf, mut before) = self.open_for_login(team, &*cx.person).await?;
        if how.clear {
            self.logout(team, true, cx).await?;
            let left = shelf.record(&team.id).await;
            let left = self.usable(team, &shelf, left).await?;
            before = Record { kept: left.kept.only_secrets(), ..left };
        } else if how.wish.new_session {
            self.end_for_a_new_one(team, provider, cx).await?;
        }

        let mut kept = before.kept.clone();
        let other_user = how.username.is_some() && how.username != kept.username;
        let own_password = how.new_password || other_user;
        if own_password {
            kept.password = None;
            kept.password_refused = false;
        }
        let outcome = provider.login(team, &mut kept, &how.wish, cx).await;
        if own_password && kept.password.is_none() && kept.username == before.kept.username {
            // A password brought for this once does not replace the one that was kept.
            kept.password.clone_from(&before.kept.password);
            kept.password_refused = before.kept.password_refused;
        }
        let session = match outcome {
            Ok(session) => session,
            Err(error) => {
                if kept != before.kept {
                    let _ = self.keep_beside(team, kept).await;
                }
                return Err(problem::of_provider(&error, &team.name));
            }
        };

        let unfinished = self.unfinished.begin();
        let held = self.lock(team).await?;
        let (left, _) = self.drop_credentials(team).await;
        // Somebody may have renewed the old session meanwhile: go on counting from what is there now.
        let latest = self.shelf.record(&team.id).await.ok().flatten();
        let generation = latest.map_or(before.generation, |r| r.generation);
        let facts = session.facts();
        let record = Record { generation, session: Some(session), kept };
        let (_, place) = self
            .keep(&shelf, &held, team, record, cx, problem::not_kept)
            .await
            .map_err(|e| problem::not_kept(&e, &team.name))?;
        let fresh = facts.clone();
        let _ = self
            .note_and_use(team, |t| {
                *t = TeamFacts {
                    session: Some(fresh),
                    name: t.name.clone(),
                    memory_only: place != Where::InKeychain,
                    credentials: left,
                    allowed: std::mem::take(&mut t.allowed),
                    ..TeamFacts::default()
                }
            })
            .await;
        drop((held, unfinished));
        Ok(self.with_name(team, facts, cx).await)
    }

    /// Ends the session at the provider before a new one begins, which would else go on with what that one may do and when
    /// it ends (aws-cli#9041). Where that fails the session stays.
    async fn end_for_a_new_one(&self, team: &Team, provider: &dyn Provider, cx: &Cx) -> Result<(), Problem> {
        let _lock = self.lock(team).await?;
        let how = Leaving { forget: false, only_if_told: true };
        let report = self.logout_locked(team, Some(provider), how, cx).await?;
        if !report.was_logged_in {
            cx.person.show(&Step::Told(Aside::NothingEnded));
        }
        Ok(())
    }

    /// Ends the session here and at the server. With `forget` also the user name, the password and all
    /// else that was kept for the team, but for secrets that are settings.
    ///
    /// What the keychain does not let go of is named, stays in the facts, and is tried again by the next
    /// log out (fault F50).
    pub async fn logout(&self, team: &Team, forget: bool, cx: &Cx) -> Result<LogoutReport, Problem> {
        let provider = self.provider(team)?;
        let _lock = self.lock(team).await?;
        self.logout_locked(team, Some(provider), Leaving { forget, only_if_told: false }, cx).await
    }

    /// Ends the session and removes every entry of a team that is going away.
    pub async fn remove(&self, team: &Team, cx: &Cx) -> Result<LogoutReport, Problem> {
        let _no_login = self.lock_login(team)?;
        let _lock = self.lock(team).await?;
        // The server of a provider that this Keyfob does not know cannot be told, but the team can go.
        let mut report = self
            .logout_locked(team, self.provider(team).ok(), Leaving { forget: true, only_if_told: false }, cx)
            .await?;
        // An entry that could not be emptied may still go as a whole.
        report.left.retain(|(item, _)| *item != team.name);
        for key in [SecretKey::Team(team.id.clone()), SecretKey::SetAside(team.id.clone())] {
            if let Err(error) = self.shelf.remove(&key).await {
                report.left.push((team.name.clone(), problem::of_store(&error)));
            }
        }
        // What was minted for its profiles with the session of another team.
        for profile in team.profiles.iter().filter(|profile| profile.is_chained()) {
            if let Err(problem) = self.forget_kept(team, profile).await {
                report.left.push((format!("{} · {}", team.name, profile.name), problem));
            }
        }
        if report.left.is_empty() {
            let _ = self.forget_facts(team).await;
        }
        Ok(report)
    }

    async fn logout_locked(
        &self,
        team: &Team,
        provider: Option<&dyn Provider>,
        Leaving { forget, only_if_told }: Leaving,
        cx: &Cx,
    ) -> Result<LogoutReport, Problem> {
        let unfinished = self.unfinished.begin();
        let mut report = LogoutReport::default();
        let found = match self.shelf.record(&team.id).await {
            Ok(found) => found,
            Err(StoreError::Damaged { .. }) if forget => {
                self.shelf.set_aside(&team.id).await.map_err(|e| problem::of_store(&e))?;
                Some(Record::default())
            }
            Err(error) => return Err(problem::of_store(&error)),
        };
        if let Some(mut record) = found {
            if let Some(session) = record.session.take() {
                report.was_logged_in = true;
                unfinished.answered();
                report.page = provider.and_then(|provider| provider.logout_page(team, &session));
                report.not_revoked = match provider {
                    Some(provider) => match provider.revoke(team, &session, &record.kept, cx).await {
                        Ok(()) | Err(ProviderError::SessionEnded { .. }) => None,
                        Err(error) => Some(problem::of_provider(&error, &team.name)),
                    },
                    None => Some(problem::unknown_provider(&team.provider, &team.name)),
                };
                if let Some(untold) = report.not_revoked.take_if(|_| only_if_told) {
                    return Err(untold);
                }
            }
            if forget {
                record.kept = record.kept.only_secrets();
            }
            match self.shelf.keep_record(&team.id, &mut record).await {
                Ok(Where::InKeychain | Where::InMemory(StoreError::NoKeychain { .. })) => {}
                Ok(Where::InMemory(error)) | Err(error) => {
                    report.left.push((team.name.clone(), problem::of_store(&error)));
                }
            }
        }
        let record_left = !report.left.is_empty();
        let (credentials, left) = self.drop_credentials(team).await;
        report.left.extend(left);
        let _ = self
            .note(team, |t| {
                let session = t.session.take().filter(|_| record_left);
                let memory_only = t.memory_only && record_left;
                let (name, allowed) = (t.name.clone(), std::mem::take(&mut t.allowed));
                *t = TeamFacts { name, session, memory_only, credentials, allowed, ..TeamFacts::default() }
            })
            .await;
        Ok(report)
    }

    /// Keeps secret settings of the team, by their keys; an empty one is forgotten.
    pub async fn keep_secrets(&self, team: &Team, secrets: BTreeMap<String, Secret>) -> Result<(), Problem> {
        if secrets.is_empty() {
            return Ok(());
        }
        let mut kept = self.open_for_login(team, &Nobody).await?.1.kept;
        kept.secrets.extend(secrets);
        kept.secrets.retain(|_, secret| !secret.is_empty());
        self.keep_beside(team, kept).await
    }

    /// A secret setting of the team.
    pub async fn secret(&self, team: &Team, key: &str) -> Result<Option<Secret>, Problem> {
        let found = self.shelf.record(&team.id).await.map_err(|e| problem::of_store(&e))?;
        Ok(found.and_then(|record| record.kept.secret(key).cloned()))
    }

    /// Finds out, before anybody signs in, whether what comes of it can be kept, and has the person open the keychain
    /// where it is closed. Returns a shelf that may ask them again, and what is kept for the team.
    pub(super) async fn open_for_login(&self, team: &Team, person: &dyn Person) -> Result<(Shelf, Record), Problem> {
        let shelf = self.shelf.for_person();
        let mut found = match self.shelf.ready().await {
            Ok(()) => self.shelf.record(&team.id).await,
            Err(error) => Err(error),
        };
        if let Err(closed @ (StoreError::Locked | StoreError::NotGranted | StoreError::NoKeychain { .. })) = &found {
            // Where there is none, the system may offer to make one, and nobody is kept waiting if it does not.
            if !matches!(closed, StoreError::NoKeychain { .. }) {
                person.show(&Step::Unlocking);
            }
            found = match shelf.ready().await {
                Ok(()) => shelf.record(&team.id).await,
                Err(error) => Err(error),
            };
            person.show(&Step::Starting);
        }
        let record = self.usable(team, &shelf, found).await?;
        Ok((shelf, record))
    }

    /// What is kept for the team, for somebody who asked to log in: an unreadable entry is set aside, and another
    /// keychain than before is taken as an empty one.
    async fn usable(
        &self,
        team: &Team,
        shelf: &Shelf,
        found: Result<Option<Record>, StoreError>,
    ) -> Result<Record, Problem> {
        match found {
            Ok(found) => Ok(found.unwrap_or_default()),
            Err(StoreError::DifferentKeychain) => Ok(Record::default()),
            Err(StoreError::Damaged { .. }) => {
                shelf.set_aside(&team.id).await.map_err(|e| problem::of_store(&e))?;
                Ok(Record::default())
            }
            Err(error) => Err(problem::of_store(&error)),
        }
    }

    /// Writes what is kept beside a session, leaving the session itself as it is now.
    pub(super) async fn keep_beside(&self, team: &Team, kept: crate::words::session::Kept) -> Result<(), Problem> {
        let _lock = self.lock(team).await?;
        let found = self.shelf.record(&team.id).await;
        let mut record = self.usable(team, &self.shelf, found).await?;
        record.kept = kept;
        self.shelf.keep_record(&team.id, &mut record).await.map(|_| ()).map_err(|e| problem::of_store(&e))
    }

    /// Removes the team's credentials from the keychain, also those that only the config knows of. Returns
    /// the ones that would not go: for the facts, as over from now on, and in words.
    async fn drop_credentials(&self, team: &Team) -> (BTreeMap<Id, Timestamp>, Vec<(String, Problem)>) {
        let (mut over, mut left) = (BTreeMap::new(), Vec::new());
        let mut known = self.facts().teams.remove(&team.id).unwrap_or_default().credentials;
        let behind = self.steps_from(team);
        known.extend(team.profiles.iter().chain(&behind).map(|p| (p.id.clone(), self.now())));
        for profile in known.into_keys() {
            let key = SecretKey::Credential(team.id.clone(), profile.clone());
            if let Err(error) = self.shelf.remove(&key).await {
                let name =
                    team.profiles.iter().chain(&behind).find(|p| p.id == profile).map_or(profile.as_str(), |p| &p.name);
                left.push((format!("{} · {name}", team.name), problem::of_store(&error)));
                over.insert(profile, self.now());
            }
        }
        (over, left)
    }
}

/// The same with the browser that the team names.
pub(super) fn in_browser_of(team: &Team, cx: &Cx) -> Cx {
    let named = team.setting(BROWSER).and_then(|setting| cx.browser.named(setting));
    Cx { browser: named.unwrap_or_else(|| cx.browser.clone()), ..cx.clone() }
}

/// Lets the compiler check that a provider can be shared between tasks.
const _: fn() = || {
    fn shared<T: Send + Sync + ?Sized>() {}
    shared::<dyn Provider>();
    shared::<Sessions>();
};
