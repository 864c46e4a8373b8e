//! What can be typed behind `keyfob profile`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Add a profile to a team
    #[command(after_help = "Examples:
  keyfob profile add acme admin --account 123456789012 --role Admin
  keyfob profile add acme deploy --via admin \\
    --role-arn arn:aws:iam::210987654321:role/Deploy")]
    Add {
        /// The team
        team: Option<String>,
        /// What AWS tools are to call it
        name: Option<String>,
        #[command(flatten)]
        parts: Box<ProfileParts>,
    },
    /// Show what a profile stands for
    #[command(after_help = "Example:\n  keyfob profile show acme admin")]
    Show {
        /// The team
        team: Option<String>,
        /// The profile
        name: Option<String>,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Change what a profile stands for; an empty value removes a part
    #[command(after_help = "Example:\n  keyfob profile edit acme deploy --duration 4h")]
    Edit {
        /// The team
        team: Option<String>,
        /// The profile
        name: Option<String>,
        #[command(flatten)]
        parts: Box<ProfileParts>,
    },
    /// Give a profile another name; what begins with it goes on doing so
    #[command(after_help = "Example:\n  keyfob profile rename acme deploy Prod/Deploy")]
    Rename {
        /// The team
        team: Option<String>,
        /// The profile, as it is called now
        from: Option<String>,
        /// Its new name
        to: Option<String>,
    },
    /// Remove a profile
    #[command(after_help = "Example:\n  keyfob profile remove acme admin")]
    Remove {
        /// The team
        team: Option<String>,
        /// The profile
        name: Option<String>,
    },
    /// List the profiles of one team or of all
    #[command(after_help = "Examples:\n  keyfob profile list\n  keyfob profile list acme --json")]
    List {
        /// The team [default: all teams]
        team: Option<String>,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// List all accounts and roles that the team's session can be traded for
    #[command(after_help = "Examples:\n  keyfob profile discover acme\n  keyfob profile discover acme --add")]
    Discover {
        /// The team
        team: Option<String>,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
        /// Add a profile for each one that has none yet, named ACCOUNT.ROLE
        #[arg(long)]
        add: bool,
    },
}

/// What a profile stands for.
#[derive(Debug, Default, Args)]
pub struct ProfileParts {
    /// The AWS account, 12 digits: short for --set account=…
    #[arg(long)]
    pub account: Option<String>,
    /// The role in it: short for --set role=…
    #[arg(long)]
    pub role: Option<String>,
    /// Where its tools work [default: the team's region]
    #[arg(long)]
    pub region: Option<String>,
    /// A field of what the session is traded for; `keyfob provider show` lists them
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// A role to assume on top
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// What it is assumed with: PROFILE, TEAM/PROFILE or TEAM [default: the team's own session]
    #[arg(long, value_name = "SOURCE")]
    pub via: Option<String>,
    /// The external ID that the role's trust policy asks for
    #[arg(long)]
    pub external_id: Option<String>,
    /// What the role's session is called [default: who is logged in]
    #[arg(long)]
    pub session_name: Option<String>,
    /// How long its credentials last, such as 1h
    #[arg(long)]
    pub duration: Option<String>,
    /// The MFA device that the role's trust policy asks for: with access keys only
    #[arg(long, value_name = "ARN")]
    pub mfa_serial: Option<String>,
    /// Who stays named behind every further role
    #[arg(long)]
    pub source_identity: Option<String>,
    /// A session tag of the role
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    pub tags: Vec<String>,
}
