//! The demo for a terminal: runs the real commands, one after another, on the embedded cloud.

use std::ffi::OsString;
use std::sync::Arc;

use keyfob_core::doors::environment::Variables;
use keyfob_core::face::problem;
use keyfob_core::face::talk::demo as words;
use keyfob_core::words::problem::Problem;
use keyfob_platform::keychain::MemoryKeychain;
use keyfob_sandbox::{DEMO_PASSWORD, DEMO_POOL, SRP_CLIENT, Sandbox, Setup};

use crate::world::{World, block_on};

use super::world::{Clockwork, DemoConsole};

/// `by_hand`: the person approves the login, in their own browser.
pub fn run(outer: &World, by_hand: bool) -> Result<(), Problem> {
    let system = |e: std::io::Error| problem::system(&e.to_string());
    let cloud = block_on(outer, async { Sandbox::start(Setup::demo()).await.map_err(system) })?;
    let home = tempfile::tempdir().map_err(system)?;
    let cloud = Arc::new(cloud);
    let console = Arc::new(DemoConsole::new(outer.console.clone()));
    let clock = Arc::new(Clockwork::new(cloud.clone()));
    let mut world = World {
        environment: Arc::new(Variables::from_iter([("HOME", home.path())])),
        config: home.path().join("config.toml"),
        state: home.path().join("state"),
        clock: clock.clone(),
        store: Arc::new(MemoryKeychain::default()),
        console: console.clone(),
        ..outer.clone()
    };
    if !by_hand {
        world.browser = Arc::new(crate::absent::StaysClosed);
    }
    let mut stage = Stage { world, console, number: 0 };
    stage.console.tell(&words::opening(cloud.url()));
    stage.play(&cloud, &clock, by_hand)?;
    if let Some(exit) = outer.ends.now() {
        return Err(problem::silent(exit));
    }
    stage.console.tell(&format!("\n{}", words::CLOSING));
    Ok(())
}

struct Stage {
    world: World,
    console: Arc<DemoConsole>,
    number: usize,
}

impl Stage {
    fn play(&mut self, cloud: &Sandbox, clock: &Clockwork, by_hand: bool) -> Result<(), Problem> {
        let url = cloud.url();
        self.says(words::ADD);
        self.run(&format!(
            "keyfob team add acme --provider aws-sso --set start-url={} --set region=eu-west-1 --set flow=code --set oidc-endpoint={url} --set portal-endpoint={url} --set sts-endpoint={url}",
            cloud.start_url()
        ));

        self.says(if by_hand { words::LOG_IN_BY_HAND } else { words::LOG_IN });
        if !by_hand {
            cloud.approve_next().map_err(|e| problem::system(&e.to_string()))?;
        }
        self.run("keyfob login acme");

        self.says(words::DISCOVER);
        self.run("keyfob profile discover acme");
        self.run("keyfob profile add acme admin --account 111111111111 --role AdministratorAccess");

        self.says(words::CREDENTIALS);
        self.run("keyfob credential-process --team acme --profile admin");

        self.says(words::EXPORT);
        self.run("keyfob env acme --shell bash");
        self.run("keyfob env acme --profile admin --shell fish");

        self.says(words::POOL);
        self.run(&format!(
            "keyfob team add pool --provider cognito --set region=eu-west-1 --set user-pool-id={DEMO_POOL} --set client-id={SRP_CLIENT} --set endpoint={url}"
        ));
        self.console.types(DEMO_PASSWORD);
        self.run("keyfob login pool --username ann");

        self.says(words::TOTP);
        self.console.types(DEMO_PASSWORD);
        self.console.types(&cloud.totp("tom").unwrap_or_default());
        self.run("keyfob login pool --username tom");

        self.says(words::WRONG);
        self.console.pipes("not-the-password");
        self.run("keyfob login pool --username ann --password-stdin");

        self.says(words::STATUS);
        self.run("keyfob status");
        self.run("keyfob status acme --json");
        self.run("keyfob status acme --prompt");

        self.says(words::LATER);
        clock.pass(57 * 60);
        self.run("keyfob credential-process --team acme --profile admin");
        self.run("keyfob status");

        self.says(words::REVOKED);
        cloud.expire_sessions();
        self.run("keyfob renew --all");
        self.run("keyfob status");

        self.says(words::LOG_OUT);
        self.run("keyfob logout --all --clear");
        self.run("keyfob status");
        Ok(())
    }

    fn says(&mut self, text: &str) {
        if self.world.ends.now().is_some() {
            return;
        }
        self.number += 1;
        self.console.tell(&words::step(self.number, text));
    }

    /// Shows a command and runs it: the very code that the terminal runs.
    fn run(&self, line: &str) {
        if self.world.ends.now().is_some() {
            return;
        }
        self.console.tell(&format!("\n$ {line}\n"));
        let status = crate::run(line.split(' ').map(OsString::from), &self.world);
        self.console.done();
        if status != 0 {
            self.console.tell(&words::exit_status(status));
        }
    }
}
