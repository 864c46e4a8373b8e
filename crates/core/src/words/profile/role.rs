//! A role that is assumed on top of other credentials, and what STS takes of each of its parts.

use std::collections::BTreeMap;

use serde::Serialize;

/// A role to assume (STS API reference, `AssumeRole`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AssumedRole {
    pub role_arn: String,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
    /// In seconds; `None` leaves it to STS.
    pub duration: Option<u32>,
    pub mfa_serial: Option<String>,
    pub source_identity: Option<String>,
    /// Session tags. They hold for this role and are not handed on to the next one.
    pub tags: BTreeMap<String, String>,
}

/// What is wrong with a part of an assumed role: its key in the config file, and the end of a sentence.
pub type BadRole = (&'static str, String);

/// A session has no more tags (IAM user guide, "Pass session tags").
const MOST_TAGS: usize = 50;

impl AssumedRole {
    /// What a person fills in for one, by the keys of the config file; `tags` is apart.
    pub const KEYS: [&str; 6] =
        ["role-arn", "external-id", "session-name", "duration", "mfa-serial", "source-identity"];

    /// Takes a text for one of [`Self::KEYS`]; an empty one takes away what is there.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), BadRole> {
        let given = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match key {
            "role-arn" => self.role_arn = given.unwrap_or_default(),
            "external-id" => self.external_id = given,
            "session-name" => self.session_name = given,
            "duration" => self.duration = given.as_deref().map(duration).transpose()?,
            "mfa-serial" => self.mfa_serial = given,
            "source-identity" => self.source_identity = given,
            _ => {}
        }
        Ok(())
    }

    /// The texts of all parts but the ARN and the tags, as [`Self::set`] takes them.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, String)> {
        let seconds = self.duration.map(|seconds| seconds.to_string());
        let [_, external, name, duration, mfa, identity] = Self::KEYS;
        let texts = [
            (external, self.external_id.clone()),
            (name, self.session_name.clone()),
            (duration, seconds),
            (mfa, self.mfa_serial.clone()),
            (identity, self.source_identity.clone()),
        ];
        texts.into_iter().filter_map(|(key, text)| Some((key, text?)))
    }

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
            return Err(("mfa-serial", "is the serial number of a device, such as GAHT12345678, or the ARN of one, such as arn:aws:iam::123456789012:mfa/ann".into()));
        }
        // It must not begin with `aws:`, which is AWS's own.
        let identity = |text: &String| word(text, b"_+=,.@-", 2, 64);
        if self.source_identity.as_ref().is_some_and(|text| !identity(text)) {
            return Err(("source-identity", "is 2 to 64 letters, digits and _ + = , . @ -".into()));
        }
        self.check_tags().map_err(|why| ("tags", why))
    }

    fn check_tags(&self) -> Result<(), String> {
        let fits = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c));
        if self.tags.len() > MOST_TAGS {
            return Err(format!("are at most {MOST_TAGS}"));
        }
        for (key, value) in &self.tags {
            let (long, reserved) = (key.chars().count(), key.to_lowercase().starts_with("aws:"));
            if !(1..=128).contains(&long) || reserved || !fits(key) {
                let why =
                    "have keys of 1 to 128 letters, digits, blanks and _ . : / = + - @ that do not begin with aws:";
                return Err(why.into());
            }
            if value.chars().count() > 256 || !fits(value) {
                return Err("have values of at most 256 letters, digits, blanks and _ . : / = + - @".into());
            }
            // For STS, `Team` and `team` are one key.
            if self.tags.keys().any(|other| other != key && other.to_lowercase() == key.to_lowercase()) {
                return Err(format!("have {key} twice, in small letters and capitals"));
            }
        }
        Ok(())
    }

    /// The name of its session: as given, else who is logged in, in the characters that STS takes.
    pub fn session_name(&self, who: &str) -> String {
        if let Some(given) = &self.session_name {
            return given.clone();
        }
        let mut name = String::new();
        for c in who.chars() {
            let fits = c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
            match (fits, name.ends_with('-')) {
                (true, _) => name.push(c),
                (false, false) => name.push('-'),
                (false, true) => {}
            }
        }
        name.truncate(64);
        let name = name.trim_matches('-');
        if name.len() < 2 || !name.contains(|c: char| c.is_ascii_alphanumeric()) {
            "keyfob".into()
        } else {
            name.into()
        }
    }

    /// The role's own name, without account and path.
    pub fn role_name(&self) -> &str {
        self.role_arn.rsplit('/').next().unwrap_or(&self.role_arn)
    }

    /// The AWS account that it is in.
    pub fn account(&self) -> &str {
        self.role_arn.split(':').nth(4).unwrap_or_default()
    }

    /// The part of AWS that it is in, such as `aws` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.role_arn.split(':').nth(1).unwrap_or_default()
    }
}

/// Checks roles that are assumed one after the other: that each can be, and that all are in the same part of AWS as
/// `region` is.
pub fn check_chain(chain: &[AssumedRole], region: Option<&str>) -> Result<(), BadRole> {
    let mut here = region.map(partition_of);
    for role in chain {
        role.check()?;
        let (there, name) = (role.partition(), role.role_name());
        match here {
            Some(here) if here != there => {
                let why = format!(
                    "leads from {here} to {there} ({name}): no role can be assumed across the partitions of AWS"
                );
                return Err(("role-arn", why));
            }
            _ => here = Some(there),
        }
    }
    Ok(())
}

/// The part of AWS that a region is in (AWS general reference, "Partitions").
pub fn partition_of(region: &str) -> &'static str {
    let partitions = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    partitions.iter().find(|(begin, _)| region.starts_with(begin)).map_or("aws", |(_, partition)| partition)
}

/// Seconds, or a number of hours, minutes or seconds such as `1h`, `90m` or `1h30m`.
fn duration(text: &str) -> Result<u32, BadRole> {
    let wrong = || ("duration", "is seconds, or a time such as 90m or 1h".to_owned());
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(seconds);
    }
    let mut seconds = 0_u32;
    for part in text.split_inclusive(|c: char| c.is_ascii_alphabetic()) {
        let (end, unit) = part.char_indices().last().ok_or_else(wrong)?;
        let of_unit = match unit.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return Err(wrong()),
        };
        let number: u32 = part[..end].trim().parse().map_err(|_| wrong())?;
        let more = number.checked_mul(of_unit).and_then(|more| seconds.checked_add(more));
        seconds = more.ok_or_else(wrong)?;
    }
    Ok(seconds)
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
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn role(change: impl FnOnce(&mut AssumedRole)) -> AssumedRole {
        let mut role =
            AssumedRole { role_arn: "arn:aws:iam::123456789012:role/ci/Deploy".into(), ..Default::default() };
        change(&mut role);
        role
    }

    fn wrong(role: &AssumedRole) -> Option<&'static str> {
        role.check().err().map(|(key, _)| key)
    }

    #[test]
    fn a_part_of_a_role_that_sts_would_refuse_is_named() {
        assert_eq!(wrong(&role(|_| {})), None);
        assert_eq!(wrong(&role(|r| r.role_arn = "arn:aws-us-gov:iam::123456789012:role/x".into())), None);
        for arn in [
            "",
            "Deploy",
            "arn:aws:iam::12345:role/x",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:iam::123456789012:role/",
        ] {
            let bad = AssumedRole { role_arn: arn.into(), ..Default::default() };
            assert_eq!(wrong(&bad), Some("role-arn"), "{arn}");
        }
        assert_eq!(wrong(&role(|r| r.external_id = Some("x".into()))), Some("external-id"));
        assert_eq!(wrong(&role(|r| r.session_name = Some("a b".into()))), Some("session-name"));
        assert_eq!(wrong(&role(|r| r.duration = Some(90))), Some("duration"));
        assert_eq!(wrong(&role(|r| r.mfa_serial = Some("short".into()))), Some("mfa-serial"));
        // A hardware device has a number in place of an ARN.
        assert_eq!(wrong(&role(|r| r.mfa_serial = Some("GAHT12345678".into()))), None);
        assert_eq!(wrong(&role(|r| r.source_identity = Some("ann lee".into()))), Some("source-identity"));
        let tagged = |key: &str, value: &str| role(|r| drop(r.tags.insert(key.into(), value.into())));
        assert_eq!(wrong(&tagged("cost centre", "münchen/1")), None);
        for (key, value) in [("", "x"), ("aws:x", "y"), ("a#b", "y"), ("a", "y\nz"), ("a", &"x".repeat(257))] {
            assert_eq!(wrong(&tagged(key, value)), Some("tags"), "{key} {value}");
        }
        let twice = role(|r| r.tags = [("Team", "a"), ("team", "b")].map(|(k, v)| (k.into(), v.into())).into());
        assert_eq!(wrong(&twice), Some("tags"));
    }

    // F258
    #[test]
    fn roles_of_another_part_of_aws_are_refused_with_both() {
        let gov = role(|r| r.role_arn = "arn:aws-us-gov:iam::123456789012:role/x".into());
        assert_eq!(check_chain(&[role(|_| {}), role(|_| {})], Some("eu-west-1")), Ok(()));
        assert_eq!(check_chain(std::slice::from_ref(&gov), Some("us-gov-west-1")), Ok(()));
        assert_eq!(check_chain(std::slice::from_ref(&gov), None), Ok(()));
        for (chain, region) in [(vec![gov.clone()], Some("eu-west-1")), (vec![role(|_| {}), gov], None)] {
            let (key, why) = check_chain(&chain, region).unwrap_err();
            assert_eq!(key, "role-arn");
            assert!(why.starts_with("leads from aws to aws-us-gov (x)"), "{why}");
        }
        for (region, partition) in [("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc"), ("eu-west-1", "aws")] {
            assert_eq!(partition_of(region), partition);
        }
    }

    #[test]
    fn a_time_is_read_as_people_write_it_and_nothing_else_is_one() {
        let read = |text: &str| {
            let mut role = AssumedRole::default();
            role.set("duration", text).map(|()| role.duration)
        };
        for (text, seconds) in
            [("3600", 3600), ("1h", 3600), ("90m", 5400), ("1h30m", 5400), (" 2H ", 7200), ("900s", 900)]
        {
            assert_eq!(read(text), Ok(Some(seconds)), "{text}");
        }
        assert_eq!(read(""), Ok(None));
        for text in ["h", "1d", "-1h", "1h30", "9999999h", "ü", "1.5h"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_session_is_called_after_who_is_logged_in_in_the_characters_that_sts_takes() {
        let given = role(|r| r.session_name = Some("ci".into()));
        assert_eq!(given.session_name("ann"), "ci");
        let long = "x".repeat(90);
        for (who, name) in [
            ("ann@acme.example", "ann@acme.example"),
            ("Ann Lee <ann>", "Ann-Lee-ann"),
            ("Jürgen", "J-rgen"),
            ("日本", "keyfob"),
            ("a", "keyfob"),
            ("", "keyfob"),
            ("...", "keyfob"),
            (long.as_str(), &long[..64]),
        ] {
            let named = role(|_| {}).session_name(who);
            assert_eq!(named, name);
            assert_eq!(wrong(&role(|r| r.session_name = Some(named))), None, "{who}");
        }
    }

    #[test]
    fn what_is_filled_in_is_what_is_told() {
        let mut role = role(|_| {});
        for (key, text) in AssumedRole::KEYS.into_iter().skip(1).zip(["ext-1", "ann", "7200", "GAHT12345678", "ann"]) {
            role.set(key, text).unwrap();
        }
        let mut again = AssumedRole { role_arn: role.role_arn.clone(), ..Default::default() };
        role.parts().for_each(|(key, text)| again.set(key, &text).unwrap());
        assert_eq!((again, role.parts().count()), (role, 5));
    }
}
