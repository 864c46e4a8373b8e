//! The stage of these tests: a desktop, an embedded cloud, and teams that log in there.

use std::fs;
use std::io::Write;
use std::ops::Deref;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use keyfob_sandbox::{DEMO_POOL, SRP_CLIENT, Sandbox, Setup};
use keyfob_tests::support::desktop::{Desktop, Parts};
use keyfob_tests::support::peers;
use serde_json::{Value, json};

pub struct Stage {
    pub desktop: Desktop,
    pub cloud: Sandbox,
}

impl Deref for Stage {
    type Target = Desktop;

    fn deref(&self) -> &Desktop {
        &self.desktop
    }
}

/// The id of the team `acme`.
pub const ACME: &str = "aaaaaaaaaaaaaaaa";
/// The id of the team `my_pool`.
pub const POOL: &str = "bbbbbbbbbbbbbbbb";

impl Stage {
    pub fn new() -> Self {
        Stage::with(Parts::default())
    }

    /// Two teams, nobody logged in.
    pub fn with(parts: Parts) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let cloud = runtime.block_on(Sandbox::start(Setup::demo())).unwrap();
        let stage = Stage { desktop: Desktop::start(parts), cloud };
        let (url, start) = (stage.cloud.url(), stage.cloud.start_url());
        stage.write_config(&format!(
            "version = 1\n\n[team.acme]\nid = \"{ACME}\"\nprovider = \"aws-sso\"\nstart-url = \"{start}\"\nregion = \"eu-west-1\"\nflow = \"code\"\n\
             oidc-endpoint = \"{url}\"\nportal-endpoint = \"{url}\"\n\n[team.my_pool]\nid = \"{POOL}\"\n\
             provider = \"cognito\"\nregion = \"eu-west-1\"\nuser-pool-id = \"{DEMO_POOL}\"\nclient-id = \"{SRP_CLIENT}\"\nendpoint = \"{url}\"\n"
        ));
        stage
    }

    pub fn write_config(&self, text: &str) {
        fs::create_dir_all(self.config().parent().unwrap()).unwrap();
        fs::write(self.config(), text).unwrap();
    }

    /// Runs `keyfob` beside the tray program.
    pub fn keyfob(&self, line: &str) -> String {
        let out = self.command(peers::keyfob()).args(line.split(' ')).output().unwrap();
        assert!(out.status.success(), "{line}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Logs in to `acme` at a terminal, the code approved by somebody.
    pub fn log_in(&self) {
        self.cloud.approve_next().unwrap();
        self.keyfob("login acme --no-open");
    }

    /// Logs in to `my_pool` as Ann.
    pub fn log_in_to_pool(&self) {
        let mut command = self.command(peers::keyfob());
        command.args(["login", "my_pool", "--username", "ann", "--password-stdin"]).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(keyfob_sandbox::DEMO_PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Logs in to `acme` as if an hour ago, so that its token ends in so many seconds.
    pub fn logged_in_an_hour_ago(&self, ends_in: u64) {
        self.cloud.change(|setup| setup.lifetimes.access_token = 3600 + ends_in);
        self.cloud.approve_next().unwrap();
        let mut command = self.command("faketime");
        command.args(["-f", "-1h"]).arg(peers::keyfob()).args(["login", "acme", "--no-open"]);
        let out = command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").output().expect("faketime is missing");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    /// Has the screen saver say that it locks the screen, or that the person is back.
    pub fn screen_saver(&self, active: bool) {
        let mut emit = self.command("gdbus");
        emit.args(["emit", "--session", "--object-path", "/org/freedesktop/ScreenSaver", "--signal"]);
        emit.args(["org.freedesktop.ScreenSaver.ActiveChanged", &active.to_string()]);
        assert!(emit.status().unwrap().success());
    }

    pub fn facts(&self) -> PathBuf {
        self.state().join("facts.json")
    }

    /// The page that the browser was sent to, with what a person does there.
    pub fn approve_on_the_page(&self) {
        let browsed = self.browsed();
        let url = browsed.lines().rfind(|line| line.starts_with("http")).unwrap_or_else(|| panic!("{browsed}"));
        let out = Command::new("curl").args(["--silent", "--fail", url]).output().unwrap();
        let page = String::from_utf8(out.stdout).unwrap();
        let code =
            page.split("name=\"user_code\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
        let form = format!("user_code={code}");
        let approve = format!("{}/device/approve", self.cloud.url());
        let out = Command::new("curl").args(["--silent", "--fail", "--data", &form, &approve]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    }

    /// Makes the facts say that the session of `acme` began an hour ago and its token ends in so many seconds.
    pub fn ends_in(&self, seconds: i64, renews: bool) {
        self.team_ends_in(ACME, seconds, renews);
    }

    /// The same of any team.
    pub fn team_ends_in(&self, team: &str, seconds: i64, renews: bool) {
        let mut facts: Value = serde_json::from_slice(&fs::read(self.facts()).unwrap()).unwrap();
        let session = &mut facts["teams"][team]["session"];
        let now = Timestamp::now();
        session["issued"] = json!(now - SignedDuration::from_hours(1));
        session["expires"] = json!(now + SignedDuration::from_secs(seconds));
        session["renews"] = json!(renews);
        session["limit"] = Value::Null;
        fs::write(self.facts(), facts.to_string()).unwrap();
    }

    /// Sets what a person sets in the window.
    pub fn set(&self, auto_renew: bool) {
        let prefs = json!({"prefs": {"warn_minutes": 10, "early_hint": false, "auto_renew": auto_renew}});
        fs::create_dir_all(self.config().parent().unwrap()).unwrap();
        fs::write(self.config().with_file_name("desktop.json"), prefs.to_string()).unwrap();
    }
}
