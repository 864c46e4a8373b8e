//! The demo: an embedded cloud, a keychain in memory, a clock that can be put forward, and four teams in four states.
//!
//! Everything is the real program but for these. Lines on stdin play the world around it: `pass SECONDS` puts the
//! clock forward, `code USER` writes to stdout what that user's authenticator shows.

use keyfob_core::doors::pace::Paces;
use keyfob_core::doors::ports::Revealed;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use keyfob_core::doors::ports::{Browser, BrowserError, Clock, NoAnswer, Nobody, Person};
use keyfob_core::doors::provider::Cx;
use keyfob_core::face::problem;
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::sessions::{HowToLogIn, Sessions};
use keyfob_core::words::login::Step;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::question::{Answer, Question};
use keyfob_core::words::team::Team;
use keyfob_platform::dirs::Places;
use keyfob_platform::instance::{self, Seat, Start};
use keyfob_platform::keychain::MemoryKeychain;
use keyfob_platform::place::{Place, Whereabouts};
use keyfob_sandbox::{DEMO_POOL, SRP_CLIENT, Sandbox, Setup};

use crate::ground::{Ground, environment};
use crate::run::run;
use crate::tray;

/// The argument that starts it.
pub const DEMO: &str = "--demo";

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Runs the tray program on the demo, in a home of its own that is gone afterwards.
pub fn start() -> Result<(), Problem> {
    let system = |error: std::io::Error| problem::system(&error.to_string());
    let folder = tempfile::Builder::new().prefix("keyfob-demo-").tempdir().map_err(system)?;
    let places = Places::in_folder(folder.path());
    let seat = Seat::of_home(&places.locks, Some(folder.path()));
    match instance::claim(&keyfob_platform::files::DiskFiles, &seat)? {
        Start::First(instance) => tray::run(|tray| async move {
            match Demo::prepare(places, folder.path()).await {
                Ok((ground, demo)) => {
                    listen(demo.cloud);
                    run(ground, instance, false, tray).await
                }
                Err(problem) => Err(problem),
            }
        }),
        // Nobody else knows the folder.
        Start::Second { .. } => Ok(()),
    }
}

struct Demo {
    cloud: Arc<Sandbox>,
    clock: Arc<CloudClock>,
    sessions: Arc<Sessions>,
    config: ConfigFile,
    ground: Ground,
}

impl Demo {
    async fn prepare(places: Places, home: &Path) -> Result<(Ground, Demo), Problem> {
        let cloud = Sandbox::start(Setup::demo()).await.map_err(|error| problem::system(&error.to_string()))?;
        let cloud = Arc::new(cloud);
        let clock = Arc::new(CloudClock { cloud: cloud.clone(), hurries: AtomicBool::new(true) });
        let ground = Ground {
            env: home_in(home),
            clock: clock.clone(),
            store: Arc::new(MemoryKeychain::default()),
            demo: true,
            paces: Paces::default(),
            place: Whereabouts::at(Place::of_this_process()),
            places,
        };
        let demo = Demo {
            cloud,
            clock,
            sessions: Arc::new(ground.sessions()),
            config: ground.config_file(),
            ground: ground.clone(),
        };
        demo.set_up().await?;
        Ok((ground, demo))
    }

    /// Lets the last hour happen: by real logins, on a clock that begins in the past.
    async fn set_up(&self) -> Result<(), Problem> {
        let (prod, staging, mut field) =
            (self.portal("acme-prod"), self.portal("acme-staging"), self.portal("field-lab"));
        // One of them shows what a login with a code looks like.
        field.settings.insert("flow".into(), "code".into());
        let sensors = Team {
            id: self.config.new_id(),
            name: "sensors".into(),
            provider: "cognito".into(),
            settings: settings(&[
                ("region", "eu-west-1"),
                ("user-pool-id", DEMO_POOL),
                ("client-id", SRP_CLIENT),
                ("endpoint", self.cloud.url()),
            ]),
            pinned: false,
            profiles: Vec::new(),
        };
        self.config
            .edit(|edit| [&prod, &staging, &field, &sensors].into_iter().try_for_each(|team| edit.add_team(team)))
            .await?;

        let now = Timestamp::now();
        self.cloud.shift(-51 * MINUTE);
        self.log_in(&field, "bob").await?;
        self.log_in(&staging, "alice").await?;
        self.cloud.shift(46 * MINUTE);
        self.cloud.revoke_everything("bob");
        // What the server says of it is what the demo is to show.
        let _ = self.sessions.renew(&field, &self.ground.cx(Arc::new(Nobody))).await;
        self.cloud.change(|setup| setup.lifetimes.access_token = (8 * HOUR).unsigned_abs());
        self.log_in(&prod, "alice").await?;
        self.cloud.change(|setup| setup.lifetimes.access_token = HOUR.unsigned_abs());
        self.cloud.shift(now.duration_since(self.clock.now()).as_secs());
        self.clock.hurries.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn portal(&self, name: &str) -> Team {
        Team {
            id: self.config.new_id(),
            name: name.into(),
            provider: "aws-sso".into(),
            settings: settings(&[
                ("start-url", &self.cloud.start_url()),
                ("region", "eu-west-1"),
                ("oidc-endpoint", self.cloud.url()),
                ("portal-endpoint", self.cloud.url()),
                ("sts-endpoint", self.cloud.url()),
            ]),
            pinned: false,
            profiles: Vec::new(),
        }
    }

    async fn log_in(&self, team: &Team, who: &'static str) -> Result<(), Problem> {
        let person = Arc::new(Approves { cloud: self.cloud.clone(), who });
        let cx = Cx { browser: person.clone(), ..self.ground.cx(person) };
        self.sessions.login(team, HowToLogIn::default(), &cx).await.map(drop)
    }
}

/// The environment, but for what leads to the person's own files and servers.
fn home_in(folder: &Path) -> BTreeMap<String, OsString> {
    let mut env = environment();
    env.retain(|name, _| !name.starts_with("XDG_") && !name.starts_with("AWS_"));
    env.insert("HOME".into(), folder.into());
    env
}

fn settings(pairs: &[(&str, &str)]) -> keyfob_core::words::settings::Settings {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Hears what shall happen. Whoever started the demo holds the other end, and takes it along.
fn listen(cloud: Arc<Sandbox>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match line.split_once(' ') {
                Some(("pass", seconds)) => seconds.parse().into_iter().for_each(|seconds| cloud.shift(seconds)),
                Some(("code", user)) => {
                    // A reader that went away needs no code.
                    let _ = writeln!(std::io::stdout().lock(), "{}", cloud.totp(user).unwrap_or_default());
                }
                _ => {}
            }
        }
        #[cfg(unix)]
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM);
        #[cfg(not(unix))]
        std::process::exit(0);
    });
}

/// The cloud's clock, so that both tell the same time when it is put forward.
#[derive(Debug)]
struct CloudClock {
    cloud: Arc<Sandbox>,
    /// Waits take no time: what happened before the demo begins.
    hurries: AtomicBool,
}

#[async_trait]
impl Clock for CloudClock {
    fn now(&self) -> Timestamp {
        let now = SignedDuration::try_from(self.cloud.now()).unwrap_or_default();
        Timestamp::from_duration(now).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Looks again and again: somebody may put the clock forward meanwhile.
    async fn sleep(&self, how_long: Duration) {
        let until = self.cloud.now() + how_long;
        if self.hurries.load(Ordering::Relaxed) {
            return self.cloud.shift(how_long.as_secs_f64().ceil() as i64);
        }
        while let Some(left) = until.checked_sub(self.cloud.now()).filter(|left| !left.is_zero()) {
            tokio::time::sleep(left.min(Duration::from_millis(50))).await;
        }
    }
}

/// Somebody with the portal's page open.
#[derive(Debug)]
struct Approves {
    cloud: Arc<Sandbox>,
    who: &'static str,
}

#[async_trait]
impl Person for Approves {
    fn show(&self, _: &Step) {}

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        let Some(code) = question.waits().and_then(|wait| wait.code.as_deref()) else { return Err(NoAnswer::Nobody) };
        // A code that was just made is known.
        let _ = self.cloud.approve_as(code, self.who);
        std::future::pending().await
    }

    async fn ask_showing(&self, question: Question, _: Revealed) -> Result<Answer, NoAnswer> {
        self.ask(question).await
    }
}

/// The page was open already.
#[async_trait]
impl Browser for Approves {
    async fn open(&self, _: &url::Url) -> Result<(), BrowserError> {
        Ok(())
    }
}
