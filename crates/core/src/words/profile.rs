//! What a team's session is traded for: a target, and a chain of assumed roles on top of it.

use serde::Serialize;

use crate::words::id::Id;
use crate::words::settings::Settings;

/// One name by which tools get credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    pub id: Id,
    /// The very name that other tools know it by.
    pub name: String,
    /// Where its tools work; `None` means the team's own region.
    pub region: Option<String>,
    /// What the team's session is traded for, in the fields that the team's provider declares
    /// ([`crate::words::about::About::profile_fields`]). Empty where another profile is the source.
    pub target: Settings,
    /// Whose credentials the chain begins with, instead of a target of its own.
    pub source: Option<Source>,
    /// Roles that are assumed one after the other, the first with the credentials of target or source.
    pub chain: Vec<AssumedRole>,
    /// The file of another program that it was imported from and follows, such as `~/.aws/config`.
    pub from: Option<String>,
}

/// Another profile, or a team's own session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// By name; `None` is the profile's own team.
    pub team: Option<String>,
    pub profile: Option<String>,
}

/// A role to assume (STS API reference, `AssumeRole`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AssumedRole {
    pub role_arn: String,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
    /// In seconds; `None` leaves it to STS.
    pub duration: Option<u32>,
    pub mfa_serial: Option<String>,
}

impl Profile {
    /// A profile that stands for a target alone.
    pub fn new(id: Id, name: impl Into<String>, target: Settings) -> Self {
        Profile { id, name: name.into(), region: None, target, source: None, chain: Vec::new(), from: None }
    }

    /// A field of its target, if it has one that is not empty.
    pub fn field(&self, key: &str) -> Option<&str> {
        self.target.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// It is more than what a session is traded for: roles are assumed for it.
    pub fn is_chained(&self) -> bool {
        self.source.is_some() || !self.chain.is_empty()
    }
}

/// What is wrong with a part of an assumed role: its key in the config file, and the end of a sentence.
pub type BadRole = (&'static str, String);

impl AssumedRole {
    /// Checks it against what STS takes (STS API reference, `AssumeRole`).
    pub fn check(&self) -> Result<(), BadRole> {
        let word = |text: &str, more: &[u8], from: usize, to: usize| {
            (from..=to).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
        };
        if !is_role_arn(&self.role_arn) {
            let why = format!("is a role's ARN such as arn:aws:iam::123456789012:role/Deploy, not {:?}", self.role_arn);
            return Err(("role-arn", why));
        }
        if self.external_id.as_ref().is_some_and(|id| !word(id, b"_+=,.@:/-", 2, 1224)) {
            return Err(("external-id", "is 2 to 1224 letters, digits and _ + = , . @ : / -".into()));
        }
        if self.session_name.as_ref().is_some_and(|name| !word(name, b"_+=,.@-", 2, 64)) {
            return Err(("session-name", "is 2 to 64 letters, digits and _ + = , . @ -".into()));
        }
        if self.duration.is_some_and(|seconds| !(900..=43_200).contains(&seconds)) {
            return Err(("duration", "is 900 to 43200 seconds, such as 3600 or \"1h\"".into()));
        }
        if self.mfa_serial.as_ref().is_some_and(|serial| !word(serial, b"_+=/:,.@-", 9, 256)) {
            return Err(("mfa-serial", "is a serial number or an ARN of 9 to 256 characters".into()));
        }
        Ok(())
    }

    /// The role's own name, without account and path.
    pub fn role_name(&self) -> &str {
        self.role_arn.rsplit('/').next().unwrap_or(&self.role_arn)
    }
}

/// `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME` (IAM user guide, "IAM ARNs").
fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts.as_slice() else { return false };
    let account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let name = |name: &str| {
        !name.is_empty()
            && name.len() <= 576
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&b))
            && !name.ends_with('/')
    };
    *arn == "arn"
        && partition.starts_with("aws")
        && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        && *service == "iam"
        && region.is_empty()
        && account
        && resource.strip_prefix("role/").is_some_and(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_role_that_sts_would_refuse_is_named() {
        let role = |change: fn(&mut AssumedRole)| {
            let mut role =
                AssumedRole { role_arn: "arn:aws:iam::123456789012:role/ci/Deploy".into(), ..Default::default() };
            change(&mut role);
            role.check().map_err(|(key, _)| key)
        };
        assert_eq!(role(|_| {}), Ok(()));
        assert_eq!(role(|r| r.role_arn = "arn:aws-us-gov:iam::123456789012:role/x".into()), Ok(()));
        for arn in [
            "",
            "Deploy",
            "arn:aws:iam::12345:role/x",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:iam::123456789012:role/",
        ] {
            let bad = AssumedRole { role_arn: arn.into(), ..Default::default() };
            assert_eq!(bad.check().map_err(|(key, _)| key), Err("role-arn"), "{arn}");
        }
        assert_eq!(role(|r| r.external_id = Some("x".into())), Err("external-id"));
        assert_eq!(role(|r| r.session_name = Some("a b".into())), Err("session-name"));
        assert_eq!(role(|r| r.duration = Some(90)), Err("duration"));
        assert_eq!(role(|r| r.mfa_serial = Some("short".into())), Err("mfa-serial"));
    }
}
