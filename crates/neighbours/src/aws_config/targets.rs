//! From a profile's settings to what a session is traded for, and to the roles that are assumed on top.

use keyfob_core::words::profile::AssumedRole;

use super::Place;
use super::kinds::Settled;
use crate::naming::is_region;
use crate::{ProfileDraft, check_account, check_role};

/// What is wrong with a profile: the key, its place, and two sentences.
pub struct Bad {
    pub place: Place,
    pub key: String,
    pub why: String,
    pub next: String,
}

/// Account and role of a profile, whose keys begin with `sso_` or with what another program puts in front of that.
pub fn of_sso(profile: &Settled, keys: &str) -> Result<ProfileDraft, Bad> {
    let name = profile.name;
    let wanted = |end: &str, check: fn(&str) -> Result<(), String>| {
        let key = format!("{keys}{end}");
        let bad = |why: String, next: String| Bad { place: profile.place(&key), key: key.clone(), why, next };
        let value = profile.get(&key).ok_or_else(|| {
            bad(
                format!("Profile {name} has no {key}, so there are no credentials to get for it."),
                format!("Add {key}, or find your accounts and roles with `keyfob profile discover`."),
            )
        })?;
        check(value).map_err(|why| {
            bad(format!("Profile {name} was left out: {why}."), format!("Correct {key}, then import again."))
        })?;
        Ok(value)
    };
    let (account, role) = (wanted("account_id", check_account)?, wanted("role_name", check_role)?);
    Ok(ProfileDraft::of_role(name.to_owned(), account, role, None))
}

/// The region that its tools work in; one that cannot be any is left out, with a word.
pub fn region(profile: &Settled) -> Result<Option<String>, Bad> {
    match profile.get("region") {
        Some(region) if !is_region(region) => Err(Bad {
            place: profile.place("region"),
            key: "region".into(),
            why: format!("Profile {} has a region that cannot be one; it was left out.", profile.name),
            next: "Write it like eu-west-1, without quotes.".into(),
        }),
        region => Ok(region.map(str::to_owned)),
    }
}

/// The role that a profile assumes, if it assumes one.
pub fn role(profile: &Settled) -> Result<Option<AssumedRole>, Bad> {
    let name = profile.name;
    let Some(role_arn) = profile.get("role_arn") else { return Ok(None) };
    let text = |key: &str| profile.get(key).map(str::to_owned);
    let duration = text("duration_seconds").map(|seconds| seconds.parse::<u32>());
    let bad = |key: &str, why: String| {
        let next = format!("Correct {key}, then import again.");
        Bad {
            place: profile.place(key),
            key: key.to_owned(),
            why: format!("Profile {name} was left out: {key} {why}."),
            next,
        }
    };
    let role = AssumedRole {
        role_arn: role_arn.to_owned(),
        external_id: text("external_id"),
        session_name: text("role_session_name"),
        duration: duration.transpose().map_err(|_| bad("duration_seconds", "is a number of seconds".into()))?,
        mfa_serial: text("mfa_serial"),
        ..AssumedRole::default()
    };
    role.check().map_err(|(key, why)| {
        // The file's names for it.
        let key = match key {
            "session-name" => "role_session_name",
            "duration" => "duration_seconds",
            "role-arn" => "role_arn",
            "external-id" => "external_id",
            _ => "mfa_serial",
        };
        bad(key, why)
    })?;
    Ok(Some(role))
}
