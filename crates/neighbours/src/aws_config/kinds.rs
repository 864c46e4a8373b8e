//! What a profile gets its credentials by, and what serves those that are no login of Keyfob's.

use std::collections::BTreeSet;

use super::{AwsConfig, Place, Section};
use crate::Reason;

/// A profile's settings, those of the profiles it includes behind its own (`include_profile` of aws-vault).
pub struct Settled<'c> {
    pub name: &'c str,
    sections: Vec<&'c Section>,
}

impl<'c> Settled<'c> {
    pub fn of(name: &'c str, section: &'c Section, config: &'c AwsConfig) -> Self {
        let (mut sections, mut seen, mut last) = (vec![section], BTreeSet::from([name]), section);
        // aws-vault called it parent_profile once.
        while let Some(next) = last.get("include_profile").or_else(|| last.get("parent_profile"))
            && seen.insert(next)
            && let Some(included) = config.profiles.get(next)
        {
            sections.push(included);
            last = included;
        }
        Settled { name, sections }
    }

    pub fn get(&self, key: &str) -> Option<&'c str> {
        self.sections.iter().find_map(|section| section.get(key)).filter(|value| !value.is_empty())
    }

    fn has(&self, key: &str) -> bool {
        self.sections.iter().any(|section| section.get(key).is_some())
    }

    /// It says so itself, whatever it includes.
    fn own(&self, key: &str) -> bool {
        self.sections.first().is_some_and(|section| section.get(key).is_some())
    }

    fn has_any(&self, begin: &str) -> bool {
        self.sections.iter().any(|section| section.keys().any(|key| key.starts_with(begin)))
    }

    /// Where the key stands, or else where the profile begins.
    pub fn place(&self, key: &str) -> Place {
        self.sections.iter().find_map(|section| section.place_of(key)).unwrap_or(self.sections[0].place)
    }

    /// The profile that it includes and that is not there, or leads back to it.
    pub fn broken_include(&self, config: &AwsConfig) -> Option<&'c str> {
        let last = self.sections.last()?;
        let next = last.get("include_profile").or_else(|| last.get("parent_profile"))?;
        (!config.profiles.contains_key(next)).then_some(next)
    }
}

/// What a profile is to Keyfob.
pub enum Kind<'c> {
    /// A login of ours; the prefix is what its keys begin with.
    Sso {
        keys: &'static str,
    },
    /// Roles on top of another profile's credentials.
    Chain {
        source: &'c str,
    },
    /// A console session of `aws login`: the ARN of who is signed in.
    Console {
        arn: &'c str,
    },
    /// Access keys for good, which can be a login of ours.
    Keys,
    /// Keyfob gets the credentials already.
    Keyfob,
    Other(Reason),
}

pub fn kind_of<'c>(profile: &Settled<'c>) -> Kind<'c> {
    let signs_in = ["sso_session", "sso_start_url"].iter().any(|key| profile.has(key));
    let from_itself = profile.get("source_profile") == Some(profile.name);
    if profile.get("role_arn").is_some() {
        if profile.has("web_identity_token_file") {
            return other(
                "a token of the machine's is traded for a role (web_identity_token_file)",
                "Nothing to do: AWS tools use them as they are, and nobody logs in.",
            );
        }
        if let Some(source) = profile.get("source_profile").filter(|_| !from_itself) {
            return Kind::Chain { source };
        }
        if let Some(source) = profile.get("credential_source") {
            return of_machine(source);
        }
    }
    if signs_in {
        return Kind::Sso { keys: "sso_" };
    }
    if profile.get("granted_sso_start_url").is_some() {
        return Kind::Sso { keys: "granted_sso_" };
    }
    // Keys in the profile count before it, and a command behind it (botocore's `LoginProvider`).
    if let Some(arn) = profile.get("login_session").filter(|_| !profile.has("aws_access_key_id")) {
        return Kind::Console { arn };
    }
    if let Some(command) = profile.get("credential_process") {
        return of_process(command);
    }
    // What other programs put beside the keys that they write says more than the keys do.
    if let Some((_, program)) = PROGRAMS.iter().find(|(begin, _)| profile.has_any(begin)) {
        return of_program(program);
    }
    let is_for_good = profile.get("aws_access_key_id").is_some_and(|id| !id.starts_with("ASIA"));
    let both = profile.own("aws_access_key_id") && profile.own("aws_secret_access_key");
    if both && is_for_good && profile.get("role_arn").is_none() {
        return Kind::Keys;
    }
    if profile.has("aws_access_key_id") || profile.has("aws_secret_access_key") {
        return other(
            "keys stand in the file (aws_access_key_id), so there is nothing to log in to",
            "AWS tools use them as they are. A profile with both keys and nothing else can be taken over by \
             `keyfob import --from aws-credentials`.",
        );
    }
    if profile.has("role_arn") {
        return other(
            "there is a role_arn and nothing to take the role with, neither source_profile nor credential_source",
            "Add source_profile with the profile to begin with, then import again.",
        );
    }
    other("settings only, and nothing to log in with", "Nothing to do.")
}

/// A role on top of credentials that are no profile's (AWS SDKs and Tools Reference Guide, `credential_source`).
fn of_machine<'c>(source: &str) -> Kind<'c> {
    let from = match source.to_ascii_lowercase().as_str() {
        "environment" => "the keys that variables of the environment hold",
        "ec2instancemetadata" => "the credentials of the EC2 instance",
        "ecscontainer" => "the credentials of the container",
        _ => "credentials of a kind that AWS tools do not know",
    };
    other(
        &format!("a role is taken with {from} (credential_source = {source})"),
        "Nothing to do: AWS tools use them as they are, and nobody logs in.",
    )
}

impl Kind<'_> {
    /// Why a profile is left out that is no login to a portal, nor on top of one.
    pub fn reason(self) -> Option<Reason> {
        let reason = |why: &str, next: &str| Some(Reason { why: why.into(), next: next.into() });
        match self {
            Kind::Keys => reason(
                "keys stand in the file (aws_access_key_id), for everybody to use who can read it",
                "Keyfob can keep them in the keychain and log in with them, with MFA too: `keyfob import --from \
                 aws-credentials`, and with `--take-keys` they leave the file.",
            ),
            Kind::Keyfob => reason("Keyfob gets the credentials already (credential_process)", "Nothing to do."),
            Kind::Other(reason) => Some(reason),
            Kind::Sso { .. } | Kind::Chain { .. } | Kind::Console { .. } => None,
        }
    }
}

fn other<'c>(why: &str, next: &str) -> Kind<'c> {
    Kind::Other(Reason { why: why.into(), next: next.into() })
}

/// What programs that sign in by themselves leave in a profile.
const PROGRAMS: &[(&str, &str)] = &[
    ("azure_", "aws-azure-login"),
    ("okta_", "an Okta client"),
    ("aws_saml_url", "aws-okta"),
    ("adfs_config.", "aws-adfs"),
    ("google_config.", "aws-google-auth"),
    ("ecp_endpoint_url", "awscli-login"),
    ("x_principal_arn", "saml2aws"),
    ("x_security_token_expires", "saml2aws"),
    ("saml_", "a SAML client"),
    ("onelogin_", "a OneLogin client"),
    ("aws_expiration", "a program that writes temporary keys"),
    ("aws_session_expiration", "a program that writes temporary keys"),
    ("expiration", "a program that writes temporary keys"),
    ("aws_session_token", "a program that writes temporary keys"),
];

/// Programs by the name of their command.
const COMMANDS: &[(&str, &str)] = &[
    ("aws-vault", "aws-vault"),
    ("granted", "Granted"),
    ("dgranted", "Granted"),
    ("saml2aws", "saml2aws"),
    ("aws-sso-util", "aws-sso-util"),
    ("aws-sso-credential-process", "aws-sso-util"),
    ("aws-sso", "aws-sso-cli"),
    ("leapp", "Leapp"),
    ("okta-aws-cli", "okta-aws-cli"),
    ("gimme-aws-creds", "gimme-aws-creds"),
    ("awscli-login", "awscli-login"),
    ("aws_signing_helper", "IAM Roles Anywhere"),
    ("awsprocesscreds-saml", "awsprocesscreds"),
    ("aws-adfs", "aws-adfs"),
    ("op", "1Password"),
];

fn of_process<'c>(command: &str) -> Kind<'c> {
    let first = command.trim_start_matches(['"', '\'']);
    let mut words = first.split([' ', '\t', '"', '\'']).filter(|word| !word.is_empty());
    // `sh -c "…"` and `env X=y …` only lead to the program.
    let wrapped = |word: &&str| {
        let name = command_of(word);
        !(word.starts_with('-') || word.contains('=') || ["sh", "bash", "zsh", "env", "sudo"].contains(&name))
    };
    let name = words.find(wrapped).map_or("", command_of);
    if name == "keyfob" {
        return Kind::Keyfob;
    }
    let known = COMMANDS.iter().find(|(command, _)| *command == name).map(|(_, program)| *program);
    match known {
        Some(program) => of_program(program),
        None => other(
            &format!("a program of its own gets the credentials (credential_process: {name})"),
            "AWS tools run it as before. Keyfob runs no commands that it finds in files.",
        ),
    }
}

fn command_of(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".exe").unwrap_or(name)
}

fn of_program<'c>(program: &str) -> Kind<'c> {
    let next = "Go on with it; or, where the account is behind an access portal, add that with `keyfob team add` and find \
                the roles with `keyfob profile discover`.";
    other(&format!("{program} gets the credentials"), next)
}
