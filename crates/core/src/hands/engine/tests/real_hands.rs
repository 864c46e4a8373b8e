//! The engine on the real sessions: keychain, facts and locks in memory, and a provider of ten lines.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;

use super::super::*;
use crate::doors::environment::Variables;
use crate::doors::provider::discovery::Discovery;
use crate::doors::provider::{Cx, Provider, ProviderError};
use crate::hands::sessions::{Keep, Places, Sessions};
use crate::mind::health::Health;
use crate::mind::model::{TeamEntry, TeamState};
use crate::testkit::{
    GivingTokens, MemoryFiles, MemoryStore, RecordingBrowser, RecordingShell, ScriptedHttp, ScriptedPerson,
    SeededRandom, VirtualClock, about, at, id, team,
};
use crate::words::about::{About, BadSetting};
use crate::words::action::Action;
use crate::words::login::Wish;
use crate::words::profile::Profile;
use crate::words::session::{Credential, Kept, Session};
use crate::words::settings::Settings;

const CANARY: &str = "canary-7f3c";

/// Its tokens all hold the canary.
struct Plain;

fn issue(cx: &Cx) -> Session {
    Session {
        who: "admin".into(),
        access: Secret::new(format!("{CANARY}-access")),
        id_token: Some(Secret::new(format!("{CANARY}-id"))),
        refresh: Some(Secret::new(format!("{CANARY}-refresh"))),
        issued: cx.clock.now(),
        expires: expiry::after(cx.clock.now(), SignedDuration::from_hours(1)),
        limit: None,
        notes: BTreeMap::new(),
    }
}

#[async_trait]
impl Provider for Plain {
    fn about(&self) -> About {
        about("aws-sso")
    }

    fn check(&self, _: &Settings) -> Result<(), BadSetting> {
        Ok(())
    }

    async fn login(&self, _: &Team, _: &mut Kept, _: &Wish, cx: &Cx) -> Result<Session, ProviderError> {
        Ok(issue(cx))
    }

    async fn refresh(&self, _: &Team, _: &Session, _: &Kept, cx: &Cx) -> Result<Session, ProviderError> {
        Ok(issue(cx))
    }

    async fn credential(&self, _: &Team, _: &Profile, _: &Session, _: &Cx) -> Result<Credential, ProviderError> {
        Err(ProviderError::Unsupported { what: "A credential".into() })
    }

    async fn targets(&self, _: &Team, _: &Session, _: &Cx, _: &Discovery) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn revoke(&self, _: &Team, _: &Session, _: &Kept, _: &Cx) -> Result<(), ProviderError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_day_with_the_real_sessions_leaves_secrets_in_the_keychain_only() {
    let clock = Arc::new(VirtualClock::at(at("2026-11-20T11:00:00Z")));
    let (store, files) = (Arc::new(MemoryStore::default()), MemoryFiles::default());
    let (shell, browser) = (Arc::new(RecordingShell::default()), Arc::new(RecordingBrowser::default()));
    let places = Places { facts: PathBuf::from("/facts.json"), locks: PathBuf::from("/locks") };
    let find = |id: &str| (id == "aws-sso").then_some(&Plain as &'static dyn Provider);
    let (disk, tokens) = (Arc::new(files.clone()), GivingTokens::leak());
    let sessions = Sessions::new(store.clone(), disk, clock.clone(), places, find, tokens, Keep::InKeychain);
    let cx = Cx {
        callback: Arc::new(crate::testkit::NoCallback),
        clock: clock.clone(),
        http: Arc::new(ScriptedHttp::default()),
        person: Arc::new(ScriptedPerson::default()),
        browser: browser.clone(),
        random: Arc::new(SeededRandom::new(1)),
        environment: Arc::new(Variables::default()),
        paces: crate::doors::pace::Paces::default(),
    };
    let hands = SessionHands { sessions: Arc::new(sessions), store: store.clone(), cx };
    let model =
        Model { teams: vec![TeamEntry { team: team("acme"), state: TeamState::default() }], ..Model::default() };
    let world = World {
        clock: clock.clone(),
        hands: Arc::new(hands),
        shell: shell.clone(),
        browser,
        options: tray::Options::default(),
    };
    let (engine, door) = Engine::new(model, world);
    tokio::spawn(engine.run());

    door.click(Action::LogIn { team: id("acme") });
    clock.advance(Duration::from_secs(24 * 60 * 60)).await;
    let now = shell.model();
    assert_eq!(now.teams[0].health(&now, clock.now()), Health::Fresh, "{:?}", shell.titles());
    assert!(store.entry(id("acme").as_str()).unwrap().expose().contains(CANARY));

    // Invariant 3
    let facts =
        String::from_utf8(crate::doors::ports::Files::read(&files, "/facts.json".as_ref()).unwrap().unwrap()).unwrap();
    for text in [facts, serde_json::to_string(&now).unwrap(), format!("{now:?}"), shell.titles().join("\n")] {
        assert!(!text.contains(CANARY), "{text}");
    }

    door.click(Action::LogOut { team: id("acme") });
    clock.advance(Duration::from_secs(30)).await;
    let now = shell.model();
    assert_eq!(now.teams[0].health(&now, clock.now()), Health::SignedOut);
    let left = store.entry(id("acme").as_str()).map(|secret| secret.expose().contains(CANARY));
    assert!(!left.unwrap_or(false), "L6: a secret outlived the log out");
    assert_eq!(files.locks(), Vec::<PathBuf>::new());

    // F35: a locked keychain brings up no prompt by itself.
    store.lock(true);
    door.click(Action::LogIn { team: id("acme") });
    clock.advance(Duration::from_secs(30)).await;
    assert_eq!(prompts(&store), 1, "one prompt for one click");
    store.lock(true);
    clock.advance(Duration::from_secs(60 * 60)).await;
    let now = shell.model();
    assert_eq!(now.teams[0].health(&now, clock.now()), Health::Locked);
    assert_eq!(prompts(&store), 1, "background work prompted");
    door.click(Action::Unlock);
    clock.advance(Duration::from_secs(60)).await;
    let now = shell.model();
    assert_eq!(now.teams[0].health(&now, clock.now()), Health::Fresh);
    assert_eq!(prompts(&store), 2);
}

fn prompts(store: &MemoryStore) -> usize {
    store.calls().iter().filter(|(call, _)| *call == crate::testkit::Call::Unlock).count()
}
