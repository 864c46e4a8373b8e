//! What can be typed: every command, flag and environment variable, with its help.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use keyfob_core::words::about::Deed;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::shell::Shell;

#[derive(Debug, Parser)]
#[command(
    name = "keyfob",
    version,
    about = "Stay logged in to your teams",
    after_help = "Examples:\n  keyfob team add acme --provider aws-sso --set start-url=https://acme.awsapps.com/start --set region=eu-west-1\n  keyfob login acme\n  eval \"$(keyfob env acme)\"\n  keyfob status\n\nExit status: 0 ok, 1 other, 2 usage, 3 not logged in, 4 a person is needed, 5 offline, 6 keychain,\n7 unknown team, 8 refused by the server, 9 timed out, 130 cancelled."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add, show and change teams
    #[command(subcommand)]
    Team(TeamCommand),
    /// Add and show what a team's session can be traded for: accounts and roles
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// The ways of signing in
    #[command(subcommand)]
    Provider(ProviderCommand),
    /// Add teams found in the files of `iot` and `aws`, or follow those files, after a review
    Import(ImportArgs),
    /// Log in to a team
    Login(LoginArgs),
    /// Create, confirm or mend the account that you log in with
    Account(AccountArgs),
    /// End a session, here and at the server
    Logout(LogoutArgs),
    /// Renew sessions without a person
    Renew(RenewArgs),
    /// Show who is logged in where, and until when
    Status(StatusArgs),
    /// Print lines that set up a terminal for a team
    Env(EnvArgs),
    /// Print a team's token, for `curl -H "Authorization: $(keyfob token acme)"`
    Token(TokenArgs),
    /// Print temporary AWS credentials as JSON, for `credential_process` in ~/.aws/config
    CredentialProcess(CredentialProcessArgs),
    /// Show what Keyfob does, on a cloud of its own: no account needed, nothing is kept
    Demo(DemoArgs),
}

#[derive(Debug, Subcommand)]
pub enum TeamCommand {
    /// Add a team
    Add {
        name: String,
        /// How its people log in: aws-sso or cognito
        #[arg(long)]
        provider: String,
        /// A setting of the provider; a secret one is read from stdin with `--set client-secret-stdin`
        #[arg(long = "set", value_name = "KEY=VALUE")]
        set: Vec<String>,
    },
    /// List all teams
    List {
        #[arg(long)]
        json: bool,
    },
    /// Show the settings of a team
    Show {
        name: String,
        #[arg(long)]
        json: bool,
    },
    /// Change settings of a team; an empty value removes one
    Edit {
        name: String,
        #[arg(long = "set", value_name = "KEY=VALUE", required = true)]
        set: Vec<String>,
    },
    /// Give a team another name; sessions stay
    Rename { from: String, to: String },
    /// Log out of a team and remove it with all that was kept for it
    Remove { name: String },
    /// Show a team first
    Pin {
        name: String,
        /// Take the pin away
        #[arg(long)]
        off: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProviderCommand {
    /// List the ways of signing in
    List {
        #[arg(long)]
        json: bool,
    },
    /// Show what one of them asks for
    Show {
        name: String,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Add a profile to a team
    Add {
        team: String,
        name: String,
        /// The AWS account, 12 digits: short for --set account=…
        #[arg(long)]
        account: Option<String>,
        /// The role in it: short for --set role=…
        #[arg(long)]
        role: Option<String>,
        #[arg(long)]
        region: Option<String>,
        /// A field of what the session is traded for; `keyfob provider show` lists them
        #[arg(long = "set", value_name = "KEY=VALUE")]
        set: Vec<String>,
    },
    /// Show what a profile stands for
    Show {
        team: String,
        name: String,
        #[arg(long)]
        json: bool,
    },
    /// Remove a profile
    Remove { team: String, name: String },
    /// List the profiles of one team or of all
    List {
        team: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// List all accounts and roles that the team's session can be traded for
    Discover {
        team: String,
        #[arg(long)]
        json: bool,
        /// Add a profile for each one that has none yet, named ACCOUNT.ROLE
        #[arg(long)]
        add: bool,
    },
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Look only at the files of this program: simpleiot or aws
    #[arg(long, value_name = "PROGRAM", value_parser = ["simpleiot", "aws"])]
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
    /// Print the review, and everything that is left out, for other programs; changes nothing without --yes
    #[arg(long)]
    pub json: bool,
}

/// The team a command is about: by position, by `--team`, by `IOT_TEAM`, else the one used last.
#[derive(Debug, Args)]
pub struct WhichTeam {
    #[arg(value_name = "TEAM")]
    pub name: Option<String>,
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
    /// Keep the password in the keychain once it worked
    #[arg(long)]
    pub remember: bool,
    /// First forget everything that was kept for the team
    #[arg(long)]
    pub clear: bool,
    /// Open no browser; show the page's address only
    #[arg(long)]
    pub no_open: bool,
    /// Give up after this long
    #[arg(long, default_value = "10m", value_parser = duration)]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
pub struct AccountArgs {
    pub team: String,
    /// Create an account, confirm it by the code you were sent, have that code sent again, choose a new password in
    /// place of a forgotten one, or change the one you have
    #[arg(value_parser = PossibleValuesParser::new(Deed::ALL.map(Deed::key)).try_map(deed))]
    pub deed: Deed,
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
}

#[derive(Debug, Args)]
pub struct RenewArgs {
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
    pub team: Option<String>,
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
    #[arg(long)]
    pub team: String,
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
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_are_read_the_way_people_write_them() {
        assert_eq!(duration("15m").unwrap(), Duration::from_secs(900));
        assert_eq!(duration("1h30m").unwrap(), Duration::from_secs(5400));
        assert_eq!(duration("90").unwrap(), Duration::from_secs(90));
        for bad in ["", "soon", "-5m", "1d5"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
