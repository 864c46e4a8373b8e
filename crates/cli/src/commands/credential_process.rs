//! `keyfob credential-process`: temporary AWS credentials for every AWS SDK.
//!
//! Contract: [sourcing credentials with an external process](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
//! SDKs swallow or log what stands on stderr, so it is one line without a secret.

use keyfob_core::face::problem;
use keyfob_core::words::plain;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::secret::Secret;
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

pub async fn run(world: &World, args: CredentialProcessArgs) -> Result<(), Problem> {
    let config = world.config().await?;
    let team = world.which(&config, Some(&args.team))?;
    let profile = team
        .profile(&args.profile)
        .ok_or_else(|| problem::unknown_profile(&team.name, &args.profile, &team.profiles))?;
    let (sessions, cx) = (world.sessions_where(false), world.quiet_cx());
    let credential = attention::or_wait(world, team, async || sessions.credential(team, profile, &cx).await).await?;
    let answer = Answer {
        version: 1,
        access_key_id: &credential.key_id,
        secret_access_key: credential.secret_key.expose(),
        session_token: credential.token.expose(),
        expiration: rfc3339(credential.expires),
        account_id: profile.field("account"),
    };
    let text = Secret::new(plain::json(&serde_json::to_string(&answer).unwrap_or_default()));
    world.result(text.expose())?;
    world.result("\n")
}
