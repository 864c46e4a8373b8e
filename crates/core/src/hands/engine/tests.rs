//! The engine's stories on virtual time, in files by what they are about; here is what all of them share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod clicks;
mod clock;
mod real_hands;
mod renewals;

use crate::testkit::code_to_compare;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use tokio::task::JoinHandle;

use super::*;
use crate::doors::ports::{NoAnswer, Person, Revealed};
use crate::doors::provider::{AccountError, ProviderError};
use crate::hands::sessions::Unfinished;
use crate::mind::health::Health;
use crate::mind::model::TeamEntry;
use crate::testkit::{
    RecordingBrowser, RecordingShell, VirtualClock, about, at, fixed_session, id, profile, session, team,
};
use crate::words::about::Deed;
use crate::words::action::{Action, Page};
use crate::words::facts::TeamFacts;
use crate::words::login::Wish;
use crate::words::notice::Kind;
use crate::words::prefs::Prefs;
use crate::words::profile::Profile;
use crate::words::question::{Answer, CodeKind, Question};
use crate::words::session::SessionFacts;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How the next renewals end; when the list is empty they work.
#[derive(Debug, Clone)]
enum Renewal {
    Works,
    Fails(ProviderError),
    Panics,
    /// Works after so many seconds.
    Slow(u64),
    /// The same, and no server was asked yet.
    Stuck(u64),
}

/// A server, a keychain and a facts file in a few lines: sessions of so many minutes.
#[derive(Debug)]
struct Twin {
    clock: Arc<VirtualClock>,
    minutes: i64,
    renewals: Mutex<VecDeque<Renewal>>,
    /// Answers every renewal when the list is empty.
    always: Mutex<Renewal>,
    tries: Mutex<Vec<(Id, Timestamp)>>,
    logins: Mutex<usize>,
    cancelled: Arc<Mutex<usize>>,
    asks: Mutex<bool>,
    /// Asks while this is shown.
    shows: Mutex<Option<&'static str>>,
    facts: Mutex<Facts>,
    /// A process was killed while it renewed this team.
    broken_off: Mutex<Option<Id>>,
    unfinished: Unfinished,
}

struct CountsDrop(Arc<Mutex<usize>>);

impl Drop for CountsDrop {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
    }
}

#[async_trait]
impl Hands for Twin {
    async fn login(&self, team: &Team, _: Wish, person: Arc<dyn Person>) -> Result<SessionFacts, Failure> {
        *self.logins.lock().unwrap() += 1;
        let unfinished = CountsDrop(self.cancelled.clone());
        let shows = *self.shows.lock().unwrap();
        if let Some(text) = shows {
            let shown =
                Revealed { text: Secret::new(text), uri: Secret::new(format!("otpauth://totp/a?secret={text}")) };
            let _ = person.ask_showing(Question::setup(), shown).await;
        }
        let asks = *self.asks.lock().unwrap();
        if asks {
            let question = Question::code(CodeKind::Authenticator, None);
            let answer = person.ask(question).await;
            if let Err(NoAnswer::Cancelled | NoAnswer::Nobody) = answer {
                return Err(problem::of_provider(&ProviderError::Cancelled, &team.name).into());
            }
        } else {
            let expires = expiry::after(self.clock.now(), SignedDuration::from_mins(10));
            let approved = self.clock.sleep(Duration::from_secs(20));
            // Nobody goes another way here.
            let _ = tokio::select! {
                biased;
                answer = person.ask(code_to_compare("WDDH-KRPT", expires)) => answer,
                () = approved => Err(NoAnswer::Nobody),
            };
        }
        std::mem::forget(unfinished);
        Ok(session(self.clock.now(), self.minutes))
    }

    async fn account(&self, team: &Team, deed: Deed, person: Arc<dyn Person>) -> Result<(), Failure> {
        let unfinished = CountsDrop(self.cancelled.clone());
        let failed = |error: ProviderError| Err(problem::of_account(&error, deed, &team.name).into());
        let answer = person.ask(Question::whose(deed, "admin")).await;
        std::mem::forget(unfinished);
        match answer {
            Ok(Answer::Filled(_)) => Ok(()),
            Ok(_) => failed(AccountError::UnknownUser.into()),
            Err(no) => failed(no.into()),
        }
    }

    async fn renew(&self, team: &Team) -> Result<SessionFacts, Failure> {
        self.tries.lock().unwrap().push((team.id.clone(), self.clock.now()));
        let next = self.renewals.lock().unwrap().pop_front();
        let next = next.unwrap_or_else(|| self.always.lock().unwrap().clone());
        match next {
            Renewal::Works => {}
            Renewal::Slow(seconds) => {
                let _asked = self.unfinished.begin();
                self.clock.sleep(Duration::from_secs(seconds)).await;
            }
            Renewal::Stuck(seconds) => self.clock.sleep(Duration::from_secs(seconds)).await,
            Renewal::Fails(error) => return Err(problem::of_provider(&error, &team.name).into()),
            Renewal::Panics => panic!("a task of the test panics on purpose"),
        }
        Ok(session(self.clock.now(), self.minutes))
    }

    async fn logout(&self, _team: &Team) -> Result<Option<Problem>, Problem> {
        Ok(None)
    }

    async fn unlock(&self) -> Result<(), Problem> {
        Ok(())
    }

    async fn secret(&self, _: &[Team], _: &Team, profile: Option<&Profile>, _: Shell) -> Result<Secret, Problem> {
        Ok(Secret::new(if profile.is_some() { "the keys" } else { "the token" }))
    }

    fn facts(&self) -> Facts {
        self.facts.lock().unwrap().clone()
    }

    async fn finished(&self) {
        self.unfinished.ended().await;
    }

    fn was_broken_off(&self, team: &Team) -> bool {
        self.broken_off.lock().unwrap().take_if(|id| *id == team.id).is_some()
    }
}

struct Story {
    clock: Arc<VirtualClock>,
    twin: Arc<Twin>,
    shell: Arc<RecordingShell>,
    browser: Arc<RecordingBrowser>,
    door: Door,
    running: JoinHandle<()>,
}

fn start() -> Timestamp {
    at("2026-11-20T11:00:00Z")
}

fn offline() -> ProviderError {
    ProviderError::Http(crate::doors::ports::HttpError::Dns { host: "oidc.example.com".into() })
}

fn logged_in(name: &str, facts: SessionFacts) -> TeamEntry {
    let mut entry = TeamEntry { team: team(name), state: crate::mind::model::TeamState::default() };
    entry.team.pinned = true;
    entry.state.since = Some(facts.issued);
    entry.state.session = Some(facts);
    entry
}

/// Starts the engine with these teams; renewed sessions last an hour.
fn tell(teams: Vec<TeamEntry>) -> Story {
    tell_with(Model { teams, providers: vec![about("aws-sso")], ..Model::default() })
}

fn tell_with(model: Model) -> Story {
    let clock = Arc::new(VirtualClock::at(start()));
    let twin = Arc::new(Twin {
        clock: clock.clone(),
        minutes: 60,
        renewals: Mutex::default(),
        always: Mutex::new(Renewal::Works),
        tries: Mutex::default(),
        logins: Mutex::default(),
        cancelled: Arc::default(),
        asks: Mutex::default(),
        shows: Mutex::default(),
        facts: Mutex::new(Facts::parse(b"")),
        broken_off: Mutex::default(),
        unfinished: Unfinished::default(),
    });
    let (shell, browser) = (Arc::new(RecordingShell::default()), Arc::new(RecordingBrowser::default()));
    let world = World {
        clock: clock.clone(),
        hands: twin.clone(),
        shell: shell.clone(),
        browser: browser.clone(),
        options: tray::Options::default(),
    };
    let (engine, door) = Engine::new(model, world);
    let running = tokio::spawn(engine.run());
    Story { clock, twin, shell, browser, door, running }
}

impl Story {
    async fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds)).await;
    }

    async fn click(&self, action: Action) {
        self.door.click(action);
        self.clock.settle().await;
    }

    fn health(&self, name: &str) -> Health {
        let model = self.shell.model();
        model.entry(&id(name)).unwrap().health(&model, self.clock.now())
    }

    fn tries(&self) -> usize {
        self.twin.tries.lock().unwrap().len()
    }

    fn always(&self, renewal: Renewal) {
        *self.twin.always.lock().unwrap() = renewal;
    }
}
