//! A desktop without a screen: a virtual display with a tray host, a notification server, and a hand on its mouse.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keyfob_core::doors::ports::Clock;
use keyfob_core::face::problem;
use keyfob_core::face::problem::DemoStop;
use keyfob_core::words::problem::Problem;
use tempfile::TempDir;

use super::bus;
use super::eyes::{Eyes, Sight};
use super::patience::{LOOK_EVERY, until};

/// What it is made of: a program or file, and the Debian package that has it.
const PARTS: &[(&str, &str)] = &[
    ("Xvfb", "xvfb"),
    ("dbus-daemon", "dbus"),
    ("openbox", "openbox"),
    ("xfce4-panel", "xfce4-panel"),
    ("/usr/share/dbus-1/services/org.xfce.Xfconf.service", "xfconf"),
    ("/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service", "xfce4-notifyd"),
    ("xsetroot", "x11-xserver-utils"),
    ("xdotool", "xdotool"),
    ("xclip", "xclip"),
    ("scrot", "scrot"),
    ("chromium", "chromium"),
    ("setpriv", "util-linux"),
];

const WIDTH: i32 = 1440;
const HEIGHT: i32 = 860;
/// What looks the same so many times in a row is painted. Each look starts a program and asks the display: on a busy
/// computer that takes longer, as painting does.
const STEADY: usize = 5;
/// What never stands still, such as the time that is left, is painted after so many looks.
const LOOKS: usize = 60;

/// The packages that are not installed.
pub fn missing() -> Vec<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A name that begins at the root stays what it is when it is joined to a folder.
    let is_there = |part: &str| std::env::split_paths(&path).any(|folder| folder.join(part).exists());
    PARTS.iter().filter(|(part, _)| !is_there(part)).map(|(_, package)| *package).collect()
}

/// It is gone when this is dropped, or when this process is.
#[derive(Debug)]
pub struct Stage {
    home: TempDir,
    display: String,
    pub bus: String,
    eyes: Eyes,
    children: Vec<Child>,
}

impl Stage {
    pub async fn build(clock: &dyn Clock) -> Result<Self, Problem> {
        let home = tempfile::Builder::new().prefix("keyfob-stage-").tempdir().map_err(|e| failed("a folder", &e))?;
        let below = |name: &str| home.path().join(name).display().to_string();
        let (screen, config) = (below("screen"), format!("--config-file={}", below("bus.conf")));
        let eyes = Eyes::on(home.path().join("screen/Xvfb_screen0"));
        let mut stage = Stage { home, display: String::new(), bus: String::new(), eyes, children: Vec::new() };
        stage.furnish().map_err(|e| failed("its folder", &e))?;

        let size = format!("{WIDTH}x{HEIGHT}x24");
        let display = ["-displayfd", "1", "-screen", "0", &size, "-fbdir", &screen, "-nolisten", "tcp", "-noreset"];
        stage.display = format!(":{}", stage.first_line("Xvfb", &display)?);
        stage.bus = stage.first_line("dbus-daemon", &[&config, "--nofork", "--nopidfile", "--print-address=1"])?;
        stage.run("xsetroot", &["-solid", "#41566f"])?;
        stage.start("openbox", &[])?;
        until(clock, "openbox", async || stage.hand(&["get_desktop"]).ok()).await?;
        // Each needs what was started before it, and none is left to the bus to start.
        let names = bus::connect(&stage.bus).await?;
        for (program, args, name) in [
            (bus::program_of("org.xfce.Xfconf.service")?, &[][..], "org.xfce.Xfconf"),
            ("xfce4-panel".to_owned(), &["--disable-wm-check"][..], "org.kde.StatusNotifierWatcher"),
            (bus::program_of("org.xfce.xfce4-notifyd.Notifications.service")?, &[], "org.freedesktop.Notifications"),
        ] {
            stage.start(&program, args)?;
            bus::until_taken(&names, clock, name).await?;
        }
        Ok(stage)
    }

    /// A command on this desktop, which ends with us.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let home = self.home.path();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(program);
        command.env("HOME", home).env("XDG_RUNTIME_DIR", home.join("run")).env("BROWSER", home.join("browser"));
        for (name, folder) in
            [("CONFIG", ".config"), ("DATA", ".local/share"), ("STATE", ".local/state"), ("CACHE", ".cache")]
        {
            command.env(format!("XDG_{name}_HOME"), home.join(folder));
        }
        command.env("NO_AT_BRIDGE", "1").env("SHELL", "/bin/bash").env_remove("WAYLAND_DISPLAY");
        command.env("DISPLAY", &self.display).env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command.stdin(Stdio::null());
        command
    }

    /// Takes a picture of the whole screen.
    pub fn picture(&self, path: &Path) -> Result<(), Problem> {
        self.run("scrot", &["-o", &path.display().to_string()]).map(drop)
    }

    /// What would be pasted.
    pub fn clipboard(&self) -> Result<String, Problem> {
        self.run("xclip", &["-o", "-selection", "clipboard"])
    }

    pub fn hand(&self, args: &[&str]) -> Result<(), Problem> {
        self.run("xdotool", args).map(drop)
    }

    /// Waits for a window and returns its number. `by` is `--name` or `--class`.
    pub async fn window(&self, clock: &dyn Clock, by: &str, pattern: &str) -> Result<String, Problem> {
        until(clock, pattern, async || self.windows(by, pattern).pop()).await
    }

    /// The numbers of all visible windows of a kind.
    pub fn windows(&self, by: &str, pattern: &str) -> Vec<String> {
        let found = self.run("xdotool", &["search", "--onlyvisible", by, pattern]).unwrap_or_default();
        found.lines().map(str::to_owned).collect()
    }

    /// Left, top, width and height of a window, in pixels.
    pub fn place(&self, window: &str) -> Result<[i32; 4], Problem> {
        let told = self.run("xdotool", &["getwindowgeometry", "--shell", window])?;
        let of = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        Ok(["X", "Y", "WIDTH", "HEIGHT"].map(of))
    }

    /// What a window shows.
    pub fn look(&self, window: &str) -> Option<Sight> {
        self.eyes.look(self.place(window).ok()?)
    }

    /// Waits until a window is painted: it shows something, other than before, and goes on showing it.
    pub async fn painted(&self, clock: &dyn Clock, window: &str, before: Option<&Sight>) -> Result<Sight, Problem> {
        let is_new = |sight: &Sight| sight.is_drawn() && before.is_none_or(|before| sight.differs(before));
        let mut seen = until(clock, "what a window shows", async || self.look(window).filter(is_new)).await?;
        let mut steady = 0;
        for _ in 0..LOOKS {
            clock.sleep(LOOK_EVERY).await;
            let Some(now) = self.look(window) else { continue };
            steady = if now == seen { steady + 1 } else { 0 };
            seen = now;
            if steady == STEADY {
                break;
            }
        }
        Ok(seen)
    }

    /// Clicks a place of the screen with a mouse button.
    pub fn click(&self, x: i32, y: i32, button: u8) -> Result<(), Problem> {
        self.hand(&["mousemove", &x.to_string(), &y.to_string(), "click", &button.to_string()])
    }

    /// Puts the mouse where nothing reacts to it.
    pub fn let_go(&self) -> Result<(), Problem> {
        self.hand(&["mousemove", &(WIDTH / 2).to_string(), &(HEIGHT - 4).to_string()])
    }

    /// Types a text into whatever has the focus. It is given by a pipe: other programs read command lines.
    pub fn types(&self, text: &str) -> Result<(), Problem> {
        let mut typing = self.quiet("xdotool");
        typing.args(["type", "--delay", "20", "--file", "-"]).stdin(Stdio::piped());
        let typed = typing.spawn().and_then(|mut child| {
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(text.as_bytes())?;
            }
            child.wait()
        });
        typed.map(drop).map_err(|e| failed("xdotool", &e))
    }

    /// Clicks the second of three buttons of a notice: the first one opens the window.
    pub fn press_middle_button(&self, notice: &str) -> Result<(), Problem> {
        let [left, top, width, height] = self.place(notice)?;
        self.click(left + width * 57 / 100, top + height - 31, 1)
    }

    fn furnish(&self) -> std::io::Result<()> {
        let home = self.home.path();
        let panel = home.join(".config/xfce4/xfconf/xfce-perchannel-xml");
        for folder in [home.join("run"), home.join(".local/share"), home.join(".cache"), panel.clone()] {
            fs::create_dir_all(folder)?;
        }
        fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700))?;
        fs::write(panel.join("xfce4-panel.xml"), PANEL)?;
        fs::write(panel.join("xfce4-notifyd.xml"), NOTICES)?;
        fs::create_dir_all(home.join("screen"))?;
        fs::write(home.join("bus.conf"), bus::CONFIG)?;
        fs::create_dir_all(home.join(".config/gtk-3.0"))?;
        fs::write(home.join(".config/gtk-3.0/settings.ini"), STILL)?;
        let icons = home.join(".local/share/icons/hicolor/48x48/apps");
        fs::create_dir_all(&icons)?;
        fs::write(icons.join("keyfob-desktop.png"), ICON)?;
        let browser = home.join("browser");
        fs::write(&browser, BROWSER)?;
        fs::set_permissions(browser, fs::Permissions::from_mode(0o755))
    }

    /// Starts a program that goes on running.
    fn start(&mut self, program: &str, args: &[&str]) -> Result<(), Problem> {
        let child = self.quiet(program).args(args).spawn().map_err(|e| failed(program, &e))?;
        self.children.push(child);
        Ok(())
    }

    /// Starts a program that goes on running, and returns the first line that it prints.
    fn first_line(&mut self, program: &str, args: &[&str]) -> Result<String, Problem> {
        let mut command = self.quiet(program);
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().map_err(|e| failed(program, &e))?;
        let mut line = String::new();
        let read = child.stdout.take().map(|out| BufReader::new(out.take(4096)).read_line(&mut line));
        self.children.push(child);
        match read {
            Some(Ok(1..)) => Ok(line.trim().to_owned()),
            _ => Err(problem::demo_stopped(DemoStop::Missing(program))),
        }
    }

    /// Runs a program to its end and returns what it printed.
    fn run(&self, program: &str, args: &[&str]) -> Result<String, Problem> {
        let mut command = self.quiet(program);
        let out = command.args(args).stdout(Stdio::piped()).output().map_err(|e| failed(program, &e))?;
        if out.status.success() {
            Ok(String::from_utf8_lossy(&out.stdout).into_owned())
        } else {
            Err(problem::demo_stopped(DemoStop::Failed { part: program, why: &out.status.to_string() }))
        }
    }

    /// A command whose talk goes into a file of its own.
    fn quiet(&self, program: &str) -> Command {
        let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy();
        let log = self.home.path().join(format!("{name}.log"));
        let log = fs::File::create(log).map_or_else(|_| Stdio::null(), Stdio::from);
        let mut command = self.command(program);
        command.stdout(Stdio::null()).stderr(log);
        command
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn failed(what: &str, error: &std::io::Error) -> Problem {
    problem::demo_stopped(DemoStop::Failed { part: what, why: &error.to_string() })
}

/// Notices stay: on a busy computer one would be over before it is looked at.
const NOTICES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0">
  <property name="expire-timeout" type="int" value="3600"/>
  <property name="do-fadeout" type="bool" value="false"/>
  <property name="do-slideout" type="bool" value="false"/>
</channel>
"#;

/// Nothing blinks and nothing glides: what is painted stays as it is.
const STILL: &str = "[Settings]\ngtk-cursor-blink=0\ngtk-enable-animations=0\n";

/// What notices show. An installed program has it where icons are.
const ICON: &[u8] = include_bytes!("../../../../../icons/48x48.png");

/// A panel at the top edge with the tray and a clock at its right end.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="icon-size" type="uint" value="24"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
    <property name="plugin-3" type="string" value="clock"/>
  </property>
</channel>
"#;

/// Shows the page beside the window of Keyfob.
const BROWSER: &str = r#"#!/bin/sh
sandbox=
[ "$(id -u)" != 0 ] || sandbox='--no-sandbox --test-type'
exec chromium $sandbox --disable-dev-shm-usage --user-data-dir="$HOME/chromium" --no-first-run --disable-sync --password-store=basic \
  --window-position=930,300 --window-size=480,530 --app="$1" >"$HOME/chromium.log" 2>&1
"#;
