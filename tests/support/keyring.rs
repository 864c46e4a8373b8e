//! A real keyring of one test alone: GNOME Keyring on a bus of its own, in a home of its own.
//!
//! Everything ends with the [`PrivateKeyring`], also by a panic, and with the thread that made it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Lines, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

/// The longest a daemon may take on a machine that is busy compiling. Nothing waits that long in vain.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a test finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// An unlocked keyring. When its daemon dies, the bus starts another one in the same home: locked.
    Unlocked,
    /// The same, but the bus starts the other one in an empty home: a different keychain (fault F40).
    UnlockedOnce,
    /// A bus where nobody offers the Secret Service, nor can be started for it.
    NoService,
    /// No session bus at all.
    NoBus,
}

/// A home with a session bus and a keyring in it.
#[derive(Debug)]
pub struct PrivateKeyring {
    home: tempfile::TempDir,
    children: Mutex<Vec<Child>>,
    on_bus: bool,
}

impl PrivateKeyring {
    pub fn start(kind: Keyring) -> PrivateKeyring {
        let home = tempfile::Builder::new().prefix("keyfob-keyring-").tempdir().unwrap();
        for folder in ["run", "other", "other/run", "services"] {
            fs::create_dir(home.path().join(folder)).unwrap();
            fs::set_permissions(home.path().join(folder), fs::Permissions::from_mode(0o700)).unwrap();
        }
        let keyring = PrivateKeyring { home, children: Mutex::default(), on_bus: kind != Keyring::NoBus };
        if kind == Keyring::NoBus {
            return keyring;
        }
        let starts = match kind {
            Keyring::Unlocked => Some(keyring.path().to_owned()),
            Keyring::UnlockedOnce => Some(keyring.path().join("other")),
            Keyring::NoService | Keyring::NoBus => None,
        };
        keyring.start_bus(starts.as_deref());
        if starts.is_some() {
            keyring.start_daemon();
        }
        keyring
    }

    /// The home folder; test files may lie in it.
    pub fn path(&self) -> &Path {
        self.home.path()
    }

    /// What a program needs to find this keyring and no other: its whole environment.
    pub fn env(&self) -> Vec<(String, String)> {
        let mut env = environment(self.path());
        if self.on_bus {
            env.push(("DBUS_SESSION_BUS_ADDRESS".into(), format!("unix:path={}", self.socket().display())));
        }
        env
    }

    /// A command in this environment. It is killed with the thread that starts it.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command.env_clear().envs(self.env()).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    /// Locks the keyring, as after a log-on without its password.
    pub fn lock(&self) {
        self.gdbus(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &["['/org/freedesktop/secrets/collection/login']"],
        );
    }

    /// Stops the daemon where it is: it hangs.
    pub fn stop(&self) {
        kill_process(self.pid(), Signal::STOP).unwrap();
    }

    /// Lets a stopped daemon go on. It has kept its name on the bus.
    pub fn cont(&self) {
        kill_process(self.pid(), Signal::CONT).unwrap();
    }

    /// Kills the daemon and returns when it is gone; the bus starts another one when somebody asks.
    pub fn kill(&self) {
        let pid = self.pid();
        kill_process(pid, Signal::KILL).unwrap();
        wait_until("the daemon has left the bus", || self.owner() != Some(pid));
    }

    /// Kills whatever daemon there is and starts one that is unlocked in the same home.
    pub fn restart(&self) {
        if let Some(pid) = self.owner() {
            let _ = kill_process(pid, Signal::KILL);
            wait_until("the daemon has left the bus", || self.owner() != Some(pid));
        }
        self.start_daemon();
    }

    /// Kills the bus itself.
    pub fn kill_bus(&self) {
        let mut bus = self.children.lock().unwrap().remove(0);
        bus.kill().unwrap();
        bus.wait().unwrap();
    }

    /// Starts another bus at the same address. The keyring stays where it was, and is on neither.
    pub fn start_another_bus(&self) {
        self.start_bus(None);
        // The first one is the bus.
        let mut children = self.children.lock().unwrap();
        children.rotate_right(1);
    }

    /// Stops the bus where it is: it hangs.
    pub fn stop_bus(&self) {
        let bus = self.children.lock().unwrap()[0].id();
        kill_process(Pid::from_raw(bus.try_into().unwrap()).unwrap(), Signal::STOP).unwrap();
    }

    /// The daemon that has the name now.
    pub fn pid(&self) -> Pid {
        self.owner().expect("somebody offers the Secret Service")
    }

    /// Listens on the bus from now on.
    pub fn listen(&self) -> Listening<'_> {
        let mut command = self.command("dbus-monitor");
        let mut monitor = command.arg("--session").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(monitor.stdout.take().unwrap()).lines();
        // It tells of its own name first: from then on it hears everything.
        lines.find(|line| line.as_ref().unwrap().contains("NameAcquired")).unwrap().unwrap();
        Listening { keyring: self, monitor, lines }
    }

    fn owner(&self) -> Option<Pid> {
        let said = self
            .try_gdbus(
                "org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.GetConnectionUnixProcessID",
                &["org.freedesktop.secrets"],
            )
            .ok()?;
        let number: String = said.replace("uint32", "").chars().filter(char::is_ascii_digit).collect();
        Pid::from_raw(number.parse().ok()?)
    }

    fn start_bus(&self, starts_in: Option<&Path>) {
        let services = self.path().join("services");
        if let Some(home) = starts_in {
            let env = environment(home).into_iter().map(|(name, value)| format!("{name}={value} ")).collect::<String>();
            let line =
                format!("/usr/bin/env -u DISPLAY {env}gnome-keyring-daemon --start --foreground --components=secrets");
            let service = format!("[D-BUS Service]\nName=org.freedesktop.secrets\nExec={line}\n");
            fs::write(services.join("org.freedesktop.secrets.service"), service).unwrap();
        }
        // The prompter of the desktop is not among the services: without a display it can only fail.
        let config = self.path().join("bus.conf");
        let text = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"#,
            socket = self.socket().display(),
            services = services.display()
        );
        fs::write(&config, text).unwrap();
        let mut command = self.command("dbus-daemon");
        command
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()));
        let mut bus = command.stdout(Stdio::piped()).stderr(self.log("bus.log")).process_group(0).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        self.children.lock().unwrap().push(bus);
        assert!(address.starts_with("unix:"), "the bus did not start: {}", self.read_log("bus.log"));
    }

    fn start_daemon(&self) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        command.stdin(Stdio::piped()).stdout(self.log("daemon.log")).stderr(self.log("daemon.log")).process_group(0);
        let mut daemon = command.spawn().unwrap();
        daemon.stdin.take().unwrap().write_all(b"password of the keyring").unwrap();
        self.children.lock().unwrap().push(daemon);
        // Asking for the service itself would make the bus start a second one.
        wait_until("the keyring is on the bus", || self.owner().is_some());
        wait_until("the keyring has a default collection", || {
            let alias = self.gdbus(
                "org.freedesktop.secrets",
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.ReadAlias",
                &["default"],
            );
            alias.contains("/collection/")
        });
    }

    fn gdbus(&self, to: &str, object: &str, method: &str, args: &[&str]) -> String {
        self.try_gdbus(to, object, method, args).unwrap_or_else(|e| panic!("{method}: {e}"))
    }

    pub(super) fn try_gdbus(&self, to: &str, object: &str, method: &str, args: &[&str]) -> Result<String, String> {
        let mut command = self.command("gdbus");
        command.args(["call", "--session", "--timeout", "60", "-d", to, "-o", object, "-m", method]).args(args);
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        if status.success() { Ok(text(stdout)) } else { Err(text(stderr)) }
    }

    fn socket(&self) -> PathBuf {
        self.path().join("run/bus")
    }

    fn log(&self, name: &str) -> File {
        File::options().create(true).append(true).open(self.path().join(name)).unwrap()
    }

    fn read_log(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }
}

/// A `dbus-monitor` at work.
#[derive(Debug)]
pub struct Listening<'a> {
    keyring: &'a PrivateKeyring,
    monitor: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Listening<'_> {
    /// Everything that was said on the bus since it began, as text.
    pub fn end(mut self) -> String {
        // A last word of our own, so that all before it was heard.
        const LAST: &str = "org.keyfob.LastWord";
        let _ = self.keyring.try_gdbus("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", &[LAST]);
        let mut heard = String::new();
        for line in &mut self.lines {
            let line = line.unwrap();
            if line.contains(LAST) {
                break;
            }
            heard += &line;
            heard.push('\n');
        }
        heard
    }
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        let _ = self.monitor.kill();
        let _ = self.monitor.wait();
    }
}

impl Drop for PrivateKeyring {
    fn drop(&mut self) {
        // A daemon that the bus started is in the bus's group; a stopped one dies of KILL too.
        for child in self.children.get_mut().unwrap() {
            if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.wait();
        }
    }
}

/// Whether a process is still there.
pub fn is_alive(pid: Pid) -> bool {
    test_kill_process(pid).is_ok()
}

/// Looks again and again until it is so; fails when it never is.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "in {PATIENCE:?} it was never so that {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn environment(home: &Path) -> Vec<(String, String)> {
    let below = |name: &str| home.join(name).display().to_string();
    vec![
        ("HOME".into(), home.display().to_string()),
        ("PATH".into(), std::env::var("PATH").unwrap_or_default()),
        ("XDG_RUNTIME_DIR".into(), below("run")),
        ("XDG_DATA_HOME".into(), below(".local/share")),
        ("XDG_CONFIG_HOME".into(), below(".config")),
        ("XDG_STATE_HOME".into(), below(".local/state")),
        ("XDG_CACHE_HOME".into(), below(".cache")),
        ("LC_ALL".into(), "C.UTF-8".into()),
    ]
}
