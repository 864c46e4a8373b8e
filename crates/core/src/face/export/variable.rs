//! The closed list of variables that lines may set, and what each of them may hold.

use crate::words::name::{check_name, check_profile_name};

/// No value of ours is longer; a session token is the longest, with about 2,000 characters.
const MAX_LENGTH: usize = 16 * 1024;

/// A variable of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// The team, read by the `iot` CLI.
    IotTeam,
    AwsProfile,
    AwsRegion,
    /// The same for older SDKs and the AWS CLI.
    AwsDefaultRegion,
    AwsAccessKeyId,
    AwsSecretAccessKey,
    AwsSessionToken,
    /// RFC 3339 in UTC; prompts such as starship show the time left from it.
    AwsCredentialExpiration,
    /// The team's token for `curl` and the like. Ours, as the `iot` CLI has no variable for it.
    KeyfobToken,
}

/// A value that its variable may not hold. The value itself is not told: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {why}")]
pub struct Misfit {
    pub variable: &'static str,
    /// The end of a sentence that begins with the variable.
    pub why: String,
}

impl Variable {
    pub const ALL: [Variable; 9] = [
        Variable::IotTeam,
        Variable::AwsProfile,
        Variable::AwsRegion,
        Variable::AwsDefaultRegion,
        Variable::AwsAccessKeyId,
        Variable::AwsSecretAccessKey,
        Variable::AwsSessionToken,
        Variable::AwsCredentialExpiration,
        Variable::KeyfobToken,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Variable::IotTeam => "IOT_TEAM",
            Variable::AwsProfile => "AWS_PROFILE",
            Variable::AwsRegion => "AWS_REGION",
            Variable::AwsDefaultRegion => "AWS_DEFAULT_REGION",
            Variable::AwsAccessKeyId => "AWS_ACCESS_KEY_ID",
            Variable::AwsSecretAccessKey => "AWS_SECRET_ACCESS_KEY",
            Variable::AwsSessionToken => "AWS_SESSION_TOKEN",
            Variable::AwsCredentialExpiration => "AWS_CREDENTIAL_EXPIRATION",
            Variable::KeyfobToken => "KEYFOB_TOKEN",
        }
    }

    /// Checks a value against what the variable may hold. None of it lets a control character through.
    pub fn check(self, value: &str) -> Result<(), Misfit> {
        let misfit = |why: &str| Err(Misfit { variable: self.name(), why: why.to_owned() });
        if value.is_empty() {
            return misfit("would be empty");
        }
        if value.len() > MAX_LENGTH {
            return misfit("would be longer than 16 KiB");
        }
        let (fits, allowed): (fn(char) -> bool, _) = match self {
            Variable::AwsProfile => {
                return check_profile_name(value)
                    .map_err(|bad| Misfit { variable: self.name(), why: format!("cannot hold this name: {bad}") });
            }
            Variable::IotTeam => {
                return check_name(value)
                    .map_err(|bad| Misfit { variable: self.name(), why: format!("cannot hold this name: {bad}") });
            }
            Variable::AwsRegion | Variable::AwsDefaultRegion => (
                |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
                "a region holds lower-case letters, digits and - only",
            ),
            Variable::AwsAccessKeyId => (
                |c| c.is_ascii_uppercase() || c.is_ascii_digit(),
                "an access key id holds upper-case letters and digits only",
            ),
            Variable::AwsSecretAccessKey => (is_base64, "a secret key holds base64 characters only"),
            Variable::AwsSessionToken => (is_token, "a session token holds base64 characters only"),
            Variable::AwsCredentialExpiration => {
                (|c| c.is_ascii_digit() || "-:TZ".contains(c), "an expiration is a time of RFC 3339 in UTC")
            }
            // Tokens of Identity Center hold a colon beside the characters of RFC 6750, section 2.1.
            Variable::KeyfobToken => {
                (|c| is_token(c) || c == '~' || c == ':', "a token holds the characters of RFC 6750 only")
            }
        };
        if value.chars().all(fits) { Ok(()) } else { misfit(&format!("cannot be set: {allowed}")) }
    }
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=".contains(c)
}

/// Both alphabets of base64 (RFC 4648, sections 4 and 5), and the dot between the parts of a JWT.
fn is_token(c: char) -> bool {
    is_base64(c) || "-_.".contains(c)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// T14: what a hostile server or file could put there.
    const HOSTILE: [&str; 20] = [
        "a\nb",
        "a\rb",
        "a\tb",
        "a\0b",
        "a\x15b",
        "\x1b[201~b",
        "a\u{85}b",
        "a\u{202e}b",
        "a\u{2028}b",
        "a\u{feff}b",
        "$(x)",
        "`x`",
        "a;b",
        "a|b",
        "a&b",
        "a'b",
        "a\"b",
        "%PATH%",
        "!!",
        "",
    ];

    #[test]
    fn no_variable_takes_a_value_that_could_be_misread() {
        // Profiles have the names that other tools gave them: what of these is left, each shell quotes or refuses
        // (tests/shells).
        let named = |variable, value: &str| variable == Variable::AwsProfile && ["a&b", "%PATH%"].contains(&value);
        for variable in Variable::ALL {
            for value in HOSTILE.iter().filter(|value| !named(variable, value)) {
                assert!(variable.check(value).is_err(), "{} took {value:?}", variable.name());
            }
        }
    }

    #[test]
    fn the_values_of_real_life_are_taken() {
        for (variable, value) in [
            (Variable::IotTeam, "acme-prod"),
            (Variable::IotTeam, "Müller 2"),
            (Variable::AwsProfile, "acme.Admin@1234"),
            (Variable::AwsRegion, "us-gov-west-1"),
            (Variable::AwsDefaultRegion, "eu-central-2"),
            (Variable::AwsAccessKeyId, "ASIAIOSFODNN7EXAMPLE"),
            (Variable::AwsSecretAccessKey, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY="),
            (Variable::AwsSessionToken, "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEU="),
            (Variable::AwsCredentialExpiration, "2026-11-21T10:50:00Z"),
            (Variable::KeyfobToken, "eyJraWQiOiJ4In0.eyJzdWIiOiJhIn0.c2ln-_"),
            (Variable::KeyfobToken, "aoaAAAAAGVt:MGUCMQ~x"),
        ] {
            assert_eq!(variable.check(value), Ok(()), "{}", variable.name());
        }
    }

    #[test]
    fn a_misfit_names_the_variable_but_never_tells_a_secret() {
        let misfit = Variable::AwsSecretAccessKey.check("hunter2 $(x)").unwrap_err();
        assert_eq!(
            misfit.to_string(),
            "AWS_SECRET_ACCESS_KEY cannot be set: a secret key holds base64 characters only"
        );
    }

    #[test]
    fn a_flood_is_refused() {
        let taken = |length| Variable::KeyfobToken.check(&"a".repeat(length)).is_ok();
        assert_eq!([2_000, 16_384, 16_385].map(taken), [true, true, false]);
    }
}
