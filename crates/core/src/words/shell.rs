//! The shells and file forms that lines can be written for, and which of them a person most likely uses.

/// A shell, or a file that holds variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shell {
    Bash,
    Zsh,
    /// POSIX `sh` and all that speak like it: dash, ash, ksh, mksh.
    Sh,
    Fish,
    Pwsh,
    Cmd,
    Nu,
    Elvish,
    Tcsh,
    Dotenv,
    Json,
}

/// A name that is no shell of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a shell that lines can be written for")]
pub struct UnknownShell;

impl Shell {
    pub const ALL: [Shell; 11] = [
        Shell::Bash,
        Shell::Zsh,
        Shell::Sh,
        Shell::Fish,
        Shell::Pwsh,
        Shell::Cmd,
        Shell::Nu,
        Shell::Elvish,
        Shell::Tcsh,
        Shell::Dotenv,
        Shell::Json,
    ];

    /// Those that a person is offered: of the ones that take the same line, the first.
    pub fn offered() -> impl Iterator<Item = Shell> {
        Self::ALL.into_iter().filter(|shell| !matches!(shell, Shell::Zsh | Shell::Json))
    }

    /// Reads a name as `--shell` takes it: our own, or what people and systems call the program, with its path too.
    pub fn parse(name: &str) -> Result<Self, UnknownShell> {
        match Program::of(name) {
            Program::Shell(shell) => Ok(shell),
            _ => Self::ALL.into_iter().find(|shell| shell.name().eq_ignore_ascii_case(name)).ok_or(UnknownShell),
        }
    }

    /// All that `--shell` takes, for a sentence.
    pub fn names() -> String {
        Self::ALL.map(Shell::name).join(", ")
    }

    /// The name that `--shell` takes.
    pub fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Zsh => "zsh",
            Shell::Sh => "sh",
            Shell::Fish => "fish",
            Shell::Pwsh => "pwsh",
            Shell::Cmd => "cmd",
            Shell::Nu => "nu",
            Shell::Elvish => "elvish",
            Shell::Tcsh => "tcsh",
            Shell::Dotenv => "dotenv",
            Shell::Json => "json",
        }
    }

    /// The name in menus; shells that take the same line share one.
    pub fn label(self) -> &'static str {
        match self {
            Shell::Bash | Shell::Zsh => "bash/zsh",
            Shell::Sh => "POSIX sh",
            Shell::Fish => "fish",
            Shell::Pwsh => "PowerShell",
            Shell::Cmd => "cmd",
            Shell::Nu => "Nushell",
            Shell::Elvish => "elvish",
            Shell::Tcsh => "tcsh",
            Shell::Dotenv => ".env",
            Shell::Json => "JSON",
        }
    }

    /// The shell a person most likely sits at: the nearest one among the programs that started us, else the login
    /// shell, else PowerShell on Windows and POSIX `sh` elsewhere. A shell that no lines can be written for is the
    /// error: others' lines would do harm in it, or nothing.
    ///
    /// Programs are process names or paths such as `-zsh` or `C:\…\pwsh.exe`, the nearest first.
    pub fn detect(above: impl IntoIterator<Item = String>, login: Option<&str>, windows: bool) -> Result<Self, String> {
        for program in above.into_iter().map(|name| Program::of(&name)).chain(login.map(Program::of)) {
            match program {
                Program::Shell(shell) => return Ok(shell),
                Program::Foreign(name) => return Err(name),
                Program::Other => {}
            }
        }
        Ok(if windows { Shell::Pwsh } else { Shell::Sh })
    }

    /// What ends each printed line. In tcsh, eval "`keyfob env`" joins the lines to one, so that they need
    /// what ssh-agent and dircolors give it, too.
    pub fn line_end(self) -> &'static str {
        match self {
            Shell::Tcsh => ";\n",
            _ => "\n",
        }
    }

    /// What stands between two commands on one line; files have no such thing.
    pub fn separator(self) -> Option<&'static str> {
        match self {
            Shell::Dotenv | Shell::Json => None,
            Shell::Cmd => Some(" & "),
            _ => Some("; "),
        }
    }
}

/// What a program is to us.
enum Program {
    Shell(Shell),
    /// A shell in which none of our lines would work.
    Foreign(String),
    /// A tool that started another program, such as `sudo`, `make` or `tmux`.
    Other,
}

impl Program {
    fn of(path: &str) -> Self {
        let file = path.trim().rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
        // A login shell calls itself `-bash`.
        let name = file.trim_start_matches('-');
        let name = name.strip_suffix(".exe").unwrap_or(name);
        // Such as `bash-5.2`, `zsh-5.9-static`, `ksh93u+m`.
        let kind = name.split(['-', '_']).next().unwrap_or(name);
        let kind = kind.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        match [name, kind].into_iter().find_map(shell_called) {
            Some(shell) => Program::Shell(shell),
            None if FOREIGN.contains(&kind) => Program::Foreign(kind.to_owned()),
            None => Program::Other,
        }
    }
}

/// Shells with a language of their own.
const FOREIGN: [&str; 11] = ["xonsh", "ysh", "ion", "murex", "es", "rc", "scsh", "eshell", "oursh", "hilbish", "closh"];

fn shell_called(name: &str) -> Option<Shell> {
    Some(match name {
        "bash" | "rbash" => Shell::Bash,
        "zsh" | "rzsh" => Shell::Zsh,
        "sh" | "dash" | "ash" | "busybox" | "yash" | "posh" | "osh" | "toybox" | "hush" => Shell::Sh,
        "ksh93u+m" | "ksh" | "rksh" | "mksh" | "lksh" | "oksh" | "loksh" | "pdksh" => Shell::Sh,
        "fish" => Shell::Fish,
        "pwsh" | "powershell" => Shell::Pwsh,
        "cmd" => Shell::Cmd,
        "nu" | "nushell" => Shell::Nu,
        "elvish" => Shell::Elvish,
        "tcsh" | "csh" | "bsd-csh" => Shell::Tcsh,
        ".env" => Shell::Dotenv,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_name_that_is_shown_is_understood() {
        for shell in Shell::ALL {
            assert_eq!(Shell::parse(shell.name()), Ok(shell));
        }
    }

    // F208
    #[test]
    fn a_shell_is_known_by_every_name_and_path_that_it_goes_by() {
        for (shell, names) in [
            (
                Shell::Bash,
                "bash /bin/bash -bash bash-5.2 bash5 bash-static rbash bash.exe Bash /nix/store/x-bash-5.2/bin/bash",
            ),
            (Shell::Zsh, "zsh -zsh zsh-5.9 zsh5 zsh-beta /usr/bin/zsh-static rzsh ZSH.EXE"),
            (
                Shell::Sh,
                "sh /bin/sh -sh dash ash busybox busybox.exe ksh ksh93 ksh93u+m ksh2020 rksh mksh mksh-static lksh yash",
            ),
            (Shell::Fish, "fish -fish fish-3.7 /opt/homebrew/bin/fish fish.exe"),
            (
                Shell::Pwsh,
                "pwsh pwsh-preview pwsh-lts pwsh.exe powershell PowerShell powershell.exe powershell_ise.exe",
            ),
            (Shell::Cmd, "cmd cmd.exe CMD.EXE C:\\Windows\\System32\\cmd.exe"),
            (Shell::Nu, "nu nu.exe nushell"),
            (Shell::Elvish, "elvish elvish-0.21"),
            (Shell::Tcsh, "tcsh csh -csh bsd-csh tcsh-6.24"),
            (Shell::Dotenv, "dotenv .env"),
        ] {
            for name in names.split(' ') {
                assert_eq!(Shell::parse(name), Ok(shell), "{name}");
            }
        }
        for name in ["xonsh", "", "-", "bashful", "cmdr", "number", "show", "python3", "sudo", "bash -l"] {
            assert_eq!(Shell::parse(name), Err(UnknownShell), "{name:?}");
        }
    }

    // F208
    #[test]
    fn the_nearest_shell_above_wins_whatever_stands_between_and_then_the_login_shell() {
        let at =
            |above: &str, login: Option<&str>| Shell::detect(above.split_whitespace().map(str::to_owned), login, false);
        let zsh = Some("/usr/bin/zsh");
        assert_eq!(at("fish", zsh), Ok(Shell::Fish));
        assert_eq!(at("timeout fish tmux: server", zsh), Ok(Shell::Fish));
        assert_eq!(at("env nohup sudo script -bash login", zsh), Ok(Shell::Bash));
        assert_eq!(at("sh make fish", zsh), Ok(Shell::Sh));
        assert_eq!(at("npm node direnv nu", zsh), Ok(Shell::Nu));
        assert_eq!(at("make systemd", zsh), Ok(Shell::Zsh));
        assert_eq!(at("", zsh), Ok(Shell::Zsh));
        assert_eq!(at("timeout xonsh bash", zsh), Err("xonsh".to_owned()));
    }

    #[test]
    fn without_any_sign_the_system_decides() {
        assert_eq!(Shell::detect([], None, true), Ok(Shell::Pwsh));
        assert_eq!(Shell::detect(["cmd.exe".to_owned()], None, true), Ok(Shell::Cmd));
        assert_eq!(Shell::detect([], None, false), Ok(Shell::Sh));
    }
}
