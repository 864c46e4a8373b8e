//! A server that rotates its refresh tokens strictly, and the provider that speaks with it.

use crate::words::question::{PASSWORD, REMEMBER, USERNAME};
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::doors::provider::discovery::Discovery;
use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::hands::record::Record;
use crate::mind::expiry::after;
use crate::testkit::{MemoryStore, about};
use crate::words::about::{About, BadSetting, Deed, Field, Target};
use crate::words::login::Wish;
use crate::words::profile::Profile;
use crate::words::question::{Answer, Question};
use crate::words::secret::Secret;
use crate::words::session::{ASK, Credential, Kept, NAMELESS, Session};
use crate::words::settings::Settings;
use crate::words::team::Team;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Login,
    Refresh,
    Credential,
    Targets,
    Revoke,
    Account,
    Who,
}

/// Login gives the session `a1` with the refresh token `r1`, which buys `a2` with `r2`, and so on. Only the
/// newest refresh token buys anything. The password is `right`.
pub struct Twin {
    state: Mutex<Server>,
    store: Arc<MemoryStore>,
}

type Hook = Box<dyn FnOnce(&mut Server) + Send>;

pub struct Server {
    /// The number of the newest tokens.
    pub newest: u32,
    /// An administrator ended all sessions.
    pub ended: bool,
    /// How long a session lasts, in minutes; a credential, too.
    pub life: i64,
    pub credential_life: i64,
    /// Every access token that is used must be the one that is kept (security D3).
    pub only_kept: bool,
    /// Nothing can be done with accounts.
    pub bare: bool,
    /// This takes a minute.
    pub slow: Option<Op>,
    /// A login tells no name; a credential does.
    pub nameless: bool,
    /// It signs in by access keys, with the code of an MFA device.
    pub by_keys: bool,
    /// Sessions cannot be renewed.
    pub lasting: bool,
    pub faults: VecDeque<(Op, ProviderError)>,
    /// What happens elsewhere while this is asked.
    pub meanwhile: VecDeque<(Op, Hook)>,
    /// What was asked, as `refresh r1`.
    pub asked: Vec<String>,
}

thread_local! {
    static HERE: Cell<Option<&'static Twin>> = const { Cell::new(None) };
}

/// Each test has a thread, and a twin, of its own.
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    HERE.get().filter(|_| id == "twin").map(|twin| twin as &dyn Provider)
}

impl Twin {
    pub fn leak(store: Arc<MemoryStore>) -> &'static Twin {
        let server = Server {
            newest: 0,
            ended: false,
            life: 60,
            credential_life: 60,
            only_kept: true,
            bare: false,
            slow: None,
            nameless: false,
            by_keys: false,
            lasting: false,
            faults: VecDeque::new(),
            meanwhile: VecDeque::new(),
            asked: Vec::new(),
        };
        let twin: &'static Twin = Box::leak(Box::new(Twin { state: Mutex::new(server), store }));
        HERE.set(Some(twin));
        twin
    }

    pub fn server(&self) -> MutexGuard<'_, Server> {
        self.state.lock().unwrap()
    }

    pub fn fail_next(&self, op: Op, error: ProviderError) {
        self.server().faults.push_back((op, error));
    }

    pub fn meanwhile(&self, op: Op, hook: impl FnOnce(&mut Server) + Send + 'static) {
        self.server().meanwhile.push_back((op, Box::new(hook)));
    }

    /// What was asked since the last look.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.server().asked)
    }

    async fn begin(&self, op: Op, what: String, cx: &Cx) -> Result<MutexGuard<'_, Server>, ProviderError> {
        let slow = self.server().slow == Some(op);
        cx.clock.sleep(if slow { Duration::from_secs(60) } else { Duration::from_millis(100) }).await;
        let mut server = self.server();
        server.asked.push(what);
        if let Some(place) = server.meanwhile.iter().position(|(when, _)| *when == op)
            && let Some((_, hook)) = server.meanwhile.remove(place)
        {
            hook(&mut server);
        }
        if let Some(place) = server.faults.iter().position(|(when, _)| *when == op)
            && let Some((_, error)) = server.faults.remove(place)
        {
            return Err(error);
        }
        Ok(server)
    }

    fn is_kept(&self, team: &Team, session: &Session) -> bool {
        let text = self.store.entry(team.id.as_str());
        let kept = text.and_then(|text| Record::decode(&text).ok()).and_then(|record| record.session);
        kept.is_some_and(|kept| kept == *session)
    }
}

impl Server {
    pub fn session(&self, cx: &Cx) -> Session {
        let (n, now) = (self.newest, cx.clock.now());
        let note = (NAMELESS.to_owned(), Secret::new(ASK));
        Session {
            who: if self.nameless { "acme.test" } else { "anna" }.into(),
            access: Secret::new(format!("a{n}")),
            id_token: None,
            refresh: (!self.lasting).then(|| Secret::new(format!("r{n}"))),
            issued: now,
            expires: after(now, SignedDuration::from_mins(self.life)),
            limit: None,
            notes: self.nameless.then_some(note).into_iter().collect(),
        }
    }
}

pub fn ended() -> ProviderError {
    ProviderError::SessionEnded { code: "invalid_grant".into(), said: String::new() }
}

#[async_trait]
impl Provider for Twin {
    fn about(&self) -> About {
        const DEVICE: Field =
            Field { key: "mfa-serial", label: "MFA device", required: false, example: "GAHT12345678", secret: false };
        let (server, about) = (self.server(), about("cognito"));
        let fields = if server.by_keys { &[DEVICE][..] } else { about.fields };
        About { accounts: if server.bare { &[] } else { &Deed::ALL }, fields, ..about }
    }

    fn check(&self, _settings: &Settings) -> Result<(), BadSetting> {
        Ok(())
    }

    async fn login(&self, _team: &Team, kept: &mut Kept, _: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        let own = kept.password.clone().zip(kept.username.clone()).filter(|_| !kept.password_refused);
        let unasked = own.is_some();
        let (username, password, remember) = match own {
            Some((password, username)) => (username, password, true),
            None => match cx.person.ask(Question::password("", false)).await? {
                Answer::Filled(mut filled) => {
                    (filled.take(USERNAME).expose().to_owned(), filled.take(PASSWORD), filled.ticked(REMEMBER))
                }
                _ => return Err(ProviderError::Cancelled),
            },
        };
        let mut server = self.begin(Op::Login, format!("login {username} {}", password.expose()), cx).await?;
        if password.expose() != "right" {
            kept.password_refused |= unasked;
            return Err(ProviderError::WrongPassword);
        }
        server.newest += 1;
        kept.username = Some(username);
        kept.password = remember.then_some(password);
        kept.password_refused = false;
        Ok(server.session(cx))
    }

    async fn refresh(&self, _team: &Team, session: &Session, _kept: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        let token = session.refresh.as_ref().map_or("-", |token| token.expose()).to_owned();
        let mut server = self.begin(Op::Refresh, format!("refresh {token}"), cx).await?;
        if server.ended || token != format!("r{}", server.newest) {
            return Err(ended());
        }
        server.newest += 1;
        let (who, notes) = (session.who.clone(), session.notes.clone());
        Ok(Session { who, notes, ..server.session(cx) })
    }

    async fn credential(
        &self,
        team: &Team,
        profile: &Profile,
        session: &Session,
        cx: &Cx,
    ) -> Result<Credential, ProviderError> {
        let what = format!("{} by {}", profile.name, session.access.expose());
        let server = self.begin(Op::Credential, what, cx).await?;
        assert!(!server.only_kept || self.is_kept(team, session), "a token is used before it is kept");
        Ok(Credential {
            key_id: format!("ASIA{}", server.asked.len()),
            secret_key: Secret::new("secret"),
            token: session.access.clone(),
            expires: after(cx.clock.now(), SignedDuration::from_mins(server.credential_life)),
        })
    }

    async fn targets(&self, _team: &Team, session: &Session, cx: &Cx, found: &Discovery) -> Result<(), ProviderError> {
        if found.open().is_none() {
            found.list(["1", "2", "3"].map(|id| (id.to_owned(), format!("account {id}"))));
        }
        for (place, account) in found.open().unwrap_or_default() {
            let what = format!("account {} by {}", account.id, session.access.expose());
            drop(self.begin(Op::Targets, what, cx).await?);
            let fields = [("account".to_owned(), account.id.clone())].into();
            let target = Target { fields, group: account.name, group_detail: account.id, label: "Admin".into() };
            found.add(place, vec![target]);
        }
        Ok(())
    }

    async fn account(
        &self,
        deed: Deed,
        _team: &Team,
        kept: &mut Kept,
        session: Option<&Session>,
        cx: &Cx,
    ) -> Result<(), ProviderError> {
        let Answer::Filled(mut filled) = cx.person.ask(Question::whose(deed, "")).await? else {
            return Err(ProviderError::Cancelled);
        };
        let by = session.map_or("nobody", |session| session.access.expose());
        drop(self.begin(Op::Account, format!("{} by {by}", deed.key()), cx).await?);
        kept.username = Some(filled.take(USERNAME).expose().to_owned());
        if deed == Deed::Forgot {
            kept.password = None;
        }
        Ok(())
    }

    async fn who(&self, _team: &Team, credential: &Credential, cx: &Cx) -> Option<String> {
        self.begin(Op::Who, format!("who by {}", credential.token.expose()), cx)
            .await
            .ok()
            .map(|_| "alice\u{202e}".into())
    }

    async fn revoke(&self, _team: &Team, session: &Session, _kept: &Kept, cx: &Cx) -> Result<(), ProviderError> {
        self.begin(Op::Revoke, format!("revoke {}", session.access.expose()), cx).await.map(|_| ())
    }
}
