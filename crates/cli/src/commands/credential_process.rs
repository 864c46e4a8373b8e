//! `keyfob credential-process`: temporary AWS credentials for every AWS SDK.
//!
//! Contract: [sourcing credentials with an external process](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
//! SDKs swallow or log what stands on stderr, so it is one line without a secret.

use std::ffi::OsString;

use keyfob_core::face::{problem, talk};
use keyfob_core::words::plain;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::AssumedRole;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::way::Way;
use serde::Serialize;

use crate::args::CredentialProcessArgs;
use crate::attention;
use crate::commands::status::rfc3339;
use crate::world::World;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    version: u32,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    /// RFC 3339 in UTC with a trailing `Z`, which the Rust SDK insists on.
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

/// Whether AWS tools show or log what this command line says: one line is all they have room for.
pub fn speaks_in_lines(args: &[OsString]) -> bool {
    args.get(1).is_some_and(|command| command == "credential-process")
}

/// The line as we write it into the files of AWS tools, understood without the parser of the command line: they ask at
/// every request of theirs, and the parser makes up its whole tree of commands first. `None` when these are other words.
pub fn asked_for(args: &[OsString]) -> Option<CredentialProcessArgs> {
    let [command, words @ ..] = args else { return None };
    let (team, profile) = match words {
        [one, team, two, profile] if one == "--team" && two == "--profile" => (team, profile),
        [one, profile, two, team] if one == "--profile" && two == "--team" => (team, profile),
        _ => return None,
    };
    let plain = |word: &OsString| word.to_str().filter(|word| !word.starts_with('-')).map(str::to_owned);
    let args = CredentialProcessArgs { team: plain(team)?, profile: plain(profile)? };
    (command == "credential-process").then_some(args)
}

pub async fn run(world: &World, args: CredentialProcessArgs) -> Result<(), Problem> {
    let config = world.config_told(talk::problem_in_a_line).await?;
    let place = world.config.display().to_string();
    let looked_in = |problem| problem::looked_in(problem, &place);
    let team = world.which(&config, Some(&args.team)).await.map_err(looked_in)?;
    let profile = world.profile_of(team, Some(&args.profile)).await.map_err(looked_in)?;
    let (sessions, cx) = (world.sessions_where(false).among(&config.teams), world.quiet_cx());
    // What a person can help with is a login to the team that the profile's way begins with.
    let root = Way::of(&config.teams, team, profile).map_or(team, |way| way.root);
    let credential = attention::or_wait(world, root, async || sessions.credential(team, profile, &cx).await).await?;
    let answer = Answer {
        version: 1,
        access_key_id: &credential.key_id,
        secret_access_key: credential.secret_key.expose(),
        session_token: credential.token.expose(),
        expiration: rfc3339(credential.expires),
        account_id: profile.chain.last().map(AssumedRole::account).or_else(|| profile.field("account")),
    };
    let text = Secret::new(plain::json(&serde_json::to_string(&answer).unwrap_or_default()));
    world.result(text.expose())?;
    world.result("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Command};
    use clap::Parser;

    #[test]
    fn what_is_understood_without_the_parser_is_what_the_parser_understands() {
        for line in [
            "credential-process --team acme --profile admin",
            "credential-process --profile Prod/Admin --team acme",
            "credential-process --team --profile --profile x",
            "credential-process --team a --team b",
            "credential-process --team=a --profile=b",
            "credential-process --team a --profile b --help",
            "credential-process",
            "status --team a --profile b",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let parsed = Cli::try_parse_from(std::iter::once("keyfob".into()).chain(words.iter().cloned()));
            if let Some(quick) = asked_for(&words) {
                let Ok(Cli { command: Command::CredentialProcess(slow), .. }) = parsed else { panic!("{line}") };
                assert_eq!((quick.team, quick.profile), (slow.team, slow.profile), "{line}");
            }
        }
        let ours = ["credential-process", "--team", "acme", "--profile", "Prod/Admin"].map(OsString::from);
        assert_eq!(asked_for(&ours).map(|args| args.profile).as_deref(), Some("Prod/Admin"));
    }
}
