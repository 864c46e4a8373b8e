//! What the settings of a console session may be.

use keyfob_core::words::about::BadSetting;
use keyfob_core::words::profile::partition_of;
use keyfob_core::words::settings::Settings;

use super::LOGIN_SESSION;
use crate::settings::{malformed, value};

/// Who must be signed in: the ARN by which the AWS CLI knows a session too (`login_session`).
pub(super) fn login_session(settings: &Settings, region: &str) -> Result<Option<String>, BadSetting> {
    let Some(text) = value(settings, &LOGIN_SESSION) else { return Ok(None) };
    let bad = |why: &str| Err(malformed(&LOGIN_SESSION, why));
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, who] = parts.as_slice() else { return bad("is not a whole ARN") };
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let fits = |c: char| c.is_ascii_graphic();
    let is_person = match *service {
        "iam" => *who == "root" || who.strip_prefix("user/").is_some_and(|name| !name.is_empty()),
        "sts" => ["assumed-role/", "federated-user/"].iter().any(|kind| who.starts_with(kind)),
        _ => false,
    };
    if !is_account || !is_person || !text.chars().all(fits) || text.len() > 2048 {
        return bad("is no ARN of root, a user, or somebody who is in a role");
    }
    match partition_of(region) {
        usual if usual == *partition => Ok(Some(text.into())),
        usual => bad(&format!("is of the partition {partition}, and the Region {region} is of {usual}")),
    }
}
