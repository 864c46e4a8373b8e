//! A desktop of one test alone: a private keyring and bus, a virtual display with a tray host and a notification
//! server, and hands to read and click them.

mod trouble;

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::keyring::{Keyring, PrivateKeyring, wait_until};
use super::peers;
use super::webdriver::WebDriver;

/// The longest a program may take to draw something on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a test finds when it begins.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    pub keyring: Keyring,
    pub tray_host: bool,
    /// What the notification server can do; `None` when there is none.
    pub notices: Option<&'static str>,
}

impl Default for Parts {
    fn default() -> Self {
        Parts { keyring: Keyring::Unlocked, tray_host: true, notices: Some("actions body persistence") }
    }
}

pub struct Desktop {
    pub keyring: PrivateKeyring,
    pub display: String,
    children: Vec<Child>,
    screen: u32,
    notices: Option<u32>,
    panel: Option<Child>,
    hands: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    program: PathBuf,
}

/// A notification as the server got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The server's number.
    pub number: u64,
    pub replaces: u64,
    pub title: String,
    pub body: String,
    /// Keys and labels in turn.
    pub actions: Vec<String>,
    pub urgency: u64,
    pub category: String,
    /// Milliseconds; 0 for never.
    pub expires: i64,
}

impl Desktop {
    pub fn start(parts: Parts) -> Self {
        let keyring = PrivateKeyring::start(parts.keyring);
        let on_display = |keyring: &PrivateKeyring, program: &str, display: &str| {
            let mut command = keyring.command(program);
            command.env("DISPLAY", display).env("NO_AT_BRIDGE", "1");
            let log = fs::File::create(keyring.path().join(format!("{program}.log"))).unwrap();
            command.stdout(log.try_clone().unwrap()).stderr(log);
            command
        };
        let mut children = Vec::new();
        let (screen, display) = x_server(&keyring);
        let screen_pid = screen.id();
        children.push(screen);
        children.push(on_display(&keyring, "openbox", &display).spawn().unwrap());
        let (hands, pipes) = hands(&keyring, &display);
        children.push(hands);
        let mut desktop = Desktop {
            keyring,
            display,
            children,
            screen: screen_pid,
            notices: None,
            panel: None,
            hands: Mutex::new(pipes),
            program: peers::keyfob_desktop(),
        };
        if parts.tray_host {
            desktop.start_panel();
        }
        if let Some(can) = parts.notices {
            desktop.start_notices(can);
        }
        desktop
    }

    pub fn start_notices(&mut self, can: &str) {
        let mut server = self.command("/usr/bin/python3");
        let log = fs::File::create(self.home().join("notices.log")).unwrap();
        server.args(["-m", "dbusmock", "--session", "--template", "notification_daemon", "--parameters"]);
        server.arg(json!({"capabilities": can}).to_string()).stdout(log.try_clone().unwrap()).stderr(log);
        let server = server.spawn().unwrap();
        self.notices = Some(server.id());
        self.children.push(server);
        wait_until("the notification server is on the bus", || self.has("org.freedesktop.Notifications"));
    }

    /// How long the tray program takes to answer for its menu, asked past the tray host.
    pub fn answers_in(&self, pid: u32) -> Duration {
        Duration::from_secs_f64(self.ask(json!({"do": "answers", "pid": pid})).as_f64().unwrap())
    }

    /// The number of a row in the menu, for a click that comes later.
    pub fn row(&self, pid: u32, path: &[&str]) -> i64 {
        self.ask(json!({"do": "row", "pid": pid, "path": path})).as_i64().unwrap()
    }

    /// Clicks the row of this number, as a menu does that was opened before; false when there is none.
    pub fn click_row(&self, pid: u32, row: i64) -> bool {
        self.ask(json!({"do": "click-row", "pid": pid, "row": row})) == true
    }

    /// Has the notification server say that a notice is gone, and why, and its history that it was clicked.
    pub fn close(&self, notice: &Notice, reason: u32) {
        self.ask(json!({"do": "close", "number": notice.number, "reason": reason}));
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

    /// A command on this desktop; it dies with the test.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.keyring.command(program);
        command.env("DISPLAY", &self.display).env("TZ", "UTC").env("NO_AT_BRIDGE", "1");
        // A browser that only notes where it was sent.
        command.env("BROWSER", self.home().join("browser"));
        command
    }

    /// Puts a program of the test's own in the browser's place, and tells where it was sent.
    pub fn browsed(&self) -> String {
        fs::read_to_string(self.home().join("browsed")).unwrap_or_default()
    }

    /// Gives the tray program another window program: one that writes down what it hears, and says what is written
    /// into the pipe `window.say`.
    pub fn with_stand_in_window(&mut self) {
        let bin = self.home().join("bin");
        fs::create_dir(&bin).unwrap();
        let window = bin.join("keyfob-window");
        fs::copy(peers::root().join("tests/desktop/stand_in_window.py"), &window).unwrap();
        make_executable(&window);
        let own = bin.join("keyfob-desktop");
        if fs::hard_link(&self.program, &own).is_err() {
            fs::copy(&self.program, &own).unwrap();
        }
        self.program = own;
    }

    /// Starts the tray program with these arguments and waits for nothing.
    pub fn launch(&self, args: &[&str]) -> App<'_> {
        self.launch_with(args, |_| {})
    }

    pub fn launch_with(&self, args: &[&str], change: impl FnOnce(&mut Command)) -> App<'_> {
        self.put_browser();
        let log = fs::File::options().create(true).append(true).open(self.home().join("app.log")).unwrap();
        let mut command = self.command(&self.program);
        command.args(args).stdout(log.try_clone().unwrap()).stderr(log);
        change(&mut command);
        let child = command.spawn().unwrap();
        App { pid: child.id(), child, desktop: self }
    }

    /// Has WebKit's driver start the tray program, which opens the window at once, and waits for the icon.
    pub fn drive(&self) -> (App<'_>, WebDriver) {
        self.put_browser();
        let mut command = self.command("WebKitWebDriver");
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        let (child, driver) = WebDriver::start(command, &self.program);
        let mut found = None;
        until("the driver has started the program", || {
            let list = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap();
            found = list.split_whitespace().next().and_then(|pid| pid.parse().ok());
            found.is_some().then_some(()).ok_or(list)
        });
        (App { pid: found.unwrap(), child, desktop: self }, driver)
    }

    fn put_browser(&self) {
        let browser = self.home().join("browser");
        if !browser.exists() {
            fs::write(&browser, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >>{}/browsed\n", self.home().display()))
                .unwrap();
            make_executable(&browser);
        }
    }

    /// Starts it in the background and waits for the icon.
    pub fn app(&self) -> App<'_> {
        let app = self.launch(&["--background"]);
        app.until("the icon is there", |tray| !tray.is_null());
        app
    }

    /// What the program wrote to stderr so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home().join("app.log")).unwrap_or_default()
    }

    pub fn start_panel(&mut self) {
        let folder = self.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("xfce4-panel.xml"), PANEL).unwrap();
        let xfconf = "/usr/share/dbus-1/services/org.xfce.Xfconf.service";
        fs::copy(xfconf, self.home().join("services/org.xfce.Xfconf.service")).expect("xfce4-panel is missing");
        let log = fs::File::create(self.home().join("panel.log")).unwrap();
        let mut panel = self.command("xfce4-panel");
        panel.arg("--disable-wm-check").stdout(log.try_clone().unwrap()).stderr(log);
        self.panel = Some(panel.spawn().unwrap());
        wait_until("the tray host is there", || self.has("org.kde.StatusNotifierWatcher"));
    }

    pub fn stop_panel(&mut self) {
        if let Some(mut panel) = self.panel.take() {
            panel.kill().unwrap();
            panel.wait().unwrap();
            wait_until("the tray host is gone", || !self.has("org.kde.StatusNotifierWatcher"));
        }
    }

    /// What the tray host shows of a process; null while there is no icon.
    pub fn tray_of(&self, pid: u32) -> Value {
        self.ask(json!({"do": "tray", "pid": pid}))
    }

    /// Whether somebody on the bus has this name.
    pub fn has(&self, name: &str) -> bool {
        self.ask(json!({"do": "has", "name": name})) == true
    }

    /// Every notification there was, oldest first.
    pub fn notices(&self) -> Vec<Notice> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let all = self.ask(json!({"do": "notices"}));
        all.as_array()
            .unwrap()
            .iter()
            .map(|one| Notice {
                number: one["number"].as_u64().unwrap(),
                replaces: one["replaces"].as_u64().unwrap(),
                title: text(&one["title"]),
                body: text(&one["body"]),
                actions: one["actions"].as_array().unwrap().iter().map(text).collect(),
                urgency: one["urgency"].as_u64().unwrap(),
                category: text(&one["category"]),
                expires: one["expires"].as_i64().unwrap(),
            })
            .collect()
    }

    /// Waits for a notification with this title.
    pub fn notice(&self, title: &str) -> Notice {
        let mut found = None;
        until(&format!("there is a notice “{title}”"), || {
            let all = self.notices();
            found = all.iter().rfind(|notice| notice.title.contains(title)).cloned();
            found.is_some().then_some(()).ok_or(format!("{all:?}"))
        });
        found.unwrap()
    }

    /// The numbers of the notifications that the program closed.
    pub fn closed(&self) -> Vec<u64> {
        self.ask(json!({"do": "closed"})).as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect()
    }

    /// Clicks a button of a notification by its label, or the body when the label is empty.
    pub fn press(&self, notice: &Notice, label: &str) {
        let key = match label {
            "" => "default".to_owned(),
            label => {
                let place = notice.actions.iter().skip(1).step_by(2).position(|l| l == label);
                notice.actions[place.unwrap_or_else(|| panic!("no {label} in {notice:?}")) * 2].clone()
            }
        };
        self.ask(json!({"do": "press", "number": notice.number, "key": key}));
    }

    /// What lies on the clipboard for whoever pastes it.
    pub fn clipboard(&self) -> String {
        let out = self.command("timeout").args(["60", "xclip", "-o", "-selection", "clipboard"]).output().unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Takes a picture of the whole screen.
    pub fn picture(&self, path: &Path) {
        assert!(self.command("scrot").arg("-o").arg(path).status().unwrap().success());
    }

    fn ask(&self, question: Value) -> Value {
        let mut pipes = self.hands.lock().unwrap();
        writeln!(pipes.0, "{question}").unwrap();
        let mut line = String::new();
        pipes.1.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{question}: {e}: {line}"));
        assert!(answer.get("error").is_none(), "{question}: {answer}");
        answer["answer"].clone()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in self.children.iter_mut().chain(&mut self.panel) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The tray program at work.
pub struct App<'a> {
    /// The program itself, or the driver that has started it.
    pub child: Child,
    pid: u32,
    desktop: &'a Desktop,
}

impl App<'_> {
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Title, status, tooltip, icon sizes and menu; null while there is no icon.
    pub fn tray(&self) -> Value {
        self.desktop.tray_of(self.pid())
    }

    /// The labels of the menu, indented by their depth.
    pub fn menu(&self) -> String {
        fn lines(rows: &Value, depth: usize, text: &mut String) {
            for row in rows.as_array().unwrap() {
                text.push_str(&"  ".repeat(depth));
                text.push_str(row["label"].as_str().unwrap());
                text.push('\n');
                lines(&row["rows"], depth + 1, text);
            }
        }
        let mut text = String::new();
        let tray = self.tray();
        if !tray.is_null() {
            lines(&tray["menu"], 0, &mut text);
        }
        text
    }

    /// Waits until the tray is as it should be.
    pub fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        until(what, || {
            last = self.tray();
            if is_so(&last) { Ok(()) } else { Err(format!("{}\n{}", self.menu(), self.desktop.log())) }
        });
        last
    }

    /// Waits until a row with this text is in the menu.
    pub fn until_row(&self, text: &str) {
        until(&format!("the menu says “{text}”"), || {
            let menu = self.menu();
            if menu.contains(text) { Ok(()) } else { Err(format!("{menu}\n{}", self.desktop.log())) }
        });
    }

    /// Clicks the row that is reached by these beginnings of labels.
    pub fn click(&self, path: &[&str]) {
        self.desktop.ask(json!({"do": "click", "pid": self.pid(), "path": path}));
    }

    /// A left click on the icon.
    pub fn activate(&self) {
        self.desktop.ask(json!({"do": "activate", "pid": self.pid()}));
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid().try_into().unwrap()).unwrap(), signal).unwrap();
    }

    /// Waits for the end and says with which status and how long it took.
    pub fn end(&mut self) -> (Option<i32>, Duration) {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), begin.elapsed());
            }
            assert!(begin.elapsed() < PATIENCE, "it does not end:\n{}", self.desktop.log());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again; fails with what it saw last.
pub fn until(what: &str, mut look: impl FnMut() -> Result<(), String>) {
    let end = Instant::now() + PATIENCE;
    loop {
        let Err(seen) = look() else { return };
        assert!(Instant::now() < end, "in {PATIENCE:?} it was never so that {what}; seen last:\n{seen}");
        thread::sleep(Duration::from_millis(15));
    }
}

/// What reads and clicks the desktop.
fn hands(keyring: &PrivateKeyring, display: &str) -> (Child, (ChildStdin, BufReader<ChildStdout>)) {
    let mut hands = keyring.command("/usr/bin/python3");
    hands.arg(peers::root().join("tests/desktop/hands.py")).env("DISPLAY", display);
    let mut hands = hands.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let pipes = (hands.stdin.take().unwrap(), BufReader::new(hands.stdout.take().unwrap()));
    (hands, pipes)
}

/// A display that nobody else has.
pub(super) fn x_server(keyring: &PrivateKeyring) -> (Child, String) {
    let log = fs::File::create(keyring.path().join("x.log")).unwrap();
    let mut command = keyring.command("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
    let mut server = command.stdout(Stdio::piped()).stderr(log).spawn().expect("Xvfb is missing");
    let mut number = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
    (server, format!(":{}", number.trim()))
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0"><property name="configver" type="int" value="2"/>
<property name="panels" type="array"><value type="int" value="1"/><property name="panel-1" type="empty"><property name="position" type="string" value="p=6;x=0;y=0"/><property name="length" type="uint" value="100"/><property name="plugin-ids" type="array"><value type="int" value="1"/></property></property></property>
<property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property></channel>
"#;
