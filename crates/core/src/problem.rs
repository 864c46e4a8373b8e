//! The one place where errors become words: what happened, what was kept, and what to do next.
//!
//! Tray, window, notification and terminal all show the same [`Problem`].

use serde::{Deserialize, Serialize};

use crate::config::EditError;
use crate::export::{Refused, Shell};
use crate::ports::{BrowserError, CopyError, FileError, HttpError, StoreError};
use crate::provider::{BadSetting, ProviderError};
use crate::team::Profile;

/// An error in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, such as `KC-LOCKED`: what scripts and search engines find.
    pub code: String,
    /// What happened, in one line without a full stop.
    pub title: String,
    /// Why, and what was kept. May be empty.
    pub detail: String,
    /// The next step. May be empty.
    pub hint: String,
    pub remedy: Remedy,
    pub exit: Exit,
}

/// What a button beside a problem does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    None,
    TryAgain,
    LogIn,
    Unlock,
    EditTeam,
    EditConfig,
}

/// The exit status of the CLI (docs/architecture.md, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    Other,
    Usage,
    NotLoggedIn,
    PersonNeeded,
    Offline,
    Keychain,
    UnknownTeam,
    Refused,
    TimedOut,
    Cancelled,
}

impl Exit {
    pub fn status(self) -> u8 {
        match self {
            Exit::Other => 1,
            Exit::Usage => 2,
            Exit::NotLoggedIn => 3,
            Exit::PersonNeeded => 4,
            Exit::Offline => 5,
            Exit::Keychain => 6,
            Exit::UnknownTeam => 7,
            Exit::Refused => 8,
            Exit::TimedOut => 9,
            Exit::Cancelled => 130,
        }
    }
}

impl Exit {
    /// The exit with this status, or [`Exit::Other`].
    pub fn of_status(status: u8) -> Self {
        use Exit as E;
        let all = [E::Usage, E::NotLoggedIn, E::PersonNeeded, E::Offline, E::Keychain, E::UnknownTeam, E::Refused];
        all.into_iter().chain([E::TimedOut, E::Cancelled]).find(|e| e.status() == status).unwrap_or(E::Other)
    }
}

impl Problem {
    pub fn new(code: &str, exit: Exit, title: impl Into<String>) -> Self {
        Problem {
            code: code.into(),
            title: clean(&title.into()),
            detail: String::new(),
            hint: String::new(),
            remedy: Remedy::None,
            exit,
        }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = clean(&detail.into());
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = clean(&hint.into());
        self
    }

    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = remedy;
        self
    }
}

/// Texts of servers and files reach people only through here: control and direction characters are
/// dropped and length is bounded (threat T36).
pub fn clean(text: &str) -> String {
    let mut out: String = text
        .chars()
        .map(|c| if c == '\n' || c == '\t' { ' ' } else { c })
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        })
        .take(401)
        .collect();
    if out.chars().count() > 400 {
        out.pop();
        out.push('…');
    }
    out
}

/// What a provider's error means for the team of that name.
pub fn of_provider(error: &ProviderError, team: &str) -> Problem {
    use ProviderError as E;
    let again = format!("keyfob login {team}");
    let kept = "You are still logged in as before.";
    match error {
        E::Cancelled => Problem::new("LOGIN-CANCELLED", Exit::Cancelled, "The login was cancelled").detail(kept_or(kept)),
        E::PersonNeeded => Problem::new("PERSON-NEEDED", Exit::PersonNeeded, format!("{team} needs you to log in"))
            .detail("There is nobody to ask here.")
            .hint(format!("Run `{again}` in a terminal."))
            .remedy(Remedy::LogIn),
        E::SessionEnded { code } => Problem::new("SESSION-ENDED", Exit::NotLoggedIn, format!("The session of {team} was ended by the server"))
            .detail(format!("Its answer was {code}."))
            .hint(format!("Log in again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::CodeExpired => Problem::new("CODE-EXPIRED", Exit::TimedOut, "The code ran out")
            .detail("Nobody approved the login in time.")
            .hint(format!("Get a new code: `{again}`."))
            .remedy(Remedy::LogIn),
        E::CodeRefused => Problem::new("CODE-REFUSED", Exit::Refused, "The request was refused in the browser")
            .hint(format!("If that was a mistake, start again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::WrongPassword => Problem::new("PASSWORD-WRONG", Exit::Refused, "User name or password is not right")
            .detail("Nothing was kept of this try.")
            .hint(format!("Check both and try again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::TooManyTries => Problem::new("TOO-MANY-TRIES", Exit::Refused, "Too many tries")
            .detail("The server has stopped listening to this account for a while.")
            .hint("Wait a few minutes before the next try.")
            .remedy(Remedy::TryAgain),
        E::WrongCode => Problem::new("CODE-WRONG", Exit::Refused, "The one-time code is not right")
            .hint("Use the newest code, and check that the clock of the device that shows it is right.")
            .remedy(Remedy::LogIn),
        E::TooLate => Problem::new("LOGIN-TOO-LATE", Exit::TimedOut, "The time to answer was over")
            .detail("The server gives a few minutes for each step.")
            .hint(format!("Start again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::BadNewPassword { rules } => Problem::new("NEW-PASSWORD-REFUSED", Exit::Refused, "The new password was refused")
            .detail(format!("The server says: {rules}"))
            .hint(format!("Choose another one: `{again}`."))
            .remedy(Remedy::LogIn),
        E::NotConfirmed => Problem::new("ACCOUNT-NOT-CONFIRMED", Exit::Refused, "This account is not confirmed yet")
            .hint("Follow the confirmation that was mailed to you, or ask your administrator."),
        E::ResetRequired => Problem::new("PASSWORD-RESET", Exit::Refused, "A new password is needed")
            .detail("An administrator has reset the password of this account.")
            .hint("Reset it where you manage your account, then log in with the new one."),
        E::PasswordNotAllowed { host } => Problem::new("PASSWORD-NOT-SENT", Exit::PersonNeeded, format!("Your password was not sent to {host}"))
            .detail("This team takes the password only as it is, over TLS, instead of proving it by SRP. That needs your approval once.")
            .hint(format!("Run `{again}` in a terminal and approve the host, or ask your administrator to allow USER_SRP_AUTH."))
            .remedy(Remedy::LogIn),
        E::FlowNotAllowed { flow } => Problem::new("FLOW-NOT-ALLOWED", Exit::Refused, "This team does not allow password login this way")
            .detail(format!("Its app client refuses {flow}."))
            .hint("Ask your administrator to allow USER_SRP_AUTH and REFRESH_TOKEN_AUTH on the app client."),
        E::UnknownChallenge { name } => Problem::new("CHALLENGE-UNKNOWN", Exit::Refused, "The server asks for something Keyfob cannot answer")
            .detail(format!("It asked for {name}. Nothing was kept of this try."))
            .hint("Ask your administrator for another second factor."),
        E::UnknownClient { message } => Problem::new("CLIENT-UNKNOWN", Exit::Refused, format!("The login settings of {team} look wrong"))
            .detail(format!("The server says: {message}"))
            .hint(format!("Compare the settings with your administrator's: `keyfob team show {team}`."))
            .remedy(Remedy::EditTeam),
        E::RoleGone { account, role } => Problem::new("ROLE-GONE", Exit::Refused, format!("The role {role} in account {account} is not offered to you"))
            .detail("The session itself is fine.")
            .hint(format!("See what is offered: `keyfob profile discover {team}`.")),
        E::OtherAccount => Problem::new("OTHER-ACCOUNT", Exit::Refused, "The server answered for somebody else")
            .detail("Nothing was kept of that answer.")
            .hint("Log out in the browser, then log in with the account of this team."),
        E::Throttled { host, retry_after } => Problem::new("NET-BUSY", Exit::Offline, format!("{host} asks to slow down"))
            .detail(match retry_after {
                Some(seconds) => format!("It wants {seconds} s of rest. The session is kept."),
                None => "The session is kept.".into(),
            })
            .hint("Try again in a minute.")
            .remedy(Remedy::TryAgain),
        E::ServerTrouble { host, status } => Problem::new("NET-SERVER", Exit::Offline, format!("{host} has trouble of its own"))
            .detail(format!("It answered with status {status}. The session is kept."))
            .hint("Try again in a few minutes.")
            .remedy(Remedy::TryAgain),
        E::CaptivePortal { host } => Problem::new("NET-PORTAL", Exit::Offline, "This network asks for a sign-in of its own")
            .detail(format!("{host} could not be reached through it. The session is kept."))
            .hint("Open any page in the browser, sign in to the network, then try again.")
            .remedy(Remedy::TryAgain),
        E::Unexpected { host, what } => Problem::new("NET-UNEXPECTED", Exit::Other, format!("{host} gave an answer that makes no sense"))
            .detail(format!("{what}. The session is kept."))
            .hint(format!("Check the address in `keyfob team show {team}`, and any proxy between."))
            .remedy(Remedy::TryAgain),
        E::Refused { host, code, message } => Problem::new("SERVER-REFUSED", Exit::Refused, format!("{host} refused: {code}"))
            .detail(if message.is_empty() { String::new() } else { format!("The server says: {message}") })
            .hint("If this stays, show these lines to your administrator."),
        E::Http(error) => of_http(error),
        E::Setting(error) => of_setting(error, team),
        E::Unsupported { what } => Problem::new("UNSUPPORTED", Exit::Usage, format!("{what} is not something {team} can do"))
            .hint(format!("See `keyfob team show {team}`.")),
    }
}

fn kept_or(kept: &str) -> String {
    format!("If you were logged in: {}", kept.to_lowercase())
}

fn of_http(error: &HttpError) -> Problem {
    let offline = |title: String| {
        Problem::new("NET-OFFLINE", Exit::Offline, title)
            .detail("What you have keeps working until it ends.")
            .hint("Check the network, then try again.")
            .remedy(Remedy::TryAgain)
    };
    match error {
        HttpError::Dns { host } => {
            let mut p = offline(format!("The name {host} could not be looked up (DNS)"));
            p.code = "NET-DNS".into();
            p
        }
        HttpError::Connect { host, why } => {
            let p = offline(format!("{host} cannot be reached"));
            let detail = format!("{why}. {}", p.detail);
            p.detail(detail)
        }
        HttpError::TimedOut { host } => {
            let mut p = offline(format!("{host} did not answer in time"));
            p.code = "NET-TIMEOUT".into();
            p
        }
        HttpError::Tls { host, why } => Problem::new("NET-TLS", Exit::Refused, format!("The secure connection to {host} failed"))
            .detail(format!("{why}. Nothing was sent."))
            .hint("A proxy or firewall may change secure traffic: have its certificate installed in the system. Keyfob has no switch to go on."),
        HttpError::Cut { host } => {
            let mut p = offline(format!("The connection to {host} broke"));
            p.code = "NET-CUT".into();
            p
        }
        HttpError::TooLarge { host } => Problem::new("NET-UNEXPECTED", Exit::Other, format!("{host} gave an answer that makes no sense"))
            .detail("It is larger than 1 MiB. The session is kept."),
        HttpError::Proxy { why } => Problem::new("NET-PROXY", Exit::Offline, "The proxy did not let the request through")
            .detail(why.clone())
            .hint("Check HTTPS_PROXY and NO_PROXY."),
        HttpError::Malformed { why } => Problem::new("NET-REQUEST", Exit::Other, "A request could not be made")
            .detail(why.clone())
            .hint("Check the addresses in the team's settings."),
    }
}

/// A setting that cannot be used, in words.
pub fn of_setting(error: &BadSetting, team: &str) -> Problem {
    match error {
        BadSetting::Missing { key, example } => {
            Problem::new("SETTING-MISSING", Exit::Usage, format!("{team}: {key} is missing"))
                .hint(format!("Give it with `--set {key}={example}`."))
        }
        BadSetting::Malformed { key, why, example } => {
            Problem::new("SETTING-MALFORMED", Exit::Usage, format!("{team}: {key} {why}"))
                .hint(format!("It looks like `{example}`."))
        }
        BadSetting::Unknown { key, known } => {
            Problem::new("SETTING-UNKNOWN", Exit::Usage, format!("{team}: {key} is not a setting of this provider"))
                .hint(format!("It has: {}.", known.join(", ")))
        }
    }
    .remedy(Remedy::EditTeam)
}

/// A keychain that gave no answer, in words.
pub fn of_store(error: &StoreError) -> Problem {
    match error {
        StoreError::NoKeychain { why } => {
            Problem::new("KC-NONE", Exit::Keychain, "There is no keychain to keep secrets in")
                .detail(format!("{why}. Keyfob never writes secrets to a file instead."))
                .hint("Start one: GNOME Keyring, KWallet, or KeePassXC with Secret Service switched on.")
        }
        StoreError::Locked => Problem::new("KC-LOCKED", Exit::Keychain, "Your keychain is locked")
            .detail("Nothing was changed.")
            .hint("Unlock it, then try again.")
            .remedy(Remedy::Unlock),
        StoreError::Dismissed => Problem::new("KC-LOCKED", Exit::Keychain, "Your keychain stays locked")
            .detail("The request to unlock it was dismissed. Nothing was changed.")
            .remedy(Remedy::Unlock),
        StoreError::TimedOut => Problem::new("KC-TIMEOUT", Exit::Keychain, "The keychain did not answer")
            .detail("Nothing was changed.")
            .hint("It may wait for you to unlock it, or hang: restart your keyring service if this stays.")
            .remedy(Remedy::TryAgain),
        StoreError::DifferentKeychain => {
            Problem::new("KC-DIFFERENT", Exit::Keychain, "This is another keychain than the one Keyfob used")
                .detail("The entries it wrote are not there, and neither is its mark. Nothing was changed.")
                .hint("Go back to the keychain of before, or log in again to use this one: `keyfob login`.")
                .remedy(Remedy::LogIn)
        }
        StoreError::Damaged { why } => Problem::new("KC-DAMAGED", Exit::Keychain, "A keychain entry cannot be read")
            .detail(format!("{why}. It was left as it is."))
            .hint("Log in again to write a new one.")
            .remedy(Remedy::LogIn),
        StoreError::ReadBack => {
            Problem::new("KC-READBACK", Exit::Keychain, "The keychain did not keep what was written")
                .detail("The login is not confirmed.")
                .hint("Check your keyring service, then log in again.")
                .remedy(Remedy::LogIn)
        }
        StoreError::Failed { why } => Problem::new("KC-FAILED", Exit::Keychain, "The keychain refused")
            .detail(format!("{why}."))
            .hint("Check your keyring service, then try again.")
            .remedy(Remedy::TryAgain),
    }
}

/// A file that cannot be used, in words.
pub fn of_file(error: &FileError) -> Problem {
    match error {
        FileError::Io { path, why } => {
            Problem::new("FILE-IO", Exit::Other, format!("{} cannot be used", path.display()))
                .detail(format!("{why}. Nothing was changed."))
                .hint("Check the path and its permissions.")
        }
        FileError::NotAFile { path } => {
            Problem::new("FILE-KIND", Exit::Other, format!("{} is not an ordinary file", path.display()))
                .hint("Move it away, then try again.")
        }
        FileError::TooLarge { path, limit } => {
            Problem::new("FILE-LARGE", Exit::Other, format!("{} is larger than {limit} bytes", path.display()))
                .hint("This cannot be one of Keyfob's files: look what it is.")
        }
        FileError::Changed { path } => {
            Problem::new("FILE-CHANGED", Exit::Other, format!("{} is being changed by another program", path.display()))
                .detail("Nothing was changed by Keyfob.")
                .hint("Try again when the other program is done.")
        }
        FileError::Locked { path, pid } => Problem::new(
            "FILE-LOCKED",
            Exit::TimedOut,
            match pid {
                Some(pid) => {
                    format!("Another Keyfob process (pid {pid}) has held a lock for 30 seconds")
                }
                None => "Another Keyfob process has held a lock for 30 seconds".into(),
            },
        )
        .detail(format!("The lock is {}.", path.display()))
        .hint("See what that process is doing; the lock goes when it ends."),
    }
}

/// A browser that did not open, in words.
pub fn of_browser(error: &BrowserError, url: &str) -> Problem {
    Problem::new("NO-BROWSER", Exit::Other, "No browser could be opened")
        .detail(format!("{}.", error.why))
        .hint(format!("Open this page yourself: {url}"))
}

/// A clipboard that took nothing, in words.
pub fn of_copy(error: &CopyError, instead: &str) -> Problem {
    Problem::new("NO-CLIPBOARD", Exit::Other, "Nothing could be copied")
        .detail(format!("{}.", error.why))
        .hint(format!("Print it instead: `{instead}`."))
}

/// A fault of our own; its details are for the log, never for a person.
pub fn internal() -> Problem {
    Problem::new("INTERNAL", Exit::Other, "Something unexpected happened in Keyfob")
        .detail("What you had is kept.")
        .hint("Try again; if it stays, report it with `INTERNAL` and what you did.")
        .remedy(Remedy::TryAgain)
}

/// No team of that name; `near` is the closest name there is.
pub fn unknown_team(name: &str, near: Option<&str>) -> Problem {
    Problem::new("TEAM-UNKNOWN", Exit::UnknownTeam, format!("There is no team called {name}")).hint(match near {
        Some(near) => format!("Did you mean {near}? `keyfob team list` shows all."),
        None => "`keyfob team list` shows all; `keyfob team add` makes one.".into(),
    })
}

/// A file that is not written as it should be, with the place.
pub fn malformed_file(path: &str, line: usize, column: usize, why: &str) -> Problem {
    Problem::new("CONFIG-BROKEN", Exit::Other, format!("{path}, line {line}, column {column}: {why}"))
        .detail("Nothing was changed.")
        .hint("Mend that line, then try again.")
        .remedy(Remedy::EditConfig)
}

/// A change of the config that cannot be made.
pub fn of_edit(error: &EditError) -> Problem {
    let usage = |code: &str| Problem::new(code, Exit::Usage, error.to_string()).detail("Nothing was changed.");
    match error {
        EditError::NoTeam(name) => unknown_team(name, None),
        EditError::Name(_) => usage("NAME-BAD").hint("Choose another name."),
        EditError::Taken(name) => usage("TEAM-TAKEN").hint(format!("See it with `keyfob team show {name}`.")),
        EditError::Alike(..) => usage("TEAM-ALIKE").hint("Choose a name that stays apart from it."),
        EditError::NoProfile { team, .. } => {
            usage("PROFILE-UNKNOWN").hint(format!("See them with `keyfob profile list {team}`."))
        }
        EditError::ProfileTaken { .. } => usage("PROFILE-TAKEN").hint("Choose another name, or remove that one first."),
        EditError::Reserved(_) => usage("SETTING-RESERVED").hint("Use the command made for it."),
        EditError::Malformed(_) => usage("CONFIG-BROKEN"),
    }
}

/// Nothing to say, for commands whose exit status says it all.
pub fn silent(exit: Exit) -> Problem {
    Problem::new("", exit, "")
}

/// A file that was named is not there.
pub fn no_such_file(path: &str) -> Problem {
    Problem::new("FILE-NONE", Exit::Usage, format!("{path} is not there")).hint("Check the path.")
}

/// There is no team at all.
pub fn no_teams() -> Problem {
    Problem::new("TEAM-NONE", Exit::UnknownTeam, "There are no teams yet")
        .hint("Add one with `keyfob team add`, or look for some with `keyfob import`.")
}

/// No team was named and none was used before.
pub fn which_team() -> Problem {
    Problem::new("TEAM-WHICH", Exit::Usage, "Which team?")
        .hint("Name one, or set IOT_TEAM. `keyfob team list` shows all.")
}

/// A team has no profile of that name.
pub fn unknown_profile(team: &str, profile: &str, profiles: &[Profile]) -> Problem {
    Problem::new("PROFILE-UNKNOWN", Exit::Usage, format!("{team} has no profile called {profile}"))
        .hint(has_profiles(team, profiles))
}

/// Keys were asked for and it is not clear for which profile.
pub fn which_profile(team: &str, profiles: &[Profile]) -> Problem {
    Problem::new("PROFILE-WHICH", Exit::Usage, format!("Which profile of {team}?")).hint(has_profiles(team, profiles))
}

fn has_profiles(team: &str, profiles: &[Profile]) -> String {
    if profiles.is_empty() {
        return format!("It has none yet: `keyfob profile discover {team}` shows what there could be.");
    }
    let names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    format!("It has: {}.", names.join(", "))
}

/// A profile that cannot be added.
pub fn malformed_profile(why: &str) -> Problem {
    Problem::new("PROFILE-MALFORMED", Exit::Usage, why).detail("Nothing was changed.")
}

/// A value that no shell may see.
pub fn not_exportable(why: &str) -> Problem {
    Problem::new("NOT-EXPORTABLE", Exit::Refused, "These values cannot be put into a terminal safely")
        .detail(format!("{why}."))
        .hint("Mend the team's or the profile's settings; `keyfob team show` lists them.")
        .remedy(Remedy::EditTeam)
}

/// Secrets would end up on the screen; `instead` is a command that uses them unseen.
pub fn would_reveal(what: &str, instead: &str) -> Problem {
    Problem::new("WOULD-REVEAL", Exit::Usage, format!("{what} would be shown on the screen")).hint(instead)
}

/// A secret was typed where other programs can see it.
pub fn secret_in_argv(key: &str) -> Problem {
    Problem::new("SECRET-IN-ARGV", Exit::Usage, format!("{key} is a secret: other programs can see the command line"))
        .detail("Nothing was changed.")
        .hint(format!("Use `--set {key}-stdin` and pipe it in."))
}

/// Nothing usable came from stdin.
pub fn stdin_unreadable(why: &str) -> Problem {
    Problem::new("STDIN", Exit::Usage, "The secret could not be read from stdin")
        .detail(format!("{why}."))
        .hint("Pipe it in: `printf %s \"$PASSWORD\" | keyfob …`.")
}

/// The reader of our results went away.
pub fn stdout_closed(why: &str) -> Problem {
    Problem::new("STDOUT", Exit::Other, "The result could not be written").detail(format!("{why}."))
}

/// The system gave a process too little to work with, such as file handles.
pub fn system(why: &str) -> Problem {
    Problem::new("SYSTEM", Exit::Other, "The system gives this process too little to work with")
        .detail(format!("{why}."))
        .hint("Close programs, or raise the limits (`ulimit -a`).")
}

/// There is no place for our files.
pub fn no_places(why: &str) -> Problem {
    Problem::new("NO-HOME", Exit::Other, "There is no place for Keyfob's files")
        .detail(format!("{why}."))
        .hint("Set HOME to your home folder.")
}

/// The person's own time limit for a login is over.
pub fn login_timed_out(team: &str) -> Problem {
    Problem::new("LOGIN-TIMED-OUT", Exit::TimedOut, format!("The login to {team} took too long"))
        .detail("Nothing was changed.")
        .hint(format!("Start again: `keyfob login {team}`, with a longer --timeout if need be."))
        .remedy(Remedy::LogIn)
}

/// Something was to be reviewed by a person and there is none.
pub fn review_needed() -> Problem {
    Problem::new("REVIEW-NEEDED", Exit::PersonNeeded, "Somebody has to look at this first")
        .detail("Nothing was changed.")
        .hint("Run it in a terminal, or add --yes.")
}

/// A provider that this Keyfob does not know.
pub fn unknown_provider(provider: &str, team: &str) -> Problem {
    Problem::new("PROVIDER-UNKNOWN", Exit::Usage, format!("{team}: there is no provider called {provider}"))
        .hint("It is `aws-sso` or `cognito`.")
        .remedy(Remedy::EditTeam)
}

/// Somebody is logging in to the team already, here or in another process.
pub fn login_under_way(team: &str, pid: Option<u32>) -> Problem {
    let who = pid.map_or(String::new(), |pid| format!(" (process {pid})"));
    Problem::new("LOGIN-BUSY", Exit::PersonNeeded, format!("A login to {team} is under way already{who}"))
        .hint("Finish or cancel that one first.")
}

/// The login or renewal worked, but the keychain did not take it.
pub fn not_kept(error: &StoreError, team: &str) -> Problem {
    let why = of_store(error);
    let mut problem = Problem::new(&why.code, why.exit, format!("The session of {team} could not be kept"))
        .detail(format!("{}. {}", why.title, why.detail))
        .hint(why.hint);
    problem.remedy = why.remedy;
    problem
}

/// A session that is over and that only a person can begin anew.
pub fn session_ended(team: &str) -> Problem {
    Problem::new("SESSION-ENDED", Exit::NotLoggedIn, format!("The session of {team} has ended"))
        .hint(format!("Log in again: `keyfob login {team}`."))
        .remedy(Remedy::LogIn)
}

/// A session that cannot be renewed without a person.
pub fn cannot_renew(team: &str) -> Problem {
    Problem::new("CANNOT-RENEW", Exit::NotLoggedIn, format!("The session of {team} cannot be renewed without you"))
        .detail("The provider gave no refresh token.")
        .hint(format!("Log in again: `keyfob login {team}`."))
        .remedy(Remedy::LogIn)
}

/// Lines that cannot be written for a terminal, in words.
pub fn of_export(refused: &Refused, shell: Shell) -> Problem {
    Problem::new("EXPORT-REFUSED", Exit::Usage, refused.to_string())
        .detail("No line was written: it could be misread as a command.")
        .hint(match refused {
            Refused::Misfit(_) => {
                "Check the names and the region of the team and the profile: `keyfob team show`.".to_owned()
            }
            Refused::Unquotable { .. } => {
                format!("{} cannot take this value; another shell may: see `--shell`.", shell.label())
            }
        })
        .remedy(Remedy::EditTeam)
}

/// A team without a session.
pub fn not_logged_in(team: &str) -> Problem {
    Problem::new("NOT-LOGGED-IN", Exit::NotLoggedIn, format!("You are not logged in to {team}"))
        .hint(format!("Run `keyfob login {team}`."))
        .remedy(Remedy::LogIn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_cannot_reorder_or_flood_what_is_shown() {
        let hostile = format!("a\u{202e}b\u{1b}[31mc\nd{}", "x".repeat(9000));
        let cleaned = clean(&hostile);
        assert!(cleaned.starts_with("ab[31mc d"));
        assert_eq!(cleaned.chars().count(), 401);
    }
}
