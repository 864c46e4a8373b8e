//! Console sessions of `aws login` as teams: one for each ARN that is signed in. Their tokens stay where they are.

use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyfob_core::words::settings::Settings;
use serde_json::Value;

use crate::naming::{Names, clean, clean_profile};
use crate::{Found, ProfileDraft, TeamDraft};

pub(super) fn settings(arn: &str) -> Settings {
    [("login-session".to_owned(), arn.to_owned())].into()
}

/// `ann-123456789012`
pub(super) fn name_of(arn: &str) -> String {
    let (account, who) = (arn.split(':').nth(4).unwrap_or_default(), arn.rsplit(['/', ':']).next().unwrap_or_default());
    format!("{who}-{account}")
}

pub(super) fn profile(name: &str, region: Option<String>) -> ProfileDraft {
    ProfileDraft { name: name.to_owned(), target: Settings::new(), region, source: None, chain: Vec::new() }
}

/// Adds the sessions of the cache that no profile names.
pub fn add_cached(found: &mut Found, files: &[(PathBuf, Vec<u8>)]) {
    let mut names = Names::of_teams();
    found.teams.iter().for_each(|team| drop(names.free(&team.name)));
    for (path, bytes) in files {
        let Some(arn) = arn_of(bytes) else { continue };
        if found.teams.iter().any(|team| team.settings.get("login-session") == Some(&arn)) {
            continue;
        }
        let name = names.free(&clean(&name_of(&arn), "console"));
        let profiles = vec![profile(&clean_profile(&name), None)];
        let settings = settings(&arn);
        found.teams.push(TeamDraft { name, provider: "aws-signin", settings, profiles, from: path.clone() });
    }
}

/// Whom the ID token in a file of the cache names; its name is only a hash of that.
fn arn_of(bytes: &[u8]) -> Option<String> {
    let file: Value = serde_json::from_slice(bytes).ok()?;
    let claims = file.get("idToken")?.as_str()?.split('.').nth(1)?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims.get("sub")?.as_str().filter(|arn| arn.starts_with("arn:")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use super::super::{Files, found};
    use super::*;

    const ANN: &str = "arn:aws:iam::123456789012:user/ann";

    fn cached(arn: &str) -> Vec<u8> {
        let claims = BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"sub\":\"{arn}\"}}"));
        format!("{{\"idToken\":\"x.{claims}.y\",\"refreshToken\":\"hidden\",\"dpopKey\":\"hidden\"}}").into_bytes()
    }

    // F313
    #[test]
    fn each_console_session_of_the_aws_cli_is_a_team_once() {
        let config = format!(
            "[default]\nlogin_session = {ANN}\nregion = eu-west-1\n[profile again]\nlogin_session = {ANN}\n\
             [profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/Deploy\nsource_profile = again\n\
             [profile both]\nlogin_session = {ANN}\naws_access_key_id = AKIA\naws_secret_access_key = x\n"
        );
        let config = Some((Path::new("/h/.aws/config"), config.as_bytes()));
        let mut found = found(Files { config, ..Files::default() });
        let root = "arn:aws:iam::123456789012:root";
        let files = [("a", cached(ANN)), ("b", cached(root)), ("c", b"{".to_vec()), ("d", cached("nobody"))];
        add_cached(&mut found, &files.map(|(name, bytes)| (PathBuf::from(name), bytes)));
        let teams: Vec<_> = found.teams.iter().map(|team| (team.name.as_str(), team.provider)).collect();
        assert_eq!(teams, [("ann-123456789012", "aws-signin"), ("root-123456789012", "aws-signin")]);
        assert_eq!(found.teams[0].settings["region"], "eu-west-1");
        let profiles: Vec<_> = found.teams[0].profiles.iter().map(|p| (p.name.as_str(), p.source.as_deref())).collect();
        assert_eq!(profiles, [("again", None), ("default", None), ("deploy", Some("again"))]);
        assert_eq!(found.teams[1].profiles[0].name, "root-123456789012");
        assert!(!format!("{found:?}").contains("hidden"));
    }
}
