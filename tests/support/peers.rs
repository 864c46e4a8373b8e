//! Servers and programs that nobody here wrote, each started on a free port of 127.0.0.1 and ended with its test.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

/// The longest a peer may take to listen: Python on a machine that is busy compiling.
const PATIENCE: Duration = Duration::from_secs(180);

/// The top of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A program of the virtual environment that `scripts/setup.sh` fills.
pub fn venv(program: &str) -> PathBuf {
    let path = root().join(".venv/bin").join(program);
    assert!(path.exists(), "{} is missing: run `scripts/setup.sh test`", path.display());
    path
}

/// A running server. It ends with this value, and at the latest with the thread that started it: a test starts its own.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    /// Such as `http://127.0.0.1:41234`.
    pub url: String,
    /// What it says of itself on its first line, if it is one that does.
    pub facts: Value,
    _home: tempfile::TempDir,
}

impl Peer {
    /// The strict Cognito: real SRP, one-time codes, secret hashes and revocation.
    pub fn ministack() -> Peer {
        let python = root().join(".tools/ministack/bin/python");
        assert!(python.exists(), "{} is missing: run `scripts/setup.sh test`", python.display());
        Peer::start(&python, |command, port| {
            let bind = format!("127.0.0.1:{port}");
            command.args(["-m", "hypercorn", "--bind", &bind, "ministack.app:app"]);
            command.env("AUTH", "true").env("IOT_MTLS_ENABLED", "0");
        })
    }

    /// An STS that answers signed requests. Its Cognito is never the proof of a login.
    pub fn moto() -> Peer {
        Peer::start(&venv("moto_server"), |command, port| {
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        })
    }

    /// An OpenID provider that is certified as one.
    pub fn oidc_provider() -> Peer {
        let modules = root().join(".tools/oidc-provider");
        assert!(modules.join("node_modules").exists(), "{} is missing: run `scripts/setup.sh test`", modules.display());
        Peer::start(Path::new("node"), |command, port| {
            command.arg(root().join("tests/peers/oidc/server.mjs")).arg(&modules).arg(port.to_string());
        })
    }

    /// The embedded cloud as a program of its own, with the accounts of the demo; its first line is JSON.
    pub fn cloud() -> Peer {
        let program = built("--example", "cloud");
        let home = tempfile::tempdir().unwrap();
        let mut command = bound_to_us(&program, home.path());
        // It ends when its input does, so that stays open for as long as the child is held.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let facts: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("cloud said {line:?}: {e}"));
        let url = facts["url"].as_str().unwrap_or_default().to_owned();
        Peer { child, url, facts, _home: home }
    }

    fn start(program: &Path, set_up: impl Fn(&mut Command, u16)) -> Peer {
        let home = tempfile::tempdir().unwrap();
        let mut said = String::new();
        // Somebody else may take the port between our look and the peer's bind: then try another one.
        for _ in 0..5 {
            let port = free_port();
            let log = home.path().join("log");
            let file = File::create(&log).unwrap();
            let mut command = bound_to_us(program, home.path());
            set_up(&mut command, port);
            let mut child = command.stdout(file.try_clone().unwrap()).stderr(file).spawn().unwrap();
            if listens(&mut child, port) {
                return Peer { child, url: format!("http://127.0.0.1:{port}"), facts: Value::Null, _home: home };
            }
            said = std::fs::read_to_string(&log).unwrap_or_default();
            child.kill().ok();
            child.wait().ok();
        }
        panic!("{} does not listen: {said}", program.display());
    }
}

impl Drop for Peer {
    /// With all that it started: hypercorn leaves its workers behind when it is killed alone.
    fn drop(&mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            kill_process_group(group, Signal::KILL).ok();
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The program under test, `keyfob`, as built from these sources.
pub fn keyfob() -> PathBuf {
    built("--bin", "keyfob")
}

/// What copies for the tests.
pub fn clipboard_probe() -> PathBuf {
    built("--bin", "clipboard-probe")
}

/// The tray program.
pub fn keyfob_desktop() -> PathBuf {
    built("--bin", "keyfob-desktop")
}

/// Runs a Python file of `tests/peers` to its end with the packages of the virtual environment.
pub fn python(file: &str, args: &[&str]) -> Output {
    Command::new(venv("python"))
        .arg(root().join("tests/peers").join(file))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The output of a run that must have worked.
pub fn stdout_of(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Builds a program of the workspace, once for each process of tests, and says where it lies.
fn built(kind: &'static str, name: &'static str) -> PathBuf {
    static BUILT: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry(name).or_insert_with(|| build(kind, name)).clone()
}

fn build(kind: &str, name: &str) -> PathBuf {
    // `scripts/test.sh` has just built everything.
    if std::env::var_os("KEYFOB_BUILT").is_none() {
        let mut command = Command::new(env!("CARGO"));
        // The whole workspace, so that dependencies get the features they have in the tests and are not built twice.
        command.args(["build", "--quiet", "--workspace", kind, name]).current_dir(root());
        stdout_of(&command.output().unwrap());
    }
    // This test lies in target/<profile>/deps.
    let profile = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    if kind == "--example" { profile.join("examples").join(name) } else { profile.join(name) }
}

/// A command that dies with us and sees nothing of the person who runs the tests.
fn bound_to_us(program: &Path, home: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program).current_dir(home).stdin(Stdio::null());
    command.process_group(0);
    command.env_clear().env("HOME", home).env("TMPDIR", home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until somebody accepts connections there; false when the child ended first or took too long.
fn listens(child: &mut Child, port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}
