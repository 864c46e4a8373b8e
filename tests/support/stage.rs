//! The stage of a journey: a private home, an embedded cloud, a keychain, and the real `keyfob`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::keyring::{Keyring, PrivateKeyring};
use super::peers::keyfob;
use super::terminal::Terminal;
use keyfob_sandbox::{DEMO_PASSWORD, DEMO_POOL, SRP_CLIENT, Sandbox, Setup};
use serde_json::Value;

pub struct Stage {
    pub cloud: Sandbox,
    pub keyring: PrivateKeyring,
    pub env: BTreeMap<String, String>,
    pub program: PathBuf,
}

/// What a command did.
#[derive(Debug)]
pub struct Done {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Stage {
    /// Somebody with an open keychain, and the demo's cloud.
    pub fn demo() -> Self {
        Stage::with(Setup::demo(), Keyring::Unlocked)
    }

    pub fn with(setup: Setup, kind: Keyring) -> Self {
        let keyring = PrivateKeyring::start(kind);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let cloud = runtime.block_on(Sandbox::start(setup)).unwrap();
        let mut env: BTreeMap<String, String> = keyring.env().into_iter().collect();
        env.insert("TZ".into(), "UTC".into());
        Stage { cloud, keyring, env, program: keyfob() }
    }

    pub fn home(&self) -> &Path {
        self.keyring.path()
    }

    pub fn config(&self) -> PathBuf {
        self.home().join(".config/keyfob/config.toml")
    }

    pub fn state(&self) -> PathBuf {
        self.home().join(".local/state/keyfob")
    }

    /// The program on this stage, for whoever wants to start it another way.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(line.split_whitespace()).env_clear().envs(&self.env).current_dir(self.home());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, line: &str) -> Done {
        Done::of(&self.command(line).output().unwrap())
    }

    /// Starts it so many times at once and waits for all. A keychain on a busy machine may need longer for many than
    /// anybody waits for it: who is told so asks again.
    pub fn at_once(&self, count: usize, line: &str) -> Vec<Done> {
        self.all(line, (0..count).map(|_| self.command(line)).collect())
    }

    /// The same of commands that were prepared.
    pub fn all(&self, line: &str, commands: Vec<Command>) -> Vec<Done> {
        let children: Vec<Child> = commands.into_iter().map(|mut command| command.spawn().unwrap()).collect();
        let ended = children.into_iter().map(|child| Done::of(&child.wait_with_output().unwrap()));
        ended.map(|done| if done.err.contains("(KC-TIMEOUT)") { self.asking_again(line) } else { done }).collect()
    }

    fn asking_again(&self, line: &str) -> Done {
        loop {
            let done = self.run(line);
            if !done.err.contains("(KC-TIMEOUT)") {
                return done;
            }
        }
    }

    /// Runs it with something on stdin.
    pub fn pipe(&self, line: &str, input: &str) -> Done {
        let mut child = self.command(line).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Done::of(&child.wait_with_output().unwrap())
    }

    /// Starts it at a terminal.
    pub fn terminal(&self, line: &str) -> Terminal {
        Terminal::start(&format!("{} {line}", self.program.display()), self.home(), &self.env)
    }

    /// Runs it and fails unless it worked; returns its result.
    pub fn ok(&self, line: &str) -> String {
        self.run(line).ok()
    }

    /// Adds the portal as a team.
    pub fn add_portal(&self, name: &str) {
        let (url, start) = (self.cloud.url(), self.cloud.start_url());
        self.ok(&format!(
            "team add {name} --provider aws-sso --set start-url={start} --set region=eu-west-1 --set oidc-endpoint={url} --set portal-endpoint={url} --set sts-endpoint={url}"
        ));
    }

    /// Adds the pool as a team, through one of its clients.
    pub fn add_pool(&self, name: &str, client: &str) {
        self.ok(&format!(
            "team add {name} --provider cognito --set region=eu-west-1 --set user-pool-id={DEMO_POOL} --set client-id={client} --set endpoint={}",
            self.cloud.url()
        ));
    }

    /// Adds the portal and logs in to it, the code approved by somebody.
    pub fn log_in_to_portal(&self, name: &str) {
        self.add_portal(name);
        self.cloud.approve_next().unwrap();
        self.ok(&format!("login {name} --no-open"));
    }

    /// Adds the pool and logs in to it as Ann.
    pub fn log_in_to_pool(&self, name: &str) {
        self.add_pool(name, SRP_CLIENT);
        self.pipe(&format!("login {name} --username ann --password-stdin"), DEMO_PASSWORD).ok();
    }

    /// One team of `status --json`.
    pub fn status_of(&self, name: &str) -> Value {
        let all: Value = serde_json::from_str(&self.ok("status --json")).unwrap();
        assert_eq!(all["version"], 1);
        all["teams"].as_array().unwrap().iter().find(|t| t["name"] == name).unwrap().clone()
    }

    /// Every file we wrote, as one text.
    pub fn all_files(&self) -> String {
        let mut text = String::new();
        let mut folders = vec![self.home().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else if let Ok(bytes) = std::fs::read(entry.path()) {
                    text.push_str(&String::from_utf8_lossy(&bytes));
                }
            }
        }
        text
    }
}

impl Done {
    pub fn of(output: &Output) -> Self {
        Done {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// The same, for commands that have something to say beside their result.
    #[track_caller]
    pub fn ok_with_words(self) -> (String, String) {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        (self.out, self.err)
    }

    /// Fails unless the command ended with this status and told a problem of this code with a next step.
    #[track_caller]
    pub fn fails(self, status: i32, code: &str) -> String {
        assert_eq!(self.status, status, "{}{}", self.out, self.err);
        assert!(self.err.contains(&format!("({code})")), "no {code} in: {}", self.err);
        assert!(self.err.lines().count() >= 2, "no next step in: {}", self.err);
        self.err
    }

    /// The same for what AWS tools pass on, which is one line.
    #[track_caller]
    pub fn fails_in_a_line(self, status: i32, code: &str) {
        assert_eq!((self.status, self.out.as_str(), self.err.lines().count()), (status, "", 1), "{}", self.err);
        assert!(self.err.contains(&format!("({code})")), "no {code} in: {}", self.err);
    }
}
