//! Sessions on a keychain that fails, a disk, a clock and a server of their own: here is what the tests share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod cancelled;
mod chains;
mod credentials;
mod ends;
mod facts;
mod keychain;
mod lasting;
mod logins;
mod logouts;
mod renewals;
mod twin;
mod who;

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::doors::environment::Variables;
use crate::doors::ports::StoreError;
use crate::doors::provider::{Cx, ProviderError};
use crate::hands::record::Record;
use crate::testkit::{
    Call, GivingTokens, MemoryFiles, MemoryStore, RecordingBrowser, ScriptedHttp, ScriptedPerson, SeededRandom,
    VirtualClock, at, profile, team,
};
use crate::words::facts::{Facts, TeamFacts};
use crate::words::profile::Profile;
use crate::words::question::Answer;
use crate::words::secret::Secret;
use crate::words::session::SessionFacts;
use twin::{Op, Twin};

const FACTS: &str = "/state/facts.json";
const MINUTE: u64 = 60;

/// A team `acme` with the profiles `admin`, `build` and `check`, and everything around it.
struct Story {
    sessions: Sessions,
    store: Arc<MemoryStore>,
    files: MemoryFiles,
    clock: Arc<dyn Clock>,
    /// The clock of most stories; those with another one leave it alone.
    time: Arc<VirtualClock>,
    twin: &'static Twin,
    tokens: &'static GivingTokens,
    team: Team,
    admin: Profile,
}

impl Story {
    fn new() -> Self {
        Story::keeping(Keep::InKeychain)
    }

    fn keeping(keep: Keep) -> Self {
        let time = Arc::new(VirtualClock::at(at("2026-11-20T12:00:00Z")));
        Story::on(time.clone(), time, keep)
    }

    fn on(clock: Arc<dyn Clock>, time: Arc<VirtualClock>, keep: Keep) -> Self {
        let (store, files) = (Arc::new(MemoryStore::default()), MemoryFiles::default());
        let twin = Twin::leak(store.clone());
        let mut team = team("acme");
        team.provider = "twin".into();
        team.profiles = ["admin", "build", "check"].map(|name| profile(name, "123456789012", "Admin")).into();
        let admin = team.profiles[0].clone();
        let tokens = GivingTokens::leak();
        let sessions = process(&store, &files, &clock, tokens, keep);
        Story { sessions, store, files, clock, time, twin, tokens, team, admin }
    }

    /// With a session that ends in an hour.
    async fn logged_in(keep: Keep) -> Self {
        let story = Story::keeping(keep);
        story.time.run(story.log_in("right", true)).await.unwrap();
        story
    }

    /// Another process of the same person.
    fn another(&self) -> Sessions {
        process(&self.store, &self.files, &self.clock, self.tokens, Keep::InKeychain)
    }

    async fn log_in(&self, password: &str, remember: bool) -> Result<SessionFacts, Problem> {
        self.sessions.login(&self.team, HowToLogIn::default(), &self.typing("anna", password, remember)).await
    }

    async fn renew(&self) -> Result<SessionFacts, Problem> {
        self.sessions.renew(&self.team, &self.cx()).await
    }

    async fn pass(&self, minutes: u64) {
        self.time.advance(Duration::from_secs(minutes * MINUTE)).await;
    }

    /// Nobody is there.
    fn cx(&self) -> Cx {
        self.with(ScriptedPerson::default())
    }

    /// Somebody types this when asked.
    fn typing(&self, username: &str, password: &str, remember: bool) -> Cx {
        self.with(ScriptedPerson::default().answer(typed(username, password, remember)))
    }

    fn with(&self, person: ScriptedPerson) -> Cx {
        Cx {
            callback: Arc::new(crate::testkit::NoCallback),
            clock: self.clock.clone(),
            http: Arc::new(ScriptedHttp::default()),
            person: Arc::new(person),
            browser: Arc::new(RecordingBrowser::default()),
            random: Arc::new(SeededRandom::new(1)),
            environment: Arc::new(Variables::default()),
            paces: crate::doors::pace::Paces::default(),
        }
    }

    fn entry(&self) -> String {
        self.team.id.to_string()
    }

    fn entry_of(&self, profile: &Profile) -> String {
        format!("{}.{}", self.team.id, profile.id)
    }

    fn record(&self) -> Record {
        Record::decode(&self.store.entry(&self.entry()).expect("there is a record")).unwrap()
    }

    /// The newest tokens that are kept, as `a1 r1`.
    fn kept(&self) -> String {
        let Some(session) = self.record().session else { return "none".into() };
        format!("{} {}", session.access.expose(), session.refresh.map_or("-".into(), |r| r.expose().to_owned()))
    }

    fn facts(&self) -> TeamFacts {
        self.sessions.facts().teams.remove(&self.team.id).unwrap_or_default()
    }

    fn writes(&self) -> usize {
        self.store.calls().iter().filter(|(call, _)| *call != Call::Get).count()
    }
}

fn typed(username: &str, password: &str, remember: bool) -> Answer {
    Answer::password(username, Secret::new(password), remember)
}

fn process(
    store: &Arc<MemoryStore>,
    files: &MemoryFiles,
    clock: &Arc<dyn Clock>,
    tokens: &'static GivingTokens,
    keep: Keep,
) -> Sessions {
    let places = Places { facts: FACTS.into(), locks: "/state/locks".into() };
    Sessions::new(store.clone(), Arc::new(files.clone()), clock.clone(), places, twin::find, tokens, keep)
}

fn refused() -> StoreError {
    StoreError::Failed { why: "no space".into() }
}
