//! The shells and file forms that lines can be written for, and which of them a person most likely uses.

use std::collections::BTreeMap;

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

    /// Reads a name as `--shell` takes it.
    pub fn parse(name: &str) -> Result<Self, UnknownShell> {
        Self::ALL.into_iter().find(|shell| shell.name() == name).ok_or(UnknownShell)
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

    /// The shell a person most likely sits at: the program that started us if it is one, else the login
    /// shell of `SHELL`, else PowerShell on Windows and POSIX `sh` elsewhere.
    ///
    /// `parent` is a process name or path such as `-zsh` or `C:\…\pwsh.exe`.
    pub fn detect(env: &BTreeMap<String, String>, parent: Option<&str>) -> Self {
        parent
            .and_then(of_program)
            .or_else(|| env.get("SHELL").and_then(|path| of_program(path)))
            .unwrap_or_else(|| if env.contains_key("ComSpec") { Shell::Pwsh } else { Shell::Sh })
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

fn of_program(path: &str) -> Option<Shell> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    // A login shell calls itself `-bash`.
    let name = file.trim_start_matches('-').trim_end_matches(".exe");
    match name {
        "bash" => Some(Shell::Bash),
        "zsh" => Some(Shell::Zsh),
        "sh" | "dash" | "ash" | "busybox" | "ksh" | "ksh93" | "mksh" | "yash" => Some(Shell::Sh),
        "fish" => Some(Shell::Fish),
        "pwsh" | "pwsh-preview" | "powershell" | "powershell_ise" => Some(Shell::Pwsh),
        "cmd" => Some(Shell::Cmd),
        "nu" => Some(Shell::Nu),
        "elvish" => Some(Shell::Elvish),
        "tcsh" | "csh" => Some(Shell::Tcsh),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_shown_is_understood() {
        for shell in Shell::ALL {
            assert_eq!(Shell::parse(shell.name()), Ok(shell));
        }
        assert_eq!(Shell::parse("Bash"), Err(UnknownShell));
    }

    #[test]
    fn the_program_that_started_us_wins_over_the_login_shell() {
        let env = BTreeMap::from([("SHELL".to_owned(), "/usr/bin/zsh".to_owned())]);
        assert_eq!(Shell::detect(&env, Some("fish")), Shell::Fish);
        assert_eq!(Shell::detect(&env, Some("-bash")), Shell::Bash);
        assert_eq!(Shell::detect(&env, Some("C:\\Program Files\\PowerShell\\7\\PWSH.EXE")), Shell::Pwsh);
        assert_eq!(Shell::detect(&env, Some("make")), Shell::Zsh);
        assert_eq!(Shell::detect(&env, None), Shell::Zsh);
    }

    #[test]
    fn without_any_sign_the_system_decides() {
        let windows = BTreeMap::from([("ComSpec".to_owned(), "C:\\Windows\\system32\\cmd.exe".to_owned())]);
        assert_eq!(Shell::detect(&windows, None), Shell::Pwsh);
        assert_eq!(Shell::detect(&windows, Some("cmd.exe")), Shell::Cmd);
        assert_eq!(Shell::detect(&BTreeMap::new(), None), Shell::Sh);
    }
}
