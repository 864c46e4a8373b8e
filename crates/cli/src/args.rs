//! What can be typed: every command, flag and environment variable, with its help.

mod from_stdin;
mod profile;

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use keyfob_core::words::about::{Deed, Flow};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::shell::Shell;

use from_stdin::FromStdin;
pub use profile::{ProfileCommand, ProfileParts};

#[derive(Debug, Parser)]
#[command(
    name = "keyfob",
    version,
    about = "Stay logged in to your teams",
    after_help = "Examples:
  keyfob team add acme
  keyfob login acme
  eval \"$(keyfob env acme)\"
  keyfob status

Exit status: 0 ok, 1 other, 2 usage, 3 not logged in, 4 a person is needed,
5 offline, 6 keychain, 7 unknown team, 8 refused by the server, 9 timed out,
130 cancelled.",
    // Wrapped by the terminal an example can still be pasted, and wrapped by us it cannot.
    term_width = 80
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add, show and change teams
    #[command(subcommand, after_help = "Example:\n  keyfob team list")]
    Team(TeamCommand),
    /// Add and show what a team's session can be traded for: accounts and roles
    #[command(subcommand, after_help = "Example:\n  keyfob profile list")]
    Profile(ProfileCommand),
    /// The ways of signing in
    #[command(subcommand, after_help = "Example:\n  keyfob provider list")]
    Provider(ProviderCommand),
    /// Add teams found in the files of `iot` and `aws`, or follow those files, after a review
    #[command(
        after_help = "Examples:\n  keyfob import --dry-run\n  keyfob import --from aws --yes\n  keyfob import --from aws-credentials --take-keys\n  keyfob import --undo"
    )]
    Import(ImportArgs),
    /// Log in to a team
    #[command(after_help = "Examples:
  keyfob login acme
  keyfob login acme --new-session
  printf %s \"$PASSWORD\" | keyfob login pool --username ann --password-stdin")]
    Login(LoginArgs),
    /// Create, confirm or mend the account that you log in with
    #[command(after_help = "Example:\n  keyfob account pool forgot")]
    Account(AccountArgs),
    /// End a session, here and at the server
    #[command(after_help = "Examples:\n  keyfob logout acme\n  keyfob logout --all")]
    Logout(LogoutArgs),
    /// Renew sessions without a person
    #[command(after_help = "Examples:\n  keyfob renew acme\n  keyfob renew --all --if-less-than 15m")]
    Renew(RenewArgs),
    /// Show who is logged in where, and until when
    #[command(after_help = "Examples:\n  keyfob status\n  keyfob status acme --json")]
    Status(StatusArgs),
    /// Show who is logged in by the ID token, or whose AWS credentials a profile has
    #[command(after_help = "Examples:\n  keyfob whoami acme\n  keyfob whoami acme --profile admin")]
    Whoami(WhoamiArgs),
    /// Print lines that set up a terminal for a team
    #[command(after_help = "Examples:
  eval \"$(keyfob env acme)\"
  eval \"$(keyfob env acme --profile admin --with aws)\"
  eval \"$(keyfob env --unset)\"
  keyfob env acme --shell fish | source")]
    Env(EnvArgs),
    /// Print a team's token, for `curl -H "Authorization: $(keyfob token acme)"`
    #[command(after_help = "Example:
  curl -H \"Authorization: $(keyfob token acme)\" https://api.example.com/")]
    Token(TokenArgs),
    /// Print temporary AWS credentials as JSON, for `credential_process` in ~/.aws/config
    #[command(after_help = "Example:\n  keyfob credential-process --team acme --profile admin")]
    CredentialProcess(CredentialProcessArgs),
    /// Show what Keyfob does, on a cloud of its own: no account needed, nothing is kept
    #[command(after_help = "Example:\n  keyfob demo --terminal")]
    Demo(DemoArgs),
}

#[derive(Debug, Subcommand)]
pub enum TeamCommand {
    /// Add a team
    #[command(after_help = "Examples:
  keyfob team add acme
  keyfob team add acme --provider aws-sso \\
    --set start-url=https://acme.awsapps.com/start --set region=eu-west-1")]
    Add {
        /// What the team is to be called [asked for when it is missing]
        name: Option<String>,
        /// How its people log in: aws-sso or cognito [asked for when it is missing]
        #[arg(long)]
        provider: Option<String>,
        /// A setting of the provider
        #[arg(long = "set", value_name = "KEY=VALUE")]
        set: Vec<String>,
        #[command(flatten)]
        secret: FromStdin,
    },
    /// List all teams
    #[command(after_help = "Example:\n  keyfob team list")]
    List {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Show the settings of a team
    #[command(after_help = "Example:\n  keyfob team show acme")]
    Show {
        /// The team
        name: Option<String>,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Change settings of a team; an empty value removes one
    #[command(after_help = "Example:\n  keyfob team edit acme --set region=eu-north-1")]
    Edit {
        /// The team
        name: Option<String>,
        /// A setting of the provider and its new value [asked for when none is given]
        #[arg(long = "set", value_name = "KEY=VALUE")]
        set: Vec<String>,
        #[command(flatten)]
        secret: FromStdin,
    },
    /// Give a team another name; sessions stay
    #[command(after_help = "Example:\n  keyfob team rename acme acme-prod")]
    Rename {
        /// The team, as it is called now
        from: Option<String>,
        /// Its new name
        to: Option<String>,
    },
    /// Log out of a team and remove it with all that was kept for it
    #[command(after_help = "Examples:\n  keyfob team remove acme\n  keyfob team remove acme --yes")]
    Remove {
        /// The team
        name: Option<String>,
        /// Remove it without asking
        #[arg(long)]
        yes: bool,
    },
    /// Show a team first
    #[command(after_help = "Examples:\n  keyfob team pin acme\n  keyfob team pin acme --off")]
    Pin {
        /// The team
        name: Option<String>,
        /// Take the pin away
        #[arg(long)]
        off: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProviderCommand {
    /// List the ways of signing in
    #[command(after_help = "Example:\n  keyfob provider list")]
    List {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Show what one of them asks for
    #[command(after_help = "Example:\n  keyfob provider show aws-sso")]
    Show {
        /// The provider, as `keyfob provider list` calls it
        name: Option<String>,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Look only at the files of this program: simpleiot or aws; aws-credentials makes teams of access keys
    #[arg(long, value_name = "PROGRAM", value_parser = ["simpleiot", "aws", "aws-credentials"])]
    pub from: Option<String>,
    /// A file, a folder or - for stdin, instead of the usual places
    pub path: Option<std::path::PathBuf>,
    /// Show the review and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Import and follow changes without asking
    #[arg(long)]
    pub yes: bool,
    /// With --yes, also remove profiles that came from a file and are no longer in it
    #[arg(long, requires = "yes")]
    pub prune: bool,
    /// With --from aws-credentials: take the keys into the keychain and out of the file, after a look at what goes
    #[arg(long, requires = "from")]
    pub take_keys: bool,
    /// Put keys that were taken out of a file back as they were
    #[arg(long, exclusive = true)]
    pub undo: bool,
    /// Print the review, and everything that is left out, for other programs; changes nothing without --yes
    #[arg(long)]
    pub json: bool,
}

/// The team a command is about: by position, by `--team`, by `IOT_TEAM`, else the one used last.
#[derive(Debug, Args)]
pub struct WhichTeam {
    /// The team [default: IOT_TEAM, else the one used last]
    #[arg(value_name = "TEAM")]
    pub name: Option<String>,
    /// The same, for scripts that name everything
    #[arg(long = "team", value_name = "TEAM", conflicts_with = "name")]
    pub flag: Option<String>,
}

impl WhichTeam {
    pub fn named(&self) -> Option<&str> {
        self.name.as_deref().or(self.flag.as_deref())
    }
}

#[derive(Debug, Args)]
pub struct LoginArgs {
    #[command(flatten)]
    pub team: WhichTeam,
    /// User name (or IOT_USERNAME)
    #[arg(long)]
    pub username: Option<String>,
    /// Password (or IOT_PASSWORD); other programs can see it here, so better use --password-stdin
    #[arg(long, conflicts_with = "password_stdin", value_parser = secret)]
    pub password: Option<Secret>,
    /// Read the password from stdin
    #[arg(long)]
    pub password_stdin: bool,
    /// The one-time code, for scripts: the first code that is asked for
    #[arg(long, value_parser = secret)]
    pub code: Option<Secret>,
    /// Keep the password in the keychain once it worked
    #[arg(long)]
    pub remember: bool,
    /// First forget everything that was kept for the team
    #[arg(long)]
    pub clear: bool,
    /// In a browser on this computer, or by a code that is compared in one anywhere [default: the team's `flow`]
    #[arg(long, value_parser = PossibleValuesParser::new(FLOWS.map(|(name, _)| name)).map(flow))]
    pub flow: Option<Flow>,
    /// First end the session there is, here and at the server: for new permissions and the full lifetime
    #[arg(long)]
    pub new_session: bool,
    /// Open no browser; show the page's address only, with a code unless --flow says otherwise
    #[arg(long)]
    pub no_open: bool,
    /// Give up after this long
    #[arg(long, default_value = "10m", value_parser = duration)]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
pub struct AccountArgs {
    /// The team
    pub team: Option<String>,
    /// Create an account, confirm it by the code you were sent, have that code sent again, choose a new password in
    /// place of a forgotten one, or change the one you have
    #[arg(value_parser = PossibleValuesParser::new(Deed::ALL.map(Deed::key)).try_map(deed))]
    pub deed: Option<Deed>,
    /// Give up after this long
    #[arg(long, default_value = "30m", value_parser = duration)]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
pub struct LogoutArgs {
    #[command(flatten)]
    pub team: WhichTeam,
    /// Also forget the kept user name and password
    #[arg(long, visible_alias = "forget")]
    pub clear: bool,
    /// Log out of every team
    #[arg(long, conflicts_with_all = ["name", "flag"])]
    pub all: bool,
    /// Do not open the provider's logout page; without a terminal it is never opened
    #[arg(long)]
    pub no_open: bool,
}

#[derive(Debug, Args)]
pub struct RenewArgs {
    /// The teams [default: IOT_TEAM, else the one used last]
    pub teams: Vec<String>,
    /// Renew every team that is logged in
    #[arg(long, conflicts_with = "teams")]
    pub all: bool,
    /// Leave sessions alone that last longer than this
    #[arg(long, value_parser = duration)]
    pub if_less_than: Option<Duration>,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The team [default: all teams]
    pub team: Option<String>,
    /// As JSON, for programs
    #[arg(long, conflicts_with = "prompt")]
    pub json: bool,
    /// One short line for a shell prompt, from one small file
    #[arg(long)]
    pub prompt: bool,
}

#[derive(Debug, Args)]
pub struct EnvArgs {
    #[command(flatten)]
    pub team: WhichTeam,
    /// Also AWS_PROFILE and the region
    #[arg(long)]
    pub profile: Option<String>,
    /// bash, zsh, sh, fish, pwsh, cmd, nu, elvish, tcsh, dotenv or json [default: the shell you sit at]
    #[arg(short, long, value_parser = shell)]
    pub shell: Option<Shell>,
    /// Also secrets: `aws` for temporary keys (with --profile), `token` for the team's token
    #[arg(long, value_delimiter = ',', value_parser = ["aws", "token"])]
    pub with: Vec<String>,
    /// Lines that take all of it back
    #[arg(long, conflicts_with_all = ["profile", "with"])]
    pub unset: bool,
}

#[derive(Debug, Args)]
pub struct WhoamiArgs {
    #[command(flatten)]
    pub team: WhichTeam,
    /// The profile
    #[arg(long)]
    pub profile: Option<String>,
    /// As JSON, for programs
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct TokenArgs {
    #[command(flatten)]
    pub team: WhichTeam,
    /// Which one [default: the ID token where there is one]
    #[arg(long = "type", value_parser = ["id", "access"])]
    pub kind: Option<String>,
    /// Print it even though a person may look at the screen
    #[arg(long)]
    pub reveal: bool,
}

#[derive(Debug, Args)]
pub struct CredentialProcessArgs {
    /// The team, by name or id
    #[arg(long)]
    pub team: String,
    /// Its profile, by name or id
    #[arg(long)]
    pub profile: String,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The story of the commands, in this terminal
    #[arg(long)]
    pub terminal: bool,
    /// The story of the commands; approve the login on the page yourself, in your browser
    #[arg(long)]
    pub by_hand: bool,
    /// Where the pictures go when a virtual display is used
    #[arg(long, value_name = "FOLDER", default_value = "demo-pictures")]
    pub pictures: std::path::PathBuf,
}

fn shell(name: &str) -> Result<Shell, String> {
    Shell::parse(name).map_err(|_| format!("it is one of {}", Shell::names()))
}

/// As people type them.
const FLOWS: [(&str, Flow); 2] = [("browser", Flow::Browser), ("code", Flow::Code)];

fn flow(typed: String) -> Flow {
    FLOWS.into_iter().find(|(name, _)| *name == typed).map_or(Flow::Browser, |(_, flow)| flow)
}

fn deed(key: String) -> Result<Deed, String> {
    Deed::of_key(&key).ok_or(key)
}

fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// Reads `90s`, `15m`, `2h`, `1h30m` (jiff's friendly format) or a number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "it is a time such as 90s, 15m or 2h".to_owned();
    let signed: jiff::SignedDuration = match text.parse::<u32>() {
        Ok(seconds) => jiff::SignedDuration::from_secs(seconds.into()),
        Err(_) => text.parse().map_err(|_| wrong())?,
    };
    Duration::try_from(signed).map_err(|_| wrong())
}

#[cfg(test)]
mod tests;
