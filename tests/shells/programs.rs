//! The shells that are asked, and how each of them runs a file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keyfob_core::words::shell::Shell;

/// A shell program on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    pub shell: Shell,
    name: &'static str,
    /// Without anybody's settings.
    arguments: &'static [&'static str],
    package: &'static str,
    /// Reads the file `lines`, as its manual has it.
    pub source: Option<&'static str>,
}

const fn program(
    shell: Shell,
    name: &'static str,
    arguments: &'static [&'static str],
    package: &'static str,
    source: Option<&'static str>,
) -> Program {
    Program { shell, name, arguments, package, source }
}

const POSIX: Option<&str> = Some("eval \"$(cat lines)\"");

pub const BASH: Program = program(Shell::Bash, "bash", &["--norc", "--noprofile"], "bash", POSIX);
pub const FISH: Program = program(Shell::Fish, "fish", &["--no-config"], "fish", Some("cat lines | source"));
pub const ZSH: Program = program(Shell::Zsh, "zsh", &["-f"], "zsh", POSIX);
pub const NU: Program = program(Shell::Nu, "nu", &["--no-config-file"], "scripts/get-nushell.sh", None);

pub const ALL: [Program; 10] = [
    BASH,
    ZSH,
    program(Shell::Sh, "dash", &[], "dash", POSIX),
    program(Shell::Sh, "mksh", &[], "mksh", POSIX),
    program(Shell::Sh, "ksh", &[], "ksh93u+m", POSIX),
    program(Shell::Sh, "busybox", &["ash"], "busybox", POSIX),
    FISH,
    program(Shell::Elvish, "elvish", &["-norc"], "elvish", Some("eval (cat lines | slurp)")),
    program(Shell::Tcsh, "tcsh", &["-f"], "tcsh", Some("eval \"`cat lines`\"")),
    NU,
];

impl Program {
    /// A missing shell fails the test: one that is skipped proves nothing.
    pub fn path(&self) -> PathBuf {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/nushell");
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .chain([tools])
            .map(|folder| folder.join(self.name))
            .find(|file| file.is_file())
            .unwrap_or_else(|| panic!("{} is missing: install {}", self.name, self.package))
            .canonicalize()
            .unwrap()
    }

    /// Runs a script in `folder` with nothing in its environment but what it needs; gives its output.
    pub fn run(&self, folder: &Path, script: &str, locale: &str) -> Vec<u8> {
        let file = folder.join("script");
        std::fs::write(&file, script).unwrap();
        let output = Command::new(self.path())
            .args(self.arguments)
            .arg(&file)
            .current_dir(folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder)
            .env("LC_ALL", locale)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && told.is_empty(), "{} said: {}\n{told}", self.name, output.status);
        output.stdout
    }

    pub fn name(&self) -> &'static str {
        self.name
    }
}
