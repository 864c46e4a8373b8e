//! What the settings of access keys may be, told before STS is asked.

use jiff::SignedDuration;
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::profile::partition_of;
use keyfob_core::words::settings::Settings;

use super::{ACCESS_KEY_ID, DURATION, MFA_SERIAL};
use crate::settings::{malformed, required, value};

/// Nothing of what stands here is quoted: it may be the secret, in the wrong place.
pub(super) fn key_id(settings: &Settings) -> Result<String, BadSetting> {
    let text = required(settings, &ACCESS_KEY_ID)?;
    let bad = |why: &str| Err(malformed(&ACCESS_KEY_ID, why));
    let word = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    match text.get(..4) {
        _ if !(16..=128).contains(&text.len()) || !word => bad("is 16 or more capital letters and digits"),
        // IAM user guide, "Unique identifiers".
        Some("ASIA") => bad("is the one of temporary keys, which end by themselves: an access key begins with AKIA"),
        Some("AIDA" | "AROA" | "AGPA" | "ANPA") => bad("is the id of a user or role, not of an access key"),
        _ => Ok(text.into()),
    }
}

/// The ARN of a virtual device, or the serial number of one that shows codes (STS API reference, `GetSessionToken`).
pub(super) fn mfa_serial(settings: &Settings, region: &str) -> Result<Option<String>, BadSetting> {
    let Some(text) = value(settings, &MFA_SERIAL) else { return Ok(None) };
    let bad = |why: &str| Err(malformed(&MFA_SERIAL, why));
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&b);
    if !(9..=256).contains(&text.len()) || !text.bytes().all(fits) {
        return bad("is a serial number or an ARN of 9 to 256 characters");
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, _, account, device] = parts.as_slice() else {
        return if text.starts_with("arn:") { bad("is not a whole ARN") } else { Ok(Some(text.into())) };
    };
    let account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    match device.split_once('/') {
        Some(("u2f", _)) => bad(
            "is a security key or passkey, which proves itself to browsers only: STS takes the six digits of an authenticator app",
        ),
        Some(("sms-mfa", _)) => bad("is a phone, and AWS sends no codes by SMS any more: use an authenticator app"),
        Some(("user", _)) => bad("is the ARN of a user: that of the MFA device has mfa/ in it"),
        Some(("mfa", name)) if *service == "iam" && account && !name.is_empty() => match partition_of(region) {
            usual if usual == *partition => Ok(Some(text.into())),
            usual => bad(&format!("is of the partition {partition}, and the Region {region} is of {usual}")),
        },
        _ => bad("is no ARN of an MFA device"),
    }
}

/// How long a session is asked for; STS decides where nothing is said. A number is seconds.
pub(super) fn seconds(settings: &Settings) -> Result<Option<u32>, BadSetting> {
    let Some(text) = value(settings, &DURATION) else { return Ok(None) };
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => text.parse::<SignedDuration>().ok().map(|duration| duration.as_secs()),
    };
    match seconds.filter(|seconds| (900..=129_600).contains(seconds)).map(u32::try_from) {
        Some(Ok(seconds)) => Ok(Some(seconds)),
        _ => Err(malformed(&DURATION, &format!("is 15 minutes to 36 hours, not {text:?}"))),
    }
}
