//! The tray program on the demo, as a child of this one.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use keyfob_core::face::problem;
use keyfob_core::words::problem::Problem;

const PROGRAM: &str = if cfg!(windows) { "keyfob-desktop.exe" } else { "keyfob-desktop" };

/// It ends when this is dropped.
#[derive(Debug)]
pub struct App {
    child: Child,
    says: ChildStdin,
    hears: BufReader<ChildStdout>,
}

/// Whether the tray program is beside this one: the CLI can be installed alone.
pub fn is_installed() -> bool {
    program().is_ok_and(|program| program.exists())
}

fn program() -> std::io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(PROGRAM))
}

impl App {
    /// Starts the program that lies beside this one. `wrap` makes the command that runs it.
    pub fn start(wrap: impl FnOnce(&Path) -> Command) -> Result<Self, Problem> {
        let failed = |error: std::io::Error| problem::no_tray_program(&error.to_string());
        let mut command = wrap(&program().map_err(failed)?);
        let mut child = command.arg("--demo").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(says), Some(hears)) => Ok(App { child, says, hears: BufReader::new(hears) }),
            _ => Err(failed(std::io::ErrorKind::BrokenPipe.into())),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lets so many seconds pass.
    pub fn pass(&mut self, seconds: u32) {
        self.say(&format!("pass {seconds}"));
    }

    /// What the authenticator of somebody in the demo's pool shows now.
    pub fn code(&mut self, user: &str) -> String {
        self.say(&format!("code {user}"));
        let mut line = String::new();
        let _ = self.hears.read_line(&mut line);
        line.trim().to_owned()
    }

    /// Whether it ended by itself, and well.
    pub fn ended(&mut self) -> Option<bool> {
        self.child.try_wait().ok().flatten().map(|status| status.success())
    }

    /// A program that has ended hears nothing, which its end tells better.
    fn say(&mut self, line: &str) {
        let _ = writeln!(self.says, "{line}").and_then(|()| self.says.flush());
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
